"""Says which figure of a claim its source lacks: another value, unit, rate or comparator, or a change as a level."""

from __future__ import annotations

import re
from dataclasses import replace

from assistant.figure_reading import CHANGE, KINDS, Figure, figures
from assistant.numerals import plain
from assistant.units import UNITS

_CHANGED_BY = re.compile(
    r"\b(?:reduc|lower|fell|fall|drop|decreas|increas|rise|rose|rais|cut|grew|grow|declin|shr[iau]nk|widen)"
    r"\w*(?: [\w-]+){0,6}? by (?:an average of |a mean of |about |around |some |roughly |up to |at least )?$"
)
_LOWER = re.compile(r"\s*(?:relative )?(?:lower|fewer|less|higher|greater|reduction|drop|fall|increase|rise)\b")


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
    if claimed.direction < 0 and stored.within and not claimed.about:
        return True
    if claimed.direction > 0 and stored.since and not claimed.strict:
        return True
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
    if "calendar" in (claimed.unit, stored.unit):  # "in 2018" and "the 2018 World Cup"
        return {claimed.unit, stored.unit} - KINDS != set() and 1500 <= claimed.low <= 2100
    if stored.unit == "time" and stored.per and claimed.unit not in KINDS:
        return True  # "two sessions a week" of something done twice a week
    return claimed.unit not in KINDS and stored.unit not in KINDS and (bool(stored.per) or not claimed.per)


def _same_age(claimed: Figure, stored: Figure) -> bool:
    """ "People over 65" and "over 65"; "between four and six" and "four to six years of age"."""
    bare, aged = (claimed, stored) if claimed.unit == "" else (stored, claimed)
    if bare.unit != "" or aged.unit != "day" or re.search(r"hour|minute|second|day|week|month", aged.text):
        return False
    year = UNITS["year"][1]
    return bare.low > 2 and _close(bare.low, aged.low / year) and _close(bare.high, aged.high / year)


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
        counted = any(other.unit == figure.unit and other.low != 1 for other in stored)
        if figure.weak and not figure.direction and not counted:
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
    behind = claim[figure.start + len(figure.text) :]
    to = re.search(r"\bto (?:about |around |roughly |some |only |at least )?$", claim[: figure.start]) is not None
    if _LOWER.match(behind) or (figure.loose and re.match(r"\s*as (?:high|many|much|often|likely|great)", behind)):
        return None
    if changes and all(changes) and (to or not CHANGE.search(claim)):
        return f"the source gives “{figure.text}” as a change and the sentence as a level"
    return None


def _is_change(text: str, figure: Figure) -> bool:
    before, after = text[: figure.start], text[figure.start + len(figure.text) :]
    return _CHANGED_BY.search(before) is not None or _LOWER.match(after) is not None


def _counts_the_named(figure: Figure, before: str, stored: tuple[Figure, ...]) -> bool:
    """ "The two groups" of two that the source names without counting them."""
    if figure.unit in KINDS or not 2 <= figure.low <= 4 or not re.search(r"\b(?:the|all|these|both)\s*$", before, re.I):
        return False
    return not any(other.unit == figure.unit and other.low != figure.low for other in stored)


def _nearest(figure: Figure, stored: tuple[Figure, ...]) -> str:
    return next((other.text for other in stored if _equal(figure, other) and figure.unit == other.unit), "")
