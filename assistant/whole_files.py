"""Writes a file whole or not at all: beside its place first, durable, then renamed."""

from __future__ import annotations

import contextlib
import glob
import os
import secrets
import time
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

ABANDONED_AFTER = 3600.0


@contextlib.contextmanager
def written_whole(path: Path) -> Iterator[BinaryIO]:
    """A file that takes the place of `path` when the block ends well; otherwise what was there stays.

    What a killed process left unfinished goes at the next writing of the same file, once it is an hour old.
    """
    _remove_abandoned(path)
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
    try:
        with open(os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as file:  # noqa: PTH123
            yield file
            file.flush()
            os.fsync(file.fileno())
        os.replace(draft, path)  # noqa: PTH105
        _make_durable(path.parent)
    finally:
        draft.unlink(missing_ok=True)


def _remove_abandoned(path: Path) -> None:
    with contextlib.suppress(OSError):  # then it is left to the next
        for draft in path.parent.glob(f".{glob.escape(path.name)}.*.part"):
            if draft.stat().st_mtime < time.time() - ABANDONED_AFTER:
                draft.unlink(missing_ok=True)


def _make_durable(folder: Path) -> None:
    if os.name != "posix":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
