from __future__ import annotations

from dataclasses import replace

import pytest

from assistant.answers import Fingerprints, Notice, Safety, SupportedClaim, Turn
from assistant.audit import AuditLog
from assistant.record import Review, State
from assistant.replay import accepted, replay, replays, summary
from corpus.errors import ExpectedError
from tests.recorded_turns import PRINTS, SENTENCE, a_crisis, a_refusal, a_turn, recorded


def unchanged(question: str, earlier: list[str], drafted: bool) -> Turn:
    return a_turn(question)


class TestReplayingOneAnswer:
    def test_the_same_bytes_are_the_same(self, log: AuditLog) -> None:
        found = replay(log, log.record(recorded(log)), unchanged)

        assert (found.same, found.parts, found.changed, found.unexplained) == (True, (), (), False)
        assert str(found).endswith("same answer (nothing has changed since)")

    def test_the_question_is_asked_after_the_messages_before_it_in_its_conversation(self, log: AuditLog) -> None:
        asked: list[tuple[str, list[str], bool]] = []

        def ask(question: str, earlier: list[str], drafted: bool) -> Turn:
            asked.append((question, earlier, drafted))
            return a_turn(question)

        for question in ("First?", "Second?"):
            recorded(log, question)
        recorded(log, "Elsewhere?", "two")
        third = recorded(log, "Third?")
        recorded(log, "Fourth?")

        replay(log, log.record(third), ask)

        assert asked == [("Third?", ["First?", "Second?"], False)]

    @pytest.mark.parametrize(
        ("prints", "changed"),
        [
            (replace(PRINTS, corpus="corpus-2"), ("corpus",)),
            (replace(PRINTS, index="index-2"), ("index",)),
            (replace(PRINTS, settings="settings-2"), ("settings",)),
            (replace(PRINTS, models={"encoder": "e1", "support": "s2"}), ("model support",)),
            (replace(PRINTS, models={"encoder": "e1", "support": "s1", "triage": "t1"}), ("model triage",)),
            (Fingerprints("c", "i", "s", {}), ("corpus", "index", "settings", "model encoder", "model support")),
        ],
    )
    def test_it_says_which_part_of_the_system_changed(
        self, log: AuditLog, prints: Fingerprints, changed: tuple[str, ...]
    ) -> None:
        found = replay(log, log.record(recorded(log)), lambda question, *_: a_turn(question, prints))

        assert (found.same, found.changed) == (True, changed)

    def test_another_answer_is_shown_by_its_parts(self, log: AuditLog) -> None:
        name = recorded(log)

        other = replay(log, log.record(name), lambda q, *_: replace(a_turn(q), answer="Another.", citations=()))
        weaker = replay(log, log.record(name), lambda q, *_: a_turn(q, support=0.7))
        claims = (SupportedClaim(SENTENCE + "!", (1,), 0.93, ("figure", "unreferenced")),)
        reworded = replay(log, log.record(name), lambda q, *_: replace(a_turn(q), claims=claims))

        assert other.parts == ("answer", "citations")
        assert other.told == (
            f"- answer: The document states: {SENTENCE} [1]",
            "+ answer: Another.",
            f"- citations: lamps {a_turn().citations[0].version}: {SENTENCE}",
        )
        assert [line.partition(" (support ")[2] for line in weaker.told] == [
            "0.930; figure, unreferenced)",
            "0.700; figure, unreferenced)",
        ]
        assert weaker.parts == ("support",)
        assert reworded.parts == ("claims",)

    def test_another_answer_although_nothing_changed_is_a_defect_and_called_so(self, log: AuditLog) -> None:
        found = replay(log, log.record(recorded(log)), lambda q, *_: replace(a_turn(q), answer="Another."))

        assert found.unexplained
        assert str(found).endswith("differs in answer (nothing has changed since)")

    def test_an_erased_question_cannot_be_asked_again(self, log: AuditLog) -> None:
        first, second = recorded(log, "First?"), recorded(log, "Second?")
        log.erase(record=first)

        gone, after = replay(log, log.record(first), unchanged), replay(log, log.record(second), unchanged)

        assert "erased" in gone.missing
        assert after.missing == "an earlier message of its conversation was erased or not kept (row 1)"
        assert not gone.same
        assert not after.same

    def test_the_same_quote_in_another_version_of_its_document_is_the_same_where_the_corpus_changed(
        self, log: AuditLog
    ) -> None:
        [cited] = a_turn().citations
        there = replace(a_turn(), citations=(replace(cited, version="f" * 16, start=7, end=69),))
        name = recorded(log)

        changed = replay(log, log.record(name), lambda *_: replace(there, fingerprints=replace(PRINTS, corpus="c")))
        unchanged_corpus = replay(log, log.record(name), lambda *_: there)

        assert (changed.same, changed.changed) == (True, ("corpus",))
        assert unchanged_corpus.parts == ("citations",)

    def test_a_draft_is_drafted_again_or_cannot_be_asked_without_its_model(self, log: AuditLog) -> None:
        name = log.append(a_turn(), "one", "", "drafted by llama 1b", 1)

        def ask(question: str, earlier: list[str], drafted: bool) -> Turn:
            raise ExpectedError("No language model is set.") if drafted else AssertionError

        assert replay(log, log.record(name), ask).missing == "No language model is set."

    def test_what_was_removed_before_recording_is_not_held_against_the_answer(self, log: AuditLog) -> None:
        notices = (*a_turn().notices, Notice("phi", "A name was removed."))
        before = replace(a_turn(), notices=notices, safety=Safety("none", cues=("classifier: 0.55",)))
        name = log.append(before, "one", "", "verbatim", 1)

        same = replay(log, log.record(name), lambda q, *_: replace(a_turn(q), safety=Safety("none")))
        other = replay(log, log.record(name), lambda q, *_: replace(a_turn(q), notices=(), answer="Another."))

        assert same.same
        assert other.parts == ("answer", "notices")

    def test_a_message_that_was_not_kept_and_what_followed_it_cannot_be_asked_again(self, log: AuditLog) -> None:
        crisis = log.append(a_crisis(), "one", "", "verbatim", 1)
        after = recorded(log, "And what helps?")
        instruction = log.append(a_refusal(""), "two", "", "verbatim", 1)

        assert "a take-over" in replay(log, log.record(crisis), unchanged).missing
        assert "not kept (row 1)" in replay(log, log.record(after), unchanged).missing
        assert "an instruction to the tool" in replay(log, log.record(instruction), unchanged).missing


