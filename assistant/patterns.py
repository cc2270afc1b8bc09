"""Finds the reviewed patterns of safety.toml in a message that was made readable."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from corpus.errors import SettingsError


@dataclass(frozen=True, slots=True)
class Pattern:
    """Expressions of one class in one language.

    `agreed_by` is the classifier's label that must have a chance too, and `chance` how much where not a little.
    """

    class_: str
    language: str
    why: str
    expressions: tuple[re.Pattern[str], ...]
    agreed_by: str = ""
    chance: float = 0.0

    def found(self, folded: str) -> str:
        """The words of the first expression that matches, or nothing."""
        for expression in self.expressions:
            if match := expression.search(folded):
                return match[0].strip()
        return ""


@dataclass(frozen=True, slots=True)
class Cue:
    """A pattern that was found in a message."""

    class_: str
    language: str
    words: str
    agreed_by: str = ""
    chance: float = 0.0


def compiled(expression: str, terms: Mapping[str, str], where: str) -> re.Pattern[str]:
    """The expression with its terms filled in; SettingsError names the place where it cannot be read."""
    filled = expression
    for _ in range(4):
        for name, term in terms.items():
            filled = filled.replace(f"{{{name}}}", term)
    try:
        return re.compile(filled)
    except re.error as error:
        raise SettingsError(f"safety.toml, {where}: the pattern {expression!r} cannot be read: {error}") from error


def cues(patterns: Sequence[Pattern], folded: str) -> tuple[Cue, ...]:
    """Every pattern found, in the order of the file."""
    found = ((pattern, pattern.found(folded)) for pattern in patterns)
    return tuple(Cue(p.class_, p.language, words, p.agreed_by, p.chance) for p, words in found if words)
