"""Stand-ins for the learned parts, and an assistant built from them over a real corpus and a real Chroma."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from assistant.answering import Answerer
from assistant.answers import Fingerprints, Turn
from assistant.assistant import Assistant
from assistant.bootstrap import wording_of
from assistant.deciding import Head, Judge
from assistant.recording import Recorder
from assistant.safety import load_words
from assistant.spelling import Spelling
from assistant.support import Logits, Support
from assistant.triage import Triage
from assistant.verification import Verifier
from corpus.errors import RecordError
from corpus.loading import load
from corpus.passages import Passage
from index.building import open_index
from index.retrieval import Retriever
from tests.fakes_index import FakeEncoder

_BY_SUPPORT = {"constant": 0.0, "logit": 1.0}
HEAD = Head(_BY_SUPPORT, _BY_SUPPORT, _BY_SUPPORT, 0.5)


class FakeSupport:
    """Says yes to a passage that holds every longer word (by its first five letters) of the last question, or of the
    one before it where that has none."""

    fingerprint = "fake"

    def __init__(self) -> None:
        self.asked: list[Sequence[str]] = []

    def logits(self, turns: Sequence[str], passages: Sequence[Passage]) -> Logits:
        """Plus or minus three, or less the fewer words are held."""
        self.asked.append(turns)
        told = [set(re.findall(r"[\w-]{4,}", t.lower())) - {"what", "does", "long", "much", "many"} for t in turns]
        wanted = {word[:5] for word in next(filter(None, reversed(told)), set())}
        held = [{w[:5] for w in re.findall(r"[\w-]{4,}", p.text.lower())} for p in passages]
        return np.array(
            [3.0 if wanted and wanted <= words else len(wanted & words) - 9.0 for words in held], np.float32
        )


class LedOn(FakeSupport):
    """Says yes to whatever follows another question."""

    def logits(self, turns: Sequence[str], passages: Sequence[Passage]) -> Logits:
        """Three with an earlier question, else as FakeSupport."""
        return np.full(len(passages), 3.0, np.float32) if len(turns) > 1 else super().logits(turns, passages)


class Sure:
    """A classifier that is sure of one label, whatever it reads."""

    def __init__(self, label: str) -> None:
        self._label = label

    def probabilities(self, text: str, earlier: Sequence[str]) -> Mapping[str, float]:
        """Nearly all for that label."""
        return {self._label: 0.97, "question" if self._label != "question" else "chitchat": 0.03}


@dataclass
class FakeRecorder:
    """Remembers what was recorded; fails on request."""

    fails: bool = False
    turns: list[Turn] = field(default_factory=list)
    gaps: list[Turn] = field(default_factory=list)
    engines: list[str] = field(default_factory=list)
    reports: list[tuple[str, str, str]] = field(default_factory=list)

    def append(self, turn: Turn, conversation: str, asker: str, engine: str, latency_ms: float) -> str:
        """'record-N', or RecordError."""
        self.anchor()
        self.turns.append(turn)
        self.engines.append(engine)
        return f"record-{len(self.turns)}"

    def anchor(self) -> str:
        """How many turns there are, or RecordError."""
        if self.fails:
            raise RecordError("The disk is full.")
        return f"{len(self.turns)}:"

    def report(self, record: str, note: str = "", asker: str = "") -> str:
        """Remembers it, or RecordError."""
        self.anchor()
        self.reports.append((record, note, asker))
        return f"report-{len(self.reports)}"

    def append_gap(self, turn: Turn, conversation: str, asker: str, engine: str, reason: str) -> None:
        """Remembers it."""
        self.gaps.append(turn)


def assistant_over(
    folder: Path, state: Path, *, support: Support | None, recorder: Recorder | None = None, search: bool = True
) -> Assistant:
    """An assistant over the corpus in `folder`."""
    corpus, words, encoder = load([folder]), load_words(), FakeEncoder()
    opened = open_index(corpus, encoder, state)
    texts = [p.text for p in corpus.passages]
    wording = wording_of(words)
    answerer = Answerer(
        Retriever(corpus, opened.store, encoder), Judge(support, HEAD), Verifier(None),
        Spelling(texts, [], frozenset({"what", "when", "with", "does", "there"})), wording,
    )  # fmt: skip
    prints = Fingerprints(corpus.fingerprint, opened.fingerprint, "settings", {"support": "fake"})
    return Assistant(
        corpus, Triage(words, None), answerer if search else None, recorder, prints, wording.disclaimer,
        wording.unavailable,
    )  # fmt: skip
