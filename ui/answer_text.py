"""How a turn reads on a page and a terminal alike: its quotations, citations, cards and tag, and its text to copy."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from assistant.answers import Citation, Notice, Outcome, Turn
from assistant.drafted_text import DRAFTED, is_quoted

TAGS = {
    Outcome.PARTIAL: "Answered in part",
    Outcome.ABSTAINED: "Not in the documents",
    Outcome.DECLINED: "Not for this tool to say",
}
_HELP = {"help", "emergency", "poison"}


def is_help(notice: Notice) -> bool:
    """Whether a notice is a card of help, which stands above everything."""
    return notice.kind in _HELP or notice.kind.endswith("_card")


def help_texts(turn: Turn) -> list[str]:
    """What stands above everything: the reply to a crisis, and every card of help."""
    reply = [turn.answer] if turn.outcome is Outcome.CRISIS else []
    return [*reply, *(notice.text for notice in turn.notices if is_help(notice))]


def notices(turn: Turn, without: str = "disclaimer") -> list[str]:
    """What stands below the answer, but for the kind that is shown elsewhere."""
    return [n.text for n in turn.notices if not is_help(n) and n.kind not in ("disclaimer", without)]


def disclaimers(turn: Turn) -> list[str]:
    """What stands last."""
    return [n.text for n in turn.notices if n.kind == "disclaimer"]


def is_drafted(turn: Turn) -> bool:
    """Whether a model wrote it."""
    return any(notice.kind == DRAFTED for notice in turn.notices)


def missing(turn: Turn) -> list[str]:
    """What was not found, where nothing else that is shown names it already."""
    if turn.refusal is None:
        return []
    told = "\n".join([turn.question, turn.search_question, turn.answer, turn.refusal.explanation, *notices(turn)])
    return [part for part in turn.refusal.missing if part not in told]


def searched_as(turn: Turn) -> str:
    """The question that was searched, where it is not the one that was typed."""
    searched = turn.search_question.strip()
    return "" if turn.outcome is Outcome.CRISIS or searched == turn.question.strip() else searched


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch of an answer: words of a source, of a model, or of the tool; or a citation's number."""

    kind: str  # quote | draft | own | mark
    text: str

    @property
    def number(self) -> int:
        """The citation's number, of a mark."""
        return int(self.text)


@dataclass(frozen=True, slots=True)
class Line:
    """One paragraph or list item of an answer."""

    item: bool
    runs: tuple[Run, ...]


def runs(turn: Turn) -> Iterator[Run]:
    """The answer from left to right. A [1] inside a quotation is the source's own and stays text."""
    place = 0
    for claim in turn.claims:
        start = turn.answer.find(claim.text, place)
        if start < 0:
            continue
        yield from _own(turn.answer[place:start], turn)
        written = is_drafted(turn) and not is_quoted(claim.text, turn.citations)
        yield Run("draft" if written else "quote", claim.text)
        place = start + len(claim.text)
    yield from _own(turn.answer[place:], turn)


def lines(turn: Turn) -> tuple[Line, ...]:
    """The answer as paragraphs and list items."""
    rows: list[list[Run]] = [[]]
    for run in runs(turn):
        first, *others = run.text.split("\n") if run.kind != "mark" else [run.text]
        rows[-1].append(Run(run.kind, first))
        rows.extend([Run(run.kind, other)] for other in others)
    return tuple(_line(row) for row in rows if any(run.text.strip() for run in row))


def _own(text: str, turn: Turn) -> Iterator[Run]:
    known = {c.number for c in turn.citations}
    for part in re.split(r" ?(\[\d+\])", text):
        number = part[1:-1] if part.startswith("[") and part.endswith("]") else ""
        if number.isdigit() and int(number) in known:
            yield Run("mark", number)
        elif part:
            yield Run("own", part)


def _line(row: list[Run]) -> Line:
    first = next(i for i, run in enumerate(row) if run.text.strip())
    row = row[first:]
    item = row[0].kind != "mark" and row[0].text.lstrip().startswith("- ")
    start = row[0].text.lstrip().removeprefix("- ") if item else row[0].text.lstrip()
    return Line(item, tuple(run for run in (Run(row[0].kind, start), *row[1:]) if run.text))


def place(citation: Citation) -> str:
    """Document and heading path, the document's own title not said twice."""
    path = [part for part in citation.section if part != citation.document]
    return " › ".join([citation.document, *path])


def to_copy(turn: Turn) -> str:
    """The answer with its sources, as plain text for a note or a letter."""
    sources = [f"[{c.number}] {place(c)} (version {c.version[:12]}): “{c.quote}”" for c in turn.citations]
    told = [n.text for n in turn.notices if n.kind in (DRAFTED, "disclaimer", "unreferenced", "partial")]
    return "\n\n".join(part for part in (turn.answer, "\n".join(sources), "\n".join(told)) if part)
