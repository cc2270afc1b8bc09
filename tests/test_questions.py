"""What is made of a message before it is searched: spelling, follow-ups, parts, mentions."""

from __future__ import annotations

import pytest

from assistant.answers import Citation, Outcome, Safety, Turn
from assistant.memory import standalone, topic_of
from assistant.mentions import asked_about, asks_for_a_source
from assistant.parts import parts_of
from assistant.spelling import Spelling, runs_of

SENTENCES = [
    "Light therapy can help people with seasonal affective disorder.",
    "Stimulus control is taught first; sleep restriction follows.",
    "Benzodiazepines and sertraline were compared in the prefrontal cortex.",
]
COMMON = frozenset({"what", "does", "the", "help", "with", "which", "table", "work", "people", "depressing", "sleep"})
PHRASES = frozenset(run for text in SENTENCES for run in runs_of(text))


def before(question: str, *quotes: str) -> Turn:
    citations = tuple(Citation(n, f"d#s~{n}", "d", "D", "v", ("S",), q, 0, len(q)) for n, q in enumerate(quotes, 1))
    return Turn(question, question, Outcome.ANSWERED, Safety(), "", citations=citations)


class TestSpelling:
    @pytest.fixture
    def spelling(self) -> Spelling:
        return Spelling(SENTENCES, ["does sertaline help?"], COMMON)

    @pytest.mark.parametrize(
        ("typed", "meant"),
        [
            ("what does sertaline do", "what does sertraline do"),
            ("benzodiazipines?", "benzodiazepines?"),
            ("prefontal cortex", "prefrontal cortex"),
            ("sx and tx, pls", "symptoms and treatment, please"),
        ],
    )
    def test_is_mended_by_the_words_of_the_corpus(self, spelling: Spelling, typed: str, meant: str) -> None:
        assert spelling.mended(typed) == meant

    @pytest.mark.parametrize(
        "text", ["table", "depressed", "does it help?", "5-HT", "amitriptyline", "Is 'light' good?"]
    )
    def test_leaves_common_and_unknown_words_alone(self, spelling: Spelling, text: str) -> None:
        assert spelling.mended(text) == text

    def test_is_not_learned_from_a_curators_misspelt_question(self, spelling: Spelling) -> None:
        assert spelling.mended("sertaline") == "sertraline"


class TestAFollowUp:
    @pytest.mark.parametrize(
        ("earlier", "message", "searched"),
        [
            ("What is light therapy?", "how well does it work?", "how well does light therapy work?"),
            ("What is light therapy?", "and in children?", "What is light therapy: in children?"),
            (
                "How much does light therapy help?",
                "no, I meant stimulus control",
                "How much does stimulus control help?",
            ),
            ("What is light therapy?", "compared to what?", "What is light therapy: compared to what?"),
        ],
    )
    def test_is_made_to_stand_alone(self, earlier: str, message: str, searched: str) -> None:
        found = standalone(message, [before(earlier)], PHRASES)

        assert found.text == searched
        assert found.follows

    @pytest.mark.parametrize("message", ["What is sleep restriction?", "OK, different topic: what is sertraline?"])
    def test_is_told_from_a_question_of_its_own(self, message: str) -> None:
        assert not standalone(message, [before("What is light therapy?")], PHRASES).follows

    def test_that_counts_means_an_entry_of_the_list_cited_before(self) -> None:
        whole = "Things help:\n\n- Stimulus control: Get up.\n- Sleep restriction: Less time in bed.\n- Light"

        found = standalone("say more about the second one", [before("What helps?", whole)], PHRASES)

        assert found.text == "say more about Sleep restriction"

    def test_does_not_lean_on_a_greeting(self) -> None:
        greeting = Turn("hi", "hi", Outcome.CONVERSATIONAL, Safety(), "")

        assert not standalone("how well does it work?", [greeting], PHRASES).follows

    def test_of_a_follow_up_leans_on_what_it_began_with(self) -> None:
        found = standalone("and adults?", [before("What is light therapy: in children?")], PHRASES)

        assert found.text == "What is light therapy: adults?"

    def test_has_the_corpus_own_words_for_its_topic(self) -> None:
        assert topic_of("Does light therapy lift people quickly?", PHRASES) == "light therapy"


class TestParts:
    @pytest.mark.parametrize(
        ("question", "parts"),
        [
            ("What is light therapy, and how much does it help?", 2),
            ("Which drugs help and what do they cost?", 2),
            ("What helps? Which lamp is best?", 2),
            ("How much do SSRIs and SNRIs each help?", 2),
            ("Does light therapy help people?", 1),
            ("How do gut and brain talk to each other?", 1),
            ("Trouble sleeping, is it in there?", 1),
            ("Compare what light does with what sleep does.", 1),
        ],
    )
    def test_are_told_apart_only_where_each_is_a_question(self, question: str, parts: int) -> None:
        assert len(parts_of(question)) == parts

    def test_with_each_ask_the_same_of_both(self) -> None:
        assert parts_of("How much do SSRIs and SNRIs each help?") == [
            "How much do SSRIs help?",
            "How much do SNRIs help?",
        ]


class TestMentions:
    @pytest.mark.parametrize(
        ("question", "words"),
        [
            ("Does the article mention ketamine?", ["ketamine"]),
            ("Is light therapy mentioned anywhere?", ["light", "therapy"]),
            ("What does the article mention?", []),
            ("Which study mentions light?", []),
            ("How much does light help?", []),
        ],
    )
    def test_are_asked_for_by_a_yes_or_no_question(self, question: str, words: list[str]) -> None:
        assert asked_about(question) == words


class TestAskingForASource:
    @pytest.mark.parametrize(
        ("question", "asks"),
        [
            ("Which studies are cited for this figure?", True),
            ("Give me the reference for the 40-60%.", True),
            ("Who ran those trials?", True),
            ("What do studies report on light?", False),
            ("How well does light work?", False),
        ],
    )
    def test_is_told_from_asking_for_what_it_says(self, question: str, asks: bool) -> None:
        assert asks_for_a_source(question) is asks
