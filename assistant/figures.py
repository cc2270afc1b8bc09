"""Reads the figures of a sentence (values, ranges, units, comparators) and says which of a claim's its source lacks."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from assistant.numerals import UNITS, Token, plain, tokens_of, unit_at

_LESS = re.compile(
    r"(?P<strict>\b(?:less than|fewer than|lower than|under|below|smaller than|shorter than|younger than)|<)\s*"
    r"(?:(?:the )?ages? of )?(?:the )?$"
    r"|(?:\b(?:up to|at most|at the most|no more than|not more than|never more than|no longer than|not exceeding|"
    r"not exceed|maximum of|as (?:many|much|high|far|long) as|"
    r"(?:maximum|limit)\b[^.,;\d]{0,30}\b(?:is|was|of)|up until)|≤|<=)\s*(?:the )?$"
)
_MORE = re.compile(
    r"(?P<strict>\b(?:more than|greater than|higher than|over|above|exceed(?:s|ed|ing)?|upwards? of|in excess of|"
    r"longer than|older than|larger than|heavier than|past|beyond|pass(?:es|ed)?)|>)\s*(?:(?:the )?ages? of )?(?:the )?$"
    r"|(?:\b(?:at least|no less than|no fewer than|not less than|never less than|never below|minimum of|"
    r"minimum\b[^.,;\d]{0,30}\b(?:is|was)|"
    r"as (?:few|little) as)|≥|>=)\s*(?:the )?$"
)
_ABOUT = re.compile(
    r"(?:\b(?:about|around|roughly|approximately|approx\.?|circa|some|close to|in the region of|or so|"
    r"an estimated|on average some|estimated at|on the order of|more or less|something like|in the order of)|~|≈)\s*(?:an? )?$"
)
_ALMOST = re.compile(
    r"\b(?:nearly|almost|just under|just below|just short of|approach(?:es|ed|ing)?|a little under|"
    r"slightly (?:less|fewer) than|"
    r"a little (?:less|under|fewer than|less than))\s*$"
)
_OVER = re.compile(r"\b(?:just over|just above|slightly (?:more than|over)|a little (?:more than|over))\s*$")
_AFTER_MORE = re.compile(
    r"\s*(?:[a-z]+ )?(?:(?:later |apart |earlier )?or (?:more|over|above|higher|longer|older)|and (?:over|above|older|more)|\+|upwards)"
)
_AFTER_LESS = re.compile(r"\s*(?:[a-z]+ )?(?:or (?:less|fewer|under|below|lower|younger)|at (?:the )?most)")
_AFTER_ABOUT = re.compile(r"\s*or so\b")
_RANGE = re.compile(r"(?:to|-|–|—|and|or)")


_CHANGED_BY = re.compile(
    r"\b(?:reduc|lower|fell|fall|drop|decreas|increas|rise|rose|rais|cut|grew|grow|declin|shr[iau]nk|widen)"
    r"\w*(?: [\w-]+){0,6}? by (?:an average of |a mean of |about |around |some |roughly |up to |at least )?$"
)
_LOWER = re.compile(r"\s*(?:relative )?(?:lower|fewer|less|higher|greater|reduction|drop|fall|increase|rise)\b")
_CHANGE = re.compile(
    r"\b(?:lower|less|fewer|higher|greater|more|reduc|drop|fell|fall|increas|rise|rose|cut|decreas|grow|"
    r"grew|gain|los[ets]|shr[iau]nk|widen|raise|up\b|down\b|by\b|better|worse|improv|extra|off\b|sav|"
    r"likel|risk|faster|slower|longer|shorter|\w+er than)",
    re.IGNORECASE,
)
_KINDS = {kind for kind, _ in UNITS.values()} | {"calendar"}


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
    also: tuple[int, bool] | None  # another fair reading of direction and strictness: "over three years"
    text: str
    start: int
    weak: bool = False
    every: bool = False  # "every six months"

    @property
    def single(self) -> bool:
        """Whether it is one value and no range."""
        return self.low == self.high


def figures(text: str) -> tuple[Figure, ...]:
    """Every figure of `text`, in order."""
    text = plain(text)
    tokens = tokens_of(text)
    found: list[Figure] = []
    index, done, ends = 0, 0, 0
    while index < len(tokens):
        token, last = tokens[index], index
        if token.start < done:
            index += 1
            continue
        low, high = token.value, token.value if token.top is None else token.top
        if index + 1 < len(tokens) and _joins(text, tokens[index].end, tokens[index + 1].start, token.start):
            between = text[token.end : tokens[index + 1].start]
            if not token.unit or tokens[index + 1].unit in (token.unit, "") or "between" in text[: token.start][-9:]:
                last, high = index + 1, tokens[index + 1].value
                if "/" in between:
                    last, high = index, low
        unit, scale, per, done = unit_at(text, tokens[last], token.start)
        previous = found[-1] if found else None
        if not unit and last + 1 < len(tokens) and text[done : tokens[last + 1].start].strip() in ("to", "-"):
            unit, scale, per, _ = unit_at(text, tokens[last + 1], tokens[last + 1].start)  # "from 40 to 25 %"
        if not unit and previous and _elliptic(text, token.start, previous):
            unit, scale = previous.unit, _scale(previous)
        if last != index and token.unit and token.unit == unit:
            low = low * token.scale / scale
        figure = _figure(text, (token.start, tokens[last].end, done), (low * scale, high * scale), (unit, per), token)
        if previous and previous.direction and not figure.direction and figure.unit == previous.unit:
            if re.fullmatch(r"\W*(?:\w+\W+){0,2}?(?:or|and)\s+(?:in \w+ )?", text[ends : token.start]):
                figure = replace(figure, also=(previous.direction, previous.strict))
        ends = done
        found.append(figure)
        index = last + 1
    return tuple(f for f in found if f.unit != "skip")


def _elliptic(text: str, start: int, previous: Figure) -> bool:
    """Whether the number at `start` leaves out the unit of the figure before it: "3.5 mmol/l, and above 4"."""
    between = text[previous.start : start]
    leads = re.search(r"\b(?:at|and|or|between|than|above|over|below|under|for|to|least|around|about|of)\s*$", between)
    return previous.unit in _KINDS - {"calendar", "time"} and leads is not None and not re.search(r"[.;]\s", between)


def _scale(figure: Figure) -> float:
    number = re.search(r"[\d.,]*\d", figure.text)
    written = float(number[0].replace(",", "").split("-")[-1]) if number else 0.0
    return figure.high / written if written else 1.0


def _joins(text: str, end: int, start: int, first: int) -> bool:
    if re.fullmatch(r"(?:1[5-9]|20)\d\d", text[first:end]):
        return False  # two years are two dates
    gap = text[end:start].strip().lower()
    if text[:first].rstrip().lower().endswith("from") and _CHANGE.search(text[:first].split(".")[-1]):
        return False  # "fell from 40 to 25 %" is two figures
    gap = re.sub(r"^(?:%|[a-z°]{1,12}\b)\s*(?=to$|-$|and$)", "", gap) if len(gap) < 18 else gap
    if gap in ("to", "-", "–", "—"):
        return True
    if gap == "or":
        return True
    return gap == "and" and text[:first].rstrip().lower().endswith("between")


def _figure(
    text: str, span: tuple[int, int, int], values: tuple[float, float], unit: tuple[str, tuple[str, ...]], token: Token
) -> Figure:
    start, number, end = span
    every = re.search(r"\bevery\s*$", text[:start], re.IGNORECASE) is not None
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
    if direction == 0 and (_AFTER_MORE.match(after) or _AFTER_MORE.match(text[number:])):
        direction = 1
    elif direction == 0 and (_AFTER_LESS.match(after) or _AFTER_LESS.match(text[number:])):
        direction = -1
    if direction and re.search(r"\b(?:not|no|never|n't)\s+(?:\w+\s+){0,4}$", _cut(before)) and strict and not about:
        direction, strict = -direction, False
    also = (0, False) if unit[0] == "day" and direction > 0 and re.search(r"\bover (?:the )?$", before) else None
    if unit[0] != "day" and re.search(r"\b(?:long|short)er than\s*$", before):
        direction, strict = 0, False
    low, high = min(values), max(values)
    return Figure(
        low,
        high,
        unit[0],
        unit[1],
        direction,
        strict,
        about,
        token.word,
        also,
        text[start:end].strip(),
        start,
        token.weak,
        every,
    )


def _cut(before: str) -> str:
    return re.sub(r"(?:(?:less|fewer|lower|more|greater|higher|longer) than|under|below|over|above)\s*$", "", before)


def follows(claimed: Figure, stored: Figure) -> bool:
    """Whether `stored` says what `claimed` says: the same value and comparator, or a plainly weaker one."""
    return any(_follows(c, s) for c in _readings(claimed) for s in _readings(stored))


def _readings(figure: Figure) -> tuple[Figure, ...]:
    if figure.also is None:
        return (figure,)
    return figure, replace(figure, direction=figure.also[0], strict=figure.also[1])


def _follows(claimed: Figure, stored: Figure) -> bool:
    if claimed.unit == "time" and stored.every and len(claimed.per) == 1 and stored.unit == "day":
        period = UNITS.get(claimed.per[0], ("", 0.0))[1] / max(claimed.low, 1e-9)
        return claimed.single and stored.single and not claimed.direction and _close(round(period), round(stored.low))
    if claimed.unit != stored.unit and not _both_plain(claimed, stored):
        return _same_age(claimed, stored) and _same_comparator(claimed, stored)
    if not _same_rate(claimed, stored):
        return False
    if not claimed.direction:
        return _equal(claimed, stored) and _same_comparator(claimed, stored)
    if _close(claimed.low, stored.low) and _close(claimed.high, stored.high):
        return _same_comparator(claimed, stored)
    if _equal(claimed, stored) and stored.direction == claimed.direction:
        return _same_comparator(claimed, stored)
    edge = stored.high if claimed.direction < 0 else stored.low
    if (
        not stored.single
        and stored.direction == 0
        and not claimed.about
        and claimed.single
        and stored.unit != "percent"
    ):
        return not claimed.strict and _close(claimed.low, edge)
    return (claimed.loose or claimed.about) and stored.single and _beyond(claimed, stored)


def _beyond(claimed: Figure, stored: Figure) -> bool:
    """ "More than half" of 57 %; "almost an hour" of 58 minutes."""
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
    rough = claimed.about or (claimed.loose and claimed.unit == "percent")
    if stored.direction:
        return rough and stored.about
    return rough or not stored.about


def _same_rate(claimed: Figure, stored: Figure) -> bool:
    """A dose per kilogram is no dose; a rate per day is none per week. An unsaid time base is no contradiction."""
    bases = {"day", "week", "month", "year", "hour", "minute", "second"}
    solid = [tuple(sorted(p for p in f.per if p not in bases)) for f in (claimed, stored)]
    times = [{p for p in f.per if p in bases} for f in (claimed, stored)]
    return solid[0] == solid[1] and (not times[0] or not times[1] or times[0] == times[1])


def _both_plain(claimed: Figure, stored: Figure) -> bool:
    """Counted things may be called by another name (62 patients, 62 people); measured ones may not."""
    if stored.unit == "time" and stored.per and claimed.unit not in _KINDS:
        return True  # "two sessions a week" of something done twice a week
    return claimed.unit not in _KINDS and stored.unit not in _KINDS and (bool(stored.per) or not claimed.per)


def _same_age(claimed: Figure, stored: Figure) -> bool:
    """ "People over 65" and "over 65"."""
    bare, aged = (claimed, stored) if claimed.unit == "" else (stored, claimed)
    years = aged.low / UNITS["year"][1]
    return bare.unit == "" and aged.unit == "day" and aged.text.isdigit() and bare.single and _close(bare.low, years)


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
        before = plain(claim)[: figure.start]
        if _counts_the_named(figure, before, stored):
            continue
        if figure.weak and not any(other.unit == figure.unit and other.low != 1 for other in stored):
            continue
        if figure.direction == 0 and re.search(r"\bthe\s*$", before):
            figure = replace(figure, about=True)  # "the 60 % decrease" repeats "about 60 %" without its "about"
        if any(follows(figure, other) for other in (*stored, *titled)):
            if figure.unit == "percent" and (
                reason := _level_for_change(figure, plain(claim), stored, plain(evidence))
            ):
                return reason
            continue
        if any(_equal(figure, other) and figure.unit == other.unit for other in stored):
            return f"the source says “{_nearest(figure, stored)}” with another comparator or rate than “{figure.text}”"
        if any(_close(figure.low, other.low) and _close(figure.high, other.high) for other in stored):
            return f"the figure “{figure.text}” has another unit in the source"
        return f"the figure “{figure.text}” is not in the source"
    return None


def _level_for_change(figure: Figure, claim: str, stored: tuple[Figure, ...], evidence: str) -> str | None:
    """A fall *by* 40 % is no fall *to* 40 %, and "31 % lower" is no 31 %."""
    same = [other for other in stored if follows(figure, other)]
    changes = [_is_change(evidence, other) for other in same]
    to = re.search(r"\bto (?:about |around |roughly |some |only |at least )?$", claim[: figure.start]) is not None
    if changes and all(changes) and (to or not _CHANGE.search(claim)):
        return f"the source gives “{figure.text}” as a change and the sentence as a level"
    return None


def _is_change(text: str, figure: Figure) -> bool:
    before, after = text[: figure.start], text[figure.start + len(figure.text) :]
    return _CHANGED_BY.search(before) is not None or _LOWER.match(after) is not None


def _counts_the_named(figure: Figure, before: str, stored: tuple[Figure, ...]) -> bool:
    """ "The two groups" of two that the source names without counting them."""
    if (
        figure.unit in _KINDS
        or not 2 <= figure.low <= 4
        or not re.search(r"\b(?:the|all|these|both)\s*$", before, re.I)
    ):
        return False
    return not any(other.unit == figure.unit and other.low != figure.low for other in stored)


def _nearest(figure: Figure, stored: tuple[Figure, ...]) -> str:
    return next((other.text for other in stored if _equal(figure, other) and figure.unit == other.unit), "")
