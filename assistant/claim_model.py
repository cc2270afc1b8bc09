"""The learned judgement whether a text says what a sentence says: a cross-encoder with a calibration over its logit."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from typing import Any

from assistant.shipped import opened
from assistant.wording import content
from index.onnx_models import OnnxModel

MAX_TOKENS = 160
MANY_NEW, STRANGE = 9, -6.0
_MAX_WORDS = 110
_SENTENCE = re.compile(r"(?<=[.!?;])\s+")


class ClaimModel:
    """The shipped claim model on onnxruntime. `threshold` is the probability above which a sentence may be shown."""

    def __init__(self, model: OnnxModel, card: Mapping[str, Any]) -> None:
        self._model, self._weights = model, dict(card["calibration"])
        self.threshold = float(card["threshold"])
        self.fingerprint = str(card["sha256"])[:16]

    def support(self, evidence: str, claim: str) -> float:
        """The calibrated probability that `evidence` says what `claim` says."""
        return self.supports([(evidence, claim)])[0]

    def supports(self, pairs: Sequence[tuple[str, str]]) -> list[float]:
        """The same for many pairs of evidence and claim."""
        return [
            probability(features(evidence, claim, logit), self._weights)
            for (evidence, claim), logit in zip(pairs, self.logits(pairs), strict=True)
        ]

    def logits(self, pairs: Sequence[tuple[str, str]]) -> list[float]:
        """What the cross-encoder itself says, before calibration. One at a time: int8 rounding is shared by a batch."""
        if not pairs:
            return []
        output, _ = self._model.run([(claim, focused(evidence, claim)) for evidence, claim in pairs], batch=1)
        return [float(row) for row in output[:, 0]]


def load_claim_model() -> ClaimModel:
    """The shipped claim model. ModelError if a file is missing, damaged or not the one of its card."""
    return ClaimModel(*opened("claims"))


def focused(evidence: str, claim: str) -> str:
    """The evidence as the model reads it; of a long one the sentences that share most words with the claim."""
    if len(evidence.split()) <= _MAX_WORDS:
        return evidence
    text, _, heading = evidence.rpartition(" | ")
    parts = _SENTENCE.split(text or heading)
    wanted = set(content(claim))
    order = sorted(range(len(parts)), key=lambda i: -len(wanted & set(content(parts[i]))))
    kept: set[int] = set()
    for index in order:
        if kept and sum(len(parts[i].split()) for i in kept) + len(parts[index].split()) > _MAX_WORDS:
            break
        kept.add(index)
    return " ".join(parts[i] for i in sorted(kept)) + (f" | {heading}" if text else "")


def features(evidence: str, claim: str, logit: float) -> dict[str, float]:
    """What the calibration weighs. Beyond the few new words of the claims it learned from, the logit means nothing."""
    new = len(set(content(claim)) - set(content(focused(evidence, claim))))
    return {"bias": 1.0, "logit": logit if new < MANY_NEW else STRANGE}


def probability(told: Mapping[str, float], weights: Mapping[str, float]) -> float:
    """The logistic of the weighted sum."""
    total = sum(weights.get(name, 0.0) * value for name, value in told.items())
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, total))))
