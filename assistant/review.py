"""What awaits a reviewer, in which order, and how far two reviewers agree."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from datetime import date
from heapq import nsmallest

from assistant.answers import Level
from assistant.audit import AuditLog
from assistant.record import Record, Selection, State

PER_WEEK = 10


@dataclass(frozen=True, slots=True)
class Waiting:
    """A record that a reviewer should read, and why: reported, escalated, take-over or sample."""

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
        return f"{self.pairs} claims judged twice, {self.observed:.0%} alike, Cohen's kappa {kappa}"


def states(log: AuditLog) -> dict[str, State]:
    """The state of every reviewed record, by hash."""
    rows = log.select("SELECT subject, state FROM chain WHERE subject <> '' AND event = 'review' ORDER BY seq")
    return {subject: State(state) for subject, state in rows}


def queue(log: AuditLog, per_week: int = PER_WEEK, seed: str = "", since: str = "") -> list[Waiting]:
    """Reports first, then what was escalated, then every take-over, then the week's sample; oldest first in each."""
    events = log.select("SELECT subject, event, state FROM chain WHERE subject <> '' ORDER BY seq")
    state: dict[str, str] = {}
    reported: set[str] = set()
    for subject, event, new in events:
        if event == "report":
            reported.add(subject)
        elif event == "review":
            state[subject] = new
            reported.discard(subject)
    rows = log.select(
        "SELECT hash, time, level FROM chain WHERE event IN ('turn', 'gap') AND time >= ? ORDER BY seq", (since,)
    )
    sampled = sample([(hash_, time) for hash_, time, _ in rows], per_week, seed)
    waiting = []
    for hash_, time, level in rows:
        if hash_ in reported:
            why = "reported"
        elif state.get(hash_) == State.ESCALATED:
            why = "escalated"
        elif hash_ in state:
            continue
        elif level == Level.TAKEOVER:
            why = "take-over"
        elif hash_ in sampled:
            why = "sample"
        else:
            continue
        waiting.append(Waiting(hash_, time, why))
    order = ("reported", "escalated", "take-over", "sample")
    return sorted(waiting, key=lambda entry: order.index(entry.why))


def sample(records: Sequence[tuple[str, str]], per_week: int, seed: str = "") -> set[str]:
    """`per_week` hashes of each ISO week: the same ones whoever draws them, and nobody can choose them beforehand."""
    week_of = {day: date.fromisoformat(day).isocalendar()[:2] for day in {time[:10] for _, time in records}}
    weeks: dict[tuple[int, int], list[tuple[str, str]]] = {}
    for record, time in records:
        drawn = hashlib.sha256(f"{seed}:{record}".encode()).hexdigest()
        weeks.setdefault(week_of[time[:10]], []).append((drawn, record))
    return {record for week in weeks.values() for _, record in nsmallest(per_week, week)}


def agreement(log: AuditLog) -> Agreement:
    """Over the claims that two people have judged: the latest verdicts of the first two reviewers of each record."""
    by_record: dict[str, dict[str, Record]] = {}
    for row in log.records(Selection(events=("review",))):
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


def cohens_kappa(first: Sequence[Hashable], second: Sequence[Hashable]) -> float | None:
    """Agreement beyond chance (J. Cohen, Educational and Psychological Measurement 20:37-46, 1960).

    scikit-learn's cohen_kappa_score gives the same number; it is no part of the base install.
    """
    count = len(first)
    observed = sum(a == b for a, b in zip(first, second, strict=True))
    ones, others = Counter(first), Counter(second)
    by_chance = sum(ones[label] * others[label] for label in ones)
    if count * count == by_chance:  # no pairs, or one label only: nothing beyond chance to measure
        return None
    return (observed * count - by_chance) / (count * count - by_chance)
