"""A deterministic encoder without a model, for tests of everything that stands on vectors."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence

import numpy as np

from index.onnx_models import Vectors


class FakeEncoder:
    """Bags of hashed words: texts that share words are near each other."""

    id = "fake/hashed-words"

    def __init__(self) -> None:
        self.encoded = 0

    def encode(self, texts: Sequence[str], threads: int = 1) -> Vectors:
        """Unit vectors, shape (n, 64)."""
        self.encoded += len(texts)
        rows = np.full((len(texts), 64), 1e-3, np.float32)
        for row, text in zip(rows, texts, strict=True):
            for word in re.findall(r"\w+", text.lower()):
                digest = hashlib.sha256(word.encode()).digest()
                row[digest[0] % 64] += 1.0 if digest[1] % 2 else -1.0
        return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), np.float32)
