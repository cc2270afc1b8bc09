"""The two files beside the database: the heads anchored outside the chain, and the key for pseudonyms."""

from __future__ import annotations

import contextlib
import json
import os
import secrets
from pathlib import Path

from assistant.audit_checks import Anchor
from assistant.record import canonical


class Anchors:
    """A file of heads, one JSON object a line, only ever added to."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def add(self, seq: int, head: str, time: str) -> None:
        """Write one head down, durably, in one piece."""
        line = canonical({"seq": seq, "hash": head, "time": time}).encode("ascii") + b"\n"
        file = os.open(self.path, os.O_CREAT | os.O_RDWR | os.O_APPEND, 0o600)
        try:
            size = os.fstat(file).st_size
            if size:
                os.lseek(file, size - 1, os.SEEK_SET)
                if os.read(file, 1) != b"\n":  # a line that a crash cut short
                    line = b"\n" + line
            os.write(file, line)
            os.fsync(file)
        finally:
            os.close(file)

    def read(self) -> list[Anchor]:
        """All anchors; a line cut short is passed over, for whoever can spoil a line can also remove it."""
        if not self.path.exists():
            return []
        anchors = []
        for line in self.path.read_bytes().splitlines():
            with contextlib.suppress(ValueError, KeyError, TypeError):
                entry = json.loads(line)
                anchors.append(Anchor(int(entry["seq"]), str(entry["hash"]), str(entry["time"])))
        return anchors


def pseudonym_key(path: Path) -> bytes:
    """The key, made at first use; whole or not there at all, and the same for every process."""
    if not path.exists():
        draft = path.with_name(f"{path.name}.{os.getpid()}-{secrets.token_hex(4)}")
        try:
            file = os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
            try:
                os.write(file, secrets.token_hex(32).encode("ascii"))
                os.fsync(file)
            finally:
                os.close(file)
            with contextlib.suppress(FileExistsError):
                os.link(draft, path)
        finally:
            draft.unlink(missing_ok=True)
    return path.read_bytes()
