"""What the record shows as a whole: outcomes over time, what the corpus lacks, support, figures without reference."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from assistant.audit import AuditLog
from assistant.review import states

LATEST = 2000  # how many texts are read for what only the words can tell
_TEXTS = """SELECT texts.text FROM chain JOIN texts USING (seq) WHERE chain.event IN ('turn', 'gap')
 AND chain.time >= ? AND chain.outcome IN ({}) ORDER BY chain.seq DESC LIMIT ?"""


@dataclass(frozen=True, slots=True)
class CorpusGap:
    """Something that was asked for and is not in the corpus: what to add next."""

    missing: str
    times: int
    gate: str
    example: str


@dataclass(frozen=True, slots=True)
class Figures:
    """The figures quoted from one document, and how many of them give no reference."""

    document: str
    quoted: int
    unreferenced: int
    percentages: int
    percentages_unreferenced: int

    def __str__(self) -> str:
        others = _of(self.unreferenced, self.quoted, "sentences with a figure")
        percent = _of(self.percentages_unreferenced, self.percentages, "sentences with a percentage")
        parts = [*([others] if self.quoted > self.percentages else []), *([percent] if self.percentages else [])]
        return f"{self.document}: of what was quoted, {' and '.join(parts)} give no reference."


def outcomes_by_day(log: AuditLog, since: str = "") -> list[tuple[str, str, int]]:
    """(day, outcome, how many)."""
    return log.select(
        "SELECT substr(time, 1, 10) AS day, outcome, count(*) FROM chain "
        "WHERE event IN ('turn', 'gap') AND time >= ? GROUP BY day, outcome ORDER BY day, outcome",
        (since,),
    )


def support_by_step(log: AuditLog, since: str = "") -> list[tuple[float, int]]:
    """(lower edge of a step of 0.05, how many answers have their weakest claim there)."""
    return log.select(
        "SELECT min(cast(support * 20 + 1e-9 AS INTEGER), 19) / 20.0 AS step, count(*) FROM chain "
        "WHERE event IN ('turn', 'gap') AND support IS NOT NULL AND time >= ? GROUP BY step ORDER BY step",
        (since,),
    )


def corpus_gaps(log: AuditLog, since: str = "") -> list[CorpusGap]:
    """What refusals were missing, most wanted first; refusals that name nothing are grouped by their gate."""
    times: Counter[tuple[str, str]] = Counter()
    example: dict[tuple[str, str], str] = {}
    for turn in _turns(log, since, ("partial", "abstained")):
        refusal = turn.get("refusal") or {}
        for missing in refusal.get("missing") or ["(not named)"]:
            key = (" ".join(missing.split()).lower(), refusal.get("gate", ""))
            times[key] += 1
            example.setdefault(key, turn["question"])
    ordered = sorted(times.items(), key=lambda item: (-item[1], item[0]))
    return [CorpusGap(missing, count, gate, example[missing, gate]) for (missing, gate), count in ordered]


def quoted_figures(log: AuditLog, since: str = "") -> list[Figures]:
    """By document: each sentence with a figure that was quoted, once, and whether it gives a reference."""
    seen: dict[tuple[str, str], set[str]] = {}
    for turn in _turns(log, since, ("answered", "partial")):
        titles = {citation["number"]: citation["document"] for citation in turn["citations"]}
        for claim in turn["claims"]:
            if "figure" in claim["provenance"] and claim["citations"][0] in titles:
                seen.setdefault((titles[claim["citations"][0]], claim["text"]), set()).update(claim["provenance"])
    found = []
    for document in sorted({title for title, _ in seen}):
        tags = {text: tags for (title, text), tags in seen.items() if title == document}
        bare = {text for text, given in tags.items() if "unreferenced" in given}
        percent = {text for text in tags if "%" in text or "per cent" in text or "percent" in text}
        found.append(Figures(document, len(tags), len(bare), len(percent), len(percent & bare)))
    return found


def review_progress(log: AuditLog) -> list[tuple[str, int]]:
    """(state, how many answers are in it), unreviewed first."""
    [(answers,)] = log.select("SELECT count(*) FROM chain WHERE event IN ('turn', 'gap')")
    counts = Counter(state.value for state in states(log).values())
    return [("unreviewed", answers - counts.total()), *sorted(counts.items())]


def _turns(log: AuditLog, since: str, outcomes: tuple[str, ...]) -> Iterator[dict[str, Any]]:
    query = _TEXTS.format(", ".join("?" * len(outcomes)))
    return (json.loads(text) for (text,) in log.select(query, (since, *outcomes, LATEST)))


def _of(some: int, all_: int, what: str) -> str:
    if some == all_ > 1:
        return f"all {all_} {what}"
    return f"{some} of {all_} {what}"
