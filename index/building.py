"""Brings an index into being for a corpus: built aside, swapped in by rename, opened only when it proves itself.

A folder `<key>` under `index/` is whole by existing: it is renamed into place after its manifest is written. On any
doubt it is moved aside and built again from the corpus; where Chroma cannot be used at all, search is exact, in memory.
"""

from __future__ import annotations

import json
import os
import shutil
import time
import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

from corpus.chunking import fingerprint
from corpus.errors import IndexingError
from corpus.loading import Corpus
from index.encoders import Encoder
from index.onnx_models import Vectors
from index.probing import files_of, probe, store_in, wrong_with
from index.store import ChromaStore, ExactStore, Store

SCHEMA = 2
Progress = Callable[[str, int, int], None]  # what, done, of
Groups = dict[str, tuple[list[str], Vectors]]


@dataclass(frozen=True, slots=True)
class Opened:
    """An index ready to serve: where its vectors are, what it is made of, and what a person should be told."""

    store: Store
    fingerprint: str
    remarks: tuple[str, ...] = ()
    built: bool = False


def index_key(corpus: Corpus, encoder: Encoder) -> str:
    """Names the index of these passages, as they are called and read, with this encoder and these library versions."""
    made_of = f"{SCHEMA} {corpus.fingerprint} {encoder.id} chromadb {version('chromadb')}"
    return fingerprint("\n".join([made_of, *(f"{p.id}\t{p.in_context}" for p in corpus.passages)]))


def open_index(
    corpus: Corpus, encoder: Encoder, state: Path, *, url: str = "", progress: Progress = lambda *_: None
) -> Opened:
    """The index of `corpus`, built if it is missing or in doubt. A broken store never raises: see `remarks`."""
    key = index_key(corpus, encoder)
    try:
        if url:
            return _on_server(corpus, encoder, key, url, progress)
        return _in_folder(corpus, encoder, key, state / "index", progress)
    except (OSError, IndexingError, ImportError) as error:
        remark = f"The index cannot be used ({error}); passages are searched exactly, in memory."
    except Exception as error:  # chromadb's own errors have no common base
        remark = f"Chroma failed ({type(error).__name__}: {error}); passages are searched exactly, in memory."
    return Opened(ExactStore(encoded(corpus, encoder, progress)), key, (remark,))


def encoded(corpus: Corpus, encoder: Encoder, progress: Progress) -> Groups:
    """Ids and vectors of the passages and of the bank's questions."""
    texts = {
        "passages": ([p.id for p in corpus.passages], [p.in_context for p in corpus.passages]),
        "bank": ([str(n) for n in range(len(corpus.bank.questions))], [q.text for q in corpus.bank.questions]),
    }
    total, done, groups = sum(len(ids) for ids, _ in texts.values()), 0, {}
    for group, (ids, rows) in texts.items():
        order = sorted(range(len(rows)), key=lambda row: len(rows[row]))
        parts: list[Vectors] = []
        for start in range(0, len(order), 64):
            batch = [rows[row] for row in order[start : start + 64]]
            parts.append(encoder.encode(batch, threads=os.cpu_count() or 1))
            done += len(batch)
            progress("Indexing", done, total)
        vectors = np.concatenate(parts) if parts else np.zeros((0, 1), np.float32)
        back = np.empty(len(order), int)
        back[order] = np.arange(len(order))
        groups[group] = (ids, vectors[back] if len(order) else vectors)
    return groups


def _in_folder(corpus: Corpus, encoder: Encoder, key: str, root: Path, progress: Progress) -> Opened:
    root.mkdir(parents=True, exist_ok=True)
    folder, built = root / key, False
    remarks: list[str] = []
    for last in (False, True):
        built = _whole(corpus, encoder, key, root, progress, remarks) or built
        try:
            store = ChromaStore.in_folder(store_in(folder))
            if wrong := wrong_with(folder, store, ("passages",)):
                raise IndexingError(wrong)
            return Opened(store, key, tuple(remarks), built)
        except Exception:  # chromadb's own errors have no common base
            if last:
                raise
            (folder / "proof.json").unlink(missing_ok=True)  # so that it is probed, and built anew
    raise AssertionError("unreachable")


