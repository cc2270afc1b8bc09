"""The rows of safety.toml: classes, blocks, helplines, pieces of a declined message, and who reviewed them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from assistant.answers import Level


@dataclass(frozen=True, slots=True)
class SafetyClass:
    """What kind of message it is, and how much help is shown for it."""

    id: str
    title: str
    level: Level
    block: str = ""


@dataclass(frozen=True, slots=True)
class Block:
    """A text that is shown as it stands, and the pieces it must hold."""

    id: str
    text: str
    pieces: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Helpline:
    """A number, where it works, where it was read and when."""

    kind: str
    regions: tuple[str, ...]
    words: str
    source: str = ""
    verified_on: date | None = None
    verified: str = ""


@dataclass(frozen=True, slots=True)
class Piece:
    """A sentence added to a declined message where its subject comes up."""

    id: str
    cues: tuple[re.Pattern[str], ...]
    text: str


@dataclass(frozen=True, slots=True)
class Review:
    """Who reviewed the file, when, and when it was released."""

    released_on: date
    days_valid: int
    reviewer: str
    reviewed_on: str
    languages: tuple[str, ...]
    banned: tuple[str, ...]
