"""Erases words for good and leaves a tombstone in the chain that says which rows it was, and why."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from assistant.audit_chain import Writer, stamp
from assistant.record import canonical, ranges_of
from corpus.errors import RecordError


def to_erase(days: float | None, conversation: str, record: str, now: datetime) -> tuple[str, list[Any], str]:
    """The rows meant, as a condition with its values, and the reason for the tombstone."""
    if (days is not None) + bool(conversation) + bool(record) != 1:
        raise RecordError("Erase by age, by conversation or by record: name one of them.")
    if days is not None:
        return "chain.time < ?", [stamp(now - timedelta(days=days))], f"older than {days:g} days"
    if conversation:
        return "chain.conversation = ?", [conversation], "conversation"
    return "(chain.hash = ? OR (chain.subject = ? AND chain.subject <> ''))", [record, record], "record"


def erased(writer: Writer, where: str, values: list[Any], details: dict[str, Any]) -> int:
    """How many texts were deleted; the files are owed a clean-up until that is done."""
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
