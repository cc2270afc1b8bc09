"""A conversation: the turns so far. Nothing outside it is ever heard, and it is never evidence."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field

from assistant.answers import Level, Turn


@dataclass(frozen=True, slots=True)
class Conversation:
    """The turns so far, oldest first, of one person's visit."""

    turns: tuple[Turn, ...] = ()
    id: str = field(default_factory=lambda: uuid.uuid4().hex)
    asker: str = ""

    def then(self, turn: Turn) -> Conversation:
        """The conversation with one more turn."""
        return Conversation((*self.turns, turn), self.id, self.asker)

    @property
    def messages(self) -> tuple[str, ...]:
        """What the person wrote, as recorded."""
        return tuple(turn.question for turn in self.turns)

    @property
    def endangered(self) -> bool:
        """Whether an earlier message was met with help alone."""
        return any(turn.safety.level is Level.TAKEOVER for turn in self.turns)
