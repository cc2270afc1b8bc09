"""Prints the safety layer for a clinician to review: problems first, then what can be shown and what triggers it."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import fields, is_dataclass
from typing import Any

from ui.terminal import Paper

_SHORT = 90
# The machinery behind the words: shown by --all alone.
_MACHINERY = ("normaliser", "instructions", "frames", "language_words", "closing", "closing_leads", "reply_cues")


def write_words(paper: Paper, words: Any, whole: bool = False) -> None:
    """Problems, then every public field of the words; without `whole` only what a clinician reviews."""
    _problems(paper, words)
    for name, value in _members(words):
        if name in _MACHINERY and not whole:
            continue
        paper.write()
        paper.bold(_title(name))
        lines = None if whole else _LINES.get(name)
        if lines is None:
            _write(paper, value, "  ")
            continue
        for item in value:
            paper.write(lines(item), indent="    ", first="  - ")
    if not whole:
        paper.write()
        paper.dim(
            "Left out: the expressions behind the patterns, spellings, slang, word lists of languages and of "
            "instructions. See them with: sourcebound safety --all"
        )


def _problems(paper: Paper, words: Any) -> None:
    found = words.problems()
    paper.bold("Problems" if found else "Problems: none")
    for problem in found:
        paper.write(problem, indent="    ", first="  - ")
    open_ = [row.words for row in words.helplines if row.verified_on is None]
    if open_:
        paper.write()
        paper.bold("Helplines that nobody has confirmed")
        for row in open_:
            paper.write(row, indent="    ", first="  - ")
    if not words.review.reviewed_on:
        paper.write()
        paper.write(f"Reviewer: {words.review.reviewer}")


def _class(row: Any) -> str:
    return f"{row.id}: {row.title} [{row.level.value}{f', block {row.block}' if row.block else ''}]"


def _helpline(row: Any) -> str:
    where = ", ".join(row.regions) or "anywhere"
    seen = f"read on {row.verified_on} at {row.source}" if row.verified_on else row.verified
    return f"{row.kind}, {where}: {row.words} ({seen})"


def _pattern(row: Any) -> str:
    """What a group of expressions is for, how many they are, and who must agree."""
    agreed = f", only where the classifier sees {row.agreed_by}" if row.agreed_by else ""
    likely = f" at {row.chance:.0%} or more" if row.chance else ""
    count = len(row.expressions)
    return f"{row.class_} ({row.language}): {row.why} [{count} expression{'s' * (count != 1)}]{agreed}{likely}"


_LINES: Mapping[str, Callable[[Any], str]] = {
    "classes": _class,
    "helplines": _helpline,
    "patterns": _pattern,
    "pieces": lambda row: f"{row.id}: {row.text}",
}


def _write(paper: Paper, value: Any, indent: str) -> None:
    deeper = indent + "  "
    if isinstance(value, Mapping):
        for key, item in value.items():
            _named(paper, str(key), item, indent)
    elif _is_record(value):
        for name, item in _members(value):
            _named(paper, _title(name), item, indent)
    elif isinstance(value, Collection) and not isinstance(value, str | bytes):
        items = sorted(value, key=str) if isinstance(value, set | frozenset) else list(value)
        for item in items:
            if _is_record(item):
                _record(paper, item, indent)
            else:
                paper.write(_told(item), indent=deeper, first=f"{indent}- ")
    else:
        paper.write(_told(value), indent=indent)


def _named(paper: Paper, name: str, value: Any, indent: str) -> None:
    if value is None or (isinstance(value, Collection) and not value):
        return
    text = _told(value)
    if not _is_record(value) and not isinstance(value, Mapping) and (isinstance(value, str) or len(text) < _SHORT):
        paper.write(text, indent=indent + "    ", first=f"{indent}{name}: ")
        return
    paper.write(f"{name}:", indent=indent)
    _write(paper, value, indent + "  ")


def _record(paper: Paper, record: Any, indent: str) -> None:
    (name, head), *rest = _members(record)
    paper.write(f"{_told(head)}", indent=indent + "  ", first=f"{indent}- ")
    for name, value in rest:
        if value not in ("", (), None):
            _named(paper, _title(name), value, indent + "    ")


def _members(record: Any) -> list[tuple[str, Any]]:
    return [(field.name, getattr(record, field.name)) for field in fields(record) if not field.name.startswith("_")]


def _is_record(value: Any) -> bool:
    return is_dataclass(value) and not isinstance(value, type)


def _title(name: str) -> str:
    return name.strip("_").replace("_", " ").capitalize()


def _told(value: Any) -> str:
    if isinstance(value, re.Pattern):
        return str(value.pattern)
    if isinstance(value, set | frozenset):
        return ", ".join(sorted(map(_told, value)))
    if isinstance(value, list | tuple):
        return ", ".join(map(_told, value))
    return "-" if value is None else str(value)
