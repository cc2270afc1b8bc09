"""Sees that a figure belongs to what was asked about, and that names and risks of a medicine that are asked for are
there.

No percentage of one medicine for a question about another; no sentence that tells only the kind ("certain drugs") for
a question that wants each of that kind by name.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from corpus.passages import Passage
from index.keywords import stem, stems

_WANTS_FIGURE = re.compile(
    r"\b(?:how (?:much|many|effective|well|often|big|large)|by what|percent\w*|pct|figures?|numbers?|rates?|"
    r"effect sizes?|efficacy|share|proportion)\b|%",
    re.I,
)
_NOTHING_ELSE = re.compile(
    r"\b(?:(?:what|which|exact) percent\w*|effect sizes?|percentage (?:for|of)|by how much|efficacy figures?|"
    r"figures? for)\b",
    re.I,
)
_SEVERAL = re.compile(r"\b(?:and|or|vs|versus|than|compare\w*|each|all|both|every)\b|[,/&+]", re.I)
FIGURE = re.compile(r"\d\s*%")
_ABBREVIATION = re.compile(r"\b[A-Z]{2,}(?=s?\b)")
_KIND = re.compile(r"\b([a-z][\w-]+) (?:therapy|therapies)\b", re.I)
# Names are asked for: by name, their names, what they are called. "Other names" and "name the ..." ask something else.
_WANTS_NAMES = re.compile(
    r"\bby name\b|\b(?:the|their|any|exact|specific) names\b|\bnames?(?= (?:of the|please|pls)\b|\W*$)|"
    r"\bwhat (?:are|is) (?:they|these|those|each|it) called\b",
    re.I,
)
_PLURAL = re.compile(r"\b([a-z][\w-]{2,}(?<![us])s|genes?)\b", re.I)
_NAMED = r"(?:such as|like|namely|for example|e\.g\.|among them|includ\w+(?! in\b)|called)\b|\bare (?!\w+ed\b)[\w-]+,|:"
# What is asked of a medicine at some risk: a sentence that has no word of it is no answer, however near it is.
_AT_RISK = {
    told: re.compile(rf"\b(?:{words})\b", re.I)
    for told, words in (
        ("a dose", r"dos(?:e|es|ed|ages?|ing)|mg|milligrams?|micrograms?"),
        ("stopping a medicine", r"taper\w*|wean\w*|withdraw\w*|discontinu\w*|com(?:e|ing) off|stop(?:ping)? taking"),
        ("side effects", r"side.?effects?|adverse|tolerab\w+|toxic\w*"),
        ("interactions", r"drug interactions?|interact(?:s|ing)? with|contra.?indicat\w*"),
        ("pregnancy or breastfeeding", r"pregnan\w*|breast.?feed\w*|lactat\w*"),
    )
}


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
    told = f"{passage.text} {passage.heading} {passage.before}"
    known = stems(told) | set(_ABBREVIATION.findall(told))
    asked = [name for name in _ABBREVIATION.findall(question) if name in names]
    asked += [word for word in _KIND.findall(question) if stem(word) in names]
    return next((name for name in asked if name not in known and stem(name) not in known), "")


def unnamed(question: str, passage: Passage) -> str:
    """The kind whose members are asked for by name, of which the passage says that there are some; '' where none."""
    if not _WANTS_NAMES.search(question):
        return ""
    kinds = [kind for kind in _PLURAL.findall(question) if kind.lower() != "names"]
    told = [kind for kind in kinds if re.search(rf"\b{kind}\b", passage.text, re.I)]
    bare = [kind for kind in told if not re.search(rf"\b{kind}\b[^.;]{{0,50}}?(?:{_NAMED})", passage.text, re.I)]
    return bare[0] if told and len(bare) == len(told) else ""


def unspoken(question: str, chosen: Sequence[Passage]) -> str:
    """What is asked of a medicine, where none of the passages has a word of it; else ''."""
    texts = [f"{passage.text} {passage.heading}" for passage in chosen]
    asked = [told for told, words in _AT_RISK.items() if words.search(question) and not any(map(words.search, texts))]
    return asked[0] if asked else ""


def belonging(question: str, chosen: Sequence[Passage], names: frozenset[str]) -> tuple[list[Passage], str]:
    """The passages without those whose figure is of something else or that do not name what is to be named; none, and
    the reason, where only those were found."""
    if chosen and all(kinds := [unnamed(question, passage) for passage in chosen]):
        return [], f"The names of {kinds[0]} are asked for, and the sentences that are near give none."
    if chosen and not _SEVERAL.search(question) and (risk := unspoken(question, chosen)):
        return [], f"The question is about {risk}, and the sentences that are near say nothing of it."
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
