"""The path of one question, in order: triage, stand-alone question, search, judgement, answer or refusal, record."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Protocol

from assistant.answering import Answerer, Reply, Stage
from assistant.answers import Fingerprints, Level, Notice, Outcome, Turn
from assistant.conversation import Conversation
from assistant.triage import Screening, Triage
from corpus.errors import RecordError
from corpus.loading import Corpus
from corpus.passages import Document


class Recorder(Protocol):
    """Writes a turn before it is shown. RecordError if it cannot."""

    def append(self, turn: Turn, conversation: str, asker: str, engine: str, latency_ms: float) -> str:
        """The hash of the turn's record; '' where recording is switched off."""
        ...

    def append_gap(self, turn: Turn, conversation: str, asker: str, engine: str, reason: str) -> None:
        """Notes a turn that was shown without being recorded, as soon as that can be done."""
        ...


@dataclass(frozen=True, slots=True)
class Assistant:
    """Answers messages from one corpus. Built by bootstrap.py; safe to share between threads."""

    corpus: Corpus
    triage: Triage
    answerer: Answerer | None  # None: no index and no search of any kind; help still shows
    recorder: Recorder | None
    fingerprints: Fingerprints
    disclaimer: str
    unavailable: str
    remarks: tuple[str, ...] = ()
    examples: tuple[str, ...] = ()
    find_document: Callable[[str, str], Document | None] = lambda *_: None

    def ask(self, message: str, conversation: Conversation | None = None, stage: Stage = lambda _: None) -> Turn:
        """The turn for `message`, recorded. RecordError where it could not be recorded, unless help must show."""
        started, conversation = time.perf_counter(), conversation or Conversation()
        stage("Checking the message")
        screening = self.triage.screen(message, conversation.messages)
        turn = self._turn(screening, self._reply(screening, conversation, stage), conversation)
        return self._recorded(turn, conversation, (time.perf_counter() - started) * 1000)

    @property
    def help(self) -> Notice:
        """The compact card behind 'Get help now'."""
        return self.triage.help_card

    def document(self, document_id: str, version: str) -> Document | None:
        """That version of a document, also one that has been replaced since."""
        current = next((d for d in self.corpus.documents if (d.id, d.version) == (document_id, version)), None)
        return current or self.find_document(document_id, version)

    def _reply(self, screening: Screening, conversation: Conversation, stage: Stage) -> Reply:
        fixed = Reply(screening.outcome or Outcome.ABSTAINED, screening.reply, screening.text)
        if screening.outcome is Outcome.CRISIS:
            return fixed
        if screening.outcome is Outcome.CONVERSATIONAL and not (self.answerer and self.answerer.asks(screening.text)):
            return fixed
        if self.answerer is None:
            return fixed if screening.outcome else replace(fixed, answer=self.unavailable)
        if screening.outcome in (None, Outcome.CONVERSATIONAL):
            beside_help = screening.safety.level is Level.CARD
            return self.answerer.reply(screening.text, conversation.turns, stage, beside_help=beside_help)
        general = self.answerer.general(screening.text) if screening.general else None
        if general is None:
            return fixed
        return replace(general, outcome=screening.outcome, answer=f"{screening.reply}\n\n{general.answer}")

    def _turn(self, screening: Screening, reply: Reply, conversation: Conversation) -> Turn:
        notices = (*screening.notices, *reply.notices)
        earlier = any(turn.safety.level is Level.TAKEOVER for turn in conversation.turns)
        if earlier and not any(n.kind == self.help.kind for n in notices) and reply.outcome is not Outcome.CRISIS:
            notices = (self.help, *notices)
        if reply.outcome not in (Outcome.CRISIS, Outcome.CONVERSATIONAL):
            notices = (*notices, Notice("disclaimer", self.disclaimer))
        return Turn(
            screening.text, reply.search_question, reply.outcome, screening.safety, reply.answer, reply.claims,
            reply.citations, notices, reply.withheld, reply.refusal, reply.suggestions, self.fingerprints,
        )  # fmt: skip

    def _recorded(self, turn: Turn, conversation: Conversation, latency: float) -> Turn:
        if self.recorder is None:
            return turn
        try:
            record = self.recorder.append(turn, conversation.id, conversation.asker, "verbatim", round(latency, 1))
        except RecordError as error:
            if turn.safety.level.rank < Level.CARD.rank:
                raise
            self.recorder.append_gap(turn, conversation.id, conversation.asker, "verbatim", str(error))
            return turn
        return turn.recorded_as(record) if record else turn
