"""Asks an assistant every conversation of an exam, records nothing, and reports with the question bank and without."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from assistant.assistant import Assistant
from assistant.choosing import choose
from assistant.conversation import Conversation
from assistant.exam import GATED, Question, covers, judge
from assistant.exam_results import Judged, Results
from assistant.safety import load_words
from assistant.triage import Triage
from assistant.triage_measures import Labelled, Measured, measure
from corpus.bank import Bank
from corpus.loading import Corpus

Progress = Callable[[str, int, int], None]


def _untold(label: str, done: int, total: int) -> None:
    """Progress that nobody asked for."""


def without_bank(corpus: Corpus) -> Corpus:
    """The same documents, and no questions of a curator's."""
    return replace(corpus, bank=Bank())


@dataclass(frozen=True, slots=True)
class Report:
    """An exam, what it was put to, and the results, by 'with the bank' and 'without the bank'."""

    exam: str
    questions: int
    documents: tuple[str, ...]
    corpus: str
    models: dict[str, str]
    runs: dict[str, Results]
    triage: Measured | None = None  # on messages that the classifier was never trained on, where they are at hand

    def to_json(self) -> dict[str, Any]:
        """As `evaluate --json` prints it."""
        about = {"exam": self.exam, "questions": self.questions, "documents": list(self.documents)}
        prints = {"corpus": self.corpus, "models": self.models}
        runs = {name: results.to_json() for name, results in self.runs.items()}
        return {**about, **prints, "runs": runs} | ({"triage": self.triage.to_json()} if self.triage else {})


def report(
    exam: str, assistants: dict[str, Assistant], questions: Sequence[Question], told: Progress = _untold
) -> Report:
    """The report on each of the assistants, which are the same but for the bank."""
    runs = {name: evaluate(assistant, questions, told) for name, assistant in assistants.items()}
    first = next(iter(assistants.values()))
    prints = first.fingerprints
    titles = tuple(document.title for document in first.corpus.documents)
    screened = held_out(first.triage, told)
    return Report(exam, len(questions), titles, prints.corpus, dict(prints.models), runs, screened)


def held_out(triage: Triage, told: Progress = _untold) -> Measured | None:
    """Triage on the held-out half of its labelled messages; None where the training data was not installed."""
    try:
        from assistant.training.triage_data import reported
    except ModuleNotFoundError:  # an installed wheel has no training
        return None
    messages = [Labelled(m.text, m.label, m.previous, m.why) for m in reported()]
    told("Screening", 0, len(messages))
    found = measure(triage, messages) if messages else None
    told("Screening", len(messages), len(messages))
    return found


def evaluate(assistant: Assistant, exam: Iterable[Question], told: Progress = _untold) -> Results:
    """Asks each conversation from its first message on; nothing is written to the audit record."""
    quiet, questions = replace(assistant, recorder=None), list(exam)
    judged = []
    for number, question in enumerate(questions):
        told("Asking", number, len(questions))
        judged.append(_judged(quiet, question))
    told("Asking", len(questions), len(questions))
    return Results(tuple(judged), load_words())


def _judged(assistant: Assistant, question: Question) -> Judged:
    before = Conversation()
    for message in question.turns[:-1]:
        before = before.then(assistant.ask(message, before))
    message = question.turns[-1]
    turn = assistant.ask(message, before)
    started = time.perf_counter()
    assistant.triage.screen(message, before.messages)
    lasted = (time.perf_counter() - started) * 1000
    judgement, right = None, False
    if question.kind in GATED and assistant.answerer is not None:
        judgement = assistant.answerer.judged_message(message, before.turns)
        if judgement.candidates and question.kind == "answerable":
            chosen = choose(message, judgement, {p.id: p for p in assistant.corpus.passages})
            right = covers(question.evidence, [passage.text for passage in chosen])
    return Judged(question, turn, judge(question, turn), judgement, right, lasted)
