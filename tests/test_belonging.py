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
MINDFUL = replace(SSRI, text="Mindfulness-based therapy lowers symptoms by 20-30%.", before=THERAPY.text)
THEY = replace(SSRI, text="In SSRI trials they lower symptoms by 10%.", before="SNRIs are prescribed.")
THIS = replace(SSRI, text="This lowers symptoms by 20-30%.", before=THERAPY.text)


class TestAFigure:
    @pytest.mark.parametrize(
        ("question", "chosen", "reason"),
        [
            ("What is the percentage for SNRIs?", SSRI, "not said of SNRI"),
            ("By what percentage does interpersonal therapy help?", SSRI, "not said of interpersonal"),
            ("interpersonal therapy: effect size?", THERAPY, "give none"),
            ("by how many per cent does exercise help?", SNRI, "give none"),
            ("How many per cent fewer symptoms with interpersonal therapy?", MINDFUL, "not said of interpersonal"),
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
            ("How much does mindfulness-based therapy help?", MINDFUL),
            ("How much does interpersonal therapy help?", THIS),
            ("By how many per cent do SNRIs lower symptoms?", THEY),
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