class TestRegression:
    def test_only_accepted_answers_are_asked_again_and_counted(self, log: AuditLog) -> None:
        names = [recorded(log, f"Question {n}?", f"talk {n}") for n in range(6)]
        for name in names[:5]:
            log.review(name, Review(State.ACCEPTED, "Dr One"))
        log.review(names[4], Review(State.WITHDRAWN, "Dr One"))
        prints = replace(PRINTS, corpus="corpus-2")

        def ask(question: str, earlier: list[str], drafted: bool) -> Turn:
            turn = a_turn(question, prints)
            return replace(turn, answer="Another.") if question == "Question 2?" else turn

        result = summary(replays(log, accepted(log), ask))

        assert str(result) == "3 of 4 accepted answers unchanged, 1 differ. Changed since: corpus (4)."
        assert (result.ok, result.unexplained) == (False, 0)

    def test_it_holds_where_all_is_as_it_was(self, log: AuditLog) -> None:
        log.review(recorded(log), Review(State.ACCEPTED, "Dr One"))

        result = summary(replays(log, accepted(log), unchanged))

        assert str(result) == "1 of 1 accepted answers unchanged, 0 differ."
        assert result.ok

    def test_what_cannot_be_asked_again_does_not_pass(self, log: AuditLog) -> None:
        name = recorded(log)
        log.erase(record=name)

        result = summary(replays(log, [log.record(name)], unchanged), "recorded")

        assert str(result) == "0 of 0 recorded answers unchanged, 0 differ; 1 could not be asked again."
        assert not result.ok
