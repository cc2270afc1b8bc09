"""What a message may mean after what was asked before, and what it asks for by its place."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.answers import Citation, Outcome, Safety, Turn
from assistant.entries import Before
from assistant.memory import topics_of
from assistant.positions import following, placed
from assistant.readings import asked_before, readings
from assistant.spelling import runs_of
from corpus.loading import Corpus, load
from corpus.passages import Passage, Unit

SENTENCES = [
    "Light therapy and exercise can help people with seasonal affective disorder in the winter.",
    "Stimulus control is taught first; sleep restriction follows, and causes vary.",
    "Benzodiazepines and sertraline were compared in the prefrontal cortex and the amygdala.",
]
PHRASES = frozenset(run for text in SENTENCES for run in runs_of(text))
LIST = "Things help:\n\n- Stimulus control: Get up.\n- Sleep restriction: Less time in bed.\n- Light"


def meant(message: str, *asked: Before) -> list[str]:
    return [reading.text for reading in readings(message, asked, PHRASES)]


class TestAFollowUp:
    @pytest.mark.parametrize(
        ("earlier", "message", "searched"),
        [
            ("What is light therapy?", "how well does it work?", "how well does light therapy work?"),
            ("How much does light therapy help?", "sorry, I meant exercise", "How much does exercise help?"),
            ("How much does light therapy help?", "same for sertraline?", "How much does sertraline help?"),
            ("How much does light therapy help?", "same q for sertraline", "How much does sertraline help?"),
            ("Light therapy percent?", "exercise?", "exercise percent?"),
            ("What happens in the amygdala?", "and in the winter?", "What happens in the winter"),
            ("What is light therapy?", "compared to what?", "What is light therapy: compared to what?"),
            ("List the causes please", "only the rare ones", "List the rare causes please"),
            ("List the causes", "which one is rare?", "which causes is rare?"),
            ("What does light do to the amygdala?", "and in the gut?", "What does light do in the gut"),
            ("Does exercise help?", "no wait, I wanted sertraline", "Does sertraline help?"),
            ("Light therapy percent?", "thx, exercise?", "exercise percent?"),
            ("Does exercise help?", "and light therapy, how many benefit", "light therapy, how many benefit"),
            ("Light therapy percent?", "and on the exercise side?", "exercise percent?"),
            ("Does light therapy help?", "what is it really, a drug?", "what is light therapy really, a drug?"),
            (
                "Does exercise help?",
                "comparable to sertraline or weaker?",
                "Does exercise help: comparable to sertraline or weaker?",
            ),
        ],
    )
    def test_may_mean_the_earlier_question_asked_anew(self, earlier: str, message: str, searched: str) -> None:
        assert searched in meant(message, Before(earlier))

    def test_may_speak_of_what_a_question_for_something_was_answered_with(self) -> None:
        shown = Before("What helps in the winter?", ("Light therapy: Lamps can help.",))

        assert "what does light therapy act on?" in meant("what does it act on?", shown)

    def test_has_a_reading_for_each_thing_that_was_named_before(self) -> None:
        found = meant("is that as good as sertraline?", Before("Does exercise help the amygdala?"))

        assert {"is exercise as good as sertraline?", "is amygdala as good as sertraline?"} <= set(found)

    @pytest.mark.parametrize("message", ["something else about it?", "putting cost aside, does it work?"])
    def test_that_sets_a_topic_aside_may_still_point_back(self, message: str) -> None:
        assert any("light therapy" in reading for reading in meant(message, Before("What is light therapy?")))

    @pytest.mark.parametrize(
        ("message", "alone"),
        [
            ("why does a busy therapist need to understand this?", True),
            ("is that about exercise or sertraline?", False),
        ],
    )
    def test_that_asks_much_may_stand_alone(self, message: str, alone: bool) -> None:
        assert (message in meant(message, Before("What is light therapy?"))) is alone

    @pytest.mark.parametrize(
        "message",
        [
            "What is sleep restriction?",
            "OK, different topic: what is sertraline?",
            "different topic: does it shift those?",
            "I wanted to know how sertraline works in people",
            "no wait, other subject: gout",
            "leaving that aside, what helps in the winter?",
            "moving on: what is sertraline?",
        ],
    )
    def test_is_told_from_a_question_of_its_own(self, message: str) -> None:
        (only,) = readings(message, [Before("What is light therapy?")], PHRASES)

        assert not only.earlier

    @pytest.mark.parametrize(
        ("quote", "entry"),
        [
            (LIST, "Sleep restriction"),
            ("Such conditions, such as gout, anaemia, and asthma, are common.", "anaemia"),
            ("Parts of the brain, among them the amygdala, which fears, and the cortex, which plans.", "the cortex"),
            ("Helped by talking (CBT), by walking, and by light therapy.", "walking"),
            ("SSRIs (selective inhibitors) and SNRIs (mixed ones) are prescribed.", "SNRIs"),
            ("Selective inhibitors (SSRIs) and mixed inhibitors (SNRIs) are prescribed.", "SNRIs"),
        ],
    )
    def test_that_counts_means_an_entry_of_what_was_shown(self, quote: str, entry: str) -> None:
        assert meant("say more about the second one", Before("What helps?", (quote,))) == [f"say more about {entry}"]

    def test_that_counts_loses_what_it_is_counted_among(self) -> None:
        assert meant("what is the second of them?", Before("What helps?", (LIST,))) == ["what is Sleep restriction?"]

    def test_that_counts_counts_the_items_that_were_shown_each_by_itself(self) -> None:
        shown = Before("What helps?", ("Talk: by this, that, or the other.", "Light: lamps.", "Rest: sleep."))

        assert meant("the third", shown) == ["Rest"]

    def test_that_counts_does_not_count_what_leads_a_list_in(self) -> None:
        shown = Before("Which signs?", ("The common ones are:", "Low mood", "Attacks of panic", "Fatigue"))

        assert meant("the second one", shown) == ["Attacks of panic"]

    def test_that_counts_counts_within_a_sentence_among_several(self) -> None:
        told = ("One is true of all.", "Conditions such as gout, anaemia, and asthma go with it.", "Another is not.")

        assert meant("the second one", Before("Which?", told)) == ["anaemia"]

    def test_that_says_in_there_means_a_place_and_no_clause(self) -> None:
        shown = Before("What does the amygdala do?", ("It takes in the signals that come.",))

        found = meant("and what is made in there?", shown)

        assert "what is made in the amygdala?" in found
        assert not any("signals that" in reading for reading in found)

    @pytest.mark.parametrize("message", ["was there a control group?", "serotonin deficiency in the gut"])
    def test_is_not_made_of_what_points_to_nothing(self, message: str) -> None:
        found = meant(message, Before("What does the amygdala do?", ("It is made within the gut lining.",)))

        assert message in found
        assert not any("was within" in reading for reading in found)

    def test_that_says_there_means_the_place_that_was_shown(self) -> None:
        shown = Before("Where is sertraline?", ("It is made within the gut lining.",))

        assert "what does it do within the gut lining?" in meant("and what does it do there?", shown)

    def test_that_compares_asks_both_questions_again_and_ranks_nothing(self) -> None:
        one, other = Before("Light therapy percent?", ("By 20%.",)), Before("exercise percent?", ("By 30%.",))

        (only,) = readings("so which is larger?", [one, other], PHRASES)

        assert only.parts == ("Light therapy percent?", "exercise percent?")

    def test_that_doubts_asks_the_same_again(self) -> None:
        assert meant("are you sure?", Before("Light therapy percent?")) == ["Light therapy percent?"]

    def test_that_wants_to_know_why_something_is_so_does_not_doubt(self) -> None:
        assert len(meant("why is it so helpful?", Before("What is light therapy?"))) > 1

    def test_narrows_by_a_kind_and_by_no_other_word_before_one(self) -> None:
        found = meant("and if one has less, does it help?", Before("What is light therapy?"))

        assert found
        assert not any(" if light" in reading for reading in found)

    def test_is_told_from_the_question_that_only_stands_before_it(self) -> None:
        *others, last = readings("compared to what?", [Before("What is light therapy?")], PHRASES)

        assert (last.joined, last.new, last.text) == (
            True,
            "compared to what?",
            "What is light therapy: compared to what?",
        )
        assert last.part("to whom?").text == "What is light therapy: to whom?"
        assert all(reading.new == reading.text and not reading.joined for reading in others)

    def test_keeps_what_was_said_and_what_was_shown(self) -> None:
        found = readings("does it help?", [Before("What is light therapy?", ("A lamp.",), ("d#s~1",))], PHRASES)

        assert {(reading.said, reading.shown) for reading in found} == {("does it help?", ("d#s~1",))}

    def test_of_a_follow_up_leans_on_what_it_began_with(self) -> None:
        assert "What is light therapy: adults" in meant("and adults", Before("What is light therapy: in children?"))

    def test_does_not_lean_on_a_greeting(self) -> None:
        greeting = Turn("hi", "hi", Outcome.CONVERSATIONAL, Safety(), "")

        assert asked_before([greeting]) == []

    def test_leans_on_the_question_searched_and_what_was_cited(self) -> None:
        cited = Citation(1, "d#s~1", "d", "D", "v", ("S",), "By 20%.", 0, 7)
        turn = Turn("and it?", "Does light help?", Outcome.ANSWERED, Safety(), "", citations=(cited,))

        assert asked_before([turn]) == [Before("Does light help?", ("By 20%.",), ("d#s~1",))]


def test_topics_are_the_corpus_own_words() -> None:
    assert topics_of("Does light therapy lift people quickly?", PHRASES) == ["light therapy", "people"]


class TestAPlace:
    @pytest.fixture
    def corpus(self, tmp_path: Path) -> Corpus:
        path = tmp_path / "sleep.md"
        path.write_text(
            "# Sleep well\n\nSleep is good. It heals.\n\n## What helps\n\nThings help:\n\n"
            "- Light\n- Exercise\n- Rest\n\nAll is well.\n"
        )
        return load([path])

    def asked(self, message: str, corpus: Corpus, shown: list[Passage] | None = None) -> list[str]:
        return [p.text for p in placed(message, shown or [], corpus.documents, corpus.passages)]

    @pytest.mark.parametrize(
        ("message", "found"),
        [
            ("What is the title of the article?", ["Sleep well"]),
            ("What does the opening paragraph say?", ["Sleep is good.", "It heals."]),
            ("How does the article end?", ["All is well."]),
            ("What is the first sentence of the what helps section?", ["Things help:"]),
            ("On what note does the piece end, in its last sentence?", ["All is well."]),
            ("Opening statement of the what helps section, please.", ["Things help:"]),
            ("How does the section on what helps open?", ["Things help:"]),
            ("Which thing that helps is listed first?", ["Light"]),
            ("What's the second thing on the list?", ["Exercise"]),
            ("Which item closes the list of things that help?", ["Rest"]),
            ("Which sentence follows directly on the one with healing?", ["Things help:"]),
            ("Which sentence comes directly after the one that heals?", ["Things help:"]),
            ("What does the opening paragraph say about insomnia?", []),
            ("What is the first choice of treatment?", []),
            ("And first line?", []),
            ("What should a clinician check before?", []),
            ("Do symptoms get worse after?", []),
            ("What is the first line of the text?", ["Sleep is good."]),
            ("What happens before sleep?", []),
        ],
    )
    def test_is_found_by_its_name(self, corpus: Corpus, message: str, found: list[str]) -> None:
        assert self.asked(message, corpus) == found

    def test_next_to_the_sentence_shown(self, corpus: Corpus) -> None:
        shown = [p for p in corpus.passages if p.text == "It heals."]

        assert self.asked("what comes just before that?", corpus, shown) == ["Sleep is good."]
        assert self.asked("and the next sentence?", corpus, shown) == ["Things help:"]

    def test_next_to_an_entry_stands_an_entry(self, corpus: Corpus) -> None:
        shown = [p for p in corpus.passages if p.unit is Unit.LIST]

        assert self.asked("the one after exercise?", corpus, shown) == ["Rest"]
        assert self.asked("Which one comes right after light?", corpus, shown) == ["Exercise"]

    @pytest.mark.parametrize(
        "message",
        ["What should a clinician check before?", "Do symptoms get worse after?", "How about the figure above?"],
    )
    def test_is_not_meant_by_a_word_of_place_alone(self, corpus: Corpus, message: str) -> None:
        assert self.asked(message, corpus, [corpus.passages[1]]) == []

    def test_is_counted_in_the_list_shown(self, corpus: Corpus) -> None:
        shown = [p for p in corpus.passages if p.unit is Unit.LIST]

        assert self.asked("Which comes first?", corpus, shown) == ["Light"]
        assert self.asked("Which comes first?", corpus) == []

    def test_that_comes_next_is_of_the_same_section(self, corpus: Corpus) -> None:
        text = {p.id: p.text for p in corpus.passages}
        (whole,) = (p for p in corpus.passages if p.unit is Unit.LIST)

        after = {text[one]: text[other] for one, other in following(corpus.passages).items()}

        assert after["Light"] == "Exercise"
        assert after[whole.text] == after["Rest"] == "All is well."
        assert not {"It heals.", "All is well."} & set(after)

    def test_is_nowhere_before_the_first(self, corpus: Corpus) -> None:
        assert self.asked("what comes before that?", corpus, [corpus.passages[0]]) == []


class TestTextThatLooksLikeAPattern:
    """What people write and what documents hold is put into a question as it is."""

    def test_is_no_template(self) -> None:
        found = [r.text for r in readings(r"in the \gut?", [Before("How is serotonin made in the brain?")], PHRASES)]

        assert r"How is serotonin made in the \gut" in found

    def test_does_not_hold_up_the_reading_of_a_long_enumeration(self) -> None:
        quote = "Symptoms include " + "anxiety, depression and worse, " * 200

        assert readings("the second one", [Before("What are the symptoms?", (quote,))], PHRASES)


def test_a_turn_that_searched_nothing_is_not_leant_on() -> None:
    assert asked_before([Turn("x", " ", Outcome.DECLINED, Safety(), "No.")]) == []