def _whole(corpus: Corpus, encoder: Encoder, key: str, root: Path, progress: Progress, remarks: list[str]) -> bool:
    """Brings the folder into being where it is missing or in doubt; whether it had to be built."""
    from filelock import FileLock

    folder = root / key
    if not _doubt(folder):
        return False
    with FileLock(root / "building.lock", timeout=600):
        if not (wrong := _doubt(folder)):  # another process has built it meanwhile
            return False
        if folder.exists():
            remarks.append(f"The index was built anew: {wrong}.")
            folder.rename(root / f"broken-{uuid.uuid4().hex[:8]}")
        _build(corpus, encoder, key, root, progress)
        if wrong := _doubt(folder):
            raise IndexingError(f"the new index does not prove itself: {wrong}")
    return True


def _doubt(folder: Path) -> str:
    """'' where the index may be opened: its files are those that a child process opened and searched."""
    if not (folder / "manifest.json").is_file():
        return "it is not there"
    try:
        manifest = json.loads((folder / "manifest.json").read_text())
        proof = folder / "proof.json"
        if proof.is_file() and json.loads(proof.read_text()) == files_of(folder):
            return ""
        if manifest.get("schema") != SCHEMA:
            return "it has another form"
    except (ValueError, OSError) as error:
        return f"its manifest cannot be read ({error})"
    if wrong := probe(folder):
        return wrong
    _write(proof, json.dumps(files_of(folder)))
    return ""


def _build(corpus: Corpus, encoder: Encoder, key: str, root: Path, progress: Progress) -> None:
    for leftover in [*root.glob("building-*"), *_oldest(root.glob("broken-*"), keep=1)]:
        shutil.rmtree(leftover, ignore_errors=True)
    draft = root / f"building-{uuid.uuid4().hex[:8]}"
    draft.mkdir(mode=0o700)
    groups = encoded(corpus, encoder, progress)
    np.savez(draft / "vectors.npz", allow_pickle=False, **_arrays(groups))
    # A path of its own: within a process Chroma keeps its engines by path.
    store = ChromaStore.in_folder(draft / f"chroma-{uuid.uuid4().hex[:8]}")
    for group, (ids, vectors) in groups.items():
        store.fill(group, ids, vectors, key)
    store.close()
    manifest = {
        "schema": SCHEMA, "mark": key, "corpus": corpus.fingerprint, "encoder": encoder.id,
        "counts": {group: len(ids) for group, (ids, _) in groups.items()},
        "libraries": {name: version(name) for name in ("chromadb", "numpy", "onnxruntime")},
        "built": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
    }  # fmt: skip
    _write(draft / "manifest.json", json.dumps(manifest, indent=1))
    draft.rename(root / key)
    _sync(root)


def _on_server(corpus: Corpus, encoder: Encoder, key: str, url: str, progress: Progress) -> Opened:
    store, built = ChromaStore.on_server(url, f"sourcebound-{key}"), False
    counts = {"passages": len(corpus.passages), "bank": len(corpus.bank.questions)}
    if not all(store.holds(group, key, count) for group, count in counts.items()):
        for group, (ids, vectors) in encoded(corpus, encoder, progress).items():
            store.fill(group, ids, vectors, key)
        built = True
    return Opened(store, key, (), built)


def _arrays(groups: Groups) -> dict[str, Any]:
    arrays: dict[str, Any] = {f"{group}.ids": np.array(ids, dtype=str) for group, (ids, _) in groups.items()}
    return arrays | {f"{group}.vectors": vectors for group, (_, vectors) in groups.items()}


def _oldest(folders: Iterable[Path], keep: int) -> list[Path]:
    return sorted(folders, key=lambda folder: folder.stat().st_mtime)[:-keep]


def _write(path: Path, text: str) -> None:
    """Whole or not at all, and on the disk before the name is."""
    draft = path.with_name(f"{path.name}.{uuid.uuid4().hex[:8]}")
    with draft.open("w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)


def _sync(folder: Path) -> None:
    if hasattr(os, "O_DIRECTORY"):
        handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
