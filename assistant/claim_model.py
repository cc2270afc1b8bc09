"""The learned judgement whether a text says what a sentence says: two cross-encoders, and a calibration over both.

They were trained apart, with other settings and the second on more claims, so that they err apart. Both must be there.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from assistant.shipped import MODELS, opened
from assistant.wording import content
from corpus.errors import ModelError
from index.onnx_models import OnnxModel

NAMES = ("claims", "claims2")  # the card of the first holds calibration and threshold
MAX_TOKENS = 160
MANY_NEW, STRANGE = 9, -6.0
_MAX_WORDS = 110
_SENTENCE = re.compile(r"(?<=[.!?;])\s+")


class ClaimModel:
    """The shipped claim models on onnxruntime. `threshold` is the probability above which a sentence may be shown."""

    def __init__(self, models: Sequence[OnnxModel], cards: Sequence[Mapping[str, Any]]) -> None:
        self._models, self._weights = tuple(models), dict(cards[0]["calibration"])
        self.threshold = float(cards[0]["threshold"])
        self.fingerprint = "+".join(str(card["sha256"])[:16] for card in cards)

    def support(self, evidence: str, claim: str) -> float:
        """The calibrated probability that `evidence` says what `claim` says."""
        return self.supports([(evidence, claim)])[0]

    def supports(self, pairs: Sequence[tuple[str, str]]) -> list[float]:
        """The same for many pairs of evidence and claim."""
        return [
            probability(features(evidence, claim, logits), self._weights)
            for (evidence, claim), logits in zip(pairs, self.logits(pairs), strict=True)
        ]

    def logits(self, pairs: Sequence[tuple[str, str]]) -> list[tuple[float, ...]]:
        """What each cross-encoder says, before calibration. One at a time: int8 rounding is shared by a batch."""
        if not pairs:
            return []
        read = [(claim, focused(evidence, claim)) for evidence, claim in pairs]
        told = [model.run(read, batch=1)[0][:, 0] for model in self._models]
        return [tuple(map(float, row)) for row in zip(*told, strict=True)]


def load_claim_model(folder: Path = MODELS) -> ClaimModel:
    """The shipped claim models. ModelError if a file of either is missing, damaged or not the one of its card."""
    models, cards = zip(*(opened(name, folder) for name in NAMES), strict=True)
    weighed = {"bias", *(f"logit {number}" for number in range(1, len(NAMES) + 1))}
    if set(cards[0].get("calibration", ())) != weighed or cards[0].get("pair") != [card["sha256"] for card in cards]:
        raise ModelError(f"The calibration in {folder / NAMES[0]}.json is not of these claim models. Run: make train")
    return ClaimModel(models, cards)


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


def features(evidence: str, claim: str, logits: Sequence[float]) -> dict[str, float]:
    """What the calibration weighs. Beyond the few new words of the claims they learned from, logits mean nothing."""
    new = len(set(content(claim)) - set(content(focused(evidence, claim))))
    told = logits if new < MANY_NEW else [STRANGE] * len(logits)
    return {"bias": 1.0} | {f"logit {number}": logit for number, logit in enumerate(told, 1)}


def probability(told: Mapping[str, float], weights: Mapping[str, float]) -> float:
    """The logistic of the weighted sum."""
    total = sum(weights.get(name, 0.0) * value for name, value in told.items())
    if not math.isfinite(total):
        return 0.0
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, total))))
