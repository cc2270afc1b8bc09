"""The nouns of the audit record: one row of the chain, what is reviewed, and how a row's hash is derived."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields
from enum import StrEnum
from typing import Any

FIRST = "0" * 64  # what the first row gives as its predecessor
ANSWERS = ("turn", "gap")  # the events that hold a Turn


class Mode(StrEnum):
    """What is kept of a turn: all of it, everything but the words, or nothing."""

    FULL = "full"
    METADATA = "metadata"
    OFF = "off"


class State(StrEnum):
    """How far a recorded answer has come in review."""

    UNREVIEWED = "unreviewed"
    ACCEPTED = "accepted"
    CORRECTED = "corrected"
    WITHDRAWN = "withdrawn"
    ESCALATED = "escalated"


class Verdict(StrEnum):
    """What a reviewer says of one claim and what it cites."""

    SUPPORTS = "supports"
    PARTLY = "partly"
    DOES_NOT = "does not"
    CANNOT_TELL = "cannot tell"


SCALES = ("comprehension", "helpfulness", "correctness", "completeness", "potential for harm")


@dataclass(frozen=True, slots=True)
class Review:
    """One reviewer's judgement of one recorded answer; scales run from 1 to 5."""

    state: State
    reviewer: str
    verdicts: tuple[Verdict, ...] = ()
    scales: Mapping[str, int] = field(default_factory=dict)
    note: str = ""


@dataclass(frozen=True, slots=True)
class Cited:
    """What a recorded answer rested on."""

    passage_id: str
    document_id: str
    version: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Record:
    """One row of the chain, column by column as stored; every field but `hash` takes part in the hash.

    `event` is turn, gap (a crisis reply shown before it could be recorded), review, report or tombstone;
    `subject` is the hash of the record that a review or report is about. `commitment` binds the words,
    which lie in an erasable side row, without giving them away.
    """

    seq: int
    time: str
    event: str
    subject: str
    conversation: str
    asker: str
    outcome: str
    safety: str
    level: str
    gate: str
    support: float | None
    passages: str
    corpus_print: str
    index_print: str
    settings_print: str
    models_print: str
    engine: str
    latency_ms: float
    state: str
    reviewer: str
    details: str
    commitment: str
    previous: str
    hash: str

    @classmethod
    def from_row(cls, row: Sequence[Any]) -> Record:
        """The record in a row that was selected in the order of `COLUMNS`."""
        return cls(*row)

    def derived(self) -> str:
        """The hash that this row's own columns give."""
        return row_hash(asdict(self))

    @property
    def cited(self) -> tuple[Cited, ...]:
        """The passages cited, with their versions and offsets."""
        return tuple(Cited(*entry) for entry in json.loads(self.passages or "[]"))

    @property
    def models(self) -> dict[str, str]:
        """The fingerprints of the models."""
        return dict(json.loads(self.models_print or "{}"))

    @property
    def more(self) -> dict[str, Any]:
        """What only this kind of event has: verdicts and scales, the rows a tombstone covers."""
        return dict(json.loads(self.details or "{}"))


COLUMNS = tuple(item.name for item in fields(Record))


@dataclass(frozen=True, slots=True)
class Selection:
    """Which recorded answers to show; an empty field selects all. Times are ISO 8601 in UTC."""

    since: str = ""
    until: str = ""
    outcome: str = ""
    safety: str = ""
    level: str = ""
    document: str = ""
    conversation: str = ""
    reviewer: str = ""
    state: str = ""
    support_below: float | None = None
    reported: bool = False
    events: tuple[str, ...] = ANSWERS
    limit: int | None = None
    newest_first: bool = False


@dataclass(frozen=True, slots=True)
class Broken:
    """The first row that does not hold, and why; row 0 stands for the log as a whole."""

    seq: int
    why: str


@dataclass(frozen=True, slots=True)
class Verification:
    """What re-deriving every hash has shown."""

    ok: bool
    rows: int
    head: str
    broken: Broken | None = None
    texts: int = 0
    erased: int = 0
    anchors: int = 0

    def __str__(self) -> str:
        if self.broken is None:
            return (
                f"The record holds: {self.rows} rows, {self.texts} with text, {self.erased} erased, "
                f"{self.anchors} anchors. Head {self.rows}:{self.head}"
            )
        where = f"row {self.broken.seq}" if self.broken.seq else "the log"
        return f"The record does not hold: {where}: {self.broken.why}"


def canonical(value: Any) -> str:
    """JSON with one spelling only: sorted keys, no white space, ASCII, no NaN."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False)


def row_hash(row: Mapping[str, Any]) -> str:
    """sha256 over the canonical JSON of every column but the hash itself."""
    body = canonical({name: row[name] for name in COLUMNS if name != "hash"})
    return hashlib.sha256(body.encode("ascii")).hexdigest()


def commitment_to(text: str, salt: str) -> str:
    """HMAC of the text under its own salt: without the salt, nobody can test a guess at the words."""
    return hmac.digest(bytes.fromhex(salt), text.encode("utf-8", "surrogatepass"), "sha256").hex()


def is_committed(text: Any, salt: Any, commitment: str) -> bool:
    """Whether this is the text, and the salt, that the commitment was made to."""
    if not isinstance(text, str) or not isinstance(salt, str):
        return False
    try:
        return hmac.compare_digest(commitment_to(text, salt), commitment)
    except (ValueError, TypeError):  # no salt or commitment of ours
        return False


def ranges_of(numbers: Iterable[int]) -> list[list[int]]:
    """Ascending numbers as [first, last] of each unbroken run."""
    ranges: list[list[int]] = []
    for number in numbers:
        if ranges and ranges[-1][1] == number - 1:
            ranges[-1][1] = number
        else:
            ranges.append([number, number])
    return ranges
