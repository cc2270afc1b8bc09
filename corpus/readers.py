"""Turns the bytes of a file into blocks: headings, paragraphs and list items, one reader for each suffix."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from corpus.errors import CorpusError
from corpus.normalising import comparable, normalised
from corpus.passages import Block

if TYPE_CHECKING:
    from markdown_it.token import Token

_MOST_BYTES = 10_000_000
_BULLET = re.compile(r"^\s*(?:[•‣▪●◦*·–-]|\d{1,2}[.)])\s+")
_SENTENCE_END = re.compile(r"""[.!?…:;]["'”’)\]]*$""")
_SKIP_LINK = re.compile(r"^skip to (?:main )?content", re.I)
_RESOURCES = re.compile(
    r"^(?:additional resources|related (?:posts|articles)|blog posts|recent posts|share this\b.*"
    r"|leave a (?:reply|comment)|latest .* posts|you (?:may|might) also like.*|more from .*|subscribe\b.*|browse .*)$",
    re.I,
)


def read(path: Path) -> list[Block]:
    """The blocks of the file at `path`. CorpusError for a file that is too large, not text, or of an unknown kind."""
    if path.suffix.lower() not in READERS:
        raise CorpusError(f"{path} cannot be read: its kind is not one of {', '.join(sorted(READERS))}.")
    data = path.read_bytes()
    if len(data) > _MOST_BYTES:
        raise CorpusError(f"{path} has {len(data):,} bytes; at most {_MOST_BYTES:,} are read. Split it.")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise CorpusError(f"{path} is not UTF-8 text (byte {error.start}). Save it as UTF-8.") from error
    return READERS[path.suffix.lower()](normalised(text))


def front_matter(text: str) -> tuple[dict[str, str], str]:
    """The `key: value` block between --- lines at the top, if any, and the rest."""
    match = re.match(r"---\n(.*?)\n---\n", text, re.S)
    if not match:
        return {}, text
    pairs = (line.partition(":") for line in match[1].splitlines())
    return {k.strip(): v.strip().strip("\"'") for k, _, v in pairs if v.strip()}, text[match.end() :]


def markdown_blocks(text: str) -> list[Block]:
    """Blocks of a Markdown text (CommonMark), inline marks removed."""
    from markdown_it import MarkdownIt

    blocks: list[Block] = []
    tokens = MarkdownIt("commonmark", {"html": False}).enable("table").parse(front_matter(text)[1])
    depth, heading, opens_item = 0, 0, False
    for token in tokens:
        if token.type == "list_item_open":
            depth, opens_item = depth + 1, True
        elif token.type == "list_item_close":
            depth -= 1
        elif token.type == "heading_open":
            heading = int(token.tag[1])
        elif token.type in ("inline", "fence", "code_block"):
            plain = _fold(_plain(token) if token.type == "inline" else token.content)
            if plain and heading:
                blocks.append(Block("heading", plain, heading))
            elif plain:
                _add(blocks, plain, in_item=depth > 0, opens_item=opens_item)
            heading, opens_item = 0, False
    return blocks


def _add(blocks: list[Block], plain: str, *, in_item: bool, opens_item: bool) -> None:
    """A further paragraph of a list item joins it."""
    if in_item and not opens_item and blocks and blocks[-1].kind == "item":
        blocks[-1] = Block("item", f"{blocks[-1].text} {plain}")
    else:
        blocks.append(Block("item" if in_item else "paragraph", plain))


def _plain(token: Token) -> str:
    parts = []
    for child in token.children or []:
        if child.type in ("softbreak", "hardbreak"):
            parts.append(" ")
        elif child.type in ("text", "code_inline", "html_inline", "image"):
            parts.append(child.content)
    return "".join(parts)


def page_blocks(text: str) -> list[Block]:
    """Blocks of a web page saved as text, without its navigation, repeated title, resource headings and teasers."""
    if re.search(r"^#{1,6} \S", text, re.M):
        return markdown_blocks(text)
    blocks: list[Block] = []
    for chunk in re.split(r"\n\s*\n", text):
        lines = [line for line in chunk.split("\n") if line.strip()]
        if not lines or _SKIP_LINK.match(lines[0].strip()):
            continue
        if any(_BULLET.match(line) for line in lines):
            blocks.extend(_list_blocks(lines))
        elif len(lines) == 1 and _looks_like_heading(lines[0]):
            blocks.append(Block("heading", _fold(lines[0]), 2))
        else:
            blocks.append(Block("paragraph", _fold(" ".join(lines))))
    return _article(blocks)


def _list_blocks(lines: list[str]) -> list[Block]:
    blocks: list[Block] = []
    for line in lines:
        if _BULLET.match(line):
            blocks.append(Block("item", _fold(_BULLET.sub("", line))))
        elif blocks:
            blocks[-1] = Block(blocks[-1].kind, _fold(f"{blocks[-1].text} {line}"))
        else:
            blocks.append(Block("paragraph", _fold(line)))
    return blocks


def _looks_like_heading(line: str) -> bool:
    stripped = line.strip()
    return len(stripped.split()) <= 16 and not _SENTENCE_END.search(stripped)


def _article(blocks: list[Block]) -> list[Block]:
    """The run from the title to the last section that has a body of whole sentences."""
    kept: list[Block] = []
    headings: set[str] = set()
    for block in blocks:
        if block.kind == "heading":
            if _RESOURCES.match(block.text) and any(b.kind == "paragraph" for b in kept):
                break
            if comparable(block.text) in headings:
                continue
            headings.add(comparable(block.text))
            block = Block("heading", block.text, 1 if len(headings) == 1 else 2)
        kept.append(block)
    while kept and (kept[-1].kind == "heading" or _is_teaser(kept)):
        kept.pop()
    return kept


def _is_teaser(blocks: list[Block]) -> bool:
    last = blocks[-1]
    return (
        last.kind == "paragraph"
        and not _SENTENCE_END.search(last.text)
        and len(blocks) > 1
        and blocks[-2].kind == "heading"
        and any(b.kind == "paragraph" and _SENTENCE_END.search(b.text) for b in blocks[:-1])
    )


def _fold(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip()


READERS: dict[str, Callable[[str], list[Block]]] = {
    ".md": markdown_blocks,
    ".markdown": markdown_blocks,
    ".txt": page_blocks,
}
