"""One assistant for the process, one conversation for each browser session: nothing of a visit is kept elsewhere."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field, replace

import streamlit as st

from assistant.answers import Turn
from assistant.assistant import Assistant
from assistant.conversation import Conversation

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class Opened:
    """The source beside the conversation: a document's version, and what in it is meant."""

    document_id: str
    version: str
    start: int = 0
    end: int = 0
    section: tuple[str, ...] = ()
    turn: int = -1
    number: int = 0
    occasion: int = 0  # grows with every opening, so that the page scrolls to the passage again
    opener: str = ""  # the key of what it was opened from, where that is no chip of an answer


@dataclass(slots=True)
class Visit:
    """What one browser session holds: its conversation, the open source, and the question being asked."""

    conversation: Conversation = field(default_factory=Conversation)
    opened: Opened | None = None
    pending: str = ""
    occasions: int = 0
    drafted: bool = False  # whether a model may write the answers
    reported: set[int] = field(default_factory=set)  # the turns that were reported
    left: Opened | None = None  # the source that was closed: what it was opened from gets the focus back

    def ask(self, message: str) -> None:
        """Puts a question; the page answers it in the same run."""
        self.pending, self.opened, self.left = message.strip(), None, None

    def answered(self, turn: Turn) -> None:
        """Adds the turn to the conversation."""
        self.conversation, self.pending = self.conversation.then(turn), ""

    def cite(self, turn: int, number: int) -> None:
        """Opens the source of a citation."""
        cited = next(c for c in self.conversation.turns[turn].citations if c.number == number)
        self.open(Opened(cited.document_id, cited.version, cited.start, cited.end, cited.section, turn, number))

    def open(self, opened: Opened) -> None:
        """Opens a source."""
        self.occasions += 1
        self.opened = replace(opened, occasion=self.occasions)

    def close(self) -> None:
        """Closes the source."""
        if self.opened:
            self.left = self.opened
        self.opened = None

    def returning_to(self, turn: int) -> int:
        """The citation of this turn that the focus goes back to, or 0."""
        return self.left.number if self.left and self.left.turn == turn and not self.opened else 0

    def restart(self) -> None:
        """Forgets the conversation and begins another."""
        self.conversation, self.opened, self.pending, self.left = Conversation(), None, "", None
        self.reported = set()


def visit() -> Visit:
    """This browser session's."""
    if "visit" not in st.session_state:
        st.session_state["visit"] = Visit()
    found: Visit = st.session_state["visit"]
    return found


class _Process:
    """Opens the assistant once, whoever comes first; the others wait."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._assistant: Assistant | None = None

    def assistant(self, progress: Progress) -> Assistant:
        with self._lock:
            if self._assistant is None:
                from assistant.bootstrap import open_assistant
                from assistant.settings import load_settings

                self._assistant = open_assistant(load_settings(), progress)
            return self._assistant

    @property
    def ready(self) -> bool:
        return self._assistant is not None


@st.cache_resource(show_spinner=False)
def _process() -> _Process:
    return _Process()


_OPENING = (
    '<div class="hero"><h1>Sourcebound</h1><p class="lead">Opening the documents.</p><p class="plainly">The first '
    "time, an index is built from them on this machine, which takes a minute or so. Help for people in danger does "
    "not wait for it: your local emergency number (112, 911, 999, 000), or findahelpline.com.</p></div>"
)


def opened_assistant() -> Assistant:
    """The process's assistant. At the first visit the page shows what is being built. ExpectedError if it cannot be."""
    process = _process()
    if process.ready:
        return process.assistant(lambda *_: None)
    place = st.empty()
    with place.container(key="opening"):
        st.html(_OPENING)
        bar = st.progress(0.0, "Opening the documents")
        found = process.assistant(lambda label, done, total: _told(bar, label, done, total))
    place.empty()
    return found


def _told(bar: st.delta_generator.DeltaGenerator, label: str, done: int, total: int) -> None:
    from ui.escaping import in_label

    bar.progress(min(1.0, done / max(1, total)), in_label(label))
