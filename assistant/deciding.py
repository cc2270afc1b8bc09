"""Tells 'answers it' from 'is about it': one small calibrated head over bank, support and search scores.

Nothing is answered on similarity alone. The coefficients are in models/decision.json, with the figures behind them.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from assistant.support import Support
from corpus.bank import BankQuestion
from corpus.passages import Passage, Unit
from index.retrieval import Findings, Known

CARD = Path(__file__).parent / "models" / "decision.json"
_BY_MEANING, _BY_BOTH, _OF_THE_BANK = 5, 2, 3  # candidates: nearest, first by words and meaning, asked for nearest
_NO_SUPPORT = -6.0
_SAME, _AHEAD = 0.85, 0.1  # cosine from which a bank question is this question, and its lead over the other side


@dataclass(frozen=True, slots=True)
class Thread:
    """What a follow-up leans on: ids of the passages shown last, of those that come next to them in their sections,
    and how near each passage is to the message as it was said."""

    shown: frozenset[str] = frozenset()
    next: tuple[str, ...] = ()
    said: Mapping[str, float] = field(default_factory=dict)


NO_THREAD = Thread()


@dataclass(frozen=True, slots=True)
class Candidate:
    """A passage that may answer, with what speaks for it; `score` is the choice's, not the gate's."""

    passage: Passage
    logit: float
    cosine: float
    keyword: float
    asked: float  # cosine of the nearest bank question that it answers, 0 without one
    tempted: float  # cosine of the nearest near miss beside it
    thread: Thread = NO_THREAD
    score: float = 0.0
    probability: float = 0.0


@dataclass(frozen=True, slots=True)
class Judgement:
    """The gate's word on one question: the probability that the corpus answers it, and the candidates, best first."""

    probability: float
    threshold: float
    candidates: tuple[Candidate, ...]
    answered: tuple[Known, ...]
    near: tuple[Known, ...]
    features: Mapping[str, float]

    @property
    def passed(self) -> bool:
        """Whether the corpus answers it well enough to say so."""
        return self.probability >= self.threshold and bool(self.candidates)

    def tempered(self, other: Judgement) -> Judgement:
        """This judgement, as sure as this and the other are in the mean of their log odds."""
        odds = (log_odds(self.probability) + log_odds(other.probability)) / 2
        return replace(self, probability=round(sigmoid(odds), 4))

    @property
    def filed(self) -> bool | None:
        """Whether a curator has filed this very question as answered, or as a near miss; None where none has."""
        return filed((*self.answered, *self.near))

    @property
    def missing(self) -> BankQuestion | None:
        """The near miss that this question is, where the bank knows it."""
        best = self.answered[0].cosine if self.answered else 0.0
        return self.near[0].question if self.near and self.near[0].cosine > max(0.6, best) else None


@dataclass(frozen=True, slots=True)
class Head:
    """Coefficients for a corpus with a bank or for one without: which candidate comes first (`choice`), whether each
    answers by itself (`each`), and whether anything does (`gate`)."""

    choice: Mapping[str, float]
    each: Mapping[str, float]
    gate: Mapping[str, float]
    threshold: float

    def score(self, weights: Mapping[str, float], features: Mapping[str, float]) -> float:
        """The weighted sum of the features, with the weight called 'constant'."""
        return weights.get("constant", 0.0) + sum(w * features[n] for n, w in weights.items() if n != "constant")


def load_head(with_bank: bool, path: Path = CARD) -> Head:
    """The shipped coefficients."""
    card = json.loads(path.read_text())["with_bank" if with_bank else "without_bank"]
    return Head(card["choice"], card["each"], card["gate"], card["threshold"])


