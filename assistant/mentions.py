"""Answers 'is X mentioned?' and 'which study says so?': yes with the place, or an honest no."""

from __future__ import annotations

import re
from collections.abc import Sequence

from assistant.memory import content_words
from corpus.passages import Passage, Unit
from index.keywords import stem, stems

_ASKED = re.compile(
    r"\b(?:mention(?:s|ed)?|bring(?:s)? up|brought up|come(?:s)? up|refer(?:s|red)? to|"
    r"touch(?:es)? on|allude(?:s|d)? to|appear(?:s)? in|named)\b",
    re.I,
)
_YES_NO = re.compile(
    r"^(?:(?:so|and|but|hi|hey|ok|quick(?: one| q)?)[,: ]+)*(?:is|are|does|do|did|was|were|has|any)\b", re.I
)

_WHAT_IT_SAYS = re.compile(
    r"\b(?:what|as) the (?:source|paper|study) (?:state|say|claim|tell|give)s?\b|"
    r"\bdo(?:es)? (?:the |these |any )?(?:stud(?:y|ies)|trials?|papers?|sources?) (?:state|say|claim|tell|give)\b",
    re.I,
)
_FOR_A_SOURCE = re.compile(
    r"\b(?:which|what|whose|name|list|give|cite|provide|who (?:ran|did|conducted|led)|is there an?|are there any|any)\b"
    r"(?! (?:did|was|were|do|does)\b)[^.?]{0,24}\b(?:references?|citations?|sources?|stud(?:y|ies)|trials?|papers?)\b"
    r"(?![^.?]*\b(?:report|show|find|found|say|suggest)\w*)",
    re.I,
)
_SOURCE = re.compile(r"\b(?:19|20)\d\d\b|\bdoi\b|https?://|\[\d+\]|\bet al\b|\bPMC\d+", re.I)


def asks_for_a_source(question: str) -> bool:
    """Whether the question wants the study or reference behind a statement, not the statement."""
    return bool(_FOR_A_SOURCE.search(_WHAT_IT_SAYS.sub(" ", question)))


def names_a_source(text: str) -> bool:
    """Whether a sentence names where it has its statement from."""
    return bool(_SOURCE.search(text))


def asked_about(question: str) -> list[str]:
    """The words whose mention is asked for; empty where the question is of another kind."""
    if not (_ASKED.search(question) and _YES_NO.search(question)):
        return []
    left = _ASKED.sub(" ", question)
    left = re.sub(
        r"\b(?:article|text|post|blog|document|corpus|page|anywhere|at all|here|somewhere|even)\b",
        " ",
        left,
        flags=re.I,
    )
    words = [word for word in content_words(left) if len(word) > 1]
    return words if len(words) <= 3 else []


def mentioning(words: Sequence[str], passages: Sequence[Passage]) -> list[Passage]:
    """The passages that hold all of `words` (by stem), in reading order."""
    wanted = {stem(word) for word in words}
    found = []
    for passage in passages:
        held = {stem(w) for w in re.findall(r"[a-z0-9][\w-]*", f"{passage.text} {passage.heading}".lower())}
        held |= stems(passage.text)
        if passage.unit is not Unit.LIST and wanted <= held:
            found.append(passage)
    return found
