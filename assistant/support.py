"""The learned judgement whether a passage answers a question: a cross-encoder's logit for each pair."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

import numpy as np

from assistant.shipped import opened
from corpus.passages import Passage
from index.onnx_models import OnnxModel

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

    def logits(self, turns: Sequence[str], passages: Sequence[Passage]) -> Logits:
        """The logit that each passage answers the last of `turns`, shape (len(passages),)."""
        if not passages:
            return np.zeros(0, np.float32)
        question = question_text(turns)
        # One by one: int8 scales are taken over a batch, so that in company a pair would score differently each time.
        output, _ = self._model.run([(question, p.in_context) for p in passages], batch=1)
        return output[:, 0]


def load_support(name: str = "support") -> SupportModel:
    """The shipped support model. ModelError if its file is missing or not the one of its card."""
    model, card = opened(name)
    return SupportModel(model, card["sha256"][:16])


def question_text(turns: Sequence[str]) -> str:
    """The last question with up to two before it, as the model was trained to read them."""
    cut = [" ".join(turn.split()[:40]) for turn in turns[:-1]] + [turns[-1]]
    return " / ".join(cut[-3:])
