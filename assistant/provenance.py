"""Tags a cited sentence by what a reader should know of it: it has a figure, gives no reference, claims a cause."""

from __future__ import annotations

import re
from collections.abc import Sequence

from assistant.figure_reading import figures
from assistant.scope_words import (
    POPULATIONS,
    RANKED,
    TIME_NOUNS,
)
from assistant.strong_words import (
    CAUSED,
    LINKED,
    UNCERTAIN,
)

_REFERENCE = re.compile(
    r"\([^()]*\b[A-Z][\w’'-]+[^()]*\b(?:19|20)\d\d[a-z]?\b[^()]*\)|\b[A-Z][\w’'-]+(?: et al\.?|"
    r" and [A-Z][\w’'-]+)?,? \((?:19|20)\d\d[a-z]?\)"
    r"|\[\d+(?:\s*[,–-]\s*\d+)*\]|\bdoi:\s*\S+|\b10\.\d{4,9}/\S+|https?://\S+|\bwww\.\S+",
)
_COMPARATOR = re.compile(
    r"\b(?:versus|vs\.?|placebo|control(?:s| group)?|compared (?:with|to)|than|sham|usual care|no treatment|"
    r"waiting list|against)\b",
    re.IGNORECASE,
)
_CAUSAL = re.compile(
    r"\b(?:improv|reduc|increas|rais|lower|boost|affect|influenc|enhanc|worsen|contribut|help|aid)\w*\b", re.IGNORECASE
)
_HEDGED = re.compile(r"\b(?:can|some|sometimes|often|usually|generally|tends?)\b", re.IGNORECASE)


def tags_of(sentences: Sequence[str]) -> tuple[str, ...]:
    """The tags of the cited sentences together, in a fixed order."""
    found = {tag for sentence in sentences for tag in _tags(sentence)}
    order = ("figure", "unreferenced", "causal", "comparative", "hedged", "population", "timeframe", "comparator")
    return tuple(tag for tag in order if tag in found)


def _tags(sentence: str) -> set[str]:
    bare = _REFERENCE.sub(" ", sentence)
    numbers = [figure for figure in figures(bare) if figure.unit != "calendar"]
    tags = {
        "figure": any(not figure.loose or figure.unit == "percent" for figure in numbers),
        "causal": CAUSED.search(bare) is not None
        or _CAUSAL.search(bare) is not None
        or LINKED.search(bare) is not None,
        "comparative": RANKED.search(bare) is not None,
        "hedged": UNCERTAIN.search(bare) is not None or _HEDGED.search(bare) is not None,
        "population": any(pattern.search(bare) for _, pattern, _ in POPULATIONS),
        "timeframe": any(pattern.search(bare) for pattern in TIME_NOUNS.values()),
        "comparator": _COMPARATOR.search(bare) is not None,
    }
    if tags["figure"] and _REFERENCE.search(sentence) is None:
        tags["unreferenced"] = True
    return {tag for tag, given in tags.items() if given}
