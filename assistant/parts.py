"""Takes a question with several parts apart, so that each part is judged by itself."""

from __future__ import annotations

import re

from assistant.memory import content_words

_ASKS = (
    r"(?:what|which|how|why|when|where|who|whose|does|do|did|is|are|was|were|can|could|by (?:what|how)|"
    r"in (?:what|which)|to what|at what|for (?:what|how|whom)|from (?:what|which))"
)
_ORDERS = r"(?:tell|list|name|give|explain|describe|compare|quote|show|define)"
_BREAK = re.compile(rf"(?:\?\s+(?=\w)|[,;]?\s+(?:and|plus|also)\s+(?={_ASKS}\b)|[,;]\s+(?={_ASKS}\s+\w+))", re.I)
_OPENS = re.compile(rf"^(?:\W*\w+\W+){{0,1}}?(?:{_ASKS}|{_ORDERS})\b", re.I)
_MORE = re.compile(r"^by (?:how much|what percentage|how many)$", re.I)  # of what the part before asks
_LONG = 25  # words
_TOPIC = re.compile(r"^([\w'’/-]{2,30})((?: [\w'’/-]{1,30}){0,2})(?:[:;]| [-–])\s")  # up to three words before a dash
_TOLD = re.compile(
    r"\b(?:(?:able to |want to |need to |like to |can |could )(?:know|tell \w+|understand|say|explain)|"
    r"(?:says|said|claims|insists|thinks)) ((?:that |whether |if |how |what |why |which )?[^.?!;]{12,140})",
    re.I,
)
_IS_THERE = re.compile(r"(?:is|are|was|were) there (?:an?|any)\b", re.I)
_POINTS_BACK = re.compile(  # to what would be cut off: "St John's wort, does it count?"
    r"\b(?:it|they|them|those|these)\b(?! (?:say|mention|true|that)\w*\b)|"
    r"\b(?:that|this)(?=\W*$| (?:anywhere|in|here)\b)",
    re.I,
)
_EACH = re.compile(r"\b([\w-]+) (?:and|or) ([\w-]+) (?:each(?! other)|respectively)\b", re.I)


def parts_of(question: str) -> list[str]:
    """The parts of `question` in order, two to four of them, each a question of its own; else the question itself."""
    if match := _EACH.search(question):
        return [question[: match.start()] + match[n] + question[match.end() :] for n in (1, 2)]
    pieces = [piece.strip(" ,;.?") for piece in _BREAK.split(question)]
    told = bool(content_words(pieces[0])) and all(map(_says_enough, pieces[1:]))
    if not 2 <= len(pieces) <= 4 or not told or not all(map(_OPENS.search, pieces)):
        return [question]
    return [f"{piece}?" for piece in pieces]


def _says_enough(piece: str) -> bool:
    """Whether a later part can be a question of its own: "is there a cut-off" only asks more of the part before it."""
    words = content_words(piece)
    return bool(_MORE.search(piece)) or bool(words and not (len(words) == 1 and _IS_THERE.match(piece)))


def core_of(question: str, phrases: frozenset[str] = frozenset()) -> str:
    """The question within a message that leads up to it ("two minutes left, quick: what ...?"), '' where it is all.

    Of a long message, the last clause that asks something: a question, a wish to know, or what somebody says it says.
    A name put before the question ("PTSD - does it ...?") belongs to it: capitals, or one of `phrases`.
    """
    if (topic := _TOPIC.match(question)) and (topic[1].isupper() or (topic[1] + topic[2]).lower() in phrases):
        return ""
    sentences = [s for s in re.split(r"(?<=[.?!])\s+", question.strip()) if content_words(s)]
    asking = [s for s in sentences if s.endswith("?") or _OPENS.search(s)] or sentences[-1:]
    if not asking:
        return ""
    last = _asking_part(asking[-1])
    if len(content_words(last)) < 2 and len(question.split()) > _LONG:
        told = [m[1] for m in _TOLD.finditer(question)]
        last = told[-1] if told else last
    return last if last != question and len(content_words(last)) >= 2 and not _POINTS_BACK.search(last) else ""


def _asking_part(sentence: str) -> str:
    """What follows the last colon, or the last comma before a question word."""
    last = re.split(r"[:;]\s+|\s[-–]\s", sentence)[-1]
    match = re.search(rf",\s+(?={_ASKS}\s+\w+)", last, re.I)
    return last[match.end() :] if match else last
