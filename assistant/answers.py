"""The nouns of an answer: what was asked, what was found, what is said of it, and the Turn that holds it all.

`Turn.to_json` and `Turn.from_json` are the contract (tests/data/answer.schema.json).
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any


class Outcome(StrEnum):
    """How a message was met."""

    ANSWERED = "answered"
    PARTIAL = "partial"
    ABSTAINED = "abstained"
    DECLINED = "declined"
    CRISIS = "crisis"
    CONVERSATIONAL = "conversational"


class Level(StrEnum):
    """How much help is shown: none, one line under the answer, a card above it, or help alone."""

    NONE = "none"
    NOTE = "note"
    CARD = "card"
    TAKEOVER = "takeover"

    @property
    def rank(self) -> int:
        """0 for none up to 3 for a take-over."""
        return list(Level).index(self)


@dataclass(frozen=True, slots=True)
class Safety:
    """The triage of one message: its class in safety.toml, how much help is shown, and what triggered it."""

    class_: str = "none"
    level: Level = Level.NONE
    cues: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Notice:
    """Anything shown beside the answer: a disclaimer, a help card, 'no source is given for this figure'."""

    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class Citation:
    """`quote` is the stored text of `version` from `start` to `end`, to the character."""

    number: int
    passage_id: str
    document_id: str
    document: str
    version: str
    section: tuple[str, ...]
    quote: str
    start: int
    end: int
    page: int | None = None


@dataclass(frozen=True, slots=True)
class Claim:
    """A sentence that somebody proposes to say, and the passages it is said to rest on: a draft."""

    text: str
    passage_ids: tuple[str, ...]
    attribution: str = ""


@dataclass(frozen=True, slots=True)
class SupportedClaim:
    """A sentence that was checked against what it cites. Only verification.py makes one."""

    text: str
    citations: tuple[int, ...]
    support: float
    provenance: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Withheld:
    """A sentence that was written and not shown, and why."""

    text: str
    reason: str


@dataclass(frozen=True, slots=True)
class Nearest:
    """A passage near the question that does not answer it."""

    passage_id: str
    quote: str
    score: float


@dataclass(frozen=True, slots=True)
class Refusal:
    """Which gate said no, why, what is missing, and what is nearest."""

    gate: str
    explanation: str
    missing: tuple[str, ...] = ()
    nearest: tuple[Nearest, ...] = ()


@dataclass(frozen=True, slots=True)
class Fingerprints:
    """What must be the same for a replay to give the same bytes."""

    corpus: str = ""
    index: str = ""
    settings: str = ""
    models: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Turn:
    """One answered message."""

    question: str
    search_question: str
    outcome: Outcome
    safety: Safety
    answer: str
    claims: tuple[SupportedClaim, ...] = ()
    citations: tuple[Citation, ...] = ()
    notices: tuple[Notice, ...] = ()
    withheld: tuple[Withheld, ...] = ()
    refusal: Refusal | None = None
    suggestions: tuple[str, ...] = ()
    fingerprints: Fingerprints = Fingerprints()
    record: str | None = None

    def recorded_as(self, record: str) -> Turn:
        """The same turn with the hash of its audit record."""
        return replace(self, record=record)

    def to_json(self) -> dict[str, Any]:
        """The contract's object: plain dicts, lists, strings and numbers."""
        return {
            "question": self.question,
            "search_question": self.search_question,
            "outcome": self.outcome.value,
            "safety": {
                "class": self.safety.class_,
                "level": self.safety.level.value,
                "cues": list(self.safety.cues),
            },
            "answer": self.answer,
            "claims": [
                {
                    "text": c.text,
                    "citations": list(c.citations),
                    "support": c.support,
                    "provenance": list(c.provenance),
                }
                for c in self.claims
            ],
            "citations": [
                {
                    "number": c.number,
                    "passage_id": c.passage_id,
                    "document_id": c.document_id,
                    "document": c.document,
                    "version": c.version,
                    "section": list(c.section),
                    "page": c.page,
                    "quote": c.quote,
                    "start": c.start,
                    "end": c.end,
                }
                for c in self.citations
            ],
            "notices": [{"kind": n.kind, "text": n.text} for n in self.notices],
            "withheld": [{"text": w.text, "reason": w.reason} for w in self.withheld],
            "refusal": None
            if self.refusal is None
            else {
                "gate": self.refusal.gate,
                "explanation": self.refusal.explanation,
                "missing": list(self.refusal.missing),
                "nearest": [
                    {"passage_id": n.passage_id, "quote": n.quote, "score": n.score} for n in self.refusal.nearest
                ],
            },
            "suggestions": list(self.suggestions),
            "fingerprints": {
                "corpus": self.fingerprints.corpus,
                "index": self.fingerprints.index,
                "settings": self.fingerprints.settings,
                "models": dict(self.fingerprints.models),
            },
            "record": self.record,
        }

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Turn:
        """The turn that `to_json` wrote."""
        safety, refusal, prints = data["safety"], data["refusal"], data["fingerprints"]
        return cls(
            question=data["question"],
            search_question=data["search_question"],
            outcome=Outcome(data["outcome"]),
            safety=Safety(safety["class"], Level(safety["level"]), tuple(safety["cues"])),
            answer=data["answer"],
            claims=tuple(_supported(c["text"], c["citations"], c["support"], c["provenance"]) for c in data["claims"]),
            citations=tuple(Citation(**{**c, "section": tuple(c["section"])}) for c in data["citations"]),
            notices=tuple(Notice(**n) for n in data["notices"]),
            withheld=tuple(Withheld(**w) for w in data["withheld"]),
            refusal=None
            if refusal is None
            else Refusal(
                refusal["gate"],
                refusal["explanation"],
                tuple(refusal["missing"]),
                tuple(Nearest(**n) for n in refusal["nearest"]),
            ),
            suggestions=tuple(data["suggestions"]),
            fingerprints=Fingerprints(**prints),
            record=data["record"],
        )


def _supported(text: str, citations: list[int], support: float, provenance: list[str]) -> SupportedClaim:
    return SupportedClaim(text, tuple(citations), support, tuple(provenance))
