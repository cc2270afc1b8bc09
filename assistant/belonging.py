"""Sees that a figure belongs to what was asked about: no percentage of one medicine for a question about another."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from corpus.passages import Passage
from index.keywords import stem, stems

_WANTS_FIGURE = re.compile(
    r"\b(?:how (?:much|many|effective|well|often|big|large)|by what|per ?cent\w*|pct|figures?|numbers?|rates?|"
    r"effect sizes?|efficacy|share|proportion)\b|%",
    re.I,
)
_NOTHING_ELSE = re.compile(
    r"\b(?:(?:what|which|exact|how many) per ?cent\w*|effect sizes?|percentage (?:for|of)|by how much|"
    r"response rates?|efficacy figures?|"
    r"figures? for)\b",
    re.I,
)
_SEVERAL = re.compile(r"\b(?:and|or|vs|versus|than|compare\w*|each|all|both|every)\b|[,/&+]", re.I)
FIGURE = re.compile(r"\d\s*%")
_ABBREVIATION = re.compile(r"\b[A-Z]{2,}(?=s?\b)")
_REFERS = re.compile(
    r"\b(?:they|it(?! (?:has been|is|was) \w+ that)|this|these|those|such|both|the (?:effects?|same))\b", re.I
)
_KIND = re.compile(r"\b([a-z][\w-]+) (?:therapy|therapies)\b", re.I)


def names_of(passages: Iterable[Passage]) -> frozenset[str]:
    """What the corpus calls by a name of its own: its abbreviations, and the word before "therapy", as a stem."""
    texts = [passage.text for passage in passages]
    short = {name for text in texts for name in _ABBREVIATION.findall(text)}
    return frozenset(short | {stem(word) for text in texts for word in _KIND.findall(text)})


def wants_figure(question: str) -> bool:
    """Whether a figure is asked for, and none is proposed."""
    return bool(_WANTS_FIGURE.search(question)) and not re.search(r"\d", question)


def strange(question: str, passage: Passage, names: frozenset[str]) -> str:
    """The name in the question that a passage with a percentage has nothing of; '' where there is none."""
    if not FIGURE.search(passage.text):
        return ""
    told = f"{passage.text} {passage.heading}"
    known = _named(told)
    if names.isdisjoint(known) or _REFERS.search(passage.text):  # it says of whom or what in the sentence before
        known |= _named(passage.before)
    asked = [name for name in _ABBREVIATION.findall(question) if name in names]
    asked += [word for word in _KIND.findall(question) if stem(word) in names]
    return next((name for name in asked if known.isdisjoint({name, *map(stem, (name, *name.split("-")))})), "")


def _named(text: str) -> set[str]:
    return stems(text) | set(_ABBREVIATION.findall(text))


def belonging(question: str, chosen: Sequence[Passage], names: frozenset[str]) -> tuple[list[Passage], str]:
    """The passages without those whose figure is of something else; none, and the reason, where only those had one."""
    if not wants_figure(question) or _SEVERAL.search(question):
        return list(chosen), ""
    if _NOTHING_ELSE.search(question) and not any(re.search(r"\d", passage.text) for passage in chosen):
        return [], "A figure is asked for, and the sentences that are near give none."
    found = {passage.id: strange(question, passage, names) for passage in chosen}
    kept = [passage for passage in chosen if not found[passage.id]]
    if any(FIGURE.search(passage.text) for passage in kept):
        return kept, ""
    name = next(filter(None, found.values()), "")
    return ([], f"The percentage that was found is not said of {name}.") if name else (kept, "")
