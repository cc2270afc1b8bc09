"""Measures the verifier on a file of claims: what share it passes of the supported and of each unsupported kind."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assistant.verification import Verdict, Verifier
from corpus.errors import CorpusError


@dataclass(frozen=True, slots=True)
class Item:
    """One claim of the file, with its evidence and whether that evidence supports it."""

    id: str
    evidence: tuple[str, ...]
    heading: str
    claim: str
    supported: bool
    type: str


@dataclass(frozen=True, slots=True)
class ClaimReport:
    """What passed, by supported and by type, and each verdict."""

    counts: dict[str, tuple[int, int]]  # name: (passed, of)
    verdicts: tuple[dict[str, Any], ...]

    def to_json(self) -> dict[str, Any]:
        """Shares with their counts, as `evaluate --claims --json` prints them."""
        return {name: {"passed": p, "of": n, "share": round(p / n, 4)} for name, (p, n) in self.counts.items() if n}

    def lines(self) -> list[str]:
        """One line a share, for people."""
        return [
            f"{name:<40} {passed:>5} of {of:<5} {passed / of:7.1%}" for name, (passed, of) in self.counts.items() if of
        ]


def evaluate(path: Path, verifier: Verifier | None = None) -> ClaimReport:
    """The report on the claims of `path`. CorpusError names the line that cannot be read."""
    return report(read_items(path), verifier or default_verifier())


def default_verifier() -> Verifier:
    """The verifier as it is shipped."""
    from assistant.claim_model import load_claim_model

    model = load_claim_model()
    return Verifier(model, model.threshold)


def report(items: Sequence[Item], verifier: Verifier) -> ClaimReport:
    """The report on claims already read."""
    passed: dict[str, int] = defaultdict(int)
    total: dict[str, int] = defaultdict(int)
    verdicts = []
    for item in items:
        verdict: Verdict = verifier.judge(item.evidence, item.claim, item.heading)
        side = "supported" if item.supported else "unsupported"
        for name in (side, f"{side}: {item.type}"):
            total[name] += 1
            passed[name] += verdict.passed
        verdicts.append({"id": item.id, "passed": verdict.passed, "reason": verdict.reason})
    order = sorted(total, key=lambda name: (not name.startswith("supported"), ":" in name, name))
    return ClaimReport({name: (passed[name], total[name]) for name in order}, tuple(verdicts))


def read_items(path: Path) -> list[Item]:
    """The claims of a file, one object a line."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise CorpusError(f"{path} cannot be read: {error}") from error
    items = [_item(path, number, line) for number, line in enumerate(lines, 1) if line.strip()]
    if not items:
        raise CorpusError(f"{path} holds no claim.")
    return items


def _item(path: Path, number: int, line: str) -> Item:
    try:
        told = json.loads(line)
        evidence = told["evidence"]
        if isinstance(evidence, str):
            evidence = [evidence]
        if not isinstance(told["claim"], str) or not all(isinstance(text, str) for text in evidence):
            raise TypeError("evidence is a list of sentences and claim is one sentence")
        return Item(
            str(told.get("id", number)), tuple(evidence), str(told.get("heading") or ""), told["claim"],
            bool(told["supported"]), str(told.get("type", "")),
        )  # fmt: skip
    except (ValueError, KeyError, TypeError) as error:
        raise CorpusError(f"{path}, line {number} is no claim: {type(error).__name__}: {error}") from error


def write_verdicts(told: ClaimReport, path: Path) -> None:
    """Each verdict as one line of JSON."""
    path.write_text("".join(json.dumps(v, ensure_ascii=False) + "\n" for v in told.verdicts), encoding="utf-8")
