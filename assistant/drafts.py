"""Reads what a language model wrote as drafts, each sentence with the passages it cites; believes none of it."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from assistant.answers import Claim
from assistant.drafting import Heard
from assistant.verification import NEXT_SENTENCE, UNCITED
from corpus.passages import Passage

MOST_SENTENCES = 12
_MOST_READINGS = 100  # of an unfinished reply
_THOUGHT = re.compile(r"<think(?:ing)?>.*?(?:</think(?:ing)?>|\Z)", re.DOTALL | re.IGNORECASE)
_MARKER = re.compile(r"\s*[\[(【](?:units?\s*)?\d+(?:\s*[,;–-]\s*\d+)*[\])】]", re.IGNORECASE)
_TEXTS, _UNITS, _QUOTES = (
    ("text", "sentence", "claim", "statement"),
    ("units", "unit", "ids", "id", "sources", "source", "citations", "citation", "cites"),
    ("quotes", "quote", "evidence", "support"),
)


def drafts_of(written: str, passages: Sequence[Passage]) -> tuple[Claim, ...]:
    """The sentences of a model's reply. One that cites badly keeps its bad citation, so that it is withheld by name."""
    written = _THOUGHT.sub(" ", written)
    claims: list[Claim] = []
    for told in _entries(written):
        text, cited = _first(told, _TEXTS), _first(told, _UNITS)
        if not isinstance(text, str) or not _clean(text):
            continue
        claims += _claims(_clean(text), _numbers(cited), _quotes(_first(told, _QUOTES)), passages)
    if not claims and not _entries(written):
        claims = _marked(written, passages)
    return tuple(claims[:MOST_SENTENCES])


def each_draft(passages: Sequence[Passage], heard: Heard) -> Callable[[str], None]:
    """Reads the unfinished reply whenever an object of it may be complete, and tells of each new draft."""
    told: list[Claim] = []
    closed: list[int] = [0]

    def part(written: str) -> None:
        count = written.count("}")
        if count == closed[-1] or len(closed) > _MOST_READINGS:
            return
        closed.append(count)
        for claim in drafts_of(written, passages)[len(told) :]:
            told.append(claim)
            heard(claim)

    return part


def _entries(written: str) -> list[Mapping[str, Any]]:
    """Every complete object with a text in it, wherever it stands: in a fence, in a list, in a reply cut short."""
    found: list[Mapping[str, Any]] = []
    position = 0
    decoder = json.JSONDecoder()
    while (start := written.find("{", position)) >= 0 and len(found) < MOST_SENTENCES:
        try:
            told, position = decoder.raw_decode(written, start)
        except (ValueError, RecursionError):
            position = start + 1
            continue
        found += list(_with_text(told))
    return found


def _with_text(told: Any, depth: int = 0) -> Iterator[Mapping[str, Any]]:
    if depth > 4:
        return
    if isinstance(told, Mapping):
        if isinstance(_first(told, _TEXTS), str):
            yield told
            return
        told = list(told.values())
    if isinstance(told, list):
        for item in told:
            yield from _with_text(item, depth + 1)


def _first(told: Mapping[str, Any], names: Sequence[str]) -> Any:
    return next((told[name] for name in names if name in told), None)


def _numbers(cited: Any) -> list[int]:
    """Unit numbers however they were written: 3, "3", "[1, 2]", ["unit 1"]. "12" is twelve, never one and two."""
    if isinstance(cited, bool) or cited is None:
        return []
    if isinstance(cited, int):
        return [cited]
    if isinstance(cited, float):
        return [int(cited)] if cited == int(cited) else [-1]
    if isinstance(cited, str):
        return [int(number) for number in re.findall(r"\d{1,6}", cited)]
    if isinstance(cited, list):
        return [number for item in cited[:20] for number in _numbers(item)]
    return [-1]


def _quotes(told: Any) -> list[str]:
    if isinstance(told, str):
        return [told] if told.strip() else []
    return [quote for quote in told if isinstance(quote, str) and quote.strip()] if isinstance(told, list) else []


def _claims(text: str, numbers: Sequence[int], quotes: Sequence[str], passages: Sequence[Passage]) -> list[Claim]:
    ids = tuple(
        passages[number - 1].id if 1 <= number <= len(passages) else f"{UNCITED}it cites a passage that was not given"
        for number in dict.fromkeys(numbers)
    )
    cited = " ".join(passages[number - 1].text for number in numbers if 1 <= number <= len(passages))
    if any(_folded(quote) not in _folded(cited) for quote in quotes):
        ids += (f"{UNCITED}its quotation is not in what it cites",)
    return [Claim(sentence, ids) for sentence in NEXT_SENTENCE.split(text) if sentence.strip()]


def _folded(text: str) -> str:
    return " ".join(text.split()).strip(" .…\"“”'")


def _marked(written: str, passages: Sequence[Passage]) -> list[Claim]:
    """Plain prose with [1] behind its sentences: what carries no number cites nothing. Without any it is no draft."""
    if "{" in written or _MARKER.search(written) is None:
        return []
    claims: list[Claim] = []
    prose = re.sub(r"```\w*|\*\*", " ", written)
    prose = re.sub(rf"([.!?])((?:{_MARKER.pattern})+)", r"\2\1", prose, flags=re.IGNORECASE)
    for sentence in NEXT_SENTENCE.split(" ".join(prose.split())):
        markers = "".join(match[0] for match in _MARKER.finditer(sentence))
        text = _clean(sentence)
        if len(text.split()) >= 3:
            claims += _claims(text, _numbers(markers), (), passages)
    return claims


def _clean(text: str) -> str:
    """One line without markers, mark-up or characters that cannot be seen."""
    text = "".join(c if unicodedata.category(c) not in ("Cc", "Cf", "Co", "Cs") else " " for c in text)
    return " ".join(_MARKER.sub("", text).replace("**", "").split())
