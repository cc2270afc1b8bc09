"""What the reader learns from: a question over the paragraph that answers it, and over one that does not."""

from __future__ import annotations

import random

import pytest

from assistant.training.decision import CHOICE, fit
from assistant.training.support_data import Example, authored, elsewhere, paragraphs

TWO: tuple[str, ...] = ("Light helps.", "Lamps cost little.")
TEXTS = ("Light helps. | Winter | ", "Lamps cost little. | Winter | Light helps.", "Gout hurts. | Pain | ")


class TestABankOverParagraphs:
    @pytest.mark.parametrize("seed", range(5))
    def test_finds_its_answer_in_its_own_paragraph_and_nowhere_else(self, seed: int) -> None:
        asked = Example("bank", "What do lamps cost?", TEXTS, frozenset([1]))

        home, *others = paragraphs([asked], random.Random(seed))

        assert (home.units, home.right, home.heading) == (TWO, frozenset([1]), "Winter")
        assert all(other.units == ("Gout hurts.",) and not other.right for other in others)

    def test_lays_a_near_miss_over_what_it_tempts_with(self) -> None:
        (first, *_) = paragraphs([Example("bank", "Who gets gout?", TEXTS, frozenset(), 2)], random.Random(1))

        assert (first.units, first.right) == (("Gout hurts.",), frozenset())


class TestAQuestionElsewhere:
    def test_is_answered_by_nothing(self) -> None:
        examples = [example for example in authored() if example.group.startswith("support1-")]

        found = elsewhere(examples * 2, random.Random(1), 0.2)

        own = {(example.question, example.units) for example in examples}
        assert found
        assert all(not example.right and (example.question, example.units) not in own for example in found)


class TestTheChoice:
    def test_is_fitted_to_put_the_right_candidate_first(self) -> None:
        chance = random.Random(1)

        def candidate(right: bool) -> dict[str, float | bool]:
            told = dict.fromkeys(CHOICE, 0.0) | {"logit": chance.random(), "said": right + chance.random() / 2}
            return {**told, "right": right}

        def row(answerable: bool) -> dict[str, object]:
            gate = dict.fromkeys(["logit", "second", "cosine", "keyword", "unknown", "strange", "words"], 0.0)
            gate["logit"] = answerable + chance.random()
            return {"answerable": answerable, "gate": gate, "candidates": [candidate(n == 2) for n in range(4)]}

        head = fit([row(n % 2 == 0) for n in range(60)], with_bank=False)

        assert head["choice"]["said"] > abs(head["choice"]["logit"])
        assert head["figures"]["first_right_5_fold"] > 0.9
