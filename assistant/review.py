"""What awaits a reviewer, in which order, and how far two reviewers agree."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from heapq import nsmallest

from assistant.answers import Level
from assistant.audit import AuditLog
from assistant.record import Record, Selection, State

PER_WEEK = 10
WHYS = ("reported", "escalated", "take-over", "sample", "second opinion")
_ANSWERS = "SELECT hash, time, level FROM chain WHERE event IN ('turn', 'gap')"


@dataclass(frozen=True, slots=True)
class Waiting:
    """A record that a reviewer should read, and why: one of WHYS."""

    hash: str
    time: str
    why: str


@dataclass(frozen=True, slots=True)
class Agreement:
    """How far the first two reviewers of the same answers agree; kappa is None where chance alone explains all."""

    pairs: int
    observed: float
    kappa: float | None

    def __str__(self) -> str:
        if not self.pairs:
            return "No claim has been judged by two reviewers yet."
        kappa = "not defined (one verdict only)" if self.kappa is None else f"{self.kappa:.2f}"
        claims = "1 claim" if self.pairs == 1 else f"{self.pairs} claims"
        return f"{claims} judged twice, {self.observed:.0%} alike, Cohen's kappa {kappa}"


def states(log: AuditLog) -> dict[str, State]:
    """The state of every reviewed record, by hash."""
    rows = log.select("SELECT subject, state FROM chain WHERE subject <> '' AND event = 'review' ORDER BY seq")
    return {subject: State(state) for subject, state in rows}


def queue(
    log: AuditLog, per_week: int = PER_WEEK, seed: str = "", since: str = "", reviewer: str = ""
) -> list[Waiting]:
    """Reports first, then what was escalated, every take-over, and the week's sample; oldest first in each.

    For a named `reviewer`, what one other person has judged of the sample comes last, for a second opinion.

    `since` goes back to the Monday of its week, so that a week's sample is drawn from the whole of the week.
    What was reported or escalated stays in the queue however old it is.
    """
    since = _monday(since) if since else ""
    events = _Events(log)
    rows = log.select(f"{_ANSWERS} AND time >= ? ORDER BY seq", (since,))
    sampled = sample([(hash_, time) for hash_, time, _ in rows], per_week, seed)
    older = sorted(events.urgent - {hash_ for hash_, _, _ in rows})
    rows = [row for hash_ in older for row in log.select(f"{_ANSWERS} AND hash = ?", (hash_,))] + rows
    found = [(hash_, time, events.why(hash_, level, hash_ in sampled, reviewer)) for hash_, time, level in rows]
    waiting = [Waiting(hash_, time, why) for hash_, time, why in found if why]
    return sorted(waiting, key=lambda entry: (WHYS.index(entry.why), entry.time))


class _Events:
    """The reports and reviews of the whole record, and what follows from them for one answer."""

    def __init__(self, log: AuditLog) -> None:
        self._state: dict[str, str] = {}
        self._reviewers: dict[str, set[str]] = {}
        self._reported: set[str] = set()
        query = "SELECT subject, event, state, reviewer FROM chain WHERE subject <> '' ORDER BY seq"
        for subject, event, state, reviewer in log.select(query):
            if event == "report":
                self._reported.add(subject)
            elif event == "review":
                self._state[subject] = state
                self._reviewers.setdefault(subject, set()).add(reviewer)
                self._reported.discard(subject)

    @property
    def urgent(self) -> set[str]:
        """What was reported or escalated, and not settled since."""
        return self._reported | {hash_ for hash_, last in self._state.items() if last == State.ESCALATED}

    def why(self, hash_: str, level: str, sampled: bool, reviewer: str) -> str:
        """Why somebody should read it; empty if nobody need."""
        if hash_ in self._reported:
            return "reported"
        if self._state.get(hash_) == State.ESCALATED:
            return "escalated"
        if hash_ in self._state:
            others = self._reviewers[hash_] - {reviewer}
            return "second opinion" if reviewer and sampled and len(others) == len(self._reviewers[hash_]) == 1 else ""
        if level == Level.TAKEOVER:
            return "take-over"
        return "sample" if sampled else ""


def sample(records: Sequence[tuple[str, str]], per_week: int, seed: str = "") -> set[str]:
    """`per_week` hashes of each ISO week: those whose hash, hashed once more with the seed, comes first.

    Whoever draws, draws the same ones. Nobody can choose them beforehand, for a record's hash rests on its time,
    its words under a random salt, and every row before it.
    """
    week_of = {day: date.fromisoformat(day).isocalendar()[:2] for day in {time[:10] for _, time in records}}
    weeks: dict[tuple[int, int], list[tuple[str, str]]] = {}
    for record, time in records:
        drawn = hashlib.sha256(f"{seed}:{record}".encode()).hexdigest()
        weeks.setdefault(week_of[time[:10]], []).append((drawn, record))
    return {record for week in weeks.values() for _, record in nsmallest(per_week, week)}


def agreement(log: AuditLog) -> Agreement:
    """Over the claims that two people have judged: the latest verdicts of the first two who judged each record."""
    by_record: dict[str, dict[str, Record]] = {}
    for row in log.records(Selection(events=("review",))):
        if row.more["verdicts"]:
            by_record.setdefault(row.subject, {})[row.reviewer] = row
    first: list[str] = []
    second: list[str] = []
    for reviews in by_record.values():
        if len(reviews) > 1:
            one, other = list(reviews.values())[:2]
            for a, b in zip(one.more["verdicts"], other.more["verdicts"], strict=False):
                first.append(a)
                second.append(b)
    alike = sum(a == b for a, b in zip(first, second, strict=True))
    return Agreement(len(first), alike / len(first) if first else 0.0, cohens_kappa(first, second))


def cohens_kappa(first: Sequence[str], second: Sequence[str]) -> float | None:
    """Agreement beyond chance, by scikit-learn; None where one label only was given, or none."""
    if len({*first, *second}) < 2:
        return None
    from sklearn.metrics import cohen_kappa_score

    return float(cohen_kappa_score(first, second))


def _monday(since: str) -> str:
    day = date.fromisoformat(since[:10])
    return (day - timedelta(days=day.weekday())).isoformat()
