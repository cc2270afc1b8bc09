"""Chooses in which way a follow-up is meant, of the readings that its form allows."""

from __future__ import annotations

from collections.abc import Sequence

from assistant.deciding import Judge
from assistant.entries import Before
from assistant.readings import Standalone, readings, siblings
from corpus.passages import Passage, Unit
from index.retrieval import Findings, Retriever

_MOVED = 0.4  # how much a reading must move away from the question before it
_SIBLINGS = 0.2  # what it counts that two headings tell apart what a follow-up names and what it stands in for
_READINGS = 3  # the likeliest, which are looked at more closely
_AS_SAID = 0.07  # what a logit counts that a reading's nearest passage answers the message as it was said


class Meaning:
    """Searches each reading; thread-safe: it holds nothing that changes."""

    def __init__(self, retriever: Retriever, judge: Judge, phrases: frozenset[str]) -> None:
        self._retriever, self._judge, self._phrases = retriever, judge, phrases
        self._siblings = siblings([p.heading for p in retriever.corpus.passages])

    def of(self, text: str, asked: Sequence[Before]) -> Standalone:
        """The reading of `text` that is most like a question of the bank, be it one that the corpus answers or not.

        It counts as well how surely the passage nearest to a reading answers the message as it was said."""
        options = readings(text, asked, self._phrases)
        if len(options) == 1:
            return options[0]
        before = self._retriever.search(options[0].earlier)
        likeness = {option: self._likeness(option, before) for option in options}
        few = sorted(options, key=lambda option: -likeness[option])[:_READINGS]
        nearest = {option: passage for option in few if (passage := self._nearest(option.text))}
        fitting = self._judge.support([*(b.question for b in asked), text], list(nearest.values()))

        def worth(option: Standalone) -> float:
            return likeness[option] + (_AS_SAID * fitting[nearest[option].id] if option in nearest else 0.0)

        return max(few, key=worth)

    def _nearest(self, question: str) -> Passage | None:
        """The sentence or entry nearest in meaning."""
        hits = [hit for hit in self._retriever.search(question).hits if hit.passage.unit is not Unit.LIST]
        return max(hits, key=lambda hit: (hit.cosine, hit.passage.id)).passage if hits else None

    def _likeness(self, option: Standalone, before: Findings) -> float:
        """How near the reading is to a question in the bank; one that is near to what was asked before counts less.

        Without a bank, the same by passages. It counts for a swap if two headings differ in what is swapped.
        """
        found = self._retriever.search(option.text)
        then = {k.question.text: k.cosine for k in before.known} or {h.passage.id: h.cosine for h in before.hits}
        now = {k.question.text: k.cosine for k in found.known} or {h.passage.id: h.cosine for h in found.hits}
        least = min(then.values(), default=0.0)
        kind = _SIBLINGS if tuple(map(str.lower, option.swap)) in self._siblings else 0.0
        return kind + max((c - _MOVED * then.get(name, least) for name, c in now.items()), default=0.0)
