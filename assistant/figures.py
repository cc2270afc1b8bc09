"""Reads the figures of a sentence (values, ranges, units, comparators) and says which of a claim's its source lacks."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from assistant.numerals import UNITS, plain, tokens_of, unit_at

_LESS = re.compile(
    r"(?P<strict>\b(?:less than|fewer than|lower than|under|below|smaller than|shorter than|younger than)|<)\s*"
    r"(?:(?:the )?ages? of )?(?:the )?$"
    r"|(?:\b(?:up to|at most|at the most|no more than|not more than|never more than|no longer than|not exceeding|"
    r"not exceed|maximum of|as (?:many|much) as|up until)|≤|<=)\s*(?:the )?$"
)
_MORE = re.compile(
    r"(?P<strict>\b(?:more than|greater than|higher than|over|above|exceed(?:s|ed|ing)?|upwards? of|in excess of|"
    r"longer than|older than|larger than|past|beyond|pass(?:es|ed)?)|>)\s*(?:(?:the )?ages? of )?(?:the )?$"
    r"|(?:\b(?:at least|no less than|no fewer than|not less than|never less than|never below|minimum of|"
    r"as (?:few|little) as)|≥|>=)\s*(?:the )?$"
)
_ABOUT = re.compile(
    r"(?:\b(?:about|around|roughly|approximately|approx\.?|circa|some|close to|in the region of|or so|"
    r"an estimated|on average some|estimated at|on the order of|more or less|something like|in the order of)|~|≈)\s*(?:an? )?$"
)
_ALMOST = re.compile(r"\b(?:nearly|almost|just under|just below|just short of|slightly (?:less|fewer) than|"
                     r"a little (?:less|under|fewer than|less than))\s*$")
_OVER = re.compile(r"\b(?:just over|just above|slightly (?:more than|over)|a little (?:more than|over))\s*$")
_AFTER_MORE = re.compile(r"\s*(?:or (?:more|over|above|higher|longer|older)|and (?:over|above|older|more)|\+|upwards)")
_AFTER_LESS = re.compile(r"\s*(?:or (?:less|fewer|under|below|lower|younger)|at (?:the )?most)")
_AFTER_ABOUT = re.compile(r"\s*or so\b")
_RANGE = re.compile(r"(?:to|-|–|—|and|or)")


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure: `low` to `high` in the smallest unit of its kind; `direction` -1 up to, +1 at least, 0 as it is."""

    low: float
    high: float
    unit: str
    per: tuple[str, ...]
    direction: int
    strict: bool
    about: bool
    loose: bool  # said as a word ("half", "an hour"), so a comparison with a nearby value is a fair paraphrase
    over: bool  # "over three years": during, or more than
    text: str
    start: int

    @property
    def single(self) -> bool:
        """Whether it is one value and no range."""
        return self.low == self.high


def figures(text: str) -> tuple[Figure, ...]:
    """Every figure of `text`, in order."""
    text = plain(text)
    tokens = tokens_of(text)
    found: list[Figure] = []
    index, done = 0, 0
    while index < len(tokens):
        token, last = tokens[index], index
        if token.start < done:
            index += 1
            continue
        low, high = token.value, token.value if token.top is None else token.top
        if index + 1 < len(tokens) and _joins(text, tokens[index].end, tokens[index + 1].start, token.start):
            between = text[token.end : tokens[index + 1].start]
            if not token.unit or tokens[index + 1].unit in (token.unit, "") or "between" in text[:token.start][-9:]:
                last, high = index + 1, tokens[index + 1].value
                if "/" in between:
                    last, high = index, low
        unit, scale, per, done = unit_at(text, tokens[last])
        if last != index and token.unit and token.unit == unit:
            low = low * token.scale / scale
        found.append(_figure(text, (token.start, done), (low * scale, high * scale), (unit, per), token.word))
        index = last + 1
    return tuple(f for f in found if f.unit != "skip")


def _joins(text: str, end: int, start: int, first: int) -> bool:
    gap = text[end:start].strip().lower()
    gap = re.sub(r"^(?:%|[a-z°]{1,12}\b)\s*(?=to$|-$|and$)", "", gap) if len(gap) < 18 else gap
    if gap in ("to", "-", "–", "—"):
        return True
    return gap == "and" and text[:first].rstrip().endswith("between")


def _figure(
    text: str, span: tuple[int, int], values: tuple[float, float], unit: tuple[str, tuple[str, ...]], word: bool
) -> Figure:
    start, end = span
    before, after = re.sub(r"\b(?:between|from|a further|another|the)\s*$", "", text[:start].lower()), text[end:]
    direction, strict, about = 0, False, False
    if _ALMOST.search(before):
        direction, strict, about = -1, True, True
    elif _OVER.search(before):
        direction, strict, about = 1, True, True
    elif match := _LESS.search(before):
        direction, strict = -1, bool(match["strict"])
    elif match := _MORE.search(before):
        direction, strict = 1, bool(match["strict"])
    elif _ABOUT.search(before) or _AFTER_ABOUT.match(after):
        about = True
    if direction == 0 and _AFTER_MORE.match(after):
        direction = 1
    elif direction == 0 and _AFTER_LESS.match(after):
        direction = -1
    if direction and re.search(r"\b(?:not|no|never|n't)\s+(?:\w+\s+){0,4}$", _cut(before)) and strict and not about:
        direction, strict = -direction, False
    over = unit[0] == "day" and direction > 0 and strict and re.search(r"\bover (?:the )?$", before) is not None
    if unit[0] != "day" and re.search(r"\b(?:long|short|old|young)er than\s*$", before):
        direction, strict = 0, False
    about = about or (direction == 0 and re.search(r"\bthe\s*$", text[:start]) is not None)
    low, high = min(values), max(values)
    return Figure(low, high, unit[0], unit[1], direction, strict, about, word, over, text[start:end].strip(), start)


