"""A turn, a document and a table as text in a terminal: help first, then the answer, then what it rests on."""

from __future__ import annotations

import shutil
import sys
import textwrap
from collections.abc import Sequence
from typing import TextIO

from assistant.answers import Outcome, Turn
from assistant.assistant import Assistant
from assistant.documents import Document
from ui.answer_text import TAGS, disclaimers, help_texts, missing, notices, place, searched_as
from ui.escaping import plain

_BOLD, _DIM, _RED, _TEAL, _END = "\x1b[1m", "\x1b[2m", "\x1b[31m", "\x1b[36m", "\x1b[0m"


class Paper:
    """Writes wrapped text; colours only where a person reads it on a terminal."""

    def __init__(self, out: TextIO | None = None) -> None:
        self.out = out or sys.stdout
        self.colours = self.out.isatty()
        self.width = min(100, shutil.get_terminal_size((100, 24)).columns) if self.colours else 100

    def write(self, text: str = "", style: str = "", indent: str = "", first: str | None = None) -> None:
        """The text, each of its lines wrapped; `first` stands before the first one instead of the indent."""
        start = indent if first is None else first
        for line in plain(text).split("\n"):
            wrapped = textwrap.wrap(
                line, self.width, initial_indent=start, subsequent_indent=indent, break_long_words=False,
                break_on_hyphens=False,
            ) or [""]  # fmt: skip
            for row in wrapped:
                self.out.write(f"{style}{row}{_END}\n" if style and self.colours and row else f"{row}\n")
            start = indent

    def bold(self, text: str, indent: str = "") -> None:
        """A line that stands out."""
        self.write(text, _BOLD, indent)

    def dim(self, text: str, indent: str = "", first: str | None = None) -> None:
        """A line that stands back."""
        self.write(text, _DIM, indent, first)


def write_turn(paper: Paper, turn: Turn) -> None:
    """The whole turn."""
    for card in help_texts(turn):
        write_help(paper, card)
    if searched := searched_as(turn):
        paper.dim(f"Searched as: {searched}")
    if turn.outcome in TAGS:
        paper.bold(TAGS[turn.outcome])
    if turn.outcome is not Outcome.CRISIS:
        paper.write(turn.answer)
    for text in notices(turn):
        paper.write(text, indent="  ", first="· ")
    _citations(paper, turn)
    _refusal(paper, turn)
    if turn.suggestions:
        paper.write()
        paper.dim("These it can answer:")
        for suggestion in turn.suggestions:
            paper.write(suggestion, indent="    ", first="  ? ")
    for text in disclaimers(turn):
        paper.write()
        paper.dim(text)


def write_help(paper: Paper, text: str) -> None:
    """A card of help."""
    for line in text.strip().splitlines():
        paper.write(line, _RED + _BOLD, indent="┃ ")
    paper.write()


def _citations(paper: Paper, turn: Turn) -> None:
    if turn.citations:
        paper.write()
    for citation in turn.citations:
        paper.write(f"{place(citation)} (version {citation.version[:12]})", _TEAL, "    ", f"[{citation.number}] ")
        if citation.quote not in turn.answer:
            paper.dim(f"“{citation.quote}”", "    ")


def _refusal(paper: Paper, turn: Turn) -> None:
    if turn.refusal is None:
        return
    paper.write()
    for part in missing(turn):
        paper.write(part, indent="    ", first="Not found: ")
    paper.write(turn.refusal.explanation, indent="     ", first="Why: ")
    for nearest in turn.refusal.nearest:
        paper.dim(f"“{nearest.quote}”", "    ", f"{nearest.score:.2f}  near, not an answer: ")


def write_documents(paper: Paper, documents: Sequence[Document]) -> None:
    """What can be quoted from."""
    for document in documents:
        source = document.source
        paper.bold(document.title)
        known = [source.kind, source.publisher, source.licence, source.reviewed_on and f"reviewed {source.reviewed_on}"]
        paper.dim(" · ".join(part for part in known if part), "  ")
        if source.restates:
            paper.dim(f"of {source.restates}", "  ")
        paper.dim(f"sources {document.id}   version {document.version[:12]}", "  ")


def write_document(paper: Paper, assistant: Assistant, document: Document) -> None:
    """A document with its passages numbered in reading order, below their headings."""
    write_documents(paper, [document])
    section: tuple[str, ...] = ()
    passages = [p for p in assistant.corpus.passages if p.document_id == document.id and p.unit.value != "list"]
    for number, passage in enumerate(passages, 1):
        if passage.section != section:
            section = passage.section
            paper.write()
            paper.bold(" › ".join(section))
        mark = "- " if passage.unit.value == "item" else ""
        paper.write(mark + passage.text, indent="      ", first=f"{number:>4}  ")


def write_table(paper: Paper, rows: Sequence[Sequence[str]]) -> None:
    """Rows in columns, the last one wrapped."""
    widths = [max(len(plain(row[i])) for row in rows) for i in range(len(rows[0]) - 1)]
    for row in rows:
        start = "".join(f"{plain(cell):<{width + 2}}" for cell, width in zip(row, widths, strict=False))
        paper.write(row[-1], indent=" " * min(len(start), 40), first=start)
