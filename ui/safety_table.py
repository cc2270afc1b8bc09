"""Prints the whole of the safety layer as it was loaded, whatever its shape, so that a clinician can review it."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import fields, is_dataclass
from typing import Any

from ui.terminal import Paper

_SHORT = 90


def write_words(paper: Paper, words: Any) -> None:
    """Every public field of the words, one part after the other."""
    for name, value in _members(words):
        paper.write()
        paper.bold(_title(name))
        _write(paper, value, "  ")


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
