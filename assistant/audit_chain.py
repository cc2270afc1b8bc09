"""One chain in one folder: opened when needed, written by one thread at a time, read beside the writer."""

from __future__ import annotations

import contextlib
import secrets
import sqlite3
import threading
import weakref
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from assistant import audit_store
from assistant.audit_checks import Anchor, Text
from assistant.audit_files import Anchors, pseudonym_key
from assistant.record import COLUMNS, FIRST, canonical, commitment_to, row_hash
from corpus.errors import RecordError

ANCHOR_EVERY = 1000
_WITH_TEXTS = (
    f"SELECT {', '.join(f'chain.{name}' for name in COLUMNS)}, texts.salt, texts.text "
    "FROM chain LEFT JOIN texts USING (seq) ORDER BY chain.seq"
)
_INSERT = f"INSERT INTO chain VALUES ({', '.join('?' * len(COLUMNS))})"
_EMPTY: dict[str, Any] = dict.fromkeys(COLUMNS, "") | {"support": None, "latency_ms": 0.0}


def stamp(moment: datetime) -> str:
    """The moment as the record spells it; two of them compare as text."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"


def head_of(connection: sqlite3.Connection) -> tuple[int, str]:
    """The last row's number and hash; 0 and 64 zeros where there is none."""
    row = connection.execute("SELECT seq, hash FROM chain ORDER BY seq DESC LIMIT 1").fetchone()
    return (int(row[0]), str(row[1])) if row else (0, FIRST)


@dataclass(slots=True)
class Writer:
    """The right to add rows, within one transaction."""

    connection: sqlite3.Connection
    time: str
    keeps_words: bool
    crossed: tuple[int, str] | None = None

    def add(self, columns: Mapping[str, Any], words: Mapping[str, Any] | None = None) -> str:
        """The hash of the new row. `words` go to the erasable side, under a salt of their own."""
        seq, previous = head_of(self.connection)
        seq += 1
        row = _EMPTY | {name: clean(value) for name, value in columns.items()}
        row |= {"seq": seq, "time": self.time, "previous": previous}
        if words is not None and self.keeps_words:
            salt, text = secrets.token_hex(32), canonical(words)
            row["commitment"] = commitment_to(text, salt)
            self.connection.execute("INSERT INTO texts VALUES (?, ?, ?)", (seq, salt, text))
        row["hash"] = row_hash(row)
        self.connection.execute(_INSERT, [row[name] for name in COLUMNS])
        if seq % ANCHOR_EVERY == 0:
            self.crossed = (seq, row["hash"])
        return str(row["hash"])


@dataclass(frozen=True, slots=True)
class View:
    """The whole chain at one moment."""

    connection: sqlite3.Connection
    anchors: tuple[Anchor, ...]

    @property
    def head(self) -> tuple[int, str]:
        """The last row's number and hash."""
        return head_of(self.connection)

    def rows(self) -> Iterator[tuple[dict[str, Any], Text | None]]:
        """Every row with its text."""
        for row in self.connection.execute(_WITH_TEXTS):
            text = None if row[-1] is None else Text(row[-2], row[-1])
            yield dict(zip(COLUMNS, row[:-2], strict=True)), text

    def stray(self) -> int | None:
        """The first text that belongs to no row."""
        query = "SELECT min(seq) FROM texts WHERE seq NOT IN (SELECT seq FROM chain)"
        found: int | None = self.connection.execute(query).fetchone()[0]
        return found


