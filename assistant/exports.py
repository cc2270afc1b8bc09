"""Takes records out: JSON Lines with the chain, which can be verified without the database, and a CSV for the eye."""

from __future__ import annotations

import contextlib
import csv
import io
import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO

from assistant.audit import AuditLog
from assistant.audit_chain import stamp
from assistant.audit_checks import Anchor, Text, anchor_in, check
from assistant.record import FIRST, Broken, Record, Selection, Verification, canonical
from assistant.record_queries import question_shown
from assistant.versions import Library
from assistant.whole_files import written_whole
from corpus.errors import RecordError

KIND = "sourcebound audit export"
CSV_COLUMNS = (
    "time",
    "record",
    "outcome",
    "class",
    "level",
    "gate",
    "support",
    "question",
    "answer",
    "sources",
    "quotes",
    "engine",
    "head of the record",
)
_STARTS_FORMULA = ("=", "+", "-", "@", "＝", "＋", "－", "＠", "\t", "\r", "\n", "\0", "|", "%")


def write_export(log: AuditLog, path: Path, texts: bool = True) -> Verification:
    """Write the whole chain; the first line says how many rows follow and which head they reach.

    What is written is verified as it goes: an export of a record that does not hold is a RecordError.
    """
    with log.view() as view, _written(path) as file:
        length, head = view.head
        title = {"kind": KIND, "version": 1, "rows": length, "head": head, "texts": texts}
        anchors = [[a.seq, a.hash, a.time] for a in view.anchors]
        about = {"exported": stamp(datetime.now(UTC)), "anchors": anchors}
        file.write(canonical(title | about).encode("ascii") + b"\n")

        def written() -> Iterator[tuple[Mapping[str, Any], Text | None]]:
            for row, text in view.rows():
                kept = [text.salt, text.text] if text and texts else None
                file.write(canonical({"row": row, "text": kept}).encode("ascii") + b"\n")
                yield row, text

        found = check(written(), view.anchors)
        if not found.ok:
            raise RecordError(f"Nothing was exported. {found}")
    return found


def verify_export(path: Path, head: str = "") -> Verification:
    """Re-derive every hash of an export; `head` (`seq:hash`) is one that was printed or kept elsewhere."""
    given = [anchor_in(head)] if head else []
    try:
        with path.open("rb") as file:
            title = json.loads(file.readline())
            if not isinstance(title, dict) or title["kind"] != KIND or title["version"] != 1:
                raise ValueError(f"its first line says {title}")
            anchors = [Anchor(int(seq), str(hash_), str(time)) for seq, hash_, time in title["anchors"]]
            anchors.append(Anchor(title["rows"], title["head"], title["exported"]))
            anchors += given
            found = check(_lines(file), [a for a in anchors if a.seq], not title["texts"])
            expected = title["rows"]
    except OSError as error:
        raise RecordError(f"The export {path} cannot be read: {error}") from error
    except (ValueError, KeyError, TypeError) as error:
        return Verification(False, 0, FIRST, Broken(0, f"{path} is not a whole audit export: {error!r}"))
    if found.ok and found.rows != expected:
        why = f"its first line promises {expected} rows, {found.rows} follow"
        return Verification(False, found.rows, found.head, Broken(min(expected, found.rows) + 1, why))
    return found


def differing_quotes(log: AuditLog, library: Library) -> list[str]:
    """The records with a quote that does not stand in the stored text of the version it names."""
    records = (record for record in log.records() if record.cited)
    return [r.hash for r in records if (turn := log.turn_of(r)) and library.quotes(turn.citations) == "differ"]


def write_csv(log: AuditLog, path: Path, library: Library, selection: Selection | None = None) -> int:
    """Write the selected answers as a table for a spreadsheet; returns how many. JSON Lines is the authority."""
    records, head = log.records(selection), log.anchor()
    with _written(path) as file:
        text = io.TextIOWrapper(file, encoding="utf-8-sig", newline="", write_through=True)
        sheet = csv.writer(text, quoting=csv.QUOTE_ALL)
        sheet.writerow(CSV_COLUMNS)
        for record in records:
            sheet.writerow([safe_cell(value) for value in (*_cells(log, record, library), head)])
        text.detach()
    return len(records)


def safe_cell(value: object) -> str:
    """The value as text that no spreadsheet takes for a formula (OWASP ASVS 1.2.10); an apostrophe goes before it."""
    text = "" if value is None else str(value)
    starts = text.lstrip(" \u00a0\u3000\u200b\ufeff").startswith(_STARTS_FORMULA)
    return "'" + text.replace("\0", "") if starts else text.replace("\0", "")


def _cells(log: AuditLog, record: Record, library: Library) -> list[object]:
    turn = log.turn_of(record)
    words = (question_shown(turn), turn.answer if turn else "")
    sources = "; ".join(f"{c.passage_id} {c.version}" for c in record.cited)
    facts = (record.time, record.hash, record.outcome, record.safety, record.level, record.gate, record.support)
    return [*facts, *words, sources, library.quotes(turn.citations) if turn else "", record.engine]


def _lines(file: BinaryIO) -> Iterator[tuple[Mapping[str, Any], Text | None]]:
    """The rows; a line that is not spelled as it was exported comes as no row at all."""
    for line in file:
        try:
            entry = json.loads(line)
            row, text = entry["row"], entry["text"]
            whole = line.rstrip(b"\n") == canonical(entry).encode("ascii") and entry.keys() == {"row", "text"}
            kept = Text(*text) if text else None
        except (ValueError, KeyError, TypeError, AttributeError):
            whole = False
        yield (row, kept) if whole and isinstance(row, dict) else ({"an unreadable line": ""}, None)


@contextlib.contextmanager
def _written(path: Path) -> Iterator[BinaryIO]:
    try:
        with written_whole(path) as file:
            yield file
    except OSError as error:
        raise RecordError(f"{path} cannot be written: {error}. What was there before is unchanged.") from error
