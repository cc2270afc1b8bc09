"""Tunes the thresholds on held-out messages and writes the classifier as ONNX (int8 weights) with its card."""

from __future__ import annotations

import json
import logging
import tempfile
import warnings
from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np

from assistant.triage_measures import DANGER
from assistant.triage_model import ADVICE, DIRECT, RISK, Thresholds, load_classifier
from index.encoders import minilm_folder
from index.onnx_models import sha256_of

_log = logging.getLogger("training")
FALSE_CARDS = 0.035  # aimed at on held-out messages, so that 5 % holds elsewhere


def thresholds(labels: Sequence[str], truth: Sequence[str], rows: np.ndarray[Any, Any]) -> Thresholds:
    """Where probabilities begin to count: cards at FALSE_CARDS, declines where a question is hardly ever declined."""
    index = {label: i for i, label in enumerate(labels)}
    names = np.array(truth)

    def chance(*wanted: str) -> np.ndarray[Any, Any]:
        summed: np.ndarray[Any, Any] = rows[:, [index[label] for label in wanted]].sum(1)
        return summed

    def above(values: np.ndarray[Any, Any], others: np.ndarray[Any, Any], rate: float) -> float:
        return round(float(np.quantile(values[others], 1 - rate)), 4)

    safe = ~np.isin(names, DANGER)
    plain = np.isin(names, ("question", "chitchat", "off_topic"))
    return replace(
        Thresholds(),
        card=min(0.5, max(0.1, above(chance(*RISK), safe, FALSE_CARDS))),
        emergency=max(0.5, above(chance("medical_emergency"), safe, 0.004)),
        takeover=max(0.7, above(chance(*DIRECT), safe, 0.004)),
        advice=max(0.45, above(chance(*ADVICE), plain, 0.03)),
        injection=max(0.7, above(chance("injection"), plain, 0.01)),
    )


def write(model: Any, folder: Path, labels: Sequence[str], max_tokens: int) -> Path:
    """models/triage.onnx: the graph traced by torch, MatMul weights in int8 per channel."""
    import torch
    from onnxruntime.quantization import QuantType, quantize_dynamic

    model.eval()
    names = ["input_ids", "attention_mask", "token_type_ids"]
    example = tuple(torch.ones((2, 8), dtype=torch.int64) for _ in names)
    target = folder / "triage.onnx"
    with tempfile.TemporaryDirectory() as scratch, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        whole = Path(scratch) / "triage.onnx"
        axes = {name: {0: "batch", 1: "tokens"} for name in names}
        torch.onnx.export(
            model,
            example,
            str(whole),
            input_names=names,
            output_names=["logits"],
            dynamic_axes=axes | {"logits": {0: "batch"}},
            opset_version=17,
            dynamo=False,
        )
        quantize_dynamic(whole, target, weight_type=QuantType.QInt8, per_channel=True)
    card(folder, labels, max_tokens, Thresholds(), {})
    _log.info("%s: %.1f MB", target, target.stat().st_size / 1e6)
    return target


def card(folder: Path, labels: Sequence[str], max_tokens: int, limits: Thresholds, found: dict[str, Any]) -> None:
    """models/triage.json: hashes, labels, thresholds and the figures on held-out messages."""
    content = {
        "what": "all-MiniLM-L6-v2 fine-tuned on assistant/training/data/triage*.jsonl; int8 weights",
        "sha256": sha256_of(folder / "triage.onnx"),
        "tokenizer_sha256": sha256_of(minilm_folder() / "tokenizer.json"),
        "labels": list(labels),
        "max_tokens": max_tokens,
        "thresholds": asdict(limits),
        "figures": found,
    }
    (folder / "triage.json").write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")


def measured(messages: Sequence[Any], normaliser: Any, folder: Path) -> np.ndarray[Any, Any]:
    """The written model's probabilities, one row a message."""
    classifier = load_classifier(folder)
    rows = []
    for message in messages:
        before = [normaliser.readable(text) for text in message.previous]
        rows.append(list(classifier.probabilities(normaliser.readable(message.text), before).values()))
    return np.array(rows)
