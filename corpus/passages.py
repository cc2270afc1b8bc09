"""The nouns of the corpus: where a text comes from, the text as stored, and what can be cited of it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Unit(StrEnum):
    """What kind of text a passage is."""

    SENTENCE = "sentence"
    ITEM = "item"
    LIST = "list"


@dataclass(frozen=True, slots=True)
class Source:
    """Where a document comes from, as `sources.toml` states it (or as much as is known without one)."""

    id: str
    title: str
    publisher: str = ""
    kind: str = "article"
    restates: str = ""
    licence: str = ""
    reviewed_on: str = ""
    checksum: str = ""


@dataclass(frozen=True, slots=True)
class Block:
    """One heading, paragraph or list item as a reader found it, white space folded."""

    kind: str  # heading | paragraph | item
    text: str
    level: int = 0


@dataclass(frozen=True, slots=True)
class Document:
    """A document as stored: `text` never changes for one `version`, so offsets into it stay valid."""

    id: str
    title: str
    text: str
    version: str
    source: Source
    blocks: tuple[tuple[Block, int], ...]  # each with its offset in `text`


@dataclass(frozen=True, slots=True)
class Passage:
    """The smallest thing that can be cited: `text == document.text[start:end]`, to the character.

    `id` is an address and a fingerprint, `document#section~1a2b3c4d`: it survives edits elsewhere.
    `before` is what a reader needs to understand the passage: the sentence that introduces the list,
    or the sentence before it. `members` are the ids of a whole list's entries.
    """

    id: str
    document_id: str
    document: str
    version: str
    section: tuple[str, ...]
    unit: Unit
    text: str
    start: int
    end: int
    position: int
    before: str = ""
    members: tuple[str, ...] = ()
    lead_id: str = ""

    @property
    def heading(self) -> str:
        """The nearest heading above the passage."""
        return self.section[-1] if self.section else self.document

    @property
    def in_context(self) -> str:
        """The text with its heading and the last twelve words of what comes before it, as every model here reads it."""
        return in_context(self.text, self.heading, self.before)


def in_context(text: str, heading: str, before: str) -> str:
    """A text of a passage as the models read it."""
    end = " ".join(before.split()[-12:])
    return f"{text} | {heading} | {end}" if end else f"{text} | {heading}"
