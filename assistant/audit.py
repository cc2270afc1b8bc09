"""The audit record: what was asked and answered, in a chain that proves itself, with words that can be erased."""

from __future__ import annotations

import contextlib
import hmac
import json
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from assistant.answers import Level, Turn
from assistant.audit_chain import Chain, View, head_of, stamp
from assistant.audit_checks import Anchor, anchor_in, check
from assistant.audit_erasing import erased, to_erase
from assistant.record import (
    ANSWERS,
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
)
from assistant.record_queries import columns_of, condition, words_of
from assistant.redaction import redact
from corpus.errors import RecordError

LONGEST_NOTE = 2000
_URGENT = 0.5  # seconds that somebody who is shown help waits for the record
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
    calls `append_gap`. A log that cannot be opened yet is opened at the next call. Words older than
    `retention_days` are erased beside the first answer of every further day.
    """

    def __init__(
        self,
        folder: Path,
        mode: str = "full",
        *,
        crisis_words: bool = False,
        retention_days: float | None = None,
        patience: float = 10.0,
        clock: Callable[[], datetime] = now,
    ) -> None:
        self.mode = Mode(mode)
        self.crisis_words = crisis_words
        self.retention_days = retention_days
        self._erased_on = clock().date()  # whoever opens the log erases at the start
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
        """The hash of the turn's record, durable when this returns; "" where recording is switched off.

        Help waits a moment only for its record.
        """
        if self.mode is Mode.OFF:
            return ""
        with self._chain.writing(_URGENT if turn.safety.level.rank >= Level.CARD.rank else None) as writer:
            columns = columns_of(turn, conversation, self.pseudonym(asker), engine, latency_ms)
            name = writer.add(columns, words_of(turn, self.crisis_words))
        if self.retention_days is not None and self._erased_on != (today := self._clock().date()):
            self._erased_on = today
            # No daemon: the process ends when it is done, not in the middle of it.
            threading.Thread(target=self._erase_expired, name="audit retention").start()
        return name

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
        with self._gaps_lock:  # never held while the log is written: who notes a gap is waited for
            gaps, self._gaps = self._gaps, []
        if not gaps:
            return 0
        try:
            with self._chain.writing() as writer:
                for gap in gaps:
                    asker = self.pseudonym(gap.columns["asker"])
                    writer.add(gap.columns | {"asker": asker}, words_of(gap.turn, self.crisis_words))
        except BaseException:
            with self._gaps_lock:
                self._gaps = [*gaps, *self._gaps]
            raise
        return len(gaps)

    def review(self, record: str, review: Review) -> str:
        """The hash of the review, which is a row of the same chain."""
        if not review.reviewer.strip():
            raise RecordError("A review is signed: give the reviewer's name.")
        columns = self._on(record, "review") | {
            "state": review.state.value,
            "reviewer": review.reviewer.strip(),
            "details": canonical({"verdicts": list(review.verdicts), "scales": dict(review.scales)}),
        }
        with self._chain.writing() as writer:
            return writer.add(columns, {"note": review.note} if review.note else None)

    def report(self, record: str, note: str = "", asker: str = "") -> str:
        """The hash of an asker's "something is wrong here": a row of the chain, its note redacted like a question."""
        columns = self._on(record, "report") | {"asker": self.pseudonym(asker)}
        note = redact(note.strip()[:LONGEST_NOTE]).text
        with self._chain.writing() as writer:
            return writer.add(columns, {"note": note} if note else None)

    def erase(self, older_than_days: float | None = None, conversation: str = "", record: str = "") -> int:
        """How many texts were erased for good: those of old rows, of a conversation, or of a record and its reviews."""
        found = self.record(record).hash if record else ""
        where, values, reason = to_erase(older_than_days, conversation, found, self._clock())
        with self._chain.writing() as writer:
            count = erased(writer, where, values, {"reason": reason})
        if count:
            try:
                self._chain.clean_up()
            except RecordError as error:
                raise RecordError(
                    f"{count} texts were erased, but traces may remain in the files until the next start: {error}"
                ) from error
        return count

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
        if subject.event not in ANSWERS:
            raise RecordError(f"Row {subject.seq} of the record is a {subject.event}, not an answer.")
        return {"event": event, "subject": subject.hash, "conversation": subject.conversation}

    def _words_of(self, record: Record) -> dict[str, Any] | None:
        found = self.select("SELECT salt, text FROM texts WHERE seq = ?", (record.seq,))
        if not found:
            return None
        [(salt, text)] = found
        if not is_committed(text, salt, record.commitment) or record.derived() != record.hash:
            raise RecordError(f"Row {record.seq} of the audit record was changed after it was written.")
        return dict(json.loads(text))

    def _keep_trying(self) -> None:
        for pause in (0.2, 1.0, 2.0, 5.0, 10.0, 30.0, *[60.0] * 1440):
            time.sleep(pause)
            with contextlib.suppress(RecordError):
                self.write_gaps()
                return

    def _erase_expired(self) -> None:
        with contextlib.suppress(RecordError):  # tomorrow, or the next start, erases what today could not
            self.erase(older_than_days=self.retention_days)
