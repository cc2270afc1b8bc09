"""What the record shows as a whole: outcomes over time, what the corpus lacks, support, figures without reference."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from assistant.answers import Level
from assistant.audit import AuditLog
from assistant.figure_reading import figures
from assistant.provenance import tags_of
from assistant.review import states
from corpus.passages import Document
from corpus.segmenting import sentences

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
    """The figures of one document, and how many of them give no reference."""

    document: str
    sentences: int
    unreferenced: int
    percentages: int
    percentages_unreferenced: int

    def __str__(self) -> str:
        percent = _of(self.percentages_unreferenced, self.percentages, "percentages")
        given = _of(self.unreferenced, self.sentences, "sentences with a figure")
        return f"{self.document}: {f'{percent} and {given}' if self.percentages else given} give no reference."


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
    """What refusals were missing, most wanted first; refusals that name nothing are grouped by their gate.

    What somebody wrote who was shown help is no gap of the corpus, and does not stand in a chart.
    """
    times: Counter[tuple[str, str]] = Counter()
    example: dict[tuple[str, str], str] = {}
    for turn in _turns(log, since, ("partial", "abstained")):
        if Level(turn["safety"]["level"]).rank >= Level.CARD.rank:
            continue
        refusal = turn.get("refusal") or {}
        for missing in refusal.get("missing") or ["(not named)"]:
            key = (" ".join(missing.split()).lower(), refusal.get("gate", ""))
            times[key] += 1
            example.setdefault(key, turn["question"])
    ordered = sorted(times.items(), key=lambda item: (-item[1], item[0]))
    return [CorpusGap(missing, count, gate, example[missing, gate]) for (missing, gate), count in ordered]


def unreferenced_figures(documents: Sequence[Document]) -> list[Figures]:
    """The documents with figures in them, and how many of these give no reference."""
    return [found for found in map(_figures_of, documents) if found.sentences]


@lru_cache(maxsize=256)
def _figures_of(document: Document) -> Figures:
    counts = [0, 0, 0, 0]
    for block, _ in document.blocks:
        for start, end in sentences(block.text) if block.kind != "heading" else ():
            sentence = block.text[start:end]
            tags = tags_of([sentence])
            if "figure" in tags:
                percentages = sum(figure.unit == "percent" for figure in figures(sentence))
                bare = "unreferenced" in tags
                counts = [a + b for a, b in zip(counts, (1, bare, percentages, percentages * bare), strict=True)]
    return Figures(document.title, *counts)


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
