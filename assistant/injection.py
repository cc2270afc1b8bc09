"""Cuts instructions to the assistant out of a message and keeps the question that is left."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from assistant.normalising import Normaliser

# A sentence end, or a joint after which a request of its own can follow.
_JOINT = re.compile(
    r"(?<=[.?!;\n])\s+|\n+"
    r"|(?:\s*,)?\s+(?:and|but|then|also|plus|or)\s+(?:then\s+|also\s+|please\s+|instead\s+)?"
    r"(?=(?:tell|what|how|which|why|when|where|who|does|do|is|are|can|explain|give|list|say|write|answer|show|ignore|"
    r"disregard|forget|reveal|print|repeat|pretend|act|invent|make|cite|output|use|summari[sz]e|describe)\b)"
    r"|\s*[,:]\s*(?:and\s+|but\s+|then\s+|now\s+)?(?=(?:what|how|which|why|does|tell|ignore|disregard|forget|pretend|act|also)\b)"
    r"|\s+(?=also\s+(?:what|whats|how|which|why|does|is|can)\b)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Cut:
    """The message without its instructions; `left` is empty where nothing that can be looked up remains."""

    left: str
    found: bool


@dataclass(frozen=True, slots=True)
class Instructions:
    """The reviewed patterns of instructions: whole clauses, and phrases within a clause."""

    clauses: tuple[re.Pattern[str], ...]
    phrases: tuple[re.Pattern[str], ...]
    fillers: frozenset[str]
    normaliser: Normaliser

    def cut(self, message: str, suspicious: Callable[[str], bool] | None = None) -> Cut:
        """Drops clauses that match a pattern or that `suspicious` says are instructions."""
        kept, found = [], False
        for clause in self.parts(message):
            shortened = clause
            for phrase in self.phrases:
                shortened = phrase.sub("", shortened)
            folded = self.normaliser.folded(self.normaliser.readable(shortened))
            if any(pattern.search(folded) for pattern in self.clauses) or (suspicious and suspicious(shortened)):
                found = True
                continue
            found = found or shortened != clause
            kept.append(shortened.strip())
        left = " ".join(part for part in kept if part)
        return Cut(left if self._asks(left) else "", found) if found else Cut(message, False)

    def parts(self, message: str) -> list[str]:
        """The clauses of a message."""
        return [part for part in _JOINT.split(message) if part and part.strip()]

    def _asks(self, text: str) -> bool:
        words = re.findall(r"[^\W_]{2,}", self.normaliser.readable(text))
        return sum(word not in self.fillers for word in words) >= 2
