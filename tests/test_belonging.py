"""A percentage is shown only for what it is a percentage of."""

from __future__ import annotations

from dataclasses import replace

import pytest

from assistant.belonging import belonging, names_of
from corpus.passages import Passage, Unit

TEXTS = (
    "SSRIs and SNRIs raise the level.",
    "SSRIs reduce symptoms by about 40-60%.",
    "Symptoms fall by about 30-40% through exercise.",
    "Interpersonal therapy and mindfulness-based therapy help people to cope.",
)
PASSAGES = [
    Passage(f"d#{n}", "d", "D", "v", ("D",), Unit.SENTENCE, text, 0, len(text), n) for n, text in enumerate(TEXTS)
]
NAMES = names_of(PASSAGES)
SNRI, SSRI, EXERCISE, THERAPY = PASSAGES


class TestAFigure:
    @pytest.mark.parametrize(
        ("question", "chosen", "reason"),
        [
            ("What is the percentage for SNRIs?", SSRI, "not said of SNRI"),
            ("By what percentage does interpersonal therapy help?", SSRI, "not said of interpersonal"),
            ("interpersonal therapy: effect size?", THERAPY, "give none"),
        ],
    )
    def test_of_another_thing_answers_nothing(self, question: str, chosen: Passage, reason: str) -> None:
        kept, why = belonging(question, [chosen], NAMES)

        assert kept == []
        assert reason in why

    @pytest.mark.parametrize(
        ("question", "chosen"),
        [
            ("How much do SSRIs help?", SSRI),
            ("How much does exercise help?", EXERCISE),
            ("SSRIs vs exercise: numbers?", EXERCISE),
            ("Do SNRIs reduce symptoms by 40-60%?", SSRI),
            ("What do SNRIs do?", SNRI),
        ],
    )
    def test_of_the_thing_itself_or_beside_another_stays(self, question: str, chosen: Passage) -> None:
        assert belonging(question, [chosen], NAMES) == ([chosen], "")

    def test_stays_alone_where_another_is_of_something_else(self) -> None:
        assert belonging("How much do SSRIs help?", [SSRI, EXERCISE], NAMES)[0][0] == SSRI


class TestNames:
    @pytest.mark.parametrize(
        "question",
        [
            "Which SSRIs are there by name?",
            "names of the SSRIs please",
            "How many SSRIs exist, and what are they called?",
        ],
    )
    def test_are_not_given_by_a_sentence_that_only_knows_the_kind(self, question: str) -> None:
        kept, why = belonging(question, [SSRI], NAMES)

        assert kept == []
        assert "names of SSRIs" in why

    @pytest.mark.parametrize(
        "question",
        ["Which therapies help people to cope, by name?", "Name what SSRIs reduce.", "What else do SSRIs do?"],
    )
    def test_that_are_told_or_not_asked_for_leave_the_sentence(self, question: str) -> None:
        assert belonging(question, [THERAPY], NAMES) == ([THERAPY], "")

    def test_that_follow_their_kind_are_an_answer(self) -> None:
        named = replace(SSRI, text="The SSRIs in use are sertraline, citalopram and fluoxetine.")

        assert belonging("Which SSRIs are there by name?", [named], NAMES) == ([named], "")


class TestARiskOfAMedicine:
    @pytest.mark.parametrize(
        ("question", "told"),
        [
            ("how to taper antidepressants", "stopping a medicine"),
            ("What dosage of an SSRI raises the level?", "a dose"),
            ("Do SSRIs raise the level in breastfeeding mothers?", "breastfeeding"),
        ],
    )
    def test_is_not_answered_by_a_sentence_without_a_word_of_it(self, question: str, told: str) -> None:
        kept, why = belonging(question, [PASSAGES[0]], NAMES)

        assert kept == []
        assert told in why

    def test_that_the_sentence_speaks_of_is_answered(self) -> None:
        dose = replace(SSRI, text="The usual dose is 50 mg once a day.")

        assert belonging("What is the dosage?", [dose], NAMES) == ([dose], "")

    def test_beside_another_thing_leaves_the_half_that_is_answered(self) -> None:
        assert belonging("SSRIs: what do they do, and the side effects?", [SSRI], NAMES) == ([SSRI], "")