def _cut(before: str) -> str:
    return re.sub(r"(?:(?:less|fewer|lower|more|greater|higher|longer) than|under|below|over|above)\s*$", "", before)


def follows(claimed: Figure, stored: Figure) -> bool:
    """Whether `stored` says what `claimed` says: the same value and comparator, or a plainly weaker one."""
    return any(_follows(c, s) for c in _readings(claimed) for s in _readings(stored))


def _readings(figure: Figure) -> tuple[Figure, ...]:
    return (figure, replace(figure, direction=0, strict=False)) if figure.over else (figure,)


def _follows(claimed: Figure, stored: Figure) -> bool:
    if claimed.unit != stored.unit and not _both_plain(claimed, stored):
        return False
    if not _same_rate(claimed, stored):
        return False
    if not claimed.direction:
        return _equal(claimed, stored) and _same_comparator(claimed, stored)
    if _close(claimed.low, stored.low) and _close(claimed.high, stored.high):
        return _same_comparator(claimed, stored)
    if _equal(claimed, stored) and stored.direction == claimed.direction:
        return _same_comparator(claimed, stored)
    edge = stored.high if claimed.direction < 0 else stored.low
    if not stored.single and stored.direction == 0 and not claimed.about and claimed.single:
        return not claimed.strict and _close(claimed.low, edge)
    return (claimed.loose or claimed.about) and stored.single and _beyond(claimed, stored)


def _beyond(claimed: Figure, stored: Figure) -> bool:
    """"More than half" of 57 %; "almost an hour" of 58 minutes."""
    if stored.direction not in (0, claimed.direction) or stored.unit not in ("percent", "day"):
        return False
    distance = (stored.low - claimed.low) * claimed.direction
    limit = 0.12 if claimed.about else 0.25
    if stored.about and not claimed.about:
        return False
    return 0 < distance <= limit * max(claimed.low, 1e-9)


def _same_comparator(claimed: Figure, stored: Figure) -> bool:
    if claimed.direction:
        same = claimed.direction == stored.direction and (stored.strict or not claimed.strict)
        return same and (stored.about or not claimed.about)
    if stored.direction:
        return claimed.about and stored.about
    return claimed.about or not stored.about


def _same_rate(claimed: Figure, stored: Figure) -> bool:
    """A dose per kilogram is no dose; a rate per day is none per week. An unsaid time base is no contradiction."""
    bases = {"day", "week", "month", "year", "hour", "minute", "second"}
    solid = [tuple(sorted(p for p in f.per if p not in bases)) for f in (claimed, stored)]
    times = [{p for p in f.per if p in bases} for f in (claimed, stored)]
    return solid[0] == solid[1] and (not times[0] or not times[1] or times[0] == times[1])


def _both_plain(claimed: Figure, stored: Figure) -> bool:
    """Counted things may be called by another name (62 patients, 62 people); measured ones may not."""
    return claimed.unit not in UNITS and stored.unit not in UNITS


def _equal(one: Figure, other: Figure) -> bool:
    if _close(one.low, other.low) and _close(one.high, other.high):
        return True
    rough, limit = one.loose or other.loose, 0.0
    if one.unit == other.unit == "percent" and rough:  # a third is 33 %, a fifth is "roughly" 21 %
        limit = 0.085 if one.about or other.about else 0.025
    elif one.unit == other.unit == "day" and ((one.about and rough) or _calendar(one.text) != _calendar(other.text)):
        limit = 0.09  # about an hour is 58 minutes; three months are twelve weeks
    return all(abs(a - b) <= limit * max(a, b) for a, b in ((one.low, other.low), (one.high, other.high)))


def _calendar(text: str) -> bool:
    return re.search(r"month|year", text) is not None


def _close(one: float, other: float) -> bool:
    return abs(one - other) <= 1e-6 * max(abs(one), abs(other), 1e-9) or (
        one > 25 and abs(one - other) <= 0.006 * max(one, other) and one != int(one)
    )


def unsupported_figure(claim: str, evidence: str, heading: str = "") -> str | None:
    """The reason why a figure of `claim` is not in `evidence`, in plain words; None where all are."""
    stored = figures(evidence)
    titled = figures(heading)
    for figure in figures(claim):
        if any(follows(figure, other) for other in (*stored, *titled)):
            continue
        if any(_equal(figure, other) and figure.unit == other.unit for other in stored):
            return f"the source says “{_nearest(figure, stored)}” with another comparator or rate than “{figure.text}”"
        if any(_close(figure.low, other.low) and _close(figure.high, other.high) for other in stored):
            return f"the figure “{figure.text}” has another unit in the source"
        return f"the figure “{figure.text}” is not in the source"
    return None


def _nearest(figure: Figure, stored: tuple[Figure, ...]) -> str:
    return next((other.text for other in stored if _equal(figure, other) and figure.unit == other.unit), "")
