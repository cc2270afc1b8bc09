"""Opens an index folder in a child process first: a damaged segment kills the process that opens it.

`python -m index.probing FOLDER` prints one JSON line, {"wrong": ""} where every passage is found by its own vector.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from index.onnx_models import sha256_of
from index.store import ChromaStore

_SECONDS = 60
_MOST_QUESTIONS = 500


def probe(folder: Path) -> str:
    """'' if the index in `folder` can be served, else what is wrong with it."""
    try:
        child = subprocess.run(
            [sys.executable, "-m", "index.probing", str(folder)],
            capture_output=True, text=True, timeout=_SECONDS, check=False,
            cwd=Path(__file__).parents[1],
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        return f"it did not open within {_SECONDS} seconds"
    if child.returncode < 0:
        return f"opening it kills the process (signal {-child.returncode})"
    try:
        return str(json.loads(child.stdout.strip().splitlines()[-1])["wrong"])
    except (IndexError, ValueError, KeyError):
        return (child.stderr.strip().splitlines() or ["it cannot be opened"])[-1]


def store_in(folder: Path) -> Path:
    """Where Chroma keeps its files within the index folder."""
    return next(folder.glob("chroma-*"), folder / "chroma-missing")


def files_of(folder: Path) -> dict[str, str]:
    """The sha256 of each vector file in `folder`: what was probed and did not change is not probed again.

    Opening rewrites the database (damage to it raises an error and kills no process) and the lengths, of which the
    size counts.
    """
    store = store_in(folder)
    files = sorted(path for path in store.rglob("*.*") if path.suffix != ".sqlite3")
    return {
        str(path.relative_to(store)): str(path.stat().st_size) if path.name == "length.bin" else sha256_of(path)
        for path in files
    }


def wrong_with(folder: Path, store: ChromaStore, groups: Sequence[str] = ("passages", "bank")) -> str:
    """'' if each group is whole and each passage (of the bank: 500 questions) is found by its own vector."""
    manifest = json.loads((folder / "manifest.json").read_text())
    with np.load(folder / "vectors.npz") as held:
        for group in groups:
            count, ids, vectors = manifest["counts"][group], held[f"{group}.ids"], held[f"{group}.vectors"]
            if not store.holds(group, manifest["mark"], count) or len(ids) != count:
                return f"the group {group} is not whole"
            if not count:
                continue
            rows = np.arange(count)
            if group != "passages" and count > _MOST_QUESTIONS:
                rows = np.unique(np.linspace(0, count - 1, _MOST_QUESTIONS).astype(int))
            found = store.query_many(group, vectors[rows], min(3, count))
            lost = [
                str(ids[row])
                for row, hits in zip(rows, found, strict=True)
                if not any(i == ids[row] and cosine > 0.9999 for i, cosine in hits)
                and not all(cosine > 0.9999 for _, cosine in hits)  # more than three texts alike
            ]
            if lost:
                return f"{len(lost)} of {len(rows)} {group} are not found by their own vector, e.g. {lost[0]}"
    return ""


def _wrong(folder: Path) -> str:
    return wrong_with(folder, ChromaStore.in_folder(store_in(folder)))


if __name__ == "__main__":
    sys.stdout.write(json.dumps({"wrong": _wrong(Path(sys.argv[1]))}) + "\n")
