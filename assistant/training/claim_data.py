"""What the claim model learns from: the authored claims, small edits of plain sentences, and public claim sets."""

from __future__ import annotations

import gzip
import hashlib
import json
import random
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assistant.training import claim_edits

HERE = Path(__file__).parent / "data"
SHARED = Path(__file__).parents[3] / "shared" / "training"
HELD_OUT = 0.15  # of the evidences, chosen by their own hash


@dataclass(frozen=True, slots=True)
class Pair:
    """A claim with its evidence as the model reads them, whether it is supported, and how much it counts."""

    claim: str
    evidence: str
    supported: float
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class Authored:
    """One authored evidence with its claims (text, supported, type)."""

    evidence: str
    heading: str
    claims: tuple[tuple[str, bool, str], ...]
    origin: str

    @property
    def held_out(self) -> bool:
        """Whether it is never trained on."""
        return hashlib.sha256(self.evidence.encode()).digest()[0] < 256 * HELD_OUT

    def pairs(self, weight: float = 3.0) -> list[Pair]:
        """Its claims as training pairs."""
        read = f"{self.evidence} | {self.heading}"
        return [Pair(text, read, float(supported), weight) for text, supported, _ in self.claims]


def authored() -> list[Authored]:
    """The evidences of data/claims*.jsonl."""
    found = []
    for path in sorted(HERE.glob("claims*.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines():
            told = json.loads(line)
            claims = tuple((c["claim"], bool(c["supported"]), c["type"]) for c in told["claims"])
            found.append(Authored(told["evidence"], told["heading"], claims, path.stem))
    return found


def edited(r: random.Random, count: int) -> list[Pair]:
    """`count` pairs from the authored passages: a sentence kept in other words, or spoiled in one place."""
    passages = [json.loads(line) for path in sorted(SHARED.glob("authored/support*.jsonl"))
                for line in path.read_text(encoding="utf-8").splitlines()]  # fmt: skip
    found: list[Pair] = []
    while passages and len(found) < count:
        told = r.choice(passages)
        units = [unit for unit in told["units"] if len(unit.split()) > 5]
        if len(units) < 3:
            continue
        size = r.choice([1, 2, 2, 3])
        first = r.randrange(len(units) - size + 1)
        near = units[first : first + size]
        said = r.choice(near)
        read = f"{' '.join(near)} | {told['heading']}"
        others = [unit for unit in units if unit != said]
        found.append(Pair(claim_edits.keep(said, r.choice(near), r), read, 1.0))
        spoiled = claim_edits.spoil(said, others, r.choice(passages)["units"], r)
        if spoiled != said:
            found.append(Pair(spoiled, read, 0.0))
        if len(units) > size and r.random() < 0.2:
            found.append(Pair(r.choice(units[:first] + units[first + size :]), read, 0.0))
    return found[:count]


def public() -> list[Pair]:
    """The public sets beside the repository, each claim with its four nearest evidence sentences; none without them."""
    found = [Pair(t["claim"], t["answer"], float(t["label"] == "Entailment"), 0.7) for t in _lines("kqa_nli")]
    for told in _lines("wice_dev"):
        near = _nearest(told["claim"], told["evidence_sentences"])
        found.append(Pair(told["claim"], near, float(told["label"] == "supported"), 0.7))
    for told in _lines("expertqa_claims"):
        claim = re.sub(r"\s*\[\d+\]", "", told["claim"])
        sentences = re.split(r"(?<=[.!?])\s+", " ".join(e["passage"] or "" for e in told["evidence"]))
        if any(sentences):
            found.append(Pair(claim, _nearest(claim, sentences), float(told["support"] == "Complete"), 0.7))
    return found


def _lines(name: str) -> Iterator[dict[str, Any]]:
    path = SHARED / "public" / f"{name}.jsonl.gz"
    if path.is_file():
        with gzip.open(path, "rt", encoding="utf-8") as file:
            yield from map(json.loads, file)


def _nearest(claim: str, sentences: list[str], count: int = 4) -> str:
    words = set(claim.lower().split())
    order = sorted(range(len(sentences)), key=lambda i: -len(words & set(sentences[i].lower().split())))
    return " ".join(sentences[i] for i in sorted(order[:count]))
