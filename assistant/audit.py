"""The audit record: what was asked and answered, in a chain that proves itself, with words that can be erased."""

from __future__ import annotations

import contextlib
import hmac
import json
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from assistant.answers import Turn
from assistant.audit_chain import Chain, View, Writer, head_of, stamp
from assistant.audit_checks import Anchor, anchor_in, check
from assistant.record import (
    COLUMNS,
    FIRST,
    Broken,
    Mode,
    Record,
    Review,
    Selection,
    Verification,
    canonical,
    is_committed,
    ranges_of,
)
from assistant.record_queries import columns_of, condition, words_of
from corpus.errors import RecordError

_COLUMNS = ", ".join(f"chain.{name}" for name in COLUMNS)


def now() -> datetime:
    """The time in UTC."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class _Gap:
    turn: Turn
    columns: dict[str, Any]


class AuditLog:
    """One record in one folder; safe for many threads and many processes.

    Whatever cannot be written is a RecordError: the caller withholds the answer, or shows a crisis reply and
    calls `append_gap`. A log that cannot be opened yet is opened at the next call.
    """

    def __init__(
        self, folder: Path, mode: str = "full", *, patience: float = 10.0, clock: Callable[[], datetime] = now
    ) -> None:
        self.mode = Mode(mode)
        self.folder = folder
        self._clock = clock
        self._chain = Chain(folder, self.mode is Mode.FULL, patience, clock)
        self._gaps: list[_Gap] = []
        self._gaps_lock = threading.Lock()
        if self.mode is not Mode.OFF:
            with contextlib.suppress(RecordError):
                self._chain.open()

    # ---- writing ----

    def append(self, turn: Turn, conversation: str, asker: str, engine: str, latency_ms: float) -> str:
        """The hash of the turn's record, durable when this returns; "" where recording is switched off."""
        if self.mode is Mode.OFF:
            return ""
        columns = columns_of(turn, conversation, self.pseudonym(asker), engine, latency_ms)
        with self._chain.writing() as writer:
            return writer.add(columns, words_of(turn))

    def append_gap(self, turn: Turn, conversation: str, asker: str, engine: str, reason: str) -> None:
        """Note a crisis reply that was shown unrecorded; it is written as soon as the log can be."""
        if self.mode is Mode.OFF:
            return
        details = canonical({"shown": stamp(self._clock()), "reason": reason})
        columns = columns_of(turn, conversation, asker, engine, 0.0) | {"event": "gap", "details": details}
        with self._gaps_lock:
            self._gaps.append(_Gap(turn, columns))
        threading.Thread(target=self._keep_trying, name="audit gaps", daemon=True).start()

    def write_gaps(self) -> int:
        """How many noted gaps are now recorded; RecordError where the log still cannot be written."""
        with self._gaps_lock:
            if not self._gaps:
                return 0
            with self._chain.writing() as writer:
                for gap in self._gaps:
                    writer.add(gap.columns | {"asker": self.pseudonym(gap.columns["asker"])}, words_of(gap.turn))
            written = len(self._gaps)
            self._gaps.clear()
            return written

    def review(self, record: str, review: Review) -> str:
        """The hash of the review, which is a row of the same chain."""
        columns = self._on(record, "review") | {
            "state": review.state.value,
            "reviewer": review.reviewer,
            "details": canonical({"verdicts": list(review.verdicts), "scales": dict(review.scales)}),
        }
        with self._chain.writing() as writer:
            return writer.add(columns, {"note": review.note} if review.note else None)

    def report(self, record: str, note: str = "", asker: str = "") -> str:
        """The hash of an asker's "something is wrong here"."""
        columns = self._on(record, "report") | {"asker": self.pseudonym(asker)}
        with self._chain.writing() as writer:
            return writer.add(columns, {"note": note} if note else None)

    def erase(self, older_than_days: float | None = None, conversation: str = "", record: str = "") -> int:
        """How many texts were erased for good: those of old rows, of a conversation, or of a record and its reviews."""
        where, values, reason = self._to_erase(older_than_days, conversation, record)
        with self._chain.writing() as writer:
            erased = _erased(writer, where, values, {"reason": reason})
        if erased:
            try:
                self._chain.clean_up()
            except RecordError as error:
                raise RecordError(
                    f"{erased} texts were erased, but traces may remain in the files until the next start: {error}"
                ) from error
        return erased

    def anchor(self) -> str:
        """Write the head down in the anchors file; returns it as `seq:hash`, for the page and for exports."""
        return self._chain.anchor()

    # ---- reading ----

    def records(self, selection: Selection | None = None) -> list[Record]:
        """The recorded answers (or other events) that the selection names, in the order they were written."""
        where, values = condition(selection or Selection())
        return [Record.from_row(row) for row in self.select(f"SELECT {_COLUMNS} FROM chain {where}", values)]

    def record(self, reference: str) -> Record:
        """The record with this hash, or the only one whose hash begins so (at least 8 characters)."""
        rows: list[Any] = []
        if len(reference) >= 8:
            query = f"SELECT {_COLUMNS} FROM chain WHERE hash >= ? AND hash < ? LIMIT 2"
            rows = self.select(query, (reference, reference + "g"))
        if len(rows) != 1:
            count = "Several" if rows else "No"
            raise RecordError(f"{count} records begin with {reference!r}; give 8 to 64 characters of a record's hash.")
        return Record.from_row(rows[0])

    def about(self, record: Record) -> list[Record]:
        """The reviews and reports of a record, oldest first."""
        query = f"SELECT {_COLUMNS} FROM chain WHERE subject = ? AND subject <> '' ORDER BY seq"
        return [Record.from_row(row) for row in self.select(query, (record.hash,))]

    def turn_of(self, record: Record) -> Turn | None:
        """The turn as recorded; None where its words were erased or never kept."""
        words = self._words_of(record)
        return None if words is None else Turn.from_json(words).recorded_as(record.hash)

    def note_of(self, record: Record) -> str:
        """The note of a review or report; "" where there is none, or it was erased."""
        return str((self._words_of(record) or {}).get("note", ""))

    def head(self) -> str:
        """The last row and its hash, as `seq:hash`."""
        with self._chain.reading() as connection:
            seq, head = head_of(connection)
        return f"{seq}:{head}"

    def verify(self, head: str = "") -> Verification:
        """Re-derive every hash, compare every text with its commitment, reach every anchor, and `head` if given."""
        given = [anchor_in(head)] if head else []
        try:
            with self.view() as view:
                found, stray = check(view.rows(), [*view.anchors, *given]), view.stray()
        except RecordError as error:
            return Verification(False, 0, FIRST, Broken(0, str(error)))
        if found.ok and stray is not None:
            return replace(found, ok=False, broken=Broken(stray, "a text lies beside it, but it is not in the chain"))
        return found

    def view(self) -> contextlib.AbstractContextManager[View]:
        """The whole chain at one moment, with the anchors that were written before it."""
        return self._chain.view()

    def anchors(self) -> list[Anchor]:
        """Every head that was written down outside the chain."""
        return self._chain.anchors.read()

    def select(self, query: str, values: Sequence[Any] = ()) -> list[Any]:
        """The rows of a query, read beside the writer."""
        with self._chain.reading() as connection:
            return connection.execute(query, values).fetchall()

    def close(self) -> None:
        """Let go of the database."""
        self._chain.close()

    def pseudonym(self, asker: str) -> str:
        """The same short name for the same asker, which only the key's holder can link to a person."""
        if not asker:
            return ""
        return "p-" + hmac.digest(self._chain.key, asker.encode("utf-8", "replace"), "sha256").hex()[:16]

    def _on(self, record: str, event: str) -> dict[str, Any]:
        subject = self.record(record)
        return {"event": event, "subject": subject.hash, "conversation": subject.conversation}

    def _words_of(self, record: Record) -> dict[str, Any] | None:
        found = self.select("SELECT salt, text FROM texts WHERE seq = ?", (record.seq,))
        if not found:
            return None
        [(salt, text)] = found
        if not is_committed(text, salt, record.commitment) or record.derived() != record.hash:
            raise RecordError(f"Row {record.seq} of the audit record was changed after it was written.")
        return dict(json.loads(text))

    def _to_erase(self, days: float | None, conversation: str, record: str) -> tuple[str, list[Any], str]:
        if (days is not None) + bool(conversation) + bool(record) != 1:
            raise RecordError("Erase by age, by conversation or by record: name one of them.")
        if days is not None:
            return "chain.time < ?", [stamp(self._clock() - timedelta(days=days))], f"older than {days:g} days"
        if conversation:
            return "chain.conversation = ?", [conversation], "conversation"
        found = self.record(record).hash
        return "(chain.hash = ? OR (chain.subject = ? AND chain.subject <> ''))", [found, found], "record"

    def _keep_trying(self) -> None:
        for pause in (0.2, 1.0, 2.0, 5.0, 10.0, 30.0, *[60.0] * 1440):
            time.sleep(pause)
            with contextlib.suppress(RecordError):
                self.write_gaps()
                return


def _erased(writer: Writer, where: str, values: list[Any], details: dict[str, Any]) -> int:
    query = f"SELECT texts.seq FROM texts JOIN chain USING (seq) WHERE {where} ORDER BY texts.seq"
    found = [seq for (seq,) in writer.connection.execute(query, values)]
    if not found:
        return 0
    ranges = ranges_of(found)
    for first, last in ranges:
        writer.connection.execute("DELETE FROM texts WHERE seq BETWEEN ? AND ?", (first, last))
    writer.connection.execute("INSERT OR IGNORE INTO owed VALUES (1)")
    writer.add({"event": "tombstone", "details": canonical(details | {"count": len(found), "erased": ranges})})
    return len(found)
