"""Cuts a document into passages along its structure, and gives each an address and a fingerprint."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from corpus.normalising import comparable
from corpus.passages import Block, Document, Passage, Source, Unit
from corpus.segmenting import sentences


def stored(source: Source, blocks: Sequence[Block]) -> Document:
    """The document as it is stored: its blocks written out as plain Markdown, and the fingerprint of that text."""
    pieces: list[str] = []
    placed: list[tuple[Block, int]] = []
    length = 0
    for index, block in enumerate(blocks):
        if index:
            glue = "\n" if block.kind == "item" and blocks[index - 1].kind == "item" else "\n\n"
            pieces.append(glue)
            length += len(glue)
        mark = {"heading": "#" * max(block.level, 1) + " ", "item": "- "}.get(block.kind, "")
        pieces.append(mark + block.text)
        placed.append((block, length + len(mark)))
        length += len(mark) + len(block.text)
    text = "".join(pieces) + "\n"
    return Document(source.id, source.title, text, fingerprint(text), source, tuple(placed))


def fingerprint(text: str) -> str:
    """The first 16 hex digits of the text's sha256."""
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def slug(text: str) -> str:
    """`text` as it stands in an address: lower-case ASCII words joined by hyphens, at most 48 characters."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:48].strip("-") or "section"


def cut(document: Document) -> list[Passage]:
    """The passages of `document` in reading order; a whole list follows its last entry."""
    return _Cutter(document).passages()


@dataclass
class _Cutter:
    document: Document
    found: list[Passage] = field(default_factory=list)
    path: list[tuple[int, str]] = field(default_factory=list)
    seen: Counter[str] = field(default_factory=Counter)
    entries: list[Passage] = field(default_factory=list)
    lead: Passage | None = None
    end_of_list: int = 0

    def passages(self) -> list[Passage]:
        for block, offset in self.document.blocks:
            if block.kind != "item":
                self._close_list()
            if block.kind == "heading":
                self.path = [entry for entry in self.path if entry[0] < block.level]
                self.path.append((block.level, block.text))
            else:
                self._sentences(block, offset)
        self._close_list()
        return self.found

    def _sentences(self, block: Block, offset: int) -> None:
        item = block.kind == "item"
        if item and not self.entries:
            last = self.found[-1] if self.found else None
            self.lead = last if last and last.section == self._section() and last.unit is Unit.SENTENCE else None
        for index, (start, end) in enumerate(sentences(block.text)):
            previous = self.found[-1] if self.found and self.found[-1].section == self._section() else None
            starts_item = item and index == 0
            before = self.lead if starts_item else previous
            unit = Unit.ITEM if starts_item else Unit.SENTENCE
            passage = self._passage(unit, offset + start, offset + end, before.text if before else "")
            if item and self.lead:
                passage = replace(passage, lead_id=self.lead.id)
            self.found.append(passage)
            if starts_item:
                self.entries.append(passage)
        if item:
            self.end_of_list = offset + len(block.text)

    def _close_list(self) -> None:
        entries, self.entries = self.entries, []
        if len(entries) < 2:
            return
        start = self.lead.start if self.lead else self.document.text.rindex("- ", 0, entries[0].start)
        whole = self._passage(Unit.LIST, start, self.end_of_list, "")
        self.found.append(
            replace(whole, members=tuple(e.id for e in entries), lead_id=self.lead.id if self.lead else "")
        )

    def _section(self) -> tuple[str, ...]:
        return tuple(heading for _, heading in self.path)

    def _passage(self, unit: Unit, start: int, end: int, before: str) -> Passage:
        text = self.document.text[start:end]
        address = f"{self.document.id}#{slug(self._section()[-1] if self.path else self.document.title)}"
        mark = hashlib.sha256(comparable(text).encode()).hexdigest()[:8]
        key = f"{address}~{'list-' if unit is Unit.LIST else ''}{mark}"
        self.seen[key] += 1
        return Passage(
            id=key if self.seen[key] == 1 else f"{key}.{self.seen[key]}",
            document_id=self.document.id,
            document=self.document.title,
            version=self.document.version,
            section=self._section(),
            unit=unit,
            text=text,
            start=start,
            end=end,
            position=len(self.found),
            before=before,
        )
