"""The gate and the choice: what a follow-up leans on counts, and nothing passes without a judge of support."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from assistant.deciding import Judge, Thread
from corpus.loading import Corpus, load
from corpus.passages import Passage
from index.building import open_index
from index.retrieval import Retriever
from tests.fakes_assistant import HEAD, FakeSupport
from tests.fakes_index import FakeEncoder


@pytest.fixture
def corpus(folder: Path) -> Corpus:
    return load([folder])


@pytest.fixture
def retriever(corpus: Corpus, state: Path) -> Retriever:
    return Retriever(corpus, open_index(corpus, FakeEncoder(), state).store, FakeEncoder())


def said(corpus: Corpus, words: str) -> Passage:
    return next(p for p in corpus.passages if p.text.startswith(words))


class TestAFollowUp:
    @pytest.mark.parametrize("words", ["Light: Morning", "Tablets"])
    def test_may_be_answered_by_what_comes_next_to_what_was_shown(
        self, corpus: Corpus, retriever: Retriever, words: str
    ) -> None:
        wanted = said(corpus, words)
        head = replace(HEAD, choice={"next": 1.0, "logit": 0.0})
        found = retriever.search("how chronic is insomnia?")

        judged = Judge(FakeSupport(), head).judge(["Q", "and then?"], found, thread=Thread(next=(wanted.id,)))

        assert judged.candidates[0].passage == wanted

    def test_is_answered_rather_by_something_new(self, corpus: Corpus, retriever: Retriever) -> None:
        shown = said(corpus, "Insomnia")
        head = replace(HEAD, choice={"logit": 0.0, "cosine": 1.0, "shown": -9.0})
        judge, found = Judge(FakeSupport(), head), retriever.search(shown.text)

        before = judge.judge(["Q", "and then?"], found)
        after = judge.judge(["Q", "and then?"], found, thread=Thread(shown=frozenset([shown.id])))

        assert before.candidates[0].passage == shown
        assert after.candidates[0].passage != shown

    def test_counts_how_near_a_passage_is_to_what_was_said(self, corpus: Corpus, retriever: Retriever) -> None:
        wanted = said(corpus, "Dr. Hall")
        head = replace(HEAD, choice={"logit": 0.0, "said": 1.0})
        thread = Thread(said={wanted.id: 0.9})

        judged = Judge(FakeSupport(), head).judge(
            ["Q", "who?"], retriever.search("Dr. Hall reports what?"), thread=thread
        )

        assert judged.candidates[0].passage == wanted


class TestWithoutAJudgeOfSupport:
    def test_nothing_passes(self, retriever: Retriever) -> None:
        judged = Judge(None, HEAD).judge(["What is insomnia?"], retriever.search("What is insomnia?"))

        assert judged.probability == 0.0
        assert not judged.passed
