"""The verdicts on one draft: each sentence checked by itself against exactly what it cites, and what may be shown."""

from __future__ import annotations

import re
from collections.abc import Sequence

from assistant.answers import Claim, Withheld
from assistant.verification import Verifier, folded
from assistant.wording import content
from corpus.loading import Corpus
from corpus.passages import Passage

MOST_WORDS = 40  # of a sentence in a model's own words: the checker reads claim and evidence in one window
LEAST_SHARED = 0.2  # of its words that carry meaning: 96 of 100 authored claims that are supported share more
_ABOUT_HELP = re.compile(
    r"\b(?:help ?lines?|hot ?lines?|crisis lines?|emergency|help cards?|cards?|the above|shown above|ignore[ds]?|"
    r"disregard(?:ed)?|instructions?|rules?|prompts?|you(?:'re|’re| are) safe|this (?:tool|assistant|page|chat))\b",
    re.IGNORECASE,
)  # whatever help stands above an answer, no draft may argue it away


class Sheet:
    """The verdicts on the sentences of one draft, each checked once against exactly what it cites."""

    def __init__(self, verifier: Verifier, corpus: Corpus, passages: Sequence[Passage]) -> None:
        self.passages = passages
        self._verifier = verifier
        self._corpus = {p.id: folded(p.text) for p in corpus.passages}
        self._stored = {(d.id, d.version): d.text for d in corpus.documents}
        self._reasons: dict[Claim, str] = {}

    @property
    def checked(self) -> int:
        """How many sentences were checked."""
        return len(self._reasons)

    @property
    def withheld(self) -> list[Withheld]:
        """What does not hold, and why."""
        return [Withheld(claim.text, reason) for claim, reason in self._reasons.items() if reason]

    def texts(self, document_id: str, version: str) -> str | None:
        """The stored text that a quotation is compared with."""
        return self._stored.get((document_id, version))

    def holds(self, claim: Claim) -> bool:
        """Whether the sentence may be shown."""
        if claim not in self._reasons:
            _, _, withheld = self._verifier.verify([claim], self.passages, self.texts)
            self._reasons[claim] = withheld[0].reason if withheld else self._misplaced(claim)
        return not self._reasons[claim]

    def kept(self, drafts: Sequence[Claim]) -> list[Claim]:
        """What holds, in order; the verbatim text of the same passages in the place of what does not."""
        verbatim = {passage.id: Claim(passage.text, (passage.id,)) for passage in self.passages}
        kept: dict[Claim, None] = {}
        for claim in drafts:
            for one in [claim] if self.holds(claim) else [verbatim[i] for i in claim.passage_ids if i in verbatim]:
                if all(one.text != other.text for other in kept):
                    kept[one] = None
        return list(kept)

    def _misplaced(self, claim: Claim) -> str:
        """Why not, by what no checker of claims can see: whose words these are, of what, and how many."""
        said = folded(claim.text)
        there = [id_ for id_, text in self._corpus.items() if said in text]
        if any(id_ in there for id_ in claim.passage_ids):
            return ""
        if there:
            return "its words are those of another passage than it cites"
        if len(said.split()) > MOST_WORDS:
            return f"it has more than {MOST_WORDS} words, too many to be checked in one piece"
        cited = " ".join(f"{p.text} {p.heading} {p.before}" for p in self.passages if p.id in claim.passage_ids)
        if new := [m[0] for m in _ABOUT_HELP.finditer(said) if not re.search(rf"\b{re.escape(m[0])}\b", cited, re.I)]:
            return f"it speaks of “{new[0]}”, which its source does not"
        words = set(content(said))
        if len(words & set(content(cited))) < LEAST_SHARED * len(words):
            return "hardly any of its words are in its source"
        return ""
