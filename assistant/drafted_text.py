"""Writes a drafted answer out of what was verified, and the notices that say who wrote it and what was withheld."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from assistant.answering import Reply
from assistant.answers import Citation, Notice, SupportedClaim, Withheld
from assistant.composing import named
from assistant.verification import folded
from corpus.loading import Corpus

DRAFTED, UNDRAFTED = "drafted", "undrafted"  # the kinds of notice
_MOST_REASONS = 3


def drafted(
    reply: Reply,
    claims: Sequence[SupportedClaim],
    citations: Sequence[Citation],
    withheld: Sequence[Withheld],
    told: str,
    corpus: Corpus,
) -> Reply:
    """The reply in the model's words; what the passages' own words needed to be said beside them still is."""
    tags = {tag for claim in claims for tag in claim.provenance}
    kept = [notice for notice in reply.notices if notice.kind != "unreferenced" or "unreferenced" in tags]
    return replace(
        reply,
        answer=_answer(claims, citations, told, corpus),
        claims=tuple(claims),
        citations=tuple(citations),
        notices=(*kept, Notice(DRAFTED, " ".join([told, *_withheld(withheld)]))),
        withheld=(*reply.withheld, *withheld),
    )


def verbatim(reply: Reply, why: str, withheld: Sequence[Withheld]) -> Reply:
    """The reply as it was quoted, and why it was not drafted."""
    told = Notice(UNDRAFTED, f"Quoted, not drafted. {why}")
    return replace(reply, notices=(*reply.notices, told), withheld=(*reply.withheld, *withheld))


def is_quoted(text: str, citations: Sequence[Citation]) -> bool:
    """Whether these are the words of one of the cited passages."""
    return any(folded(text) in folded(citation.quote) for citation in citations)


def _answer(claims: Sequence[SupportedClaim], citations: Sequence[Citation], told: str, corpus: Corpus) -> str:
    """Each sentence with its [n], after where it is from; the sources' own words in quotation marks."""
    kinds = {document.id: document.source.kind for document in corpus.documents}
    cited = {citation.number: citation for citation in citations}
    pieces = [told]
    before = ""
    for claim in claims:
        first = cited[claim.citations[0]]
        if first.document_id != before:
            pieces.append(f"From {named(kinds.get(first.document_id, ''), first.document)}:")
            before = first.document_id
        marks = "".join(f" [{number}]" for number in claim.citations)
        if "\n- " in claim.text:
            pieces.append(f"\n{claim.text}{marks}\n")
        elif is_quoted(claim.text, [cited[number] for number in claim.citations]):
            pieces.append(f"“{claim.text}”{marks}")
        else:
            pieces.append(claim.text + marks)
    return re.sub(r" ?\n ?", "\n", " ".join(pieces)).strip()


def _withheld(withheld: Sequence[Withheld]) -> list[str]:
    if not withheld:
        return []
    count = "One drafted sentence was" if len(withheld) == 1 else f"{len(withheld)} drafted sentences were"
    reasons = list(dict.fromkeys(entry.reason for entry in withheld))
    more = f"; and {len(reasons) - _MOST_REASONS} more reasons" if len(reasons) > _MOST_REASONS else ""
    return [f"{count} withheld: {'; '.join(reasons[:_MOST_REASONS])}{more}."]
