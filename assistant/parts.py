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
_EACH = re.compile(r"\b([\w-]+) (?:and|or) ([\w-]+) (?:each(?! other)|respectively)\b", re.I)


def parts_of(question: str) -> list[str]:
    """The parts of `question` in order, two to four of them, each a question of its own; else the question itself."""
    if match := _EACH.search(question):
        return [question[: match.start()] + match[n] + question[match.end() :] for n in (1, 2)]
    pieces = [piece.strip(" ,;.?") for piece in _BREAK.split(question)]
    if not 2 <= len(pieces) <= 4 or not all(_OPENS.search(p) and content_words(p) for p in pieces):
        return [question]
    return [f"{piece}?" for piece in pieces]


def core_of(question: str) -> str:
    """The question within a message that leads up to it ("two minutes left, quick: what ...?"), '' where it is all."""
    sentences = [s for s in re.split(r"(?<=[.?!])\s+", question.strip()) if content_words(s)]
    asking = [s for s in sentences if s.endswith("?") or _OPENS.search(s)] or sentences[-1:]
    if not asking:
        return ""
    last = re.split(r"[:;]\s+|\s[-–]\s", asking[-1])[-1]
    if match := re.search(rf",\s+(?={_ASKS}\s+\w+)", last, re.I):
        last = last[match.end() :]
    return last if last != question and len(content_words(last)) >= 2 else ""
