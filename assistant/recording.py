"""Records a turn before it is shown: not recorded, not shown, but for help to a person in danger."""

from __future__ import annotations

import logging
from typing import Protocol

from assistant.answers import Level, Turn
from assistant.conversation import Conversation
from corpus.errors import RecordError

_log = logging.getLogger(__name__)


class Recorder(Protocol):
    """Writes a turn before it is shown. RecordError if it cannot, soon where help waits for it."""

    def append(self, turn: Turn, conversation: str, asker: str, engine: str, latency_ms: float) -> str:
        """The hash of the turn's record; '' where recording is switched off."""
        ...

    def append_gap(self, turn: Turn, conversation: str, asker: str, engine: str, reason: str) -> None:
        """Notes a turn that was shown without being recorded, as soon as that can be done."""
        ...

    def anchor(self) -> str:
        """Writes down where the record ends; shows that it can be written."""
        ...

    def report(self, record: str, note: str = "", asker: str = "") -> str:
        """The hash of an asker's "something is wrong here"."""
        ...


def recorded(
    recorder: Recorder | None,
    turn: Turn,
    help_alone: Turn,
    conversation: Conversation,
    engine: str,
    latency_ms: float,
    shown: bool,
) -> Turn:
    """The turn with its record's hash. Where it cannot be recorded: `help_alone` if help must show, or RecordError.

    `shown`: sentences of it are on the screen already, so that a failure leaves a gap to be noted.
    """
    if recorder is None:
        return turn
    about = (conversation.id, conversation.asker, engine)
    try:
        record = recorder.append(turn, *about, round(latency_ms, 1))
    except Exception as error:
        helping = conversation.endangered or turn.safety.level.rank >= Level.CARD.rank
        if helping or shown:
            why = str(error) if isinstance(error, RecordError) else type(error).__name__  # it may hold what was written
            _note_gap(recorder, help_alone if helping else turn, conversation, engine, why)
        if helping:
            return help_alone
        raise
    return turn.recorded_as(record) if record else turn


def _note_gap(recorder: Recorder, turn: Turn, conversation: Conversation, engine: str, reason: str) -> None:
    try:
        recorder.append_gap(turn, conversation.id, conversation.asker, engine, reason)
    except Exception:  # nothing that is wrong with the record may keep help from being shown
        _log.exception("a gap in the record could not be noted")


def can_record(recorder: Recorder | None) -> bool:
    """Whether the record can be written just now."""
    try:
        return recorder is None or bool(recorder.anchor())
    except (RecordError, OSError):
        return False
