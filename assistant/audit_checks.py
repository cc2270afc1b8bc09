"""Re-derives every hash of a chain, row by row, whether it comes from the database or from an export."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from assistant.record import COLUMNS, FIRST, Broken, Record, Verification, is_committed, row_hash
from corpus.errors import RecordError


@dataclass(frozen=True, slots=True)
class Anchor:
    """A head of the chain that was written down outside of it."""

    seq: int
    hash: str
    time: str = ""


@dataclass(frozen=True, slots=True)
class Text:
    """The erasable side of a row."""

    salt: str
    text: str


def anchor_in(head: str) -> Anchor:
    """The anchor that `row:hash` names, as it is printed on the page and in every export."""
    seq, _, found = head.partition(":")
    if not seq.isdigit() or not re.fullmatch("[0-9a-f]{64}", found):
        raise RecordError(f"A head looks like 812:3f9a…, a row and 64 hexadecimal digits; this is {head!r}.")
    return Anchor(int(seq), found, "another time, by whoever kept this head")


def check(
    rows: Iterable[tuple[Mapping[str, Any], Text | None]], anchors: Iterable[Anchor] = (), texts_left_out: bool = False
) -> Verification:
    """Whether these rows are one unbroken chain that reaches every anchor; stops at the first that does not hold."""
    chain = _Chain(anchors, texts_left_out)
    for row, text in rows:
        if why := chain.follow(row, text):
            return chain.verification(Broken(chain.length + 1, why))
    return chain.verification(chain.missing())


class _Chain:
    def __init__(self, anchors: Iterable[Anchor], texts_left_out: bool) -> None:
        self.length = 0
        self._head = FIRST
        self._anchors: dict[int, list[Anchor]] = {}
        for anchor in anchors:
            self._anchors.setdefault(anchor.seq, []).append(anchor)
        self._texts_left_out = texts_left_out
        self._with_text: set[int] = set()
        self._without_text: set[int] = set()
        self._erased: set[int] = set()

    def follow(self, row: Mapping[str, Any], text: Text | None) -> str:
        """Why this row cannot come next; empty if it can."""
        if set(row) != set(COLUMNS):
            return f"it has the columns {sorted(row)}, expected {sorted(COLUMNS)}"
        expected = self.length + 1
        if row["seq"] != expected:
            return f"row {expected} is missing or out of order: row {row['seq']} stands in its place"
        try:
            derived = row_hash(row)
        except (TypeError, ValueError) as error:
            return f"a column holds what was never written there: {error}"
        if derived != row["hash"]:
            return f"its columns give the hash {derived}, it says {row['hash']}"
        if row["previous"] != self._head:
            return f"it follows {row['previous']}, but the row before it is {self._head}"
        for anchor in self._anchors.get(expected, ()):
            if anchor.hash != derived:
                return f"its hash was anchored as {anchor.hash} at {anchor.time}, it is {derived}"
        if why := self._text_problem(row, text):
            return why
        self.length, self._head = expected, derived
        return self._bury(row) if row["event"] == "tombstone" else ""

    def _text_problem(self, row: Mapping[str, Any], text: Text | None) -> str:
        if text is None:
            if row["commitment"]:
                self._without_text.add(row["seq"])
            return ""
        self._with_text.add(row["seq"])
        if self._texts_left_out:
            return "a text lies beside it in an export that says it holds none"
        if not row["commitment"]:
            return "a text lies beside it that it never committed to"
        holds = is_committed(text.text, text.salt, row["commitment"])
        return "" if holds else "its text is not the text that was recorded"

    def _bury(self, row: Mapping[str, Any]) -> str:
        try:
            for first, last in Record(**row).more["erased"]:
                self._erased.update(range(first, min(last, self.length) + 1))
        except (KeyError, TypeError, ValueError) as error:
            return f"its list of erased rows cannot be read: {error}"
        return ""

    def missing(self) -> Broken | None:
        """What only the end of the chain can show: a cut tail, a text gone without a tombstone."""
        for seq in sorted(self._anchors):
            if seq > self.length:
                when = self._anchors[seq][0].time
                why = f"it is missing: the chain ends at {self.length}, but row {seq} was anchored at {when}"
                return Broken(self.length + 1, why)
        if returned := self._with_text & self._erased:
            return Broken(min(returned), "a text lies beside it that a tombstone says was erased")
        unexplained = self._without_text - self._erased
        if unexplained and not self._texts_left_out:
            return Broken(min(unexplained), "its text is gone, and no tombstone says that it was erased")
        return None

    def verification(self, broken: Broken | None) -> Verification:
        """The result so far."""
        return Verification(
            ok=broken is None,
            rows=self.length,
            head=self._head,
            broken=broken,
            texts=len(self._with_text),
            erased=len(self._erased & self._without_text),
            anchors=sum(map(len, self._anchors.values())),
        )
