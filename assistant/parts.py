"""Takes a question with several parts apart, so that each part is judged by itself."""

from __future__ import annotations

import re

_ASKS = (
    r"(?:what|which|how|why|when|where|who|whose|does|do|did|is|are|was|were|can|could|by (?:what|how)|"
    r"in (?:what|which)|to what|at what|for (?:what|how|whom)|from (?:what|which))"
)
_BREAK = re.compile(rf"(?:\?\s+(?=\w)|[,;]?\s+(?:and|plus|also)\s+(?={_ASKS}\b)|[,;]\s+(?={_ASKS}\s+\w+))", re.I)
_EACH = re.compile(
    r"\b([A-Za-z][\w-]*(?: [\w-]+){0,2}) (?:and|or) ([A-Za-z][\w-]*(?: [\w-]+){0,2}) (?:each|respectively)\b", re.I
)


def parts_of(question: str) -> list[str]:
    """The parts of `question` in order, at most four; the question itself where it has one part."""
    if match := _EACH.search(question):
        return [question[: match.start()] + match[n] + question[match.end() :] for n in (1, 2)]
    pieces = [piece.strip(" ,;") for piece in _BREAK.split(question)]
    pieces = [piece for piece in pieces if len(re.findall(r"\w+", piece)) >= 2]
    if not 2 <= len(pieces) <= 4:
        return [question]
    return [piece if piece.endswith("?") else piece + "?" for piece in pieces]
