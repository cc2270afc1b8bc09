"""Keeps the chain in SQLite: the tables, the triggers that make them append-only, and patience with other writers."""

from __future__ import annotations

import contextlib
import os
import random
import sqlite3
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

from assistant.record import COLUMNS
from corpus.errors import RecordError

Result = TypeVar("Result")
_KINDS = {"seq": "INTEGER PRIMARY KEY", "support": "REAL", "latency_ms": "REAL NOT NULL"}
_TABLE = ", ".join(f"{name} {_KINDS.get(name, 'TEXT NOT NULL')}" for name in COLUMNS)
# REPLACE would delete a row without firing the delete trigger, hence the check on insert.
SCHEMA = f"""
CREATE TABLE IF NOT EXISTS chain ({_TABLE});
CREATE TABLE IF NOT EXISTS texts (seq INTEGER PRIMARY KEY, salt TEXT NOT NULL, text TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS owed (clean_up INTEGER PRIMARY KEY);
CREATE UNIQUE INDEX IF NOT EXISTS chain_hash ON chain (hash);
CREATE INDEX IF NOT EXISTS chain_subject ON chain (subject, event, seq) WHERE subject <> '';
CREATE INDEX IF NOT EXISTS chain_conversation ON chain (conversation);
CREATE INDEX IF NOT EXISTS chain_time ON chain (time, outcome);
CREATE TRIGGER IF NOT EXISTS chain_grows_at_its_end BEFORE INSERT ON chain
WHEN NEW.seq IS NOT (SELECT coalesce(max(seq), 0) + 1 FROM chain)
BEGIN SELECT RAISE(ABORT, 'the audit record only grows at its end'); END;
CREATE TRIGGER IF NOT EXISTS chain_is_never_changed BEFORE UPDATE ON chain
BEGIN SELECT RAISE(ABORT, 'the audit record is append-only'); END;
CREATE TRIGGER IF NOT EXISTS chain_is_never_cut BEFORE DELETE ON chain
BEGIN SELECT RAISE(ABORT, 'the audit record is append-only'); END;
CREATE TRIGGER IF NOT EXISTS texts_are_never_changed BEFORE UPDATE ON texts
BEGIN SELECT RAISE(ABORT, 'a recorded text can only be erased'); END;
CREATE TRIGGER IF NOT EXISTS texts_grow_at_their_end BEFORE INSERT ON texts
WHEN NEW.seq <= (SELECT coalesce(max(seq), 0) FROM texts)
BEGIN SELECT RAISE(ABORT, 'a recorded text can only be erased'); END;
"""


def patiently(action: Callable[[], Result], seconds: float) -> Result:
    """`action`, tried again at irregular intervals while another writer holds the database.

    SQLite's own busy time-out backs off in step for all writers and starves some of them.
    """
    deadline = time.monotonic() + seconds
    while True:
        try:
            return action()
        except sqlite3.OperationalError as error:
            busy = error.sqlite_errorcode & 0xFF in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)
            if not busy or time.monotonic() > deadline:
                raise
        time.sleep(random.uniform(0.001, 0.02))


@contextlib.contextmanager
def transaction(connection: sqlite3.Connection, seconds: float) -> Iterator[sqlite3.Connection]:
    """The right to write, from the first statement on: all of it is kept, or none."""
    patiently(lambda: connection.execute("BEGIN IMMEDIATE"), seconds)
    try:
        yield connection
        patiently(lambda: connection.execute("COMMIT"), seconds)
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def opened(path: Path, seconds: float) -> sqlite3.Connection:
    """A connection that writes durably, its tables in place; only the owner may read the files."""
    if not path.exists():
        # Never open and close an existing database by other means: POSIX would drop SQLite's locks.
        with contextlib.suppress(FileExistsError):
            os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
    connection = sqlite3.connect(path, timeout=0, isolation_level=None, check_same_thread=False)
    try:
        [(mode,)] = patiently(lambda: connection.execute("PRAGMA journal_mode=WAL").fetchall(), seconds)
        if mode != "wal":
            raise RecordError(f"{path} cannot use a write-ahead log here (found {mode}): keep it on a local disk.")
        for setting in ("synchronous=FULL", "secure_delete=ON", "trusted_schema=OFF"):
            connection.execute(f"PRAGMA {setting}")
        with transaction(connection, seconds):
            for statement in _statements():
                connection.execute(statement)
    except BaseException:
        connection.close()
        raise
    return connection


@contextlib.contextmanager
def reading(path: Path) -> Iterator[sqlite3.Connection]:
    """One unchanging view of the database, beside the writer and never in its way."""
    connection = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, timeout=5, isolation_level=None)
    connection.text_factory = lambda raw: raw.decode("utf-8", "surrogateescape")
    try:
        connection.execute("BEGIN")
        yield connection
    finally:
        connection.close()


def clean_up(connection: sqlite3.Connection, seconds: float) -> None:
    """Rewrite the database without what was erased, and empty the write-ahead log, where old pages survive."""
    patiently(lambda: connection.execute("VACUUM"), seconds)

    def truncate() -> None:
        [(busy, _, _)] = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        if busy:
            error = sqlite3.OperationalError("a reader is still using the write-ahead log")
            error.sqlite_errorcode = sqlite3.SQLITE_BUSY
            raise error

    patiently(truncate, seconds)
    with transaction(connection, seconds):
        connection.execute("DELETE FROM owed")


def _statements() -> Iterator[str]:
    statement = ""
    for line in SCHEMA.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""
