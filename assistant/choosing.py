"""Chooses the smallest set of passages that answers: one sentence, a whole list, or one for each thing compared."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from assistant.belonging import FIGURE
from assistant.deciding import Candidate, Judgement
from corpus.passages import Passage, Unit

_SEVERAL = re.compile(
    r"\b(?:both|each|all|every|list|compare[ds]?|comparison|versus|vs|difference|differ|highest|lowest|best|worst|most|"
    r"least|rank|ranking|range|two|three|four|stated|numbers|figures|percentages|everything|which \w+s|what \w+s|"
    r"and)\b",
    re.I,
)
_ALL = re.compile(
    r"\ball (?:of|the|those|these|its|possible|listed)\b|\bevery (?!client|patient|person|case|day)|"
    r"^(?:please |can you |could you )?list\b|\b(?:full|complete|whole|entire) (?:list|set)\b|\beverything\b",
    re.I,
)
SUPERLATIVE = re.compile(
    r"\b(?:highest|lowest|best|worst|biggest|smallest|largest|strongest|weakest|most effective|least effective|rank|"
    r"larger|bigger|greater|smaller|compare|versus|vs|"
    r"(?:all|every|each) (?:the |of the )?(?:figures?|numbers?|percentages?))\b",
    re.I,
)
_BOTH = re.compile(r"\bboth\b", re.I)
_SAME_QUESTION = 0.80  # cosine
_SAME_WORDS = 0.92
_ENTRIES, _AS_WELL = 3, 0.6  # so many entries that answer nearly as well as the best make it a question for the list
_IN_DOUBT = 0.25  # below this a second passage is no help
_LONG_LIST = 110  # words: beyond this the first sentence of each entry stands for it


def choose(
    question: str, judgement: Judgement, passages: Mapping[str, Passage], *, part: bool = False
) -> list[Passage]:
    """The passages that answer `question`, in reading order of the first one's document; at most nine.

    For a `part` of a question only what answers it best.
    """
    best = judgement.candidates[0]
    known = _known(judgement, passages) or _whole_list(question, judgement)
    chosen = known or {best.passage.id: best.passage}
    if SUPERLATIVE.search(question) and FIGURE.search(best.passage.text) and len(chosen) == 1:
        chosen |= {p.id: p for p in _figures_beside(best.passage, passages)}
    elif not known and best.passage.unit is not Unit.LIST and not part:
        chosen |= {c.passage.id: c.passage for c in _also(question, best, judgement.candidates[1:6])}
    document = best.passage.document_id
    ordered = sorted(chosen.values(), key=lambda p: (p.document_id != document, p.document_id, p.position))
    return _readable([q for p in ordered for q in _spelled_out(p, passages)], passages)[:9]


def _known(judgement: Judgement, passages: Mapping[str, Passage]) -> dict[str, Passage]:
    """What a curator chose for the same question: a list or several passages at once, or any for nearly the same words.

    A list counts as well where several of its entries answer by themselves.
    """
    for known in judgement.answered[:1]:
        found = {i: passages[i] for i in known.question.passage_ids if i in passages}
        together = len(found) > 1 or any(p.unit is Unit.LIST for p in found.values())
        if known.cosine >= (_SAME_QUESTION if together else _SAME_WORDS):
            return found
    first, surest = judgement.candidates[0].passage, max(c.probability for c in judgement.candidates)
    answering = {c.passage.id for c in judgement.candidates[:6] if c.probability >= _AS_WELL * surest}
    for candidate in judgement.candidates:
        own = first.id in (candidate.passage.id, candidate.passage.lead_id, *candidate.passage.members)
        if own and len(answering.intersection(candidate.passage.members)) >= _ENTRIES:
            return {candidate.passage.id: candidate.passage}
    return {}


def _whole_list(question: str, judgement: Judgement) -> dict[str, Passage]:
    """The list that the best passage is an entry of, or introduces, where all of it is asked for."""
    best = judgement.candidates[0]
    for c in judgement.candidates if _ALL.search(question) else ():
        belongs = best.passage.id in (*c.passage.members, c.passage.lead_id)
        if c.passage.unit is Unit.LIST and belongs and c.probability >= 0.5 * best.probability:
            return {c.passage.id: c.passage}
    return {}


def _also(question: str, best: Candidate, others: Sequence[Candidate]) -> list[Candidate]:
    """Further passages that answer as surely: two where the question asks for several things, else one in doubt."""
    single = [c for c in others if c.passage.unit is not Unit.LIST]
    surest = max((c.probability for c in (best, *single)), default=0.0)
    if _SEVERAL.search(question):
        least = 0.4 * surest if _BOTH.search(question) else max(0.5 * surest, _IN_DOUBT)
        return [c for c in single if c.probability >= least][:2]
    return [c for c in single if c.probability >= max(0.7 * surest, _IN_DOUBT)][:1]


def _figures_beside(passage: Passage, passages: Mapping[str, Passage]) -> list[Passage]:
    """The passages of the same section that hold a figure: listed side by side, never ranked."""
    return [
        p for p in passages.values()
        if p.document_id == passage.document_id and p.section == passage.section
        and p.unit is not Unit.LIST and FIGURE.search(p.text)
    ]  # fmt: skip


def _spelled_out(passage: Passage, passages: Mapping[str, Passage]) -> list[Passage]:
    if passage.unit is not Unit.LIST or len(passage.text.split()) <= _LONG_LIST:
        return [passage]
    return [passages[member] for member in passage.members if member in passages]


def _readable(chosen: Sequence[Passage], passages: Mapping[str, Passage]) -> list[Passage]:
    """With the sentence that introduces it, once, before a list entry that is no sentence of its own."""
    result: list[Passage] = []
    for passage in chosen:
        bare = passage.unit is Unit.ITEM and not re.search(r"[.!?]$", passage.text) and len(passage.text.split()) < 12
        lead = passages.get(passage.lead_id)
        if bare and lead and lead not in result:
            result.append(lead)
        if passage not in result:
            result.append(passage)
    return result
