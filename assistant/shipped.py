"""Opens the models that lie in this package, each checked against the card beside it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from index.encoders import minilm_folder
from index.onnx_models import OnnxModel, carded, checked

MODELS = Path(__file__).with_name("models")


def opened(name: str, folder: Path = MODELS) -> tuple[OnnxModel, Mapping[str, Any]]:
    """The shipped model of this name, and its card. ModelError where a file is missing, damaged or another one."""
    path, card = carded(folder, name)
    tokenizer = minilm_folder() / "tokenizer.json"
    if expected := card.get("tokenizer_sha256"):
        checked(tokenizer, expected)
    return OnnxModel(path, tokenizer, max_tokens=card.get("max_tokens", 128)), card
