"""Decides what may be said: every sentence is checked against exactly the passages it cites, or it is withheld.

The only maker of SupportedClaim for composed answers. A sentence that is a passage's own text is supported by
definition. Any other needs the surface checks (figures.py, bindings.py, wording.py) and the learned model, and where
one of them cannot be asked the sentence is withheld: the checker fails closed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from assistant.answers import Citation, Claim, SupportedClaim, Withheld
from assistant.bindings import unbound
from assistant.figures import unsupported_figure
from assistant.framing import unframed
from assistant.provenance import tags_of
from assistant.wording import unsupported_wording
from corpus.passages import Passage

NEXT_SENTENCE = re.compile(
    r"(?<!\b[A-Z]\.)(?<!\bDr\.)(?<!\bMr\.)(?<!\bSt\.)(?<!\bNo\.)(?<!\bca\.)(?<!\bvs\.)(?<!\bcf\.)(?<!\bMrs\.)"
    r"(?<!\be\.g\.)(?<!\bi\.e\.)(?<!\bapprox\.)(?:(?<=[.!?])|(?<=[.!?][\"”)]))\s+(?=[\"“‘(]?[A-ZÀ-Þ])"
)  # the white space between two sentences; "St." and the like end none
MAX_CLAIM = 1000
MAX_CITED = 8
UNCITED = "!"  # a cited id that starts so is no passage but the reason why the citation is bad

_ENDED = re.compile(r"[.!?][\"”’)]?$")


class Supporter(Protocol):
    """The learned claim model."""

    def support(self, evidence: str, claim: str) -> float:
        """The calibrated probability that `evidence` says what `claim` says."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a sentence may be shown, why not, and how well it is supported."""

    passed: bool
    reason: str
    support: float


class Verifier:
    """Checks sentences against the passages they cite. Stateless; safe to share between threads."""

    def __init__(self, supporter: Supporter | None, threshold: float = 0.5) -> None:
        self._supporter = supporter
        self._threshold = threshold

    def verify(
        self,
        claims: Sequence[Claim],
        passages: Sequence[Passage],
        texts: Callable[[str, str], str | None] | None = None,
    ) -> tuple[tuple[SupportedClaim, ...], tuple[Citation, ...], tuple[Withheld, ...]]:
        """The claims that hold, what they cite (numbered in order of first use) and what was withheld.

        `texts` gives the stored text of a document's version; with it every quotation is compared to the character.
        """
        known = {passage.id: passage for passage in passages}
        supported: list[SupportedClaim] = []
        withheld: list[Withheld] = []
        numbers: dict[str, int] = {}
        for claim in claims:
            cited = tuple(dict.fromkeys(claim.passage_ids))
            verdict = self._verdict(claim, [known.get(id_) for id_ in cited], texts)
            if not verdict.passed:
                withheld.append(Withheld(claim.text, verdict.reason))
                continue
            for id_ in cited:
                numbers.setdefault(id_, len(numbers) + 1)
            tags = tags_of([known[id_].text for id_ in cited])
            supported.append(SupportedClaim(claim.text, tuple(numbers[id_] for id_ in cited), verdict.support, tags))
        citations = tuple(_citation(number, known[id_]) for id_, number in numbers.items())
        return tuple(supported), citations, tuple(withheld)

    def judge(self, evidence: Sequence[str], claim: str, heading: str = "", document: str = "") -> Verdict:
        """Whether the sentences of `evidence` say `claim`: verbatim, or by every check and the learned model.

        `document` is the title of where they stand, for a claim that begins "The article says that".
        """
        claim = unframed(claim.strip(), document)
        if not claim or not any(text.strip() for text in evidence):
            return Verdict(False, "there is nothing to check" if not claim else "it cites nothing", 0.0)
        if any(folded(claim) == folded(text) for text in evidence):
            return Verdict(True, "", 1.0)
        if len(claim) > MAX_CLAIM:
            return Verdict(False, f"the sentence is longer than {MAX_CLAIM} characters", 0.0)
        joined = " ".join(evidence)
        if _verbatim_sentence(claim, joined):
            return Verdict(True, "", 1.0)
        reason = (
            unsupported_figure(claim, joined, heading)
            or unsupported_wording(claim, evidence, heading)
            or unbound(claim, joined, heading)
        )
        if reason:
            return Verdict(False, reason, 0.0)
        return self._learned(joined if not heading else f"{joined} | {heading}", claim)

    def _learned(self, evidence: str, claim: str) -> Verdict:
        if self._supporter is None:
            return Verdict(False, "no checker: the claim model is not there", 0.0)
        try:
            support = float(self._supporter.support(evidence, claim))
        except Exception as error:  # whatever the model does, the sentence is not shown
            return Verdict(False, f"the checker failed: {type(error).__name__}", 0.0)
        if not 0.0 <= support <= 1.0:  # also catches NaN
            return Verdict(False, "the checker failed: it gave no probability", 0.0)
        if support < self._threshold:
            return Verdict(
                False, f"the source does not clearly say this ({support:.2f} < {self._threshold:.2f})", support
            )
        return Verdict(True, "", support)

    def _verdict(
        self, claim: Claim, cited: Sequence[Passage | None], texts: Callable[[str, str], str | None] | None
    ) -> Verdict:
        found = [passage for passage in cited if passage is not None]
        if not cited:
            return Verdict(False, "it cites nothing", 0.0)
        if bad := next((id_ for id_ in claim.passage_ids if id_.startswith(UNCITED)), None):
            return Verdict(False, bad.removeprefix(UNCITED), 0.0)
        if len(found) < len(cited):
            return Verdict(False, "it cites a passage that was not given", 0.0)
        if len(cited) > MAX_CITED:
            return Verdict(False, f"it cites more than {MAX_CITED} passages", 0.0)
        for passage in found:
            if texts is not None and not _stored(passage, texts):
                return Verdict(False, f"the quotation is not in the stored text of {passage.document_id}", 0.0)
        return self.judge([passage.text for passage in found], claim.text, found[0].heading, found[0].document)


def _stored(passage: Passage, texts: Callable[[str, str], str | None]) -> bool:
    text = texts(passage.document_id, passage.version)
    return text is not None and text[passage.start : passage.end] == passage.text


def folded(text: str) -> str:
    """The text with every run of white space as one space."""
    return " ".join(text.split())


def _verbatim_sentence(claim: str, evidence: str) -> bool:
    """Whether the claim is a whole sentence of the evidence, to the character, from its beginning to its end."""
    claim, evidence = folded(claim), folded(evidence)
    breaks = list(NEXT_SENTENCE.finditer(evidence))
    begins = {0, *(match.end() for match in breaks)}
    ends = {len(evidence), *(match.start() for match in breaks)}
    places = (match.start() for match in re.finditer(re.escape(claim), evidence))
    return bool(_ENDED.search(claim)) and any(place in begins and place + len(claim) in ends for place in places)


def _citation(number: int, passage: Passage) -> Citation:
    return Citation(
        number=number,
        passage_id=passage.id,
        document_id=passage.document_id,
        document=passage.document,
        version=passage.version,
        section=passage.section,
        quote=passage.text,
        start=passage.start,
        end=passage.end,
    )
