"""The specification: grounding, abstaining, crisis, memory, recording, and the contract of every kind of turn."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import jsonschema
import pytest

from assistant.answers import Outcome, Turn
from assistant.assistant import Assistant
from assistant.conversation import Conversation
from assistant.safety import load_words
from assistant.support import Logits
from assistant.triage import Triage, reconsidered
from corpus.errors import RecordError
from corpus.passages import Passage
from tests.fakes_assistant import FakeRecorder, FakeSupport, LedOn, Sure, assistant_over

SCHEMA = json.loads((Path(__file__).parent / "data/answer.schema.json").read_text())
LIGHT = "Light: Morning light can shift the body clock by about 1-2 hours."


class BrokenSupport(FakeSupport):
    """Fails at every question."""

    def logits(self, turns: Sequence[str], passages: Sequence[Passage]) -> Logits:
        raise RuntimeError("a defect")


class BrokenRecorder(FakeRecorder):
    """Fails in a way that is not foreseen, at the gap too."""

    def append(self, turn: Turn, conversation: str, asker: str, engine: str, latency_ms: float) -> str:
        raise ValueError("a defect")

    def append_gap(self, turn: Turn, conversation: str, asker: str, engine: str, reason: str) -> None:
        raise ValueError("a defect")


@pytest.fixture
def recorder() -> FakeRecorder:
    return FakeRecorder()


@pytest.fixture
def support() -> FakeSupport:
    return FakeSupport()


@pytest.fixture
def assistant(folder: Path, state: Path, recorder: FakeRecorder, support: FakeSupport) -> Assistant:
    return assistant_over(folder, state, support=support, recorder=recorder)


def talk(assistant: Assistant, *messages: str) -> Turn:
    conversation = Conversation()
    for message in messages:
        turn = assistant.ask(message, conversation)
        conversation = conversation.then(turn)
    return turn


class TestGrounding:
    def test_every_sentence_of_an_answer_is_a_quotation_with_its_number(self, assistant: Assistant) -> None:
        turn = talk(assistant, "Can morning light shift the body clock?")

        assert turn.outcome is Outcome.ANSWERED
        assert [c.text for c in turn.claims] == [LIGHT]
        assert turn.answer.endswith(f"{LIGHT} [1]")

    def test_a_quotation_is_the_stored_text_to_the_character(self, assistant: Assistant) -> None:
        (citation,) = talk(assistant, "Can morning light shift the body clock?").citations
        document = assistant.document(citation.document_id, citation.version)

        assert document is not None
        assert document.text[citation.start : citation.end] == citation.quote

    def test_a_figure_without_a_reference_is_marked(self, assistant: Assistant) -> None:
        without = talk(assistant, "Can morning light shift the body clock?")
        with_one = talk(assistant, "Does CBT-I help people (Hall 2020)?")

        assert "unreferenced" in [n.kind for n in without.notices]
        assert "unreferenced" not in [n.kind for n in with_one.notices]

    @pytest.mark.parametrize(("asked", "told"), [("by 1-2 hours", []), ("by 8-9 hours", ["premise"])])
    def test_a_figure_that_is_not_the_one_asked_about_is_said_to_be_so(
        self, assistant: Assistant, asked: str, told: list[str]
    ) -> None:
        turn = talk(assistant, f"Can morning light shift the body clock {asked}?")

        assert [n.kind for n in turn.notices if n.kind == "premise"] == told

    def test_every_answer_carries_the_standing_disclaimer(self, assistant: Assistant) -> None:
        assert talk(assistant, "Can morning light shift the body clock?").notices[-1].kind == "disclaimer"


class TestAbstaining:
    def test_a_question_the_corpus_does_not_answer_is_declined_with_what_is_near(self, assistant: Assistant) -> None:
        turn = talk(assistant, "Does morning light cure depression?")

        assert turn.outcome is Outcome.ABSTAINED
        assert turn.claims == ()
        assert turn.refusal is not None
        assert turn.refusal.gate == "support"
        assert LIGHT in [n.quote for n in turn.refusal.nearest]

    def test_what_a_curator_filed_as_a_near_miss_is_declined_whatever_support_says(
        self, folder: Path, state: Path
    ) -> None:
        question = "Can morning light shift the body clock?"
        before = talk(assistant_over(folder, state, support=FakeSupport()), question)
        filed = {"near": "Light: Morning", "section": "What helps", "unit": None, "questions": [question]}
        (folder / "sleep.questions.jsonl").write_text(json.dumps(filed | {"missing": "how long it lasts"}) + "\n")

        after = talk(assistant_over(folder, state, support=FakeSupport()), question)

        assert (before.outcome, after.outcome) == (Outcome.ANSWERED, Outcome.ABSTAINED)

    def test_what_a_curator_filed_whole_is_declined_whole(self, folder: Path, state: Path) -> None:
        question = "Can morning light shift the body clock, and does melatonin cure depression?"
        filed = {"near": "Light: Morning", "section": "What helps", "unit": None, "questions": [question]}
        (folder / "sleep.questions.jsonl").write_text(json.dumps(filed | {"missing": "melatonin"}) + "\n")

        assert talk(assistant_over(folder, state, support=FakeSupport()), question).outcome is Outcome.ABSTAINED

    def test_a_follow_up_does_not_pass_only_because_of_the_question_before_it(self, folder: Path, state: Path) -> None:
        assistant = assistant_over(folder, state, support=LedOn())

        assert talk(assistant, "Can morning light shift it?", "does it cure depression?").outcome is Outcome.ABSTAINED

    def test_silence_is_never_shown_as_safety(self, assistant: Assistant) -> None:
        answer = talk(assistant, "Is melatonin dangerous?").answer

        assert "does not mean untrue or safe" in answer

    def test_without_a_judge_of_support_nothing_is_answered(self, folder: Path, state: Path) -> None:
        assistant = assistant_over(folder, state, support=None)

        assert talk(assistant, "Can morning light shift the body clock?").outcome is Outcome.ABSTAINED

    def test_a_thing_that_is_not_mentioned_gets_an_honest_no(self, assistant: Assistant) -> None:
        turn = talk(assistant, "Does the text mention melatonin?")

        assert turn.outcome is Outcome.ABSTAINED
        assert turn.answer.startswith("No")

    def test_a_thing_that_is_mentioned_is_shown_in_its_place(self, assistant: Assistant) -> None:
        turn = talk(assistant, "Are tablets mentioned?")

        assert [c.quote for c in turn.citations] == ["Tablets were not studied."]

    def test_of_two_parts_the_missing_one_is_named(self, assistant: Assistant) -> None:
        turn = talk(assistant, "Can morning light shift the body clock, and does melatonin cure depression?")

        assert turn.outcome is Outcome.PARTIAL
        assert [c.quote for c in turn.citations] == [LIGHT]
        assert turn.refusal is not None
        assert any("melatonin" in part for part in turn.refusal.missing)

    @pytest.mark.parametrize(
        ("asked", "outcome"),
        [
            ("Does light cure cancer, and can it shift the body clock?", Outcome.PARTIAL),
            ("Does light cure cancer, and does that shift the body clock?", Outcome.ABSTAINED),
        ],
    )
    def test_a_part_that_asks_more_of_what_is_refused_is_refused_with_it(
        self, assistant: Assistant, asked: str, outcome: Outcome
    ) -> None:
        assert talk(assistant, asked).outcome is outcome

    def test_a_message_too_long_to_search_is_said_to_be(self, assistant: Assistant) -> None:
        turn = talk(assistant, "Does light help? " * 400)

        assert turn.refusal is not None
        assert turn.refusal.gate == "length"


class TestAQuestionThatACuratorHasFiled:
    ASKED = "Can you give me the shift of the body clock?"

    @pytest.fixture
    def asked(self, folder: Path, state: Path, support: FakeSupport) -> Callable[[str, str], Turn]:
        row = {"section": "What helps", "unit": "Light: Morning", "questions": [self.ASKED]}
        (folder / "sleep.questions.jsonl").write_text(json.dumps(row) + "\n")
        built = assistant_over(folder, state, support=support)

        def ask(label: str, message: str) -> Turn:
            return talk(replace(built, triage=Triage(load_words(), Sure(label))), message)

        return ask

    @pytest.mark.parametrize("label", ["personal_advice", "patient_specific", "chitchat"])
    def test_is_asked_though_the_classifier_takes_it_for_something_else(
        self, asked: Callable[[str, str], Turn], label: str
    ) -> None:
        turn = asked(label, self.ASKED)

        assert turn.outcome is Outcome.ANSWERED
        assert turn.safety.class_ == "none"
        assert turn.safety.cues == ("classifier: 0.97", "filed as a question")

    def test_is_told_from_one_that_is_not_filed(self, asked: Callable[[str, str], Turn]) -> None:
        assert asked("personal_advice", "Which lamp would suit me?").outcome is Outcome.DECLINED

    def test_that_cannot_be_looked_up_stays_declined(self, folder: Path, state: Path) -> None:
        built = assistant_over(folder, state, support=FakeSupport(), search=False)
        screening = Triage(load_words(), Sure("personal_advice")).screen(self.ASKED)

        def broken(text: str) -> bool:
            raise RuntimeError("a defect")

        assert talk(replace(built, triage=Triage(load_words(), Sure("chitchat"))), self.ASKED).outcome is (
            Outcome.CONVERSATIONAL
        )
        assert reconsidered(screening, broken) is screening

    def test_gives_way_to_danger(self, asked: Callable[[str, str], Turn]) -> None:
        assert asked("overdose", self.ASKED).outcome is Outcome.CRISIS
        assert asked("injection", self.ASKED).outcome is Outcome.DECLINED


class TestCrisis:
    def test_is_met_before_anything_is_searched(self, assistant: Assistant, support: FakeSupport) -> None:
        turn = talk(assistant, "I want to kill myself")

        assert turn.outcome is Outcome.CRISIS
        assert turn.citations == ()
        assert support.asked == []

    def test_shows_help_though_it_cannot_be_recorded(self, assistant: Assistant, recorder: FakeRecorder) -> None:
        recorder.fails = True

        turn = talk(assistant, "I want to kill myself")

        assert "988" in turn.answer
        assert turn.record is None
        assert recorder.gaps == [turn]

    def test_shows_only_help_where_what_was_found_cannot_be_recorded(
        self, assistant: Assistant, recorder: FakeRecorder
    ) -> None:
        before = assistant.ask("I want to kill myself")
        recorder.fails = True

        turn = assistant.ask("Can morning light shift the body clock?", Conversation((before,)))

        assert (turn.claims, turn.citations, turn.refusal, turn.suggestions) == ((), (), None, ())
        assert turn.answer == assistant.triage.unrecorded
        assert "helpline" in turn.notices[0].text
        assert recorder.gaps == [turn]

    def test_shows_help_though_the_record_fails_as_nobody_foresaw(self, folder: Path, state: Path) -> None:
        assistant = assistant_over(folder, state, support=FakeSupport(), recorder=BrokenRecorder())

        assert "988" in talk(assistant, "I want to kill myself").answer
        with pytest.raises(ValueError, match="a defect"):
            talk(assistant, "Can morning light shift the body clock?")

    def test_keeps_the_card_though_the_search_fails(self, folder: Path, state: Path, recorder: FakeRecorder) -> None:
        assistant = assistant_over(folder, state, support=BrokenSupport(), recorder=recorder)

        turn = talk(assistant, "I want to kill myself", "Can morning light shift the body clock?")

        assert (turn.outcome, turn.answer, turn.claims) == (Outcome.ABSTAINED, assistant.unavailable, ())
        assert "helpline" in turn.notices[0].text
        assert recorder.turns[-1] == turn.recorded_as(None)  # type: ignore[arg-type]

    def test_shows_help_though_there_is_no_index_and_no_model(self, folder: Path, state: Path) -> None:
        assistant = assistant_over(folder, state, support=None, search=False)

        assert talk(assistant, "I want to kill myself").outcome is Outcome.CRISIS
        assert talk(assistant, "Can light help?").outcome is Outcome.ABSTAINED

    def test_stays_in_sight_for_the_rest_of_the_conversation(self, assistant: Assistant) -> None:
        later = talk(assistant, "I want to kill myself", "Can morning light shift the body clock?")

        assert later.outcome is Outcome.ANSWERED
        assert "988" in later.notices[0].text or "helpline" in later.notices[0].text


class TestMemory:
    def test_a_follow_up_is_searched_as_a_question_of_its_own(self, assistant: Assistant) -> None:
        turn = talk(assistant, "What is chronic insomnia?", "how long does it last?")

        assert turn.question == "how long does it last?"
        assert "insomnia" in turn.search_question

    def test_the_gate_is_passed_anew_at_every_turn(self, assistant: Assistant) -> None:
        good = "Can morning light shift the body clock?"

        turn = talk(assistant, good, good, good, "Does melatonin cure depression?")

        assert turn.outcome is Outcome.ABSTAINED

    def test_another_conversation_is_never_heard(self, assistant: Assistant) -> None:
        talk(assistant, "What is chronic insomnia?")

        assert talk(assistant, "how long does it last?").search_question == "how long does it last?"


class TestRecording:
    def test_no_answer_is_returned_unless_it_was_recorded(self, assistant: Assistant, recorder: FakeRecorder) -> None:
        recorder.fails = True

        with pytest.raises(RecordError):
            talk(assistant, "Can morning light shift the body clock?")

    def test_a_turn_carries_the_hash_of_its_record(self, assistant: Assistant, recorder: FakeRecorder) -> None:
        assert talk(assistant, "Can morning light shift the body clock?").record == "record-1"
        assert recorder.turns[0].record is None

    def test_the_same_question_gives_the_same_bytes_every_time(self, assistant: Assistant) -> None:
        asked = [talk(assistant, "Can morning light shift the body clock?").recorded_as("x") for _ in range(20)]

        assert len({json.dumps(turn.to_json()) for turn in asked}) == 1


class TestTheContract:
    @pytest.mark.parametrize(
        "messages",
        [
            ["Can morning light shift the body clock?"],
            ["Can morning light shift the body clock, and does melatonin cure depression?"],
            ["Does melatonin cure depression?"],
            ["I want to kill myself"],
            ["My patient John Smith takes 50 mg, mail me at a@b.org"],
            ["hello"],
            [""],
            ["What helps?", "the second one"],
        ],
    )
    def test_holds_for_every_kind_of_turn(self, assistant: Assistant, messages: list[str]) -> None:
        turn = talk(assistant, *messages)

        jsonschema.validate(turn.to_json(), SCHEMA)
        assert Turn.from_json(json.loads(json.dumps(turn.to_json()))) == turn
