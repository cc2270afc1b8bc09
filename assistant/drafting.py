"""Turns a verbatim reply into a drafted one, each sentence checked; on any doubt the verbatim reply stands."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Protocol

from assistant import drafted_text
from assistant.answering import Reply, Stage
from assistant.answers import Claim, Level, Outcome, Turn, Withheld
from assistant.draft_sheet import Sheet
from assistant.memory import leans
from assistant.model_faults import DraftError
from assistant.triage import Screening
from assistant.verification import Verifier
from corpus.errors import ExpectedError
from corpus.loading import Corpus
from corpus.passages import Passage

Sentence = Callable[[str], None]
Heard = Callable[[Claim], None]
VERBATIM = "verbatim"  # how the record calls an answer that no model had a part in
_FOR_REWRITING = 0.3  # of the time there is
_ANSWERED = (Outcome.ANSWERED, Outcome.PARTIAL)
_log = logging.getLogger(__name__)


class Writer(Protocol):
    """Drafts sentences from numbered passages. `deadline` is a moment of time.monotonic()."""

    @property
    def name(self) -> str:
        """What the person is told of it, such as "ollama:llama3.2"."""
        ...

    @property
    def destination(self) -> str:
        """Where the question and the passages go, in words."""
        ...

    @property
    def fingerprint(self) -> str:
        """For the record: which model, and where."""
        ...

    def draft(
        self, question: str, passages: Sequence[Passage], deadline: float, heard: Heard = lambda _: None
    ) -> Sequence[Claim]:
        """The drafts, unverified; `heard` gets each as soon as it is there. DraftError where they are not in time."""
        ...

    def rewrite(self, question: str, earlier: Sequence[str], deadline: float) -> str:
        """The question made to stand alone. DraftError where the model does not."""
        ...


@dataclass(frozen=True, slots=True)
class Drafting:
    """What drafting needs. Built by bootstrap.py where a model is set and its checker is there; safe to share."""

    writer: Writer
    verifier: Verifier
    corpus: Corpus
    seconds: float
    checker: str = ""  # the claim model's fingerprint

    @property
    def told(self) -> str:
        """What a person is told before anything is sent."""
        return (
            f"{self.writer.name} drafts the answers. Your questions, with identifiers removed as far as they are "
            f"recognised, and the passages that answer them go to {self.writer.destination}."
        )

    def begin(
        self, screening: Screening, screen: Callable[[str], Screening], stage: Stage, sentence: Sentence | None
    ) -> Draft | Verbatim:
        """The drafting of one reply, its time running; Verbatim for a message that must never reach a model."""
        return Draft(self, screening.safety.level, screen, stage, sentence) if _harmless(screening) else Verbatim()


class Verbatim:
    """The reply as it is quoted: no model has a part in it."""

    engine = VERBATIM
    models: Mapping[str, str] = MappingProxyType({})
    shown = False

    def standalone(self, text: str, turns: Sequence[Turn]) -> tuple[str, Sequence[Turn]]:
        """Both as they are: the deterministic rewriting follows."""
        return text, turns

    def of(self, reply: Reply) -> Reply:
        """The reply itself."""
        return reply


class Draft:
    """The drafting of one reply within one total time. `sentence` hears what was verified, as it is verified."""

    def __init__(
        self, parts: Drafting, level: Level, screen: Callable[[str], Screening], stage: Stage, sentence: Sentence | None
    ) -> None:
        self._parts, self._level, self._screen = parts, level, screen
        self._stage, self._sentence = stage, sentence
        self._deadline = time.monotonic() + parts.seconds
        self._used: list[str] = []
        self._verified: list[str] = []

    @property
    def shown(self) -> bool:
        """Whether a sentence of it is on the screen already."""
        return self._sentence is not None and bool(self._verified)

    @property
    def engine(self) -> str:
        """For the record: what the model had a part in."""
        return f"{' and '.join(self._used)} by {self._parts.writer.fingerprint}" if self._used else VERBATIM

    @property
    def models(self) -> dict[str, str]:
        """Fingerprints of the models that had a part in it, for the turn."""
        return {"claims": self._parts.checker, "writer": self._parts.writer.fingerprint} if self._used else {}

    def standalone(self, text: str, turns: Sequence[Turn]) -> tuple[str, Sequence[Turn]]:
        """A follow-up as the model rewrote it, and no turns; or both as they were, for the deterministic rewriting."""
        asked = [turn for turn in turns if turn.outcome not in (Outcome.CONVERSATIONAL, Outcome.CRISIS)]
        if not asked or not _was_harmless(asked[-1]) or not leans(text):
            return text, turns
        earlier = [turn.search_question for turn in asked if _was_harmless(turn)]
        self._stage("Understanding the question")
        now = time.monotonic()
        try:
            rewritten = self._parts.writer.rewrite(text, earlier, now + _FOR_REWRITING * (self._deadline - now))
        except (DraftError, ExpectedError) as error:
            _log.info("A follow-up was not rewritten: %s", error)
            return text, turns
        again = self._screen(rewritten)
        if rewritten == text or again.safety.level is not self._level or not _harmless(again):
            return text, turns
        self._used.append("rewritten")
        return rewritten, ()

    def of(self, reply: Reply) -> Reply:
        """The reply drafted, or itself with a notice of why not. The model is called only where the gate was passed."""
        if reply.outcome not in _ANSWERED or not reply.citations:
            return reply
        known = {passage.id: passage for passage in self._parts.corpus.passages}
        sheet = Sheet(
            self._parts.verifier,
            self._parts.corpus,
            [known[c.passage_id] for c in reply.citations if c.passage_id in known],
        )
        try:
            return self._drafted(reply, sheet)
        except (DraftError, ExpectedError) as error:
            why = str(error)
        except Exception:
            _log.exception("drafting failed")
            why = "Something went wrong while the answer was drafted."
        seen = [Withheld(text, "it was verified, but the draft did not come to its end") for text in self._verified]
        return drafted_text.verbatim(reply, why, seen)

    def _drafted(self, reply: Reply, sheet: Sheet) -> Reply:
        def heard(claim: Claim) -> None:
            self._check(claim, sheet)
            self._stage(f"Drafting, {sheet.checked} checked")

        self._stage("Drafting")
        writer = self._parts.writer
        drafts = tuple(dict.fromkeys(writer.draft(reply.search_question, sheet.passages, self._deadline, heard)))
        for number, claim in enumerate(drafts, 1):
            self._stage(f"Checking {number} of {len(drafts)}")
            if time.monotonic() > self._deadline:
                raise DraftError("There was no time left to check the draft.")
            self._check(claim, sheet)
        if not drafts:
            return drafted_text.verbatim(reply, f"{writer.name} drafted nothing from these passages.", [])
        claims, citations, failed = self._parts.verifier.verify(sheet.kept(drafts), sheet.passages, sheet.texts)
        shown = {claim.text for claim in claims}
        unused = [
            Withheld(t, "it was verified, but it is no part of the draft") for t in self._verified if t not in shown
        ]
        withheld = [*sheet.withheld, *failed, *unused]
        if not any(claim.text in self._verified for claim in claims):
            why = f"None of the {len(drafts)} sentences that {writer.name} drafted held against its sources."
            return drafted_text.verbatim(reply, why, withheld)
        self._used.append("drafted")
        told = f"Drafted by {writer.name}; every sentence was checked against what it cites."
        return drafted_text.drafted(reply, claims, citations, withheld, told, self._parts.corpus)

    def _check(self, claim: Claim, sheet: Sheet) -> None:
        if sheet.holds(claim) and claim.text not in self._verified:
            self._verified.append(claim.text)
            if self._sentence is not None:
                self._sentence(claim.text)


def _harmless(screening: Screening) -> bool:
    """Whether a message may reach a model: no help card, no fixed reply, no instruction cut out of it."""
    answered = screening.outcome in (None, Outcome.CONVERSATIONAL)
    return answered and not screening.injection and screening.safety.level.rank < Level.CARD.rank


def _was_harmless(turn: Turn) -> bool:
    """Whether an earlier message may be sent along: it was looked up, and no help card stood above the reply."""
    return turn.outcome in (*_ANSWERED, Outcome.ABSTAINED) and turn.safety.level.rank < Level.CARD.rank
