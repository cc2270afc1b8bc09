"""What is made of a message before it is searched: spelling, parts, mentions."""

from __future__ import annotations

import pytest

from assistant.mentions import asked_about, asks_for_a_source
from assistant.parts import parts_of
from assistant.spelling import Spelling

SENTENCES = [
    "Light therapy can help people with seasonal affective disorder.",
    "Stimulus control is taught first; sleep restriction follows.",
    "Benzodiazepines and sertraline were compared in the prefrontal cortex.",
]
COMMON = frozenset(
    {"what", "does", "the", "help", "with", "which", "table", "work", "people", "depressing", "sleep", "sheep"}
)


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
            ("sheep restriction", "sleep restriction"),
            ("sx and tx, pls", "symptoms and treatment, please"),
        ],
    )
    def test_is_mended_by_the_words_of_the_corpus(self, spelling: Spelling, typed: str, meant: str) -> None:
        assert spelling.mended(typed) == meant

    @pytest.mark.parametrize(
        "text",
        [
            "table",
            "depressed",
            "does it help?",
            "5-HT",
            "amitriptyline",
            "Is 'light' good?",
            "CT scan",
            "sheep therapy",
        ],
    )
    def test_leaves_common_and_unknown_words_alone(self, spelling: Spelling, text: str) -> None:
        assert spelling.mended(text) == text

    def test_is_not_learned_from_a_curators_misspelt_question(self, spelling: Spelling) -> None:
        assert spelling.mended("sertaline") == "sertraline"


class TestWordsThatTheCorpusNeverUses:
    @pytest.fixture
    def spelling(self) -> Spelling:
        return Spelling(["SSRIs and obsessive compulsive disorder: a gut-brain axis."], ["mindfulness?"], COMMON)

    @pytest.mark.parametrize("text", ["SSRI", "OCD", "gut, brain", "axis's", "isn't", "doesnt", "gut-brain"])
    def test_are_not_its_plurals_initials_compounds_and_contractions(self, spelling: Spelling, text: str) -> None:
        assert spelling.unknown(text) == []

    def test_are_strange_where_they_are_not_even_common(self, spelling: Spelling) -> None:
        assert spelling.unknown("which hippocampus table") == ["which", "hippocampus", "table"]
        assert spelling.strange(["which", "hippocampus", "table"]) == ["hippocampus"]

    def test_are_strange_where_a_digit_makes_them_another_name(self) -> None:
        spelling = Spelling(["5-HT acts in the gut; B6 helps."], [], COMMON)

        assert spelling.strange(spelling.unknown("5-HT, B6, 5-HT1A, COVID19, table3")) == ["5-HT1A", "COVID19"]

    @pytest.mark.parametrize("word", ["depresing", "peopel", "obsessi"])
    def test_are_not_strange_for_being_misspelt_or_clipped(self, spelling: Spelling, word: str) -> None:
        assert spelling.unknown(word) == [word]
        assert spelling.strange([word]) == []


class TestParts:
    @pytest.mark.parametrize(
        ("question", "parts"),
        [
            ("What is light therapy, and how much does it help?", 2),
            ("Which drugs help and what do they cost?", 2),
            ("Does light therapy help, and by how much?", 2),
            ("What level is too low? Is there a cut-off?", 1),
            ("What is light therapy? Is it new?", 2),
            ("What are SSRIs and what is ketamine?", 2),
            ("Do SSRIs help? Does acupuncture?", 2),
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
            ("what reduction do studies give?", False),
            ("SSRIs cure all, is that what the source states?", False),
            ("Which study claims that SSRIs reduce symptoms?", True),
            ("Give me the source behind the claim that light works", True),
            ("How well does light work?", False),
        ],
    )
    def test_is_told_from_asking_for_what_it_says(self, question: str, asks: bool) -> None:
        assert asks_for_a_source(question) is asks
