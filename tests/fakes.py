"""An assistant whose answers are written beforehand, over a real small corpus; everything else of it is real."""

from __future__ import annotations

import functools
from dataclasses import replace
from pathlib import Path

from assistant.answering import Stage
from assistant.answers import (
    Citation,
    Fingerprints,
    Nearest,
    Notice,
    Outcome,
    Refusal,
    Safety,
    SupportedClaim,
    Turn,
)
from assistant.assistant import Assistant
from assistant.conversation import Conversation
from assistant.drafting import Sentence
from assistant.errors import RecordError
from assistant.safety import load_words
from assistant.triage import Triage
from corpus.loading import load
from corpus.passages import Passage

ODD = (
    '<img src=x onerror="alert(1)"> **bold** $x^2$ :smile: :red[no] '
    "[a](http://leak.example) ![i](http://leak.example/p) -> `c`"
)
FOOTER = Notice("disclaimer", "General reference; not advice about any person. Crisis: findahelpline.com.")
EXAMPLES = ("How many people does CBT-I help?", "What helps against insomnia?", "How long does chronic insomnia last?")


class ScriptedAssistant(Assistant):
    """Answers by the first word it knows in a message; a message in danger gets the real triage's reply."""

    def ask(
        self,
        message: str,
        conversation: Conversation | None = None,
        stage: Stage = lambda _: None,
        *,
        drafted: bool = False,
        sentence: Sentence | None = None,
    ) -> Turn:
        stage("Checking the message")
        said = message.lower()
        if "die" in said.split():
            return super().ask(message, conversation, stage)
        stage("Searching")
        if "unwritten" in said:
            raise RecordError("The record cannot be written: the disk is full. Free some space.")
        if "defect" in said:
            raise RuntimeError("a defect of ours")
        stage("Checking support")
        if "dose" in said:
            return self._refused(message)
        if "odd" in said:
            return self._answered(message, [self._passage("CBT-I")], ODD)
        if "list" in said:
            return self._answered(message, [self._passage("Stimulus"), self._passage("restriction")])
        if "part" in said:
            return self._partial(message)
        return self._answered(message, [self._passage("CBT-I")], search="How many people does CBT-I help?")

    def _passage(self, word: str) -> Passage:
        return next(p for p in self.corpus.passages if word in p.text and p.unit != "list")

    def _answered(self, message: str, passages: list[Passage], odd: str = "", search: str = "") -> Turn:
        numbered = list(enumerate(passages, 1))
        return Turn(
            question=message,
            search_question=search or message,
            outcome=Outcome.ANSWERED,
            safety=Safety(),
            answer="The article states: " + " ".join(f"{p.text} [{n}]" for n, p in numbered) + odd,
            claims=tuple(SupportedClaim(p.text, (n,), 1.0) for n, p in numbered),
            citations=tuple(
                Citation(n, p.id, p.document_id, p.document, p.version, p.section, p.text, p.start, p.end)
                for n, p in numbered
            ),
            notices=(Notice("unreferenced", odd or "The article gives no source for this figure."), FOOTER),
            suggestions=(odd or EXAMPLES[1],),
        )

    def _refused(self, message: str) -> Turn:
        near = self._passage("Tablets")
        return Turn(
            message, message, Outcome.ABSTAINED, Safety(), "The approved documents do not answer this.",
            notices=(FOOTER,), suggestions=EXAMPLES[:2],
            refusal=Refusal("support", "Support 0.12, needed 0.50.", (), (Nearest(near.id, near.text, 0.12),)),
        )  # fmt: skip

    def _partial(self, message: str) -> Turn:
        found = self._answered(message, [self._passage("CBT-I")])
        refusal = Refusal("support", "Support 0.20, needed 0.50.", ("what acupuncture does",))
        return replace(found, outcome=Outcome.PARTIAL, refusal=refusal)


@functools.cache
def scripted_assistant(folder: Path) -> ScriptedAssistant:
    """The assistant over the documents in `folder`."""
    return ScriptedAssistant(
        corpus=load([folder]),
        triage=Triage(load_words(), None),
        answerer=None,
        recorder=None,
        fingerprints=Fingerprints(),
        disclaimer=FOOTER.text,
        unavailable="",
        remarks=("The index is searched in memory.",),
        examples=EXAMPLES,
    )
