"""Turns a selection into SQL, and a turn into the columns of a row and the words beside it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from assistant.answers import Level, Turn
from assistant.record import Selection, State, canonical
from assistant.triage import FAULT

STATE_NOW = """coalesce((SELECT newer.state FROM chain AS newer WHERE newer.subject = chain.hash AND newer.subject <> ''
 AND newer.event = 'review' ORDER BY newer.seq DESC LIMIT 1), 'unreviewed')"""
REPORTED = """EXISTS (SELECT 1 FROM chain AS newer WHERE newer.subject = chain.hash AND newer.subject <> ''
 AND newer.event = 'report')"""
_REVIEWED_BY = """EXISTS (SELECT 1 FROM chain AS newer WHERE newer.subject = chain.hash AND newer.subject <> ''
 AND newer.event = 'review' AND newer.reviewer = ?)"""


def columns_of(turn: Turn, conversation: str, asker: str, engine: str, latency_ms: float) -> dict[str, Any]:
    """What the chain keeps of a turn for good: no word of the question or the answer."""
    prints = turn.fingerprints
    cited = [[c.passage_id, c.document_id, c.version, c.start, c.end] for c in turn.citations]
    return {
        "event": "turn",
        "conversation": conversation,
        "asker": asker,
        "outcome": turn.outcome.value,
        "safety": turn.safety.class_,
        "level": turn.safety.level.value,
        "gate": turn.refusal.gate if turn.refusal else "",
        "support": float(min(c.support for c in turn.claims)) if turn.claims else None,
        "passages": canonical(cited),
        "corpus_print": prints.corpus,
        "index_print": prints.index,
        "settings_print": prints.settings,
        "models_print": canonical(prints.models),
        "engine": engine,
        "latency_ms": float(latency_ms),
    }


def words_of(turn: Turn, crisis_words: bool = False) -> dict[str, Any]:
    """What is kept beside the chain and can be erased: the whole turn, less the hash it does not have yet.

    Of a take-over, what the person in danger wrote is left out: class, cues by kind and the help shown remain.
    """
    kept = replace(turn, record=None)
    if turn.safety.level is Level.TAKEOVER and not crisis_words:
        cues = tuple(cue if cue.startswith("classifier:") else cue.partition(":")[0] for cue in turn.safety.cues)
        kept = replace(kept, question="", search_question="", safety=replace(turn.safety, cues=cues))
    return kept.to_json()


def question_shown(turn: Turn | None) -> str:
    """The question as a reader of the record sees it, or in brackets why it is not there."""
    if turn is None:
        return "(erased or not kept)"
    if not turn.question and turn.safety.level is Level.TAKEOVER:
        return "(what was written is not kept: a take-over)"
    if not turn.question and FAULT in turn.safety.cues:
        return "(what was written is not kept: the safety check failed)"
    return turn.question or "(an instruction to the tool, cut out before it was recorded)"


def condition(selection: Selection) -> tuple[str, list[Any]]:
    """`WHERE … ORDER BY … LIMIT …` for the chain, and its values."""
    tests = [f"chain.event IN ({', '.join('?' * len(selection.events))})"]
    values: list[Any] = list(selection.events)
    for test, value in _tests(selection):
        tests.append(test)
        values += [value] if value is not None else []
    order = "DESC" if selection.newest_first else "ASC"
    limit = "" if selection.limit is None else f" LIMIT {int(selection.limit)}"
    return f"WHERE {' AND '.join(tests)} ORDER BY chain.seq {order}{limit}", values


def _tests(selection: Selection) -> list[tuple[str, Any]]:
    tests: list[tuple[str, Any]] = [
        (f"chain.{column} {operator} ?", value)
        for column, operator, value in (
            ("time", ">=", selection.since),
            ("time", "<", selection.until),
            ("outcome", "=", selection.outcome),
            ("safety", "=", selection.safety),
            ("level", "=", selection.level),
            ("conversation", "=", selection.conversation),
        )
        if value
    ]
    if selection.document:
        tests.append(("instr(chain.passages, ?)", f",{canonical(selection.document)},"))
    if selection.reviewer:
        tests.append((_REVIEWED_BY, selection.reviewer))
    if selection.state:
        tests.append((f"{STATE_NOW} = ?", State(selection.state).value))
    if selection.support_below is not None:
        tests.append(("chain.support < ?", selection.support_below))
    if selection.reported:
        tests.append((REPORTED, None))
    return tests
