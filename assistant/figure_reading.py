"""Reads the figures of a sentence: value or range, unit, what it is per, and its comparator (about, up to, at "
"least)."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from assistant.numerals import Token, plain, tokens_of
from assistant.units import UNITS, unit_at

_LESS = re.compile(
    r"(?P<strict>\b(?:less than|fewer than|lower than|under|below|smaller than|shorter than|younger than|colder than|"
    r"cooler than)|<)\s*(?:(?:the )?ages? of )?(?:the )?$"
    r"|(?:(?<!heats )(?<!rises )(?<!warms )(?<!goes )(?<!rise )\bup to|\b(?:at most|at the most|no more than|"
    r"not more than|never more than|no longer than|not exceeding|"
    r"not exceed|maximum of|as (?:many|much|high|far|long) as|"
    r"(?:maximum|limit)\b[^.,;\d]{0,30}\b(?:is|was|of)|up until)|≤|<=)\s*(?:the )?$"
)
_MORE = re.compile(
    r"(?P<strict>\b(?:more than|greater than|higher than|over|above|exceed(?:s|ed|ing)?|upwards? of|in excess of|"
    r"longer than|older than|larger than|heavier than|warmer than|hotter than|past|beyond|pass(?:es|ed)?)|"
    r">)\s*(?:(?:the )?ages? of )?(?:the )?$"
    r"|(?:\b(?:at least|no less than|no fewer than|not less than|never less than|never below|minimum of|"
    r"minimum\b[^.,;\d]{0,30}\b(?:is|was)|"
    r"as (?:few|little) as)|≥|>=)\s*(?:the )?$"
)
_ABOUT = re.compile(
    r"(?:\b(?:about|around|roughly|approximately|approx\.?|circa|some|close to|in the region of|or so|"
    r"an estimated|on average some|estimated at|on the order of|more or less|something like|in the order of)|~|"
    r"≈)\s*(?:an? )?$"
)
_ALMOST = re.compile(
    r"\b(?:nearly|almost|just under|just below|just short of|approach(?:es|ed|ing)?|a little under|"
    r"slightly (?:less|fewer) than|"
    r"a little (?:less|under|fewer than|less than))\s*$"
)
_OVER = re.compile(r"\b(?:just over|just above|slightly (?:more than|over)|a little (?:more than|over))\s*$")
_AFTER_MORE = re.compile(
    r"\s*(?:[a-z]+ )?(?:(?:later |apart |earlier |of [a-z]+ )?or (?:more|over|above|higher|longer|older)|"
    r"and (?:over|above|older|more)|\+|upwards)"
)
_AFTER_LESS = re.compile(
    r"\s*(?:of [a-z]+ )?(?:[a-z]+ )?(?:or (?:less|fewer|under|below|lower|younger)|at (?:the )?most)"
)
_AFTER_ABOUT = re.compile(r"\s*or so\b")
CHANGE = re.compile(
    r"\b(?:lower|less|fewer|higher|greater|more|reduc|drop|fell|fall|increas|rise|rose|cut|decreas|grow|"
    r"grew|gain|los[ets]|shr[iau]nk|widen|raise|up\b|down\b|by\b|better|worse|improv|extra|off\b|sav|"
    r"faster|slower|longer|shorter|\w+er than)",
    re.IGNORECASE,
)
_LINKS = ("to", "-", "against", "versus", "vs", "and", "or")
_DENIED = re.compile(r"\b(?:not|no|never|n't)\s+(?:\w+\s+){0,4}$")
_WITHIN = r"\b(?:within|inside|in|only) (?:the )?$"
KINDS = {kind for kind, _ in UNITS.values()} | {"calendar"}


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
    within: bool = False  # "within two weeks", "only half": no more than that
    since: bool = False  # "from half an hour to several hours": no less than that

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
        if tokens[index].start < done:
            index += 1
            continue
        last = index + 1 if _joined(text, tokens, index) else index
        figure, end = _read(text, tokens, index, last, found[-1] if found else None)
        if found and _shares_comparator(text[done : figure.start], found[-1], figure):
            figure = replace(figure, also=(found[-1].direction, found[-1].strict))
        found.append(figure)
        index, done = last + 1, end
    return tuple(found)


def _joined(text: str, tokens: list[Token], index: int) -> bool:
    """Whether the next number is the upper end of a range that this one begins."""
    if index + 1 == len(tokens):
        return False
    first, second = tokens[index], tokens[index + 1]
    if "/" in text[first.end : second.start] or not _joins(text, first.end, second.start, first.start):
        return False
    return not first.unit or second.unit in (first.unit, "") or "between" in text[: first.start][-9:]


def _read(text: str, tokens: list[Token], index: int, last: int, previous: Figure | None) -> tuple[Figure, int]:
    """The figure from the number at `index` to the one at `last`, and where it ends."""
    first = tokens[index]
    low, high = first.value, first.value if first.top is None else first.top
    unit, scale, per, done = unit_at(text, tokens[last], first.start)
    if not unit and last + 1 < len(tokens) and text[done : tokens[last + 1].start].strip() in _LINKS:
        unit, scale, per, _ = unit_at(text, tokens[last + 1], tokens[last + 1].start)  # "from 40 to 25 %"
    if not unit and previous and _elliptic(text, first.start, previous):
        unit, scale = previous.unit, _scale(previous)
    if last != index:
        high = tokens[last].value
        if first.unit and first.unit == unit:
            low = low * first.scale / scale
    return _figure(text, (first.start, tokens[last].end, done), (low * scale, high * scale), (unit, per), first), done


def _shares_comparator(between: str, previous: Figure, figure: Figure) -> bool:
    """Whether "10 mmHg" may be read with the comparator before: "at least 20 mmHg systolic or 10 mmHg diastolic"."""
    if not previous.direction or figure.direction or figure.unit != previous.unit:
        return False
    return re.fullmatch(r"\W*(?:\w+\W+){0,2}?(?:or|and)\s+(?:in \w+ )?", between) is not None


def _elliptic(text: str, start: int, previous: Figure) -> bool:
    """Whether the number at `start` leaves out the unit of the figure before it: "3.5 mmol/l, and above 4"."""
    between = text[previous.start : start]
    if len(between) > len(previous.text) + 40:
        return False
    leads = re.search(r"\b(?:at|and|or|between|than|above|over|below|under|for|to|least|around|about|of)\s*$", between)
    return previous.unit in KINDS - {"calendar", "time"} and leads is not None and not re.search(r"[.;]\s", between)


def _scale(figure: Figure) -> float:
    number = re.search(r"[\d.,]*\d", figure.text)
    written = float(number[0].replace(",", "").split("-")[-1]) if number else 0.0
    return figure.high / written if written else 1.0


def _joins(text: str, end: int, start: int, first: int) -> bool:
    if re.fullmatch(r"(?:1[5-9]|20)\d\d", text[first:end]):
        return False  # two years are two dates
    gap = text[end:start].strip().lower()
    if text[:first].rstrip().lower().endswith("from") and CHANGE.search(text[:first].split(".")[-1]):
        return False  # "fell from 40 to 25 %" is two figures
    gap = re.sub(r"^(?:%|[a-z°]{1,12}\b)\s*(?=to$|-$|and$)", "", gap) if len(gap) < 18 else gap
    return gap in ("to", "-", "–", "—", "or") or (gap == "and" and text[:first].rstrip().lower().endswith("between"))


def _figure(
    text: str, span: tuple[int, int, int], values: tuple[float, float], unit: tuple[str, tuple[str, ...]], token: Token
) -> Figure:
    start, number, end = span
    before = re.sub(r"\b(?:between|from|a further|another|the)\s*$", "", text[:start].lower())
    direction, strict, about = _comparator(before, text[end:], text[number:])
    if direction and strict and not about and _DENIED.search(_cut(before)):
        direction, strict = -direction, False
    also = (0, False) if unit[0] == "day" and direction > 0 and re.search(r"\bover (?:the )?$", before) else None
    if unit[0] != "day" and re.search(r"\b(?:long|short)er than\s*$", before):
        direction, strict = 0, False
    return Figure(
        low=min(values),
        high=max(values),
        unit=unit[0],
        per=unit[1],
        direction=direction,
        strict=strict,
        about=about,
        loose=token.word,
        also=also,
        text=text[start:end].strip(),
        start=start,
        weak=token.weak,
        every=re.search(r"\bevery\s*$", text[:start], re.IGNORECASE) is not None,
        within=re.search(_WITHIN if unit[0] == "day" else r"\bonly $", text[:start].lower()) is not None,
        since=re.search(r"\bfrom (?:about )?$", text[:start].lower()) is not None,
    )


def _comparator(before: str, after: str, behind: str) -> tuple[int, bool, bool]:
    """(direction, strict, about), from the words before the figure, after it, and right behind its number."""
    if _ALMOST.search(before):
        return -1, True, True
    if _OVER.search(before):
        return 1, True, True
    if match := _LESS.search(before):
        return -1, bool(match["strict"]), False
    if match := _MORE.search(before):
        return 1, bool(match["strict"]), False
    about = _ABOUT.search(before) is not None or _AFTER_ABOUT.match(after) is not None
    if _AFTER_MORE.match(after) or _AFTER_MORE.match(behind):
        return 1, False, about
    if _AFTER_LESS.match(after) or _AFTER_LESS.match(behind):
        return -1, False, about
    return 0, False, about


def _cut(before: str) -> str:
    return re.sub(r"(?:(?:less|fewer|lower|more|greater|higher|longer) than|under|below|over|above)\s*$", "", before)
