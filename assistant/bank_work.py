"""A curator's work on the question bank: what is wrong with it, what it holds, and what it lacks."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assistant.answers import Level, Outcome, Turn
from assistant.whole_files import written_whole
from corpus.errors import ExpectedError, RecordError
from corpus.loading import SHIPPED, Corpus, load
from corpus.normalising import comparable
from corpus.passages import Passage, Unit
from corpus.readers import READERS

_SUFFIX = ".questions.jsonl"
_PREFIX = 60  # characters of a unit, more where that is not enough to tell it from the others


@dataclass(frozen=True, slots=True)
class SectionStats:
    """What the bank holds of one section of a document."""

    document: str
    section: str
    units: int
    answered: int
    near: int
    without: int

    @property
    def row(self) -> tuple[str, ...]:
        """For a table."""
        return (self.document, *map(str, (self.units, self.answered, self.near, self.without)), self.section)


HEADER = ("document", "units", "answered", "near", "without", "section")


@dataclass(frozen=True, slots=True)
class Recorded:
    """A recorded turn that a curator should look at, and why: refused or reported."""

    why: str
    record: str
    turn: Turn


def bank_problems(folders: Sequence[Path]) -> tuple[str, ...]:
    """Questions that cannot be used, and banks that lie beside no document."""
    corpus = load(folders)
    return (*corpus.bank.problems, *_orphans(folders))


def corpus_in(folders: Sequence[Path]) -> Corpus:
    """The corpus whose bank is worked on; none named: the shipped one."""
    return load(folders)


def stats(corpus: Corpus) -> tuple[SectionStats, ...]:
    """Per section in reading order, with a last row for the whole. A list counts by its units."""
    place = {p.id: (p.document_id, p.heading) for p in corpus.passages}
    units = [p for p in corpus.passages if p.unit is not Unit.LIST]
    asked = _asked_ids(corpus)
    answered, near = Counter[tuple[str, str]](), Counter[tuple[str, str]]()
    for question in corpus.bank.questions:
        ids = question.passage_ids or ((question.near_id,) if question.near_id else ())
        where = place[ids[0]] if ids else (question.document_id, "(no unit)")
        (answered if question.answered else near)[where] += 1
    order = dict.fromkeys([place[p.id] for p in units] + [*answered, *near])
    rows = [
        SectionStats(
            *where, sum(place[p.id] == where for p in units), answered[where], near[where],
            sum(place[p.id] == where and p.id not in asked for p in units),
        )
        for where in order
    ]  # fmt: skip
    names = ("units", "answered", "near", "without")
    return (*rows, SectionStats("all", "all sections", *(sum(getattr(row, name) for row in rows) for name in names)))


def proposals(corpus: Corpus, recorded: Iterable[Recorded] = ()) -> list[dict[str, Any]]:
    """Rows in the bank's own form, with `why` and `document` added, for a curator to complete and file.

    A unit without questions comes with an empty list to fill in. A question from the record comes on the side that its
    answer was on: to file it on the other, move the text between `unit` and `near`. Nothing here is in the bank yet.
    """
    asked = _asked_ids(corpus)
    open_units = [p for p in corpus.passages if p.unit is not Unit.LIST and p.id not in asked]
    rows = [_row(corpus, p, "unit", [], "no question yet") for p in open_units]
    passages = {p.id: p for p in corpus.passages}
    seen = {comparable(question.text) for question in corpus.bank.questions}
    for entry in recorded:
        question = entry.turn.search_question or entry.turn.question
        key = comparable(question)
        if not key or key in seen:
            continue
        seen.add(key)
        passage, side = _beside(entry.turn, passages)
        row = _row(corpus, passage, side, [question], entry.why)
        rows.append({**row, "record": entry.record})
    return rows


def recorded_questions(state: Path) -> Iterator[Recorded]:
    """What was reported, then what was refused, newest first; RecordError where the record cannot be read.

    What somebody wrote who was shown help is no question for the bank.
    """
    from assistant.audit import AuditLog
    from assistant.record import Selection

    folder = state / "audit"
    if not (folder / "audit.db").exists():
        raise RecordError(f"There is no audit record in {folder}: only units without questions are proposed.")
    log = AuditLog(folder)
    try:
        refused = Selection(outcome=Outcome.ABSTAINED.value, newest_first=True)
        for why, selection in (("reported", Selection(reported=True, newest_first=True)), ("refused", refused)):
            for record in log.records(selection):
                turn = log.turn_of(record)  # None where the words were erased or never kept
                if turn is not None and turn.safety.level.rank < Level.CARD.rank:
                    yield Recorded(why, record.hash, turn)
    finally:
        log.close()


def write_proposals(rows: Sequence[dict[str, Any]], path: Path) -> None:
    """One object a line, whole or not at all."""
    try:
        with written_whole(path) as file:
            file.write(in_lines(rows).encode())
    except OSError as error:
        raise ExpectedError(f"{path} cannot be written: {error}.") from error


def in_lines(rows: Sequence[dict[str, Any]]) -> str:
    """One object a line."""
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


def _asked_ids(corpus: Corpus) -> set[str]:
    """Ids of the units that a question of the bank asks for; a whole list's question counts for each entry."""
    members = {p.id: p.members for p in corpus.passages if p.unit is Unit.LIST}
    ids = [i for question in corpus.bank.questions for i in question.passage_ids]
    return {i for one in ids for i in (one, *members.get(one, ()))}


def _orphans(folders: Sequence[Path]) -> list[str]:
    found = []
    for folder in folders or [SHIPPED]:
        for bank in sorted(folder.expanduser().rglob(f"*{_SUFFIX}")) if folder.expanduser().is_dir() else []:
            name = bank.name.removesuffix(_SUFFIX)
            if not any(bank.with_name(name + suffix).is_file() for suffix in READERS):
                found.append(f"{bank.name}: no document called {name} lies beside it, so it is not read.")
    return found


def _beside(turn: Turn, passages: dict[str, Passage]) -> tuple[Passage | None, str]:
    """The passage that the turn cited or found nearest, and the side of the bank that stands for."""
    if turn.citations:
        return passages.get(turn.citations[0].passage_id), "unit"
    nearest = turn.refusal.nearest if turn.refusal else ()
    return (passages.get(nearest[0].passage_id) if nearest else None), "near"


def _row(corpus: Corpus, passage: Passage | None, side: str, questions: list[str], why: str) -> dict[str, Any]:
    beginning = _beginning(passage, corpus.passages) if passage else ""
    row: dict[str, Any] = {"section": passage.heading if passage else "", "unit": None}
    row |= {"unit": beginning} if side == "unit" and passage else {"near": beginning, "missing": ""}
    return {**row, "questions": questions, "why": why, "document": passage.document_id if passage else ""}


def _beginning(passage: Passage, passages: Sequence[Passage]) -> str:
    """As much of a unit's beginning as tells it from the other units of its document and section."""
    others = [
        p.text for p in passages
        if p.id != passage.id and p.document_id == passage.document_id and p.unit is not Unit.LIST
    ]  # fmt: skip
    text = passage.text
    lengths = range(min(_PREFIX, len(text)), len(text) + 1)
    return next((text[:n] for n in lengths if not any(o.startswith(text[:n]) for o in others)), text)
