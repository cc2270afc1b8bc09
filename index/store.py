"""Vectors kept in Chroma, embedded or on a server: the only owner of chromadb.

Embedded, it is opened only from a folder that a child process opened first (index/probing.py). The configuration is
the one measured to give the same neighbours after every rebuild.
"""

from __future__ import annotations

import queue
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from types import ModuleType
from typing import Any, Protocol, TypeVar, cast

import numpy as np

from corpus.errors import IndexingError
from index.onnx_models import Vectors

SPACE = {"hnsw": {"space": "cosine", "ef_search": 1000, "ef_construction": 400, "max_neighbors": 48}}
_SERVER_SECONDS = 7.0
_FILLING = 10.0  # times as long for each step of filling
_TRACES, _COMMAND_LINE = "opentelemetry.exporter.otlp.proto.grpc.trace_exporter", "httpx._main"
_Result = TypeVar("_Result")


def _imported() -> Any:
    """The library, without what it drags in and nothing here uses: a fifth of its time, and an exporter of traces.

    They are put aside only while it is imported; httpx does without its command line by itself.
    """
    traces = ModuleType(_TRACES)
    vars(traces)["OTLPSpanExporter"] = None
    aside = {name: module for name, module in ((_TRACES, traces), (_COMMAND_LINE, None)) if name not in sys.modules}
    sys.modules.update(cast(dict[str, ModuleType], aside))
    try:
        import chromadb
    finally:
        for name in aside:
            sys.modules.pop(name, None)
    return chromadb


class Store(Protocol):
    """Nearest neighbours by cosine within a named group of vectors."""

    name: str

    def query(self, group: str, vector: Vectors, count: int) -> list[tuple[str, float]]:
        """Up to `count` (id, cosine), nearest first; ties by id."""
        ...


class ChromaStore:
    """Groups of vectors as Chroma collections, in a folder or on a server."""

    def __init__(self, client: Any, prefix: str, seconds: float | None = None) -> None:
        self.name = "chroma"
        self._client, self._prefix, self._seconds = client, prefix, seconds
        self._collections: dict[str, Any] = {}

    @classmethod
    def in_folder(cls, folder: Path) -> ChromaStore:
        """The store in `folder`, made if it is not there."""
        chromadb = _imported()
        from chromadb.config import Settings

        path = str(folder.resolve())  # the engine is keyed by the path's spelling
        return cls(chromadb.PersistentClient(path, settings=Settings(anonymized_telemetry=False)), "sourcebound")

    @classmethod
    def on_server(cls, url: str, prefix: str) -> ChromaStore:
        """The store on the Chroma server at `url`. IndexingError if it does not answer in time."""
        from urllib.parse import urlsplit

        chromadb = _imported()
        parts = urlsplit(url)
        host, secure = parts.hostname or "127.0.0.1", parts.scheme == "https"
        try:
            client = _within(_SERVER_SECONDS, lambda: chromadb.HttpClient(host, parts.port or 8000, ssl=secure))
        except Exception as error:  # chromadb raises ValueError, its own errors and httpx's
            raise IndexingError(
                f"The Chroma server at {url} does not answer: {error}. Start it, or unset it."
            ) from error
        return cls(client, prefix, _SERVER_SECONDS)

    def fill(self, group: str, ids: Sequence[str], vectors: Vectors, mark: str) -> None:
        """Replace the group by these vectors; `mark` is written last and says that it is whole."""
        name = f"{self._prefix}-{group}"
        client = self._client
        if name in {c.name for c in self._told(client.list_collections, _FILLING)}:
            self._told(lambda: client.delete_collection(name), _FILLING)
        collection = self._told(
            lambda: client.create_collection(name, embedding_function=None, configuration=SPACE), _FILLING
        )
        step = min(self._told(client.get_max_batch_size, _FILLING), 2000)
        for start in range(0, len(ids), step):
            rows = slice(start, start + step)
            self._told(partial(collection.add, ids=list(ids[rows]), embeddings=vectors[rows]), _FILLING)
        self._told(lambda: collection.modify(metadata={"mark": mark}), _FILLING)

    def holds(self, group: str, mark: str, count: int) -> bool:
        """Whether the group is there, whole, and of this mark. IndexingError if the server does not say in time."""

        def look() -> bool:
            collection = self._collection(group)
            return (collection.metadata or {}).get("mark") == mark and bool(collection.count() == count)

        try:
            return self._told(look)
        except IndexingError:
            raise
        except Exception:  # a missing collection has another error in each client
            return False

    def query(self, group: str, vector: Vectors, count: int) -> list[tuple[str, float]]:
        """Up to `count` (id, cosine), nearest first; ties by id."""
        return self.query_many(group, vector[None, :], count)[0]

    def query_many(self, group: str, vectors: Vectors, count: int) -> list[list[tuple[str, float]]]:
        """`query` for each row of `vectors`. IndexingError if the server was lost."""

        def ask() -> Any:
            return self._collection(group).query(query_embeddings=vectors, n_results=count, include=["distances"])

        try:
            found = self._told(ask)
        except Exception as error:  # chromadb raises its own errors and httpx's
            if self._seconds is None or isinstance(error, IndexingError):
                raise
            raise IndexingError(
                f"The Chroma server was lost ({type(error).__name__}: {error}). Start it, or unset chroma_url."
            ) from error
        return [
            sorted(((i, round(1.0 - d, 6)) for i, d in zip(ids, distances, strict=True)), key=lambda p: (-p[1], p[0]))
            for ids, distances in zip(found["ids"], found["distances"], strict=True)
        ]

    def close(self) -> None:
        """Let go of the folder."""
        self._collections.clear()
        self._client.close()

    def _told(self, call: Callable[[], _Result], patience: float = 1.0) -> _Result:
        """What the call gives; of a server it must come in time."""
        return call() if self._seconds is None else _within(self._seconds * patience, call)

    def _collection(self, group: str) -> Any:
        if group not in self._collections:
            self._collections[group] = self._client.get_collection(f"{self._prefix}-{group}", embedding_function=None)
        return self._collections[group]


class ExactStore:
    """The same by multiplying: for when Chroma cannot be used."""

    def __init__(self, groups: Mapping[str, tuple[Sequence[str], Vectors]]) -> None:
        self.name = "exact"
        self._groups = groups

    def query(self, group: str, vector: Vectors, count: int) -> list[tuple[str, float]]:
        """Up to `count` (id, cosine), nearest first; ties by id."""
        ids, vectors = self._groups[group]
        if not len(ids):
            return []
        cosines = vectors @ vector
        rows = np.argsort(-cosines, kind="stable")[:count]
        return sorted(((ids[r], round(float(cosines[r]), 6)) for r in rows), key=lambda p: (-p[1], p[0]))


def _within(seconds: float, call: Callable[[], _Result]) -> _Result:
    """Chroma's HTTP client waits for ever; this does not, nor does the end of the process."""
    done: queue.Queue[tuple[bool, Any]] = queue.Queue()

    def run() -> None:
        try:
            done.put((True, call()))
        except Exception as error:  # handed over to whoever waits
            done.put((False, error))

    threading.Thread(target=run, daemon=True).start()
    try:
        well, result = done.get(timeout=seconds)
    except queue.Empty:
        raise IndexingError(f"the server did not answer within {seconds:g} seconds") from None
    if not well:
        raise result
    return cast(_Result, result)
