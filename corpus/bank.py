"""The question bank: what each passage answers in people's words, and what it tempts one to think it answers."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from corpus.chunking import fingerprint
from corpus.errors import CorpusError
from corpus.normalising import comparable
from corpus.passages import Passage, Unit

WHOLE_LIST = "*list*"
_TEXTS = ("section", "unit", "near", "missing")


@dataclass(frozen=True, slots=True)
class BankQuestion:
    """A curator's question. `passage_ids` answer it together; empty for a near miss, beside `near_id`, which tempts."""

    text: str
    document_id: str
    passage_ids: tuple[str, ...] = ()
    near_id: str = ""
    missing: str = ""

    @property
    def answered(self) -> bool:
        """Whether the document answers it."""
        return bool(self.passage_ids)


@dataclass(frozen=True, slots=True)
class Bank:
    """All questions of a corpus, and what was wrong with those that were left out."""

    questions: tuple[BankQuestion, ...] = ()
    problems: tuple[str, ...] = ()

    @property
    def fingerprint(self) -> str:
        """Changes when any question, side or passage does."""
        return fingerprint("\n".join(f"{q.text}\t{q.passage_ids}\t{q.near_id}\t{q.missing}" for q in self.questions))


def bank_beside(document: Path) -> Path:
    """Where the bank of the document at this path lies."""
    return document.with_name(f"{document.stem}.questions.jsonl")


def load_bank(files: Sequence[tuple[str, Path]], passages: Sequence[Passage]) -> Bank:
    """The banks at `files`, each with its document's id. A question that cannot be used is left out and reported.

    CorpusError only where a file is not JSON Lines of objects at all.
    """
    kept: dict[str, BankQuestion] = {}
    problems: list[str] = []
    both_sides: set[str] = set()
    for document_id, path in files:
        own = [passage for passage in passages if passage.document_id == document_id]
        for number, row in _rows(path):
            where = f"{path.name}:{number}"
            try:
                found = _passages_of(row, own)
            except KeyError as error:
                problems.append(f"{where}: {error.args[0]}")
                continue
            for text in row["questions"]:
                question = BankQuestion(text, document_id, *found, row.get("missing") or "")
                key = comparable(text)
                if key not in kept:
                    kept[key] = question
                elif kept[key].answered != question.answered:
                    both_sides.add(key)
                    problems.append(f"{where}: '{text}' stands on both sides; neither is used.")
                else:
                    problems.append(f"{where}: '{text}' is asked twice; the first is used.")
    return Bank(tuple(q for key, q in kept.items() if key not in both_sides), tuple(problems))


def _rows(path: Path) -> list[tuple[int, dict[str, Any]]]:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise CorpusError(f"{path} is not UTF-8 text (byte {error.start}). Save it as UTF-8.") from error
    rows = []
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except json.JSONDecodeError as error:
            raise CorpusError(f"{path}:{number} is not JSON: {error}. One object a line is expected.") from error
        if not isinstance(row, dict) or not _are_texts(row.get("questions")):
            raise CorpusError(f"{path}:{number} must be an object with a list of questions; found {line[:60]!r}.")
        if not _are_texts(row.get("units") or []) or not _are_texts([row.get(name) or "" for name in _TEXTS]):
            raise CorpusError(f"{path}:{number}: {', '.join(_TEXTS)} are texts, units a list of them: {line[:60]!r}.")
        rows.append((number, row))
    return rows


def _are_texts(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) for item in value)


def _passages_of(row: dict[str, Any], passages: Sequence[Passage]) -> tuple[tuple[str, ...], str]:
    """(ids that answer, id that tempts). KeyError with a sentence where a unit is not where it is said to be.

    Of several units that answer together, one must stand in the section; the others may stand elsewhere.
    """
    section = row.get("section") or ""
    there = [p for p in passages if comparable(p.heading) == comparable(section)]
    if row.get("unit") is None and not row.get("units"):
        near = row.get("near") or ""
        return (), _find(section, near, there).id if near else ""
    units = row.get("units") or [row["unit"]]
    found = [_find(section, unit, there, passages if len(units) > 1 else ()) for unit in units]
    if not any(p in there for p in found):
        raise KeyError(f"none of its units stands in '{section}'")
    return tuple(p.id for p in found), ""


def _find(section: str, prefix: str, there: Sequence[Passage], elsewhere: Sequence[Passage] = ()) -> Passage:
    key = comparable(prefix)
    if prefix == WHOLE_LIST:
        found = [p for p in there if p.unit is Unit.LIST]
    elif not key:
        raise KeyError(f"'{prefix}' has no word by which a unit of '{section}' could be found")
    else:
        single = [p for p in (*there, *elsewhere) if p.unit is not Unit.LIST]
        found = [p for p in single if p.text.startswith(prefix)] or [
            p for p in single if comparable(p.text).startswith(key)
        ]
    if not found:
        raise KeyError(f"no unit of '{section}' begins with '{prefix}'")
    return found[0]
