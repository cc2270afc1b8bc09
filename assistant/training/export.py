"""Writes a trained cross-encoder as it is shipped: ONNX with int8 weights, beside a card with its hash and figures."""

from __future__ import annotations

import json
import logging
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from assistant.shipped import MODELS
from index.minilm import convert
from index.onnx_models import sha256_of


def shipped(encoder: Any, name: str, card: Mapping[str, Any], folder: Path = MODELS) -> Path:
    """models/NAME.onnx and models/NAME.json, from a sentence-transformers CrossEncoder on a BERT model."""
    with tempfile.TemporaryDirectory() as scratch:
        encoder.save_pretrained(scratch)
        return quantised(Path(scratch), name, card, folder)


def quantised(saved: Path, name: str, card: Mapping[str, Any], folder: Path = MODELS) -> Path:
    """The same from a folder that holds model.safetensors and config.json."""
    from onnxruntime.quantization import QuantType, quantize_dynamic

    target = folder / f"{name}.onnx"
    logging.getLogger().setLevel(logging.ERROR)  # onnxruntime advises on the root logger
    with tempfile.TemporaryDirectory() as scratch:
        whole = Path(scratch) / "whole.onnx"
        convert(saved / "model.safetensors", saved / "config.json", whole)
        quantize_dynamic(whole, target, weight_type=QuantType.QInt8, per_channel=True)
    told = {"sha256": sha256_of(target), "bytes": target.stat().st_size, **card}
    (folder / f"{name}.json").write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")
    return target
