"""Writes an answer out of what was verified, and a refusal out of what was missing. No LLM, no word of its own
but those in safety.toml."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from assistant.answers import Citation, Nearest, Notice, Refusal, SupportedClaim
from assistant.choosing import SUPERLATIVE
from assistant.deciding import Judgement
from corpus.loading import Corpus

_NUMBER = re.compile(r"\d+(?:\.\d+)?(?=\s*%|\s*-\s*\d|\s*percent|\s*per cent)|(?<=-)\d+(?=\s*%)", re.I)


@dataclass(frozen=True, slots=True)
class Wording:
    """The sentences of safety.toml that stand around an answer; the field is the name there."""

    disclaimer: str
    abstention: str
    not_covered: str
    covers: str
    unreferenced_figure: str
    premise: str
    no_comparison: str
    not_mentioned: str
    in_general: str
    no_reference: str
    missing: str
    too_long: str
    unavailable: str


def named(kind: str, title: str) -> str:
    """What a document of this kind is called in an answer."""
    if "note" in kind:
        return "an editor's note, which is not the article"
    if kind == "restatement":
        return "the article, restated"
    return "the article" if "article" in kind else title


def attribution(kind: str, title: str) -> str:
    """What stands before the first sentence quoted from a document of this kind."""
    name = named(kind, title)
    return f"{name[:1].upper()}{name[1:]}{',' if ',' in name else ''} states:"


def notices(question: str, claims: Sequence[SupportedClaim], wording: Wording) -> list[Notice]:
    """What a reader must know beside an answer: a figure without a source, or not the one asked about; no ranking."""
    found = []
    if any("unreferenced" in claim.provenance for claim in claims):
        found.append(Notice("unreferenced", wording.unreferenced_figure))
    told = {number for claim in claims for number in _NUMBER.findall(claim.text)}
    if told and (asked := set(_NUMBER.findall(question))) and not asked & told:
        found.append(Notice("premise", wording.premise))
    if SUPERLATIVE.search(question) and sum(bool(_NUMBER.search(claim.text)) for claim in claims) > 1:
        found.append(Notice("comparison", wording.no_comparison))
    return found


def answer_text(claims: Sequence[SupportedClaim], citations: Sequence[Citation], corpus: Corpus) -> str:
    """The claims in order, each with its [n], each document's first one attributed."""
    kinds = {d.id: attribution(d.source.kind, d.title) for d in corpus.documents}
    cited = {c.number: c for c in citations}
    pieces: list[str] = []
    document = ""
    for claim in claims:
        source = cited[claim.citations[0]].document_id
        if source != document:
            pieces.append(kinds.get(source, ""))
            document = source
        marks = "".join(f" [{n}]" for n in claim.citations)
        glue = "\n" if "\n- " in claim.text else ""
        pieces.append(f"{glue}{claim.text}{marks}{glue}")
    return re.sub(r" ?\n ?", "\n", " ".join(pieces)).strip()


def covered(corpus: Corpus, most: int = 8) -> str:
    """What the corpus does cover: its headings."""
    headings = list(dict.fromkeys(p.section[-1] for p in corpus.passages if len(p.section) > 1))
    return "; ".join(heading.rstrip("?.") for heading in headings[:most] or [d.title for d in corpus.documents])


def refusal(
    judgement: Judgement, parts: Sequence[str], corpus: Corpus, stopped: tuple[str, str] | None = None
) -> Refusal:
    """Why nothing is answered: the gate, the score against the threshold, what is nearest and what is missing.

    `stopped` names another gate and its reason, where the question was answered and the answer may not be shown.
    """
    if stopped:
        return Refusal(*stopped, tuple(dict.fromkeys(parts)), nearest(judgement))
    known = judgement.missing
    missing = [known.missing] if known and known.missing else []
    gate = "support" if judgement.candidates else "retrieval"
    explanation = (
        f"Support {judgement.probability:.2f}, needed {judgement.threshold:.2f}. "
        "The nearest passages are about the subject; none was judged to answer the question."
        if judgement.candidates
        else "No passage shares a word or a meaning with the question."
    )
    if missing:
        explanation += f" Known not to be there: {missing[0]}."
    return Refusal(gate, explanation, tuple(dict.fromkeys([*parts, *missing])), nearest(judgement))


def nearest(judgement: Judgement, most: int = 3) -> tuple[Nearest, ...]:
    """The candidates, best first, as what is near and does not answer."""
    return tuple(Nearest(c.passage.id, c.passage.text, c.probability) for c in judgement.candidates[:most])


def suggestions(judgement: Judgement, question: str, most: int = 3) -> tuple[str, ...]:
    """Bank questions near this one that the corpus answers, each resting on another passage."""
    chosen: list[str] = []
    seen: set[tuple[str, ...]] = set()
    for known in judgement.answered:
        text = known.question.text
        if text.endswith("?") and text[0].isupper() and text.lower() != question.lower() and len(text.split()) <= 16:
            if known.question.passage_ids in seen:
                continue
            seen.add(known.question.passage_ids)
            chosen.append(text)
        if len(chosen) == most:
            break
    return tuple(chosen)