class Chain:
    """The open database and its anchors."""

    def __init__(self, folder: Path, keeps_words: bool, patience: float, clock: Callable[[], datetime]) -> None:
        self.folder = folder
        self.path = folder / "audit.db"
        self.anchors = Anchors(folder / "anchors.jsonl")
        self.patience = patience
        self._keeps_words = keeps_words
        self._clock = clock
        self._lock = threading.RLock()
        self._connection: sqlite3.Connection | None = None
        self._closing: weakref.finalize[[], Chain] | None = None
        self._identity: tuple[int, int] | None = None
        self._key = b""

    @contextlib.contextmanager
    def writing(self, urgent: float | None = None) -> Iterator[Writer]:
        """One transaction: what is added in it is durable when this ends, or none of it is kept.

        Where `urgent`, no other writer and no clean-up is waited for any longer than that: RecordError.
        """
        with self._locked(urgent), explained(self.path):
            connection = self._opened(urgent)
            try:
                with audit_store.transaction(connection, min(self.patience, urgent or self.patience)):
                    writer = Writer(connection, stamp(self._clock()), self._keeps_words)
                    yield writer
            except sqlite3.Error:
                self.close()  # whatever is wrong with it, the next call starts afresh
                raise
        if writer.crossed:
            with contextlib.suppress(OSError):  # the rows are safe; the next anchor covers them as well
                self.anchors.add(*writer.crossed, stamp(self._clock()))

    @contextlib.contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """One unchanging view of the database."""
        with explained(self.path):
            self.open()
            with audit_store.reading(self.path) as connection:
                yield connection

    @contextlib.contextmanager
    def view(self) -> Iterator[View]:
        """The whole chain at one moment."""
        anchors = tuple(self.anchors.read())  # before the view is taken, so that no anchor lies ahead of it
        with self.reading() as connection:
            yield View(connection, anchors)

    def clean_up(self) -> None:
        """Remove the last traces of what was erased."""
        with self._lock, explained(self.path):
            audit_store.clean_up(self._opened(), self.patience)

    def anchor(self) -> str:
        """Write the head down outside the chain; returns it as `seq:hash`."""
        with self.reading() as connection:
            seq, head = head_of(connection)
            if seq:
                self.anchors.add(seq, head, stamp(self._clock()))
        return f"{seq}:{head}"

    @property
    def key(self) -> bytes:
        """The key for pseudonyms."""
        self.open()
        return self._key

    def open(self) -> None:
        """Open the log, or RecordError; nothing is done where it is open already."""
        with self._lock, explained(self.path):
            self._opened()

    def close(self) -> None:
        """Let go of the database."""
        with self._lock:
            if self._closing is not None:
                self._closing()
            self._connection = self._closing = None

    @contextlib.contextmanager
    def _locked(self, seconds: float | None) -> Iterator[None]:
        if not self._lock.acquire(timeout=-1 if seconds is None else seconds):
            raise RecordError(f"The audit record {self.path} is being written or cleaned up just now.")
        try:
            yield
        finally:
            self._lock.release()

    def _opened(self, urgent: float | None = None) -> sqlite3.Connection:
        if self._connection is not None:
            if self._identity == _identity(self.path):
                return self._connection
            self.close()  # the file was moved away or replaced: what is written to it would be lost
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._key = pseudonym_key(self.folder / "pseudonyms.key")
        connection = audit_store.opened(self.path, min(self.patience, urgent or self.patience))
        try:
            if urgent is None and connection.execute("SELECT 1 FROM owed").fetchone():
                with contextlib.suppress(sqlite3.OperationalError):  # somebody is reading: the next start tries again
                    audit_store.clean_up(connection, 0.5)
            seq, head = head_of(connection)
            if seq and [(last.seq, last.hash) for last in self.anchors.read()[-1:]] != [(seq, head)]:
                self.anchors.add(seq, head, stamp(self._clock()))
        except BaseException:
            connection.close()
            raise
        self._connection, self._identity = connection, _identity(self.path)
        self._closing = weakref.finalize(self, connection.close)
        return connection


@contextlib.contextmanager
def explained(path: Path) -> Iterator[None]:
    """Whatever keeps the log from being written or read, as a RecordError that names the file."""
    try:
        yield
    except (sqlite3.Error, OSError) as error:
        raise RecordError(
            f"The audit record {path} cannot be used: {error}. Look for a full disk, a folder that may not be "
            "written to, or another process that holds it."
        ) from error


def clean(value: Any) -> Any:
    """Text without control characters and lone surrogates; anything else as it is."""
    if not isinstance(value, str):
        return value
    whole = value.encode("utf-8", "replace").decode("utf-8")
    return "".join(c for c in whole if c.isprintable()) if not whole.isprintable() else whole


def _identity(path: Path) -> tuple[int, int] | None:
    try:
        found = path.stat()
    except FileNotFoundError:
        return None
    return found.st_dev, found.st_ino
