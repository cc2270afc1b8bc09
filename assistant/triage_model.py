"""The learned leg of triage: a fine-tuned encoder that gives a message's labels a probability."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from assistant.shipped import MODELS, opened
from corpus.errors import ModelError
from index.onnx_models import OnnxModel

# Dangers, as classes of safety.toml: the writer's own, first those that take over; and somebody else's.
DIRECT = ("crisis_direct", "self_harm", "overdose", "method", "harm_to_others", "abuse")
OWN = (*DIRECT, "crisis_oblique")
OTHER = ("crisis_other", "clinician_acute")
RISK = (*OWN, *OTHER, "medical_emergency")
ADVICE = ("personal_advice", "patient_specific")
LONGEST = 600  # characters of one window


@dataclass(frozen=True, slots=True)
class Thresholds:
    """From which probability a label counts; tuned on held-out messages and kept in the model's card."""

    card: float = 0.5
    card_declined: float = 0.3  # for a message that is declined anyway: a card takes nothing away from it
    agreed: float = 0.05
    doubtful: float = 0.04
    emergency: float = 0.9
    takeover: float = 0.8
    advice: float = 0.5
    advice_agreed: float = 0.2
    injection: float = 0.6
    chitchat: float = 0.5


class OnnxClassifier:
    """Runs the model of models/triage.onnx; a long message in windows, all of which count."""

    def __init__(self, model: OnnxModel, labels: Sequence[str], thresholds: Thresholds) -> None:
        self._model = model
        self._labels = tuple(labels)
        self.thresholds = thresholds

    def probabilities(self, text: str, earlier: Sequence[str]) -> Mapping[str, float]:
        """Each label's probability: of the window with the highest risk; of advice and injection, of their own."""
        logits, _ = self._model.run([paired(window, earlier) for window in windows(text)])
        logits = logits - logits.max(axis=1, keepdims=True)
        chances = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
        found: dict[str, float] = {}
        for group in (self._labels, ADVICE, ("injection",)):
            looked_for = RISK if group is self._labels else group
            columns = [i for i, label in enumerate(self._labels) if label in looked_for]
            row = chances[int(np.argmax(chances[:, columns].sum(axis=1)))]
            found |= {label: float(p) for label, p in zip(self._labels, row, strict=True) if label in group}
        return found


def paired(text: str, earlier: Sequence[str]) -> tuple[str, str]:
    """The message and, behind it, up to three messages before it."""
    return text, " / ".join(earlier[-3:])[-400:]


def windows(text: str) -> list[str]:
    """A short text as it is, a long one in overlapping windows."""
    if len(text) <= LONGEST:
        return [text]
    step = LONGEST - 100
    return [text[start : start + LONGEST] for start in range(0, len(text) - 100, step)]


def load_classifier(folder: Path = MODELS) -> OnnxClassifier:
    """The shipped classifier. ModelError where its files are missing or damaged."""
    model, card = opened("triage", folder)
    try:
        return OnnxClassifier(model, card["labels"], Thresholds(**card["thresholds"]))
    except (KeyError, TypeError) as error:
        raise ModelError(f"The triage model's card in {folder} cannot be read: {error}. Run: make train") from error
