"""How well a score tells what is answered from what is not: area under the curve, reliability, refusal curve."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Scored:
    """A message with the gate's probability; `right`: whether what would be shown holds the evidence."""

    probability: float
    answerable: bool
    right: bool


@dataclass(frozen=True, slots=True)
class Bin:
    """Messages whose probability lies between two bounds, and how many of them are answerable."""

    lower: float
    upper: float
    count: int
    predicted: float
    observed: float


@dataclass(frozen=True, slots=True)
class Point:
    """What a threshold would give: shares of the answerable answered, and of the others answered though they are not.

    `wrong` is the share of all answers that are wrong: near misses answered, or another passage than the right one.
    """

    threshold: float
    answered: float
    false_answers: float
    wrong: float


def area_under_curve(scored: Sequence[Scored]) -> float | None:
    """The chance that an answerable message scores above one that is not, ties counted half; None without both."""
    positive = [s.probability for s in scored if s.answerable]
    negative = [s.probability for s in scored if not s.answerable]
    if not positive or not negative:
        return None
    won = sum((p > n) + (p == n) / 2 for p in positive for n in negative)
    return won / (len(positive) * len(negative))


def brier(scored: Sequence[Scored]) -> float | None:
    """The mean squared distance of the probability from the truth."""
    return sum((s.probability - s.answerable) ** 2 for s in scored) / len(scored) if scored else None


def reliability(scored: Sequence[Scored], bins: int = 10) -> tuple[Bin, ...]:
    """The bins that hold anything, lowest first."""
    found = []
    for number in range(bins):
        held = [s for s in scored if min(int(s.probability * bins), bins - 1) == number]
        if held:
            predicted = sum(s.probability for s in held) / len(held)
            observed = sum(s.answerable for s in held) / len(held)
            found.append(Bin(number / bins, (number + 1) / bins, len(held), predicted, observed))
    return tuple(found)


def calibration_error(bins: Sequence[Bin]) -> float | None:
    """The mean distance of predicted from observed, each bin weighing as much as it holds."""
    total = sum(b.count for b in bins)
    return sum(b.count * abs(b.predicted - b.observed) for b in bins) / total if total else None


def refusal_curve(scored: Sequence[Scored], steps: int = 20) -> tuple[Point, ...]:
    """One point for each of the thresholds 0, 1/steps, … 1."""
    return tuple(_point(scored, step / steps) for step in range(steps + 1)) if scored else ()


def _point(scored: Sequence[Scored], threshold: float) -> Point:
    answers = [s for s in scored if s.probability >= threshold]
    wrong = sum(not (s.answerable and s.right) for s in answers)
    return Point(
        threshold,
        _share(sum(s.answerable for s in answers), sum(s.answerable for s in scored)),
        _share(sum(not s.answerable for s in answers), sum(not s.answerable for s in scored)),
        _share(wrong, len(answers)),
    )


def _share(count: int, of: int) -> float:
    return count / of if of else 0.0
