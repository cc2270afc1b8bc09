"""Runs a transformer on onnxruntime: the only owner of onnxruntime and tokenizers."""

from __future__ import annotations

import hashlib
import json
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from corpus.errors import ModelError

_UNREAD = -9.0  # the logit of a unit beyond the most tokens that are read
Vectors = np.ndarray[Any, np.dtype[np.float32]]


def sha256_of(path: Path) -> str:
    """The file's sha256 in hex."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(1 << 20):
            digest.update(chunk)
    return digest.hexdigest()


def checked(path: Path, sha256: str) -> Path:
    """`path`, if its bytes are the expected ones. ModelError names both hashes otherwise."""
    if not path.is_file():
        raise ModelError(f"The model file {path} is missing. Reinstall sourcebound, or run: make train")
    if (found := sha256_of(path)) != sha256:
        raise ModelError(f"The model file {path} is damaged: its sha256 is {found}, expected {sha256}.")
    return path


def carded(folder: Path, name: str) -> tuple[Path, Mapping[str, Any]]:
    """The file NAME.onnx of a folder and its card NAME.json. ModelError where they are not there, or do not agree."""
    try:
        card = json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))
        sha256 = str(card["sha256"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        told = f"The card of the {name} model, {folder / name}.json, cannot be read: {error}."
        raise ModelError(f"{told} Reinstall sourcebound, or run: make train") from error
    return checked(folder / f"{name}.onnx", sha256), card


class OnnxModel:
    """A BERT-type model and its tokenizer. Thread-safe; one inference thread per call by default.

    `run` takes texts or pairs of texts and returns the first output as float32, shape (n, ...), in the order given.
    """

    def __init__(self, model: Path | bytes, tokenizer: Path, max_tokens: int = 256, threads: int = 1) -> None:
        import onnxruntime
        from tokenizers import Tokenizer

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        options.enable_cpu_mem_arena = False  # it keeps what the longest text ever took
        options.log_severity_level = 3
        source = model if isinstance(model, bytes) else str(model)
        try:
            self._session = onnxruntime.InferenceSession(source, options, providers=["CPUExecutionProvider"])
            self._tokenizer = Tokenizer.from_file(str(tokenizer))
        except Exception as error:  # onnxruntime and tokenizers raise their own untyped errors
            raise ModelError(f"The model {model if isinstance(model, Path) else ''} cannot be read: {error}") from error
        self._tokenizer.enable_truncation(max_tokens)
        self._tokenizer.enable_padding(pad_id=0, pad_token="[PAD]")
        self._inputs = {item.name for item in self._session.get_inputs()}

    def run(self, texts: Sequence[str] | Sequence[tuple[str, str]], batch: int = 32) -> tuple[Vectors, Vectors]:
        """(first output, attention mask), batches of similar length, in the order of `texts`.

        Outputs per token are padded with zeros to the longest batch.
        """
        order = sorted(range(len(texts)), key=lambda i: -_length(texts[i]))
        outputs: list[Vectors | None] = [None] * len(texts)
        masks: list[Vectors | None] = [None] * len(texts)
        for start in range(0, len(order), batch):
            rows = order[start : start + batch]
            encoded = self._tokenizer.encode_batch([texts[row] for row in rows])
            feed = _feed(encoded)
            result = self._session.run(None, {k: v for k, v in feed.items() if k in self._inputs})[0]
            for row, output, kept in zip(rows, result, feed["attention_mask"], strict=True):
                outputs[row], masks[row] = output.astype(np.float32), kept.astype(np.float32)
        return _stack(outputs), _stack(masks)

    def read(self, question: str, heading: str, units: Sequence[str]) -> Vectors:
        """Of a model with a head over units: a logit for each of `units`, read together, shape (len(units),)."""
        text, starts = f"{heading}:", []
        for unit in units:
            starts.append(len(text) + 1)
            text += f" {unit}"
        encoded = self._tokenizer.encode(question, text)
        belongs = np.zeros((1, len(units), len(encoded.ids)), np.float32)
        for token, ((start, end), sequence) in enumerate(zip(encoded.offsets, encoded.sequence_ids, strict=True)):
            if sequence == 1 and end > start >= starts[0]:
                belongs[0, bisect_right(starts, start) - 1, token] = 1
        logits: Vectors = self._session.run(None, {**_feed([encoded]), "units": belongs})[0][0]
        return np.where(belongs[0].any(1), logits, _UNREAD).astype(np.float32)


def _feed(encoded: Sequence[Any]) -> dict[str, np.ndarray[Any, np.dtype[np.int64]]]:
    """What a BERT-type model reads of tokenised texts of one length, each of shape (texts, tokens)."""
    return {
        "input_ids": np.array([e.ids for e in encoded], np.int64),
        "attention_mask": np.array([e.attention_mask for e in encoded], np.int64),
        "token_type_ids": np.array([e.type_ids for e in encoded], np.int64),
    }


def _length(text: str | tuple[str, str]) -> int:
    return len(text) if isinstance(text, str) else len(text[0]) + len(text[1])


def _stack(rows: list[Vectors | None]) -> Vectors:
    kept = [row for row in rows if row is not None]
    if not kept:
        return np.zeros((0,), np.float32)
    longest = max(row.shape[0] for row in kept)
    if any(row.shape[0] != longest for row in kept):
        padding = [(0, 0)] * (kept[0].ndim - 1)
        kept = [np.pad(row, [(0, longest - row.shape[0]), *padding]) for row in kept]
    return np.stack(kept)
