"""Asks recorded questions again and says what differs, and which of corpus, index, settings and models changed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from assistant.answers import Outcome, Turn
from assistant.audit import AuditLog
from assistant.record import Record, Selection, State, canonical
from assistant.record_queries import question_shown
from corpus.errors import ExpectedError

CUT = ("phi", "injection")  # the notices that say that words were removed before the message was recorded
# The question, the messages before it in its conversation, and whether a model drafted the answer.
Ask = Callable[[str, list[str], bool], Turn]


@dataclass(frozen=True, slots=True)
class Difference:
    """One recorded answer beside the answer of today.

    `parts` names what differs of the contract's fields; `changed` what was changed of the system meanwhile.
    `missing` says why the question could not be asked again; the other fields are then empty. Of a message that
    was not kept as it was written (a name, an instruction to the tool), what the removed words told is not compared.
    """

    record: Record
    before: Turn | None = None
    after: Turn | None = None
    parts: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    missing: str = ""

    @property
    def same(self) -> bool:
        """The same bytes."""
        return not self.parts and not self.missing

    @property
    def unexplained(self) -> bool:
        """Another answer although nothing changed: a defect."""
        return bool(self.parts) and not self.changed

    @property
    def told(self) -> tuple[str, ...]:
        """What it was (-) and what it is today (+), part by part; where only places moved, nothing."""
        lines: list[str] = []
        for part in self.parts if self.before and self.after else ():
            then, now = (_told(turn, part) for turn in (self.before, self.after) if turn)
            lines += [f"- {part}: {line}" for line in then if line not in now]
            lines += [f"+ {part}: {line}" for line in now if line not in then]
        return tuple(lines)

    def __str__(self) -> str:
        name = self.record.hash[:12]
        if self.missing:
            return f"{name} cannot be asked again: {self.missing}"
        because = f"changed since: {', '.join(self.changed)}" if self.changed else "nothing has changed since"
        return f"{name} {'same answer' if self.same else 'differs in ' + ', '.join(self.parts)} ({because})"


@dataclass(frozen=True, slots=True)
class Regression:
    """What a run over many recorded answers came to."""

    unchanged: int
    differing: int
    missing: int
    unexplained: int
    causes: tuple[tuple[str, int], ...]
    what: str = "recorded"

    @property
    def ok(self) -> bool:
        """Every question could be asked again, and none was answered differently."""
        return not self.differing and not self.missing

    def __str__(self) -> str:
        asked = self.unchanged + self.differing
        line = f"{self.unchanged} of {asked} {self.what} answers unchanged, {self.differing} differ"
        if self.unexplained:
            line += f" ({self.unexplained} of them although nothing changed)"
        if self.missing:
            line += f"; {self.missing} could not be asked again"
        if self.causes:
            line += ". Changed since: " + ", ".join(f"{name} ({count})" for name, count in self.causes)
        return line + "."


def replay(log: AuditLog, record: Record, ask: Ask) -> Difference:
    """Ask the record's question again, after the same messages, and compare."""
    before = log.turn_of(record)
    if before is None:
        return Difference(record, missing="its words were erased or never kept")
    if not before.question:
        return Difference(record, missing=question_shown(before).strip("()"))
    earlier = []
    for row in log.records(Selection(conversation=record.conversation)):
        if row.seq >= record.seq:
            break
        turn = log.turn_of(row)
        if turn is None or (not turn.question and turn.outcome is Outcome.CRISIS):
            return Difference(
                record, before, missing=f"an earlier message of its conversation was erased or not kept (row {row.seq})"
            )
        earlier.append(turn.question)
    try:
        after = ask(before.question, earlier, " by " in record.engine)
    except ExpectedError as error:
        return Difference(record, before, missing=str(error))
    return Difference(record, before, after, _parts(before, after), changed_since(before, after))


def accepted(log: AuditLog) -> list[Record]:
    """The answers that a reviewer has accepted: the ones a change must not alter unseen."""
    return log.records(Selection(state=State.ACCEPTED.value))


def replays(log: AuditLog, records: Iterable[Record], ask: Ask) -> Iterator[Difference]:
    """One difference a record, as they come."""
    return (replay(log, record, ask) for record in records)


def summary(differences: Iterable[Difference], what: str = "accepted") -> Regression:
    """The counts, and the line that says them."""
    unchanged = differing = missing = unexplained = 0
    causes: Counter[str] = Counter()
    for difference in differences:
        unchanged += difference.same
        differing += bool(difference.parts)
        missing += bool(difference.missing)
        unexplained += difference.unexplained
        causes.update(difference.changed)
    return Regression(unchanged, differing, missing, unexplained, tuple(sorted(causes.items())), what)


def changed_since(before: Turn, after: Turn) -> tuple[str, ...]:
    """Which fingerprints are no longer the same; models by name."""
    then, today = before.fingerprints, after.fingerprints
    changed = [name for name in ("corpus", "index", "settings") if getattr(then, name) != getattr(today, name)]
    names = sorted(then.models.keys() | today.models.keys())
    return (*changed, *(f"model {n}" for n in names if then.models.get(n) != today.models.get(n)))


def _parts(before: Turn, after: Turn) -> tuple[str, ...]:
    """The fields whose JSON is not the same; the fingerprints are told apart, the record differs by nature."""
    moved = before.fingerprints.corpus != after.fingerprints.corpus
    old, new = (_comparable(turn, _cut(before), moved) for turn in (before, after))
    names = [
        name for name in old if name not in ("fingerprints", "record") and canonical(old[name]) != canonical(new[name])
    ]
    support = [[c.support for c in turn.claims] for turn in (before, after)]
    said = [[(c.text, c.citations, c.provenance) for c in turn.claims] for turn in (before, after)]
    return tuple("support" if n == "claims" and said[0] == said[1] and support[0] != support[1] else n for n in names)


def _cut(turn: Turn) -> bool:
    return any(notice.kind in CUT for notice in turn.notices)


def _comparable(turn: Turn, cut: bool, moved: bool) -> dict[str, Any]:
    if cut:  # asked again, the message no longer holds what these were told by
        notices = tuple(notice for notice in turn.notices if notice.kind not in CUT)
        turn = replace(turn, notices=notices, safety=replace(turn.safety, class_="", cues=()))
    if moved:  # in another version of a document, the same words of the same passage are the same quote
        citations = tuple(replace(citation, version="", start=0, end=0) for citation in turn.citations)
        turn = replace(turn, citations=citations)
    return replace(turn, record=None).to_json()


def _told(turn: Turn, part: str) -> list[str]:
    """One part of a turn as lines to read."""
    if part == "citations":
        return [f"{c.document_id} {c.version}: {c.quote}" for c in turn.citations]
    if part in ("claims", "support"):
        return [f"{c.text} (support {c.support:.3f}; {', '.join(c.provenance)})" for c in turn.claims]
    if part == "refusal" and turn.refusal:
        return [f"{turn.refusal.gate}: {turn.refusal.explanation} {'; '.join(turn.refusal.missing)}".strip()]
    value = turn.to_json()[part]
    if isinstance(value, list):
        return [item if isinstance(item, str) else canonical(item) for item in value]
    return [value if isinstance(value, str) else canonical(value)]
