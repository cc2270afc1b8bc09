"""Reads a corpus folder: which files are documents, what is known of them, what is there twice."""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from corpus.bank import Bank, bank_beside, load_bank
from corpus.chunking import cut, fingerprint, slug, stored
from corpus.errors import CorpusError
from corpus.normalising import comparable
from corpus.passages import Document, Passage, Source
from corpus.readers import READERS, front_matter, read

SHIPPED = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Corpus:
    """Documents, their passages in reading order, the question bank, and what was noticed while reading."""

    documents: tuple[Document, ...]
    passages: tuple[Passage, ...]
    remarks: tuple[str, ...]
    bank: Bank

    @property
    def fingerprint(self) -> str:
        """Changes when the stored text of any document does, or the bank."""
        return fingerprint("\n".join([*(f"{d.id} {d.version}" for d in self.documents), self.bank.fingerprint]))


def load(folders: Sequence[Path]) -> Corpus:
    """The corpus in `folders` (none: the shipped one). CorpusError if there is nothing to read, or a list is wrong."""
    documents: list[Document] = []
    banks: list[tuple[str, Path]] = []
    remarks: list[str] = []
    for folder in folders or [SHIPPED]:
        for path, source in _sources(folder.expanduser()):
            document = stored(source, read(path))
            if not any(block.kind != "heading" for block, _ in document.blocks):
                raise CorpusError(f"{path} holds no sentence that could be cited. Remove it, or check its text.")
            twin = _twin(document, documents)
            if bank_beside(path).is_file():
                banks.append((twin.id if twin else document.id, bank_beside(path)))
            if twin:
                remarks.append(f"{path} holds the same text as {twin.title} ({twin.id}); it is read once.")
                continue
            if any(document.id == other.id for other in documents):
                raise CorpusError(f"Two documents are called {document.id}: rename {path}, or give it another id.")
            documents.append(document)
    if not documents:
        tried = ", ".join(str(f) for f in folders)
        raise CorpusError(f"No document was found in {tried}: put .md or .txt files there, or name another --corpus.")
    passages = tuple(passage for document in documents for passage in cut(document))
    return Corpus(tuple(documents), passages, tuple(remarks), load_bank(banks, passages))


def _twin(document: Document, others: Sequence[Document]) -> Document | None:
    """A document already read that says the same: nine in ten of the shorter one's blocks stand in the other."""
    mine = _words_of(document)
    for other in others:
        theirs = _words_of(other)
        if mine and theirs and len(mine & theirs) >= 0.9 * min(len(mine), len(theirs)):
            return other
    return None


def _words_of(document: Document) -> set[str]:
    return {comparable(block.text) for block, _ in document.blocks} - {""}


def _sources(folder: Path) -> list[tuple[Path, Source]]:
    if folder.is_file() and folder.suffix.lower() in READERS:
        return [(folder, _unlisted(folder))]
    if not folder.is_dir():
        raise CorpusError(f"The corpus folder {folder} does not exist. Name an existing folder of .md and .txt files.")
    listing = folder / "sources.toml"
    if listing.is_file():
        return _listed(folder, listing)
    found = sorted(path for path in folder.rglob("*") if path.suffix.lower() in READERS and path.is_file())
    return [(path, _unlisted(path)) for path in found if path.stem.lower() != "readme"]


def _unlisted(path: Path) -> Source:
    blocks = read(path)
    titles = [block.text for block in blocks if block.kind == "heading"]
    known = front_matter(path.read_text(encoding="utf-8-sig"))[0] if path.suffix.lower() != ".txt" else {}
    title = known.get("title") or (titles[0] if titles else path.stem.replace("-", " "))
    return Source(slug(path.stem), title, known.get("publisher", ""), known.get("kind", "article"))


def _listed(folder: Path, listing: Path) -> list[tuple[Path, Source]]:
    found = []
    for row in _rows(listing):
        if missing := {"id", "file", "title"} - row.keys():
            raise CorpusError(f"A [[source]] in {listing} lacks {', '.join(sorted(missing))}: {row}")
        texts = ("id", "file", "title", "publisher", "kind", "licence")
        if wrong := [name for name in texts if not isinstance(row.get(name, ""), str)]:
            raise CorpusError(f"A [[source]] in {listing} must have a text as its {wrong[0]}: {row}")
        path = folder / row["file"]
        if not path.is_file():
            raise CorpusError(f"{listing} names {row['file']}, which is not there. Add the file or remove the entry.")
        checksum = str(row.get("checksum", ""))
        actual = "sha256:" + hashlib.sha256(path.read_bytes()).hexdigest()
        if checksum and checksum != actual:
            raise CorpusError(
                f"{path} is not the text that was reviewed: {listing.name} says {checksum}, the file is {actual}. "
                "Review it again and write the new checksum, or restore the file."
            )
        restates = row.get("restates", "")
        if isinstance(restates, dict):
            restates = ", ".join(str(restates[k]) for k in ("title", "publisher") if k in restates)
        found.append(
            (path, Source(row["id"], row["title"], row.get("publisher", ""), row.get("kind", "document"), restates,
                          row.get("licence", ""), str(row.get("reviewed_on", "")), checksum))
        )  # fmt: skip
    listed = {path.resolve() for path, _ in found}
    folder_of_files = {path.parent for path, _ in found}
    for parent in folder_of_files:
        for path in parent.iterdir():
            if path.suffix.lower() in READERS and path.resolve() not in listed and path.stem.lower() != "readme":
                raise CorpusError(f"{path} is not listed in {listing}. Add a [[source]] for it, or move it away.")
    return found


def _rows(listing: Path) -> list[dict[str, Any]]:
    try:
        rows = tomllib.loads(listing.read_text(encoding="utf-8")).get("source", [])
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise CorpusError(f"{listing} is not valid TOML in UTF-8: {error}") from error
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise CorpusError(f"{listing} must have a [[source]] in double brackets for each document; found {rows!r:.60}.")
    return rows
