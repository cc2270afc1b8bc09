"""Turns to record, whole ones made by hand, and a clock that is moved by hand: for the tests of the audit record."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from assistant.answers import (
    Citation,
    Fingerprints,
    Level,
    Nearest,
    Notice,
    Outcome,
    Refusal,
    Safety,
    SupportedClaim,
    Turn,
    Withheld,
)
from assistant.audit import AuditLog
from corpus.chunking import stored
from corpus.passages import Block, Document, Source

SENTENCE = "A lamp of 10,000 lux was used for thirty minutes each morning."
PASSAGE = "lamps#lamps~00000001"
PRINTS = Fingerprints("corpus-1", "index-1", "settings-1", {"encoder": "e1", "support": "s1"})


def a_document(sentence: str = SENTENCE, id: str = "lamps") -> Document:
    """A short document that holds the sentence."""
    blocks = [Block("heading", "Lamps", 1), Block("paragraph", f"Some have tried light. {sentence} It was winter.")]
    return stored(Source(id, "On lamps"), blocks)


def a_turn(question: str = "How bright is the lamp?", prints: Fingerprints = PRINTS, support: float = 0.93) -> Turn:
    """An answer that quotes the document."""
    document = a_document()
    start = document.text.index(SENTENCE)
    citation = Citation(
        1,
        "lamps#lamps~00000001",
        "lamps",
        "On lamps",
        document.version,
        ("Lamps",),
        SENTENCE,
        start,
        start + len(SENTENCE),
    )
    return Turn(
        question=question,
        search_question=question,
        outcome=Outcome.ANSWERED,
        safety=Safety(),
        answer=f"The document states: {SENTENCE} [1]",
        claims=(SupportedClaim(SENTENCE, (1,), support, ("figure", "unreferenced")),),
        citations=(citation,),
        notices=(Notice("disclaimer", "An automated reference tool."),),
        withheld=(Withheld("The lamp cures winter.", "not supported"),),
        suggestions=("How long was it used?",),
        fingerprints=prints,
    )


def a_refusal(question: str = "What does the lamp cost?", missing: str = "a price") -> Turn:
    """An abstention that names what is missing."""
    refusal = Refusal("support", "No passage answers this.", (missing,), (Nearest(PASSAGE, SENTENCE, 0.4),))
    return replace(
        a_turn(question),
        outcome=Outcome.ABSTAINED,
        answer="The documents do not answer this.",
        claims=(),
        citations=(),
        withheld=(),
        refusal=refusal,
    )


def a_crisis(question: str = "I cannot go on.") -> Turn:
    """A take-over."""
    safety = Safety("self_harm", Level.TAKEOVER, ("cannot go on",))
    return Turn(question, question, Outcome.CRISIS, safety, "Please call now.", fingerprints=PRINTS)


def recorded(log: AuditLog, question: str = "How bright is the lamp?", conversation: str = "one") -> str:
    """The hash of a record of `a_turn`."""
    return log.append(a_turn(question), conversation, "Ms Example", "verbatim", 12.5)


class Clock:
    """Stands still, at noon on a Monday, until it is moved."""

    time = datetime(2026, 11, 2, 12, tzinfo=UTC)

    def __call__(self) -> datetime:
        """The time it shows."""
        return self.time

    def move(self, **by: float) -> None:
        """Forwards, or backwards: days, hours, minutes."""
        self.time += timedelta(**by)
