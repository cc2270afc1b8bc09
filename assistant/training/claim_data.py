"""What the claim model learns from and is measured on: the authored claims, and public sets as `evaluate` reads them.

`python -m assistant.training.claim_data wice_dev FILE` writes a public set beside the repository to FILE.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent / "data"
SHARED = Path(__file__).parents[3] / "shared" / "training"
HELD_OUT = 0.25  # of the evidences that came with the project, chosen by their own hash
HOLDING = ("claims1", "claims2")


@dataclass(frozen=True, slots=True)
class Pair:
    """A claim with its evidence as the model reads them, and whether it is supported."""

    claim: str
    evidence: str
    supported: float


@dataclass(frozen=True, slots=True)
class Authored:
    """One authored evidence with its claims (text, supported, type)."""

    evidence: str
    heading: str
    claims: tuple[tuple[str, bool, str], ...]
    origin: str

    @property
    def held_out(self) -> bool:
        """Whether it is never trained on: a quarter of the files that are of one kind with the held-back set."""
        return self.origin in HOLDING and hashlib.sha256(self.evidence.encode()).digest()[0] < 256 * HELD_OUT

    @property
    def file(self) -> int:
        """The number of its file: the higher, the later it was written."""
        return int(self.origin.removeprefix("claims"))

    def pairs(self) -> list[Pair]:
        """Its claims as training pairs."""
        read = f"{self.evidence} | {self.heading}"
        return [Pair(text, read, float(supported)) for text, supported, _ in self.claims]


def authored() -> list[Authored]:
    """The evidences of data/claims*.jsonl."""
    found = []
    for path in sorted(HERE.glob("claims*.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines():
            told = json.loads(line)
            claims = tuple((c["claim"], bool(c["supported"]), c["type"]) for c in told["claims"])
            found.append(Authored(told["evidence"], told["heading"], claims, path.stem))
    return found


def public(name: str) -> Iterator[dict[str, Any]]:
    """A public set beside the repository, wice_dev or expertqa_claims, one claim at a time; none without the file."""
    path = SHARED / "public" / f"{name}.jsonl.gz"
    if not path.is_file():
        return
    with gzip.open(path, "rt", encoding="utf-8") as file:
        for told in map(json.loads, file):
            label = told.get("label") or told["support"]
            passages = [passage["passage"] or "" for passage in told.get("evidence", ())]
            evidence = told.get("evidence_sentences") or re.split(r"(?<=[.!?])\s+", " ".join(passages))
            claim = re.sub(r"\s*\[\d+\]", "", told["claim"])
            if any(evidence):
                supported = label in ("supported", "Complete")
                yield {
                    "id": told["id"], "evidence": evidence, "heading": "", "claim": claim, "supported": supported,
                    "type": label,
                }  # fmt: skip


def main(name: str, target: str) -> None:
    """Write the public set `name` as `sourcebound evaluate --claims` reads it."""
    lines = [json.dumps(told, ensure_ascii=False) + "\n" for told in public(name)]
    Path(target).write_text("".join(lines), encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:3])
