"""Whether a passage answers a question: the cross-encoder, the reader of paragraphs, and both together."""

from __future__ import annotations

import numpy as np
import pytest

from assistant.evaluation import without_bank
from assistant.support import BothModels, Support, in_paragraphs, load_support
from corpus.loading import Corpus, load
from corpus.passages import Passage, Unit


@pytest.fixture(scope="module")
def corpus() -> Corpus:
    return load([])


@pytest.fixture(scope="module", params=[True, False], ids=["with a bank", "without one"])
def support(corpus: Corpus, request: pytest.FixtureRequest) -> Support:
    return load_support(corpus if request.param else without_bank(corpus))


class TestParagraphs:
    def test_never_reach_beyond_a_section(self) -> None:
        assert in_paragraphs(["a b", "c", "d"], ["one", "one", "two"]) == [[0, 1], [2]]

    def test_of_a_long_section_are_pieces_of_about_one_length(self) -> None:
        texts = ["word " * 40] * 6

        assert in_paragraphs(texts, ["one"] * 6) == [[0, 1, 2], [3, 4, 5]]

    def test_hold_few_entries_however_short(self) -> None:
        found = in_paragraphs(["word"] * 20, ["one"] * 20)

        assert [n for members in found for n in members] == list(range(20))
        assert max(map(len, found)) <= 8

    def test_of_nothing_are_none(self) -> None:
        assert in_paragraphs([], []) == []


class TestTheShippedModels:
    def test_tell_what_answers_from_what_is_near(self, support: Support, corpus: Corpus) -> None:
        passages = [p for p in corpus.passages if "60-80%" in p.text and p.unit is not Unit.LIST]

        answered, missed = (
            float(support.logits([question], passages)[0])
            for question in ("What share of SAD patients improve with light therapy?", "How many lux does a lamp need?")
        )

        assert answered > missed + 2

    def test_give_the_same_in_any_order(self, support: Support, corpus: Corpus) -> None:
        passages = [p for p in corpus.passages if p.unit is not Unit.LIST][:9]

        one = support.logits(["What is serotonin?"], passages)
        other = support.logits(["What is serotonin?"], passages[::-1])

        assert np.array_equal(one, other[::-1])

    def test_bear_no_passages_and_a_question_without_end(self, support: Support, corpus: Corpus) -> None:
        passages: list[Passage] = [p for p in corpus.passages if p.unit is not Unit.LIST][:2]

        assert support.logits(["What?"], []).shape == (0,)
        assert np.isfinite(support.logits(["why " * 3000], passages)).all()

    def test_are_two_where_the_corpus_has_no_bank_and_the_fingerprint_names_both(self, corpus: Corpus) -> None:
        one, both = load_support(corpus), load_support(without_bank(corpus))

        assert isinstance(both, BothModels)
        assert both.fingerprint.startswith(f"{one.fingerprint}+")
