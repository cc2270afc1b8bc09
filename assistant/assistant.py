"""The path of one question, in order: triage, stand-alone question, search, judgement, answer or refusal, record."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, replace

from assistant.answering import Answerer, Reply, Stage
from assistant.answers import Fingerprints, Level, Notice, Outcome, Turn
from assistant.conversation import Conversation
from assistant.drafting import Draft, Drafting, Sentence, Verbatim
from assistant.recording import Recorder, can_record, recorded
from assistant.triage import Screening, Triage, reconsidered
from corpus.errors import RecordError
from corpus.loading import Corpus
from corpus.passages import Document

_log = logging.getLogger(__name__)


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
    drafting: Drafting | None = None
    undrafted: str = "No language model is set."  # why drafting is None

    def ask(
        self, message: str, conversation: Conversation | None = None, stage: Stage = lambda _: None, *,
        drafted: bool = False, sentence: Sentence | None = None,
    ) -> Turn:  # fmt: skip
        """The turn for `message`, recorded. Where it cannot be: RecordError, or help alone for who needs it.

        With `drafted` a model may write it; `sentence` then hears each sentence as soon as it is verified.
        """
        started, conversation = time.perf_counter(), conversation or Conversation()
        stage("Checking the message")
        files = self.answerer.files if self.answerer else None
        screening = reconsidered(self.triage.screen(message, conversation.messages), files)
        draft = self._draft(screening, conversation, stage, sentence) if drafted else Verbatim()
        turn = self._turn(screening, self._reply(screening, conversation, stage, draft), conversation, draft)
        said = screening.reply or self.triage.unrecorded
        unrecorded = Reply(screening.outcome or Outcome.CONVERSATIONAL, said, screening.text)
        help_alone = self._turn(screening, unrecorded, conversation, Verbatim())
        lasted = (time.perf_counter() - started) * 1000
        return recorded(self.recorder, turn, help_alone, conversation, draft.engine, lasted, draft.shown)

    def report(self, turn: Turn, note: str = "", asker: str = "") -> None:
        """Files "something is wrong here" on a recorded turn. RecordError where it cannot be."""
        if self.recorder is None or turn.record is None:
            raise RecordError("This answer was not recorded, so nothing can be filed about it.")
        self.recorder.report(turn.record, note, asker)

    @property
    def help(self) -> Notice:
        """The compact card behind 'Get help now'."""
        return self.triage.help_card

    def document(self, document_id: str, version: str) -> Document | None:
        """That version of a document, also one that has been replaced since."""
        current = next((d for d in self.corpus.documents if (d.id, d.version) == (document_id, version)), None)
        return current or self.find_document(document_id, version)

    def _draft(
        self, screening: Screening, conversation: Conversation, stage: Stage, sentence: Sentence | None
    ) -> Draft | Verbatim:
        if self.drafting is None or conversation.endangered:
            return Verbatim()
        heard = sentence if sentence and can_record(self.recorder) else None  # not recorded, not shown
        return self.drafting.begin(screening, self.triage.screen, stage, heard)

    def _reply(self, screening: Screening, conversation: Conversation, stage: Stage, draft: Draft | Verbatim) -> Reply:
        fixed = Reply(screening.outcome or Outcome.ABSTAINED, screening.reply or self.unavailable, screening.text)
        if self.answerer is None or screening.outcome is Outcome.CRISIS:
            return fixed
        try:
            if screening.outcome is Outcome.DECLINED:
                general = self.answerer.general(screening.text) if screening.general else None
                answer = f"{screening.reply}\n\n{general.answer}" if general else ""
                return replace(general, outcome=Outcome.DECLINED, answer=answer) if general else fixed
            if screening.outcome is Outcome.CONVERSATIONAL and not self.answerer.asks(screening.text):
                return fixed
            text, turns = draft.standalone(screening.text, conversation.turns)
            beside_help = screening.safety.level is Level.CARD
            return draft.of(self.answerer.reply(text, turns, stage, beside_help=beside_help))
        except Exception:  # help, and what triage says, show whatever is broken
            _log.exception("a message could not be looked up")
            return fixed

    def _turn(self, screening: Screening, reply: Reply, conversation: Conversation, draft: Draft | Verbatim) -> Turn:
        notices = (*screening.notices, *reply.notices)
        helped = reply.outcome is Outcome.CRISIS or self.help.kind in [notice.kind for notice in notices]
        if conversation.endangered and not helped:
            notices = (self.help, *notices)
        if reply.outcome not in (Outcome.CRISIS, Outcome.CONVERSATIONAL):
            notices = (*notices, Notice("disclaimer", self.disclaimer))
        prints = replace(self.fingerprints, models={**self.fingerprints.models, **draft.models})
        return Turn(
            screening.text, reply.search_question, reply.outcome, screening.safety, reply.answer, reply.claims,
            reply.citations, notices, reply.withheld, reply.refusal, reply.suggestions, prints,
        )  # fmt: skip
