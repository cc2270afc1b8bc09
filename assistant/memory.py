"""Tells whether a message leans on what came before it, and what a question names."""

from __future__ import annotations

import re
from collections.abc import Sequence

_LEANS = re.compile(
    r"^(?:and|but|so|or|also|then|ok(?:ay)?|right|good|great|thanks?|thx|ta|cheers|"
    r"no|yes|hm+|what about|how about|same|why|how come|how much|how many|how often|"
    r"how long|by how much|any|which one|what else|anything else|such as|like what|e\.?g|"
    r"for instance|says who|according|the (?:first|second|third|fourth|fifth|sixth|seventh|eighth|last|other|next|"
    r"previous|former|latter|one))\b",
    re.I,
)
_POINTS = re.compile(
    r"\b(?:it|its|they|them|their|these|those|this|that|there|he|she|one|ones|former|latter|same|such|"
    r"the (?:other|others|first|second|third|last|two|three|four)|above|mentioned|before that|after that|both)\b",
    re.I,
)
CORRECTION = re.compile(
    r"^(?:(?:no|nope|sorry|wait|oops|not that|actually|hm+)[,.!: ]+)*"
    r"(?:(?:i )?(?:meant|mean|wanted(?! to\b))|rather|not that one[,: ]*|i was asking about)[ ,:]+",
    re.I,
)
_OPENERS = re.compile(
    r"^(?:and|but|so|or|also|then|ok(?:ay)?|right|good|great|thanks?|thank you|thx|ta|cheers|"
    r"no|yes|hm+|what about|how about)"
    r"(?:[,.!:; ]+|$)",
    re.I,
)
# A question word, then at least three more words: it can be understood by itself.
_WHOLE = re.compile(r"\b(?:what|which|how|why|who|where|when|does|do|is|are|can)\b(?:\W+\w+){4}", re.I)
# 'it', 'that' and 'there' that point to nothing: "is it true that", "is there", "that is"
_ITSELF = re.compile(
    r"\b(?:is|are) there (?:a|an|any)\b|\bit (?:is )?true that\b|\bsuch as\b|\bthe (?:two|three|four)\b", re.I
)
_VERB = re.compile(
    r"\b(?:what|which|how|why|who|where|when|is|are|does|do|did|can|could|list|tell|give|show|explain|define)\b", re.I
)
_FRAGMENT = re.compile(
    r"^(?:compared|comparable|similar|better|worse|stronger|weaker|for|in|with|by|to|at|from|of|on|which|whose|who|"
    r"where|when)\b(?!.*\b(?:is|are|does|do)\b)",
    re.I,
)
_FUNCTION_WORDS = frozenset(  # said as one text: a list of 200 strings reads worse
    """
    a about after all also an and any are as at be because been before being between both but by can could
    did do does doing done down each either else even ever every for from get gets give given gives go goes got
    had has have having how i if in into is it its itself just know let like list may me mean means might
    more most much must my name no not of off on one only or other our out over own per please quick quickly
    really reported said same say says see shall she should show so some still such tell than that the their
    them then there these they thing things this those through to too under up us use used very was way we
    well were what whats when where whether which while who whom whose why will with work works would you
    your article text post blog page section sentence author according mention mentioned mentions percent
    percentage figure number many long often effective good
    """.split()  # noqa: SIM905
)


def topics_of(question: str, phrases: frozenset[str]) -> list[str]:
    """What `question` names, in its own order: of each run of content words the parts that the corpus has too."""
    runs: list[list[str]] = [[]]
    for word in re.findall(r"[\w%'’-]+|[^\w\s]", question):
        if re.match(r"\w", word) and word.lower() not in _FUNCTION_WORDS:
            runs[-1].append(word)
        elif runs[-1]:
            runs.append([])
    return list(dict.fromkeys(part for run in runs for part in _known_parts(run, phrases)))


def _known_parts(run: Sequence[str], phrases: frozenset[str]) -> list[str]:
    """The parts of a run of words that the corpus has too, longest first found, in order; else the whole run."""
    spans = [
        (i, j) for i in range(len(run)) for j in range(i + 1, len(run) + 1) if " ".join(run[i:j]).lower() in phrases
    ]
    if not spans:
        return [" ".join(run)] if run else []
    i, j = max(spans, key=lambda span: (span[1] - span[0], sum(map(len, run[span[0] : span[1]]))))
    before = _known_parts(run[:i], phrases) if any(end <= i for _, end in spans) else []
    behind = _known_parts(run[j:], phrases) if any(start >= j for start, _ in spans) else []
    return [*before, " ".join(run[i:j]), *behind]


def without_opener(message: str) -> str:
    """`message` without the words that only open a reply."""
    text = message
    while (shorter := _OPENERS.sub("", text).strip()) and shorter != text:
        text = shorter
    return text


def content_words(text: str) -> list[str]:
    """Words of `text` that carry its meaning, lower case."""
    return [w for w in re.findall(r"[a-z0-9][\w-]*", text.lower()) if w not in _FUNCTION_WORDS]


def leans(message: str) -> bool:
    """Whether the message needs what came before: it opens like a reply, points back, or names nothing."""
    words = content_words(message)
    points = bool(_POINTS.search(message))
    if not words or CORRECTION.search(message):
        return True
    if re.match(r"(?:or|and) (?:how|what|which|why|whom?|where|when)\b", message, re.I):
        return len(words) <= 4
    if _LEANS.search(message):
        return len(words) <= 6 and (points or len(words) <= 3 or not _WHOLE.search(message))
    fragment = _FRAGMENT.search(message)
    if len(message.split()) <= (5 if fragment else 4) and (fragment or not _VERB.search(message)):
        return True
    return points and len(words) <= 6 and not _ITSELF.search(message)