class Judge:
    """Scores passages for a question and decides whether any of them answers it."""

    def __init__(self, support: Support | None, head: Head) -> None:
        self._support, self._head = support, head

    def judge(
        self, turns: Sequence[str], findings: Findings, unknown: int = 0, strange: int = 0, thread: Thread = NO_THREAD
    ) -> Judgement:
        """The judgement on the last of `turns`; `unknown` counts its common words that the corpus never uses,
        `strange` those that are not even common."""
        answered = tuple(k for k in findings.known if k.question.answered)
        near = tuple(k for k in findings.known if not k.question.answered)
        candidates = self._candidates(turns, findings, answered, near, thread)
        features = gate_features(candidates, answered, near, unknown, strange, turns[-1])
        probability = sigmoid(self._head.score(self._head.gate, features))
        if (said := filed(findings.known)) is not None:
            probability = max(probability, 0.95) if said else min(probability, 0.05)
        if self._support is None:
            probability = 0.0  # no judge of support: fail closed
        return Judgement(round(probability, 4), self._head.threshold, candidates, answered, near, features)

    def support(self, turns: Sequence[str], passages: Sequence[Passage]) -> dict[str, float]:
        """By passage id, the logit that it answers the last of `turns`; the least there is without a support model."""
        singles = list({p.id: p for p in passages}.values())
        logits = self._support.logits(turns, singles) if self._support else np.full(len(singles), _NO_SUPPORT)
        return {p.id: float(logit) for p, logit in zip(singles, logits, strict=True)}

    def _candidates(
        self, turns: Sequence[str], findings: Findings, answered: Sequence[Known], near: Sequence[Known],
        thread: Thread,
    ) -> tuple[Candidate, ...]:  # fmt: skip
        by_id = {hit.passage.id: hit for hit in findings.hits}
        asked = _nearest(answered, lambda q: q.passage_ids)
        tempted = _nearest(near, lambda q: (q.near_id,))
        single = [hit for hit in findings.hits if hit.passage.unit is not Unit.LIST]
        nearest = sorted(single, key=lambda hit: (-hit.cosine, hit.passage.id))[:_BY_MEANING]
        chosen = [hit.passage for hit in [*nearest, *single[:_BY_BOTH]]]
        chosen += [by_id[k].passage for k in list(asked)[:_OF_THE_BANK] if k in by_id]
        chosen += [by_id[i].passage for i in thread.next if i in by_id]
        members = {m: p for p in (h.passage for h in findings.hits) if p.unit is Unit.LIST for m in p.members}
        lists = {members[p.id].id: members[p.id] for p in chosen if p.id in members}
        singles = list({p.id: p for p in chosen if p.unit is not Unit.LIST}.values())
        by_logit = self.support(turns, singles)
        highest = max((hit.keyword for hit in findings.hits), default=0.0) or 1.0
        everything = [*singles, *({p.id: p for p in chosen if p.unit is Unit.LIST} | lists).values()]
        found = []
        for passage in everything:
            hit = by_id[passage.id]
            logit = by_logit.get(passage.id)
            if logit is None:
                own = sorted((by_logit[m] for m in passage.members if m in by_logit), reverse=True)
                logit = float(np.mean(own[:3])) - 1.0 if len(own) >= 2 else _NO_SUPPORT
            candidate = Candidate(
                passage, round(logit, 4), hit.cosine, round(hit.keyword / highest, 4),
                asked.get(passage.id, 0.0), tempted.get(passage.id, 0.0), thread,
            )  # fmt: skip
            features = choice_features(candidate)
            score = round(self._head.score(self._head.choice, features), 4)
            probability = round(sigmoid(self._head.score(self._head.each, features)), 4)
            found.append(replace(candidate, score=score, probability=probability))
        return tuple(sorted(found, key=lambda c: (-c.score, c.passage.position, c.passage.id)))


def choice_features(candidate: Candidate) -> dict[str, float]:
    """What the choice among candidates goes by."""
    return {
        "logit": candidate.logit,
        "cosine": candidate.cosine,
        "keyword": candidate.keyword,
        "asked": candidate.asked,
        "tempted": candidate.tempted,
        "list": float(candidate.passage.unit is Unit.LIST),
        "shown": float(candidate.passage.id in candidate.thread.shown),
        "next": float(candidate.passage.id in candidate.thread.next),
        "said": candidate.thread.said.get(candidate.passage.id, 0.0),
    }


def gate_features(
    candidates: Sequence[Candidate],
    answered: Sequence[Known],
    near: Sequence[Known],
    unknown: int,
    strange: int,
    question: str,
) -> dict[str, float]:
    """What the gate goes by: the best support, the bank on both sides, the search, unknown words."""
    logits = sorted((c.logit for c in candidates if c.passage.unit is not Unit.LIST), reverse=True) or [_NO_SUPPORT]
    best_answered = [k.cosine for k in answered[:3]] or [0.0]
    best_near = [k.cosine for k in near[:3]] or [0.0]
    votes = [(k.cosine, 1.0) for k in answered[:8]] + [(k.cosine, -1.0) for k in near[:8]]
    weights = [(math.exp(12 * cosine), side) for cosine, side in votes]
    total = sum(weight for weight, _ in weights) or 1.0
    return {
        "logit": logits[0],
        "second": logits[1] if len(logits) > 1 else _NO_SUPPORT,
        "answered": best_answered[0],
        "near": best_near[0],
        "margin": best_answered[0] - best_near[0],
        "vote": sum(weight * side for weight, side in weights) / total,
        "cosine": max((c.cosine for c in candidates), default=0.0),
        "keyword": max((c.keyword for c in candidates), default=0.0),
        "unknown": float(min(unknown, 3)),
        "strange": float(min(strange, 2)),
        "words": min(len(question.split()), 25) / 25,
    }


def filed(known: Sequence[Known]) -> bool | None:
    """Whether a curator has filed the question that these are near to, as answered or as a near miss; else None."""
    yes, no = (max((k.cosine for k in known if k.question.answered is side), default=0.0) for side in (True, False))
    if yes >= _SAME and yes - no >= _AHEAD:
        return True
    return False if no >= _SAME and yes - no <= -_AHEAD else None


def sigmoid(x: float) -> float:
    """The logistic function."""
    return 1 / (1 + math.exp(-max(-40.0, min(40.0, x))))


def log_odds(p: float) -> float:
    """The log odds of a probability, which is kept off 0 and 1."""
    p = min(max(p, 1e-4), 1 - 1e-4)
    return math.log(p / (1 - p))


def _nearest(known: Sequence[Known], ids: object) -> dict[str, float]:
    nearest: dict[str, float] = {}
    for k in known:
        for key in ids(k.question):  # type: ignore[operator]
            nearest.setdefault(key, k.cosine)
    return nearest
