"""Measures the verifier on a file of claims: what share it passes of each kind, and how a bare cosine would do."""

from __future__ import annotations

import json
import tempfile
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from assistant.verification import Verdict, Verifier
from assistant.whole_files import written_whole
from corpus.errors import CorpusError, ExpectedError


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
    balanced: dict[str, float] = field(default_factory=dict)  # mean of the shares of both sides judged rightly

    def to_json(self) -> dict[str, Any]:
        """Shares with their counts, as `evaluate --claims --json` prints them."""
        shares = {name: {"passed": p, "of": n, "share": round(p / n, 4)} for name, (p, n) in self.counts.items() if n}
        return {**shares, "balanced accuracy": self.balanced} if self.balanced else shares

    def lines(self) -> list[str]:
        """One line a share, for people."""
        return [
            f"{name:<40} {passed:>5} of {of:<5} {passed / of:7.1%}" for name, (passed, of) in self.counts.items() if of
        ] + [f"balanced accuracy, {name:<55} {value:7.1%}" for name, value in self.balanced.items()]


def evaluate(path: Path, verifier: Verifier | None = None) -> ClaimReport:
    """The report on the claims of `path`. CorpusError names the line that cannot be read."""
    items = read_items(path)
    told = report(items, verifier or default_verifier())
    if {item.supported for item in items} != {True, False}:
        return told
    cosine = best_accuracy([item.supported for item in items], cosines(items))
    return replace(told, balanced={**told.balanced, "cosine of all-MiniLM at its best threshold": cosine})


def default_verifier() -> Verifier:
    """The verifier as it is shipped."""
    from assistant.claim_model import load_claim_model

    model = load_claim_model()
    return Verifier(model, model.threshold)


def report(items: Sequence[Item], verifier: Verifier) -> ClaimReport:
    """The report on claims already read."""
    passed: dict[str, int] = defaultdict(int)
    total: dict[str, int] = defaultdict(int)
    verdicts, supports = [], []
    for item in items:
        verdict: Verdict = verifier.judge(item.evidence, item.claim, item.heading)
        side = "supported" if item.supported else "unsupported"
        for name in (side, f"{side}: {item.type}"):
            total[name] += 1
            passed[name] += verdict.passed
        supports.append(verdict.support)
        verdicts.append({"id": item.id, "passed": verdict.passed, "reason": verdict.reason})
    order = sorted(total, key=lambda name: (not name.startswith("supported"), ":" in name, name))
    counts = {name: (passed[name], total[name]) for name in order}
    return ClaimReport(counts, tuple(verdicts), _balanced(counts, [item.supported for item in items], supports))


def _balanced(counts: dict[str, tuple[int, int]], truth: Sequence[bool], supports: Sequence[float]) -> dict[str, float]:
    if not {"supported", "unsupported"} <= set(counts):
        return {}
    right, wrong = (counts[name][0] / counts[name][1] for name in ("supported", "unsupported"))
    return {
        "verifier as shipped": round((right + 1 - wrong) / 2, 4),
        "verifier at its best threshold": best_accuracy(truth, supports),
    }


def best_accuracy(truth: Sequence[bool], scores: Sequence[float]) -> float:
    """The balanced accuracy of these scores at the threshold that suits them best."""
    sides = sum(truth), len(truth) - sum(truth)
    best, right, wrong = 0.5, 0, 0
    ranked = sorted(zip(scores, truth, strict=True), reverse=True)
    for number, (score, supported) in enumerate(ranked):
        right, wrong = right + supported, wrong + (not supported)
        if number + 1 == len(ranked) or ranked[number + 1][0] < score:
            best = max(best, (right / max(sides[0], 1) + 1 - wrong / max(sides[1], 1)) / 2)
    return round(best, 4)


def cosines(items: Sequence[Item]) -> list[float]:
    """The cosine of each claim with the nearest sentence of its evidence, by the encoder all-MiniLM-L6-v2."""
    from index.encoders import MINILM, open_encoder

    with tempfile.TemporaryDirectory() as scratch:
        encoder = open_encoder(MINILM, Path(scratch))
        texts = list(dict.fromkeys(text for item in items for text in (item.claim, *item.evidence)))
        vectors = dict(zip(texts, encoder.encode(texts), strict=True))
    return [max((float(vectors[text] @ vectors[item.claim]) for text in item.evidence), default=0.0) for item in items]


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
    """Each verdict as one line of JSON, the file whole or not at all. ExpectedError says why not."""
    lines = "".join(json.dumps(v, ensure_ascii=False) + "\n" for v in told.verdicts)
    try:
        with written_whole(path) as file:
            file.write(lines.encode())
    except OSError as error:
        raise ExpectedError(f"{path} cannot be written: {error}. What was there before is unchanged.") from error
