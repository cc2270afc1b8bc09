"""What we say: triage, choice, refusal, verification and the record of it."""
