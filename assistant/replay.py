"""Asks recorded questions again and says what differs, and which of corpus, index, settings and models changed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace

from assistant.answers import Turn
from assistant.audit import AuditLog
from assistant.record import Record, Selection, State, canonical

Ask = Callable[[str, list[str]], Turn]  # the question, and the messages before it in its conversation


@dataclass(frozen=True, slots=True)
class Difference:
    """One recorded answer beside the answer of today.

    `parts` names what differs of the contract's fields; `changed` what was changed of the system meanwhile.
    `missing` says why the question could not be asked again; the other fields are then empty.
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
    earlier = []
    for row in log.records(Selection(conversation=record.conversation)):
        if row.seq >= record.seq:
            break
        if (turn := log.turn_of(row)) is None:
            return Difference(
                record, before, missing=f"an earlier message of its conversation was erased (row {row.seq})"
            )
        earlier.append(turn.question)
    after = ask(before.question, earlier)
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
    old, new = replace(before, record=None).to_json(), replace(after, record=None).to_json()
    names = [
        name for name in old if name not in ("fingerprints", "record") and canonical(old[name]) != canonical(new[name])
    ]
    support = [[c.support for c in turn.claims] for turn in (before, after)]
    said = [[(c.text, c.citations, c.provenance) for c in turn.claims] for turn in (before, after)]
    return tuple("support" if n == "claims" and said[0] == said[1] and support[0] != support[1] else n for n in names)
