"""The learned judgement whether a passage answers a question.

A cross-encoder gives a logit for each pair of question and passage; a reader sees the question with a whole paragraph.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from functools import lru_cache
from typing import Any, Protocol

import numpy as np

from assistant.shipped import opened
from corpus.loading import Corpus
from corpus.passages import Passage, Unit
from index.onnx_models import OnnxModel

_READ = 2  # paragraphs that the reader sees
_UNITS, _WORDS = 8, 130  # the most of a paragraph that it sees at once
_LONGEST = 50  # words of a question
_REMEMBERED = 64  # judgements: a follow-up is looked at more than once
_OF_READER = 0.6  # what the reader's logit counts in the mean of both
Logits = np.ndarray[Any, np.dtype[np.float32]]


class Support(Protocol):
    """`fingerprint` changes with the model's file."""

    fingerprint: str

    def logits(self, turns: Sequence[str], passages: Sequence[Passage]) -> Logits:
        """The logit that each passage answers the last of `turns`, shape (len(passages),)."""
        ...


class SupportModel:
    """The shipped cross-encoder on onnxruntime."""

    def __init__(self, model: OnnxModel, fingerprint: str) -> None:
        self._model, self.fingerprint = model, fingerprint
        self._remembered = lru_cache(_REMEMBERED)(self._logit)

    def logits(self, turns: Sequence[str], passages: Sequence[Passage]) -> Logits:
        """The logit that each passage answers the last of `turns`, shape (len(passages),)."""
        question = question_text(turns)
        return np.array([self._remembered(question, p.in_context) for p in passages], np.float32)

    def _logit(self, question: str, text: str) -> float:
        # One by one: int8 scales are taken over a batch, so that in company a pair would score differently each time.
        output, _ = self._model.run([(question, text)], batch=1)
        return float(output[0, 0])


class Reader:
    """The shipped reader on onnxruntime: it reads a question with a whole paragraph of the corpus."""

    def __init__(self, model: OnnxModel, passages: Sequence[Passage], fingerprint: str) -> None:
        self._model, self.fingerprint = model, fingerprint
        single = [p for p in passages if p.unit is not Unit.LIST]
        places = in_paragraphs([p.text for p in single], [(p.document_id, p.section) for p in single])
        self._paragraphs = [[single[n] for n in members] for members in places]
        self._of = {p.id: number for number, members in enumerate(self._paragraphs) for p in members}
        self._remembered = lru_cache(_REMEMBERED)(self._read)

    def paragraph(self, passage: Passage) -> int | None:
        """The number of the paragraph that holds it."""
        return self._of.get(passage.id)

    def read(self, turns: Sequence[str], paragraph: int) -> dict[str, float]:
        """By passage id, the logit that it answers the last of `turns`, for all of that paragraph."""
        return self._remembered(" ".join(question_text(turns).split()[:_LONGEST]), paragraph)

    def _read(self, question: str, paragraph: int) -> dict[str, float]:
        members = self._paragraphs[paragraph]
        logits = self._model.read(question, members[0].heading, [p.text for p in members])
        return {p.id: float(logit) for p, logit in zip(members, logits, strict=True)}


class BothModels:
    """The cross-encoder's logit, and for passages of the paragraphs that it finds likeliest a mean of it and the
    reader's: their errors differ. For a corpus without a bank, which has no other help; it takes twice as long."""

    def __init__(self, pairs: SupportModel, reader: Reader) -> None:
        self._pairs, self._reader = pairs, reader
        self.fingerprint = f"{pairs.fingerprint}+{reader.fingerprint}"

    def logits(self, turns: Sequence[str], passages: Sequence[Passage]) -> Logits:
        """The logit that each passage answers the last of `turns`, shape (len(passages),)."""
        logits = self._pairs.logits(turns, passages)
        order = [self._reader.paragraph(passages[n]) for n in np.argsort(-logits, kind="stable")]
        read: dict[str, float] = {}
        for paragraph in list(dict.fromkeys(p for p in order if p is not None))[:_READ]:
            read |= self._reader.read(turns, paragraph)
        return np.array([
            own + _OF_READER * (read.get(p.id, own) - own) for own, p in zip(logits.tolist(), passages, strict=True)
        ], np.float32)  # fmt: skip


def in_paragraphs(texts: Sequence[str], sections: Sequence[Hashable]) -> list[list[int]]:
    """The places of `texts` in runs of one section, each as long as the reader takes at once."""
    runs: list[list[int]] = []
    for n, section in enumerate(sections):
        if runs and sections[runs[-1][-1]] == section:
            runs[-1].append(n)
        else:
            runs.append([n])
    return [piece for run in runs for piece in _pieces(run, [len(texts[n].split()) for n in run])]


def _pieces(run: Sequence[int], words: Sequence[int]) -> list[list[int]]:
    """The run in pieces of about the same number of words."""
    count = max(-(-len(run) // _UNITS), -(-sum(words) // _WORDS))
    pieces: list[list[int]] = [[]]
    told = 0
    for n, size in zip(run, words, strict=True):
        if pieces[-1] and (told + size / 2 > sum(words) / count or len(pieces[-1]) >= _UNITS):
            pieces.append([])
            told = 0
        pieces[-1].append(n)
        told += size
    return pieces


def load_support(corpus: Corpus) -> Support:
    """The shipped models: the cross-encoder, and the reader where the corpus has no bank. ModelError if a file is
    missing or not the one of its card."""
    model, told = opened("support")
    pairs = SupportModel(model, told["sha256"][:16])
    if corpus.bank.questions:
        return pairs
    reader, card = opened("reader")
    return BothModels(pairs, Reader(reader, corpus.passages, card["sha256"][:16]))


def question_text(turns: Sequence[str]) -> str:
    """The last question with up to two before it, as the model was trained to read them."""
    cut = [" ".join(turn.split()[:40]) for turn in turns[:-1]] + [turns[-1]]
    return " / ".join(cut[-3:])
