"""Keeps every version of a document that was ever served, so that a citation opens the text it was made from."""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from assistant.answers import Citation
from assistant.whole_files import written_whole
from corpus.chunking import fingerprint
from corpus.passages import Block, Document, Source


@dataclass(frozen=True, slots=True)
class Opened:
    """A citation beside the text it was made from.

    `holds`: the quote stands in the stored text, to the character. `now` is "same", "differs" or "gone":
    the document in force against the cited version; `difference` holds its removed (-) and added (+) sentences.
    """

    citation: Citation
    text: str | None
    holds: bool
    now: str
    difference: tuple[str, ...] = ()

    @property
    def remark(self) -> str:
        """What a reader must be told; empty where quote and document are as they were."""
        if self.text is None:
            return f"The text of version {self.citation.version} is not kept here: this quote cannot be compared."
        if not self.holds:
            return "This quote does not stand in the stored text of the version it names."
        return {"same": "", "gone": "This document is no longer in the corpus."}.get(
            self.now, "The current version differs here."
        )


class Library:
    """The documents in force, and a folder of every version that ever was, each checked by its own fingerprint."""

    def __init__(self, folder: Path, documents: Sequence[Document] = ()) -> None:
        self._folder = folder
        self._read: dict[tuple[str, str], Document] = {}
        self._documents = {document.id: document for document in documents}

    @property
    def documents(self) -> tuple[Document, ...]:
        """The documents in force."""
        return tuple(self._documents.values())

    def keep(self) -> int:
        """Store the versions in force that are not stored yet, before they serve; returns how many were new."""
        new = [d for d in self._documents.values() if self._stored(d.id, d.version) is None]
        for document in new:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            with written_whole(self._path(document.id, document.version)) as file:
                file.write(json.dumps(asdict(document), ensure_ascii=False, indent=0).encode())
        return len(new)

    def document(self, document_id: str, version: str) -> Document | None:
        """That version of the document; None where it is not kept, or is no longer the text it says it is."""
        current = self._documents.get(document_id)
        if current and current.version == version:
            return current
        key = (document_id, version)
        if key not in self._read and (found := self._stored(document_id, version)):
            self._read[key] = found
        return self._read.get(key)

    def opened(self, citation: Citation) -> Opened:
        """The citation beside its text, compared with the stored bytes and with the version in force."""
        document = self.document(citation.document_id, citation.version)
        text = document.text if document else None
        holds = text is not None and text[citation.start : citation.end] == citation.quote
        current = self._documents.get(citation.document_id)
        if current is None or current.version == citation.version:
            return Opened(citation, text, holds, "gone" if current is None else "same")
        return Opened(citation, text, holds, *_compared(citation, text, current.text))

    def quotes(self, citations: Iterable[Citation]) -> str:
        """How the quotes compare with the stored bytes: "stand", "differ" or "not kept"; "" where there is none."""
        worst = ""
        for citation in citations:
            document = self.document(citation.document_id, citation.version)
            if document is None:
                worst = worst if worst == "differ" else "not kept"
            elif document.text[citation.start : citation.end] != citation.quote:
                worst = "differ"
            else:
                worst = worst or "stand"
        return worst

    def _path(self, document_id: str, version: str) -> Path:
        return self._folder / f"{fingerprint(document_id)}-{fingerprint(version)}.json"

    def _stored(self, document_id: str, version: str) -> Document | None:
        try:
            told = json.loads(self._path(document_id, version).read_bytes())
            blocks = tuple((Block(**block), int(offset)) for block, offset in told["blocks"])
            found = Document(told["id"], told["title"], told["text"], version, Source(**told["source"]), blocks)
        except (OSError, ValueError, KeyError, TypeError):
            return None
        return found if fingerprint(found.text) == version and found.id == document_id else None


def _compared(citation: Citation, text: str | None, current: str) -> tuple[str, tuple[str, ...]]:
    """Whether the cited sentences still stand in `current`, and what stands there instead."""
    if text is None:
        return ("same" if citation.quote in current else "differs"), ()
    before, after = _sentences(text), _sentences(current)
    cited = [
        n for n, (start, words) in enumerate(before) if start < citation.end and start + len(words) > citation.start
    ]
    changed: list[str] = []
    matcher = difflib.SequenceMatcher(None, [words for _, words in before], [words for _, words in after], False)
    for tag, i1, i2, j1, j2 in matcher.get_opcodes():
        if tag != "equal" and cited and i1 <= cited[-1] and i2 > cited[0]:
            changed += [f"- {words}" for _, words in before[i1:i2]] + [f"+ {words}" for _, words in after[j1:j2]]
    return ("differs" if changed else "same"), tuple(changed)


def _sentences(text: str) -> list[tuple[int, str]]:
    """Each sentence or shorter line, with its offset; cut roughly, which is enough to show what changed."""
    return [(found.start(), found[0]) for found in re.finditer(r"\S[^\n]*?(?:[.!?](?=\s)|(?=\n)|$)", text)]
