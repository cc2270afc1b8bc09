"""Sees that a claim keeps together what its source does: no moved figure, swapped words, added entry or opposite."""

from __future__ import annotations

import re

from assistant.figure_reading import Figure, figures
from assistant.figures import follows
from assistant.numerals import plain
from assistant.opposites import CHECKS as OPPOSITES
from assistant.wording import content, crude_stem

_CUT = re.compile(
    r"[;:]\s|[.!?]\s|,?\s\b(?:and|but|whereas|while|compared with|against|versus|vs|than|or|with|yet|although|"
    r"in contrast|then)\b\s|,\s|\s\(|\)"
)
_SENTENCE = re.compile(r"[.!?;]\s")


def swapped(claim: str, evidence: str, heading: str = "") -> str | None:
    """The reason why two words have changed places in what is otherwise the source's own sentence."""
    said = stems_of(claim)
    if not 4 <= len(said) <= 40:
        return None
    for part in re.split(r"(?<=[.!?;])\s+", evidence):
        stored = stems_of(part)
        before = common(said, stored)
        if before < 0.5 * len(said):
            continue
        places = [
            i for i, word in enumerate(said) if stored.count(word) == 1 and said.count(word) == 1 and len(word) > 2
        ]
        for i, first in enumerate(places):
            for second in places[i + 1 :]:
                if stored.index(said[first]) < stored.index(said[second]):
                    continue
                other = [*said]
                other[first], other[second] = other[second], other[first]
                after = common(other, stored)
                if after >= before + 2 and after >= 0.7 * len(said):
                    return f"“{said[first]}” and “{said[second]}” have changed places"
    return None


def extra(claim: str, evidence: str, heading: str = "") -> str | None:
    """The reason why one entry of a list is not in the source, where the others are there word for word."""
    known = set(stems_of(f"{heading} {evidence}"))
    items = [item for item in re.split(r",\s+(?:and |or |but )?|\s+(?:and|or)\s+", claim.rstrip(".")) if item.strip()]
    if len(items) < 3:
        return None
    words = [content(item)[-2:] if index == 0 else content(item)[:3] for index, item in enumerate(items)]
    new = [
        item
        for item, stems in zip(items[1:], words[1:], strict=True)
        if stems and not set(stems) & known and len(item.split()) <= 4
    ]
    same = [item for item, stems in zip(items, words, strict=True) if stems and set(stems) <= known]
    if len(new) == 1 and len(same) >= 2 and len(same) >= len(items) - 1:
        return f"“{new[0].strip()}” is not in the source"
    return None


def stems_of(text: str) -> list[str]:
    """The stems of all words and figures, in order."""
    return [crude_stem(word) for word in re.findall(r"[\w%.-]*\w|%", text)]


def common(one: list[str], other: list[str]) -> int:
    """The length of the longest common subsequence."""
    row = [0] * (len(other) + 1)
    for word in one:
        new = [0]
        for column, there in enumerate(other):
            new.append(row[column] + 1 if word == there else max(row[column + 1], new[column]))
        row = new
    return row[-1]


def moved(claim: str, evidence: str, heading: str = "") -> str | None:
    """The reason why a figure stands in another's place, in plain words; None where none does."""
    claim, evidence = plain(claim), plain(evidence)
    stored = figures(evidence)
    for figure in figures(claim):
        own = [other for other in stored if follows(figure, other)]
        rivals = [other for other in stored if other.unit == figure.unit and other not in own]
        if not own or not rivals:
            continue
        said = _words(claim, figure, figures(claim))
        here = set().union(*(_words(evidence, other, stored) for other in own))
        there = set().union(*(_words(evidence, other, stored) for other in rivals))
        ours, theirs = said & (here - there), said & (there - here)
        if theirs and not ours and here - there:
            return f"in the source “{figure.text}” stands for something else than “{min(theirs)}”"
    return None


def _words(text: str, figure: Figure, others: tuple[Figure, ...]) -> set[str]:
    """The words around a figure that no other figure of its kind is nearer to, in its sentence."""
    same = [other for other in others if other.unit == figure.unit and other.start != figure.start]
    start, end = 0, len(text)
    for match in _SENTENCE.finditer(text):
        if match.end() <= figure.start:
            start = match.end()
        elif match.start() > figure.start:
            end = match.start()
            break
    for other in same:
        if start <= other.start < figure.start:
            start = _boundary(text, other.start + len(other.text), figure.start)
        elif figure.start < other.start < end:
            end = _boundary(text, figure.start + len(figure.text), other.start)
    return set(content(re.sub(r"[\d.,]*\d\S*", " ", text[start:end])))


def _boundary(text: str, left: int, right: int) -> int:
    cuts = [match.start() for match in _CUT.finditer(text, left, right)]
    middle = (left + right) / 2
    return min(cuts, key=lambda cut: abs(cut - middle)) if cuts else int(middle)


BINDINGS = (moved, swapped, extra, *OPPOSITES)


def unbound(claim: str, evidence: str, heading: str = "") -> str | None:
    """The first reason why the claim puts together what the source does not; None where there is none."""
    return next((reason for check in BINDINGS if (reason := check(claim, evidence, heading))), None)
