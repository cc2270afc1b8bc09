"""What the supervisor's page and commands need of a running assistant: stored versions, and a way to ask again."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from assistant.answers import Turn
from assistant.assistant import Assistant
from assistant.conversation import Conversation
from assistant.errors import ExpectedError

if TYPE_CHECKING:
    from assistant.audit import AuditLog
    from assistant.replay import Ask
    from assistant.versions import Library


def log_of(assistant: Assistant) -> AuditLog | None:
    """The record that the assistant writes to, or None where recording is off."""
    from assistant.audit import AuditLog

    return assistant.recorder if isinstance(assistant.recorder, AuditLog) else None


def library(assistant: Assistant, state: Path) -> Library:
    """The documents in force and every version kept in the state folder."""
    from assistant.versions import Library

    return Library(state / "versions", assistant.corpus.documents)


def ask_again(assistant: Assistant) -> Ask:
    """Asks a question after the messages before it, and records nothing. ExpectedError where no model can draft it."""
    quiet = replace(assistant, recorder=None)

    def ask(question: str, earlier: list[str], drafted: bool) -> Turn:
        if drafted and quiet.drafting is None:
            raise ExpectedError(quiet.undrafted)
        conversation = Conversation()
        for message in earlier:
            conversation = conversation.then(quiet.ask(message, conversation, drafted=drafted))
        return quiet.ask(question, conversation, drafted=drafted)

    return ask
