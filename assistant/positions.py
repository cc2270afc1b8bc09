"""Finds what a message asks for by its place: the title, the opening paragraph, 'what comes just before that'."""

from __future__ import annotations

import re
from collections.abc import Sequence

from assistant.memory import content_words
from corpus.passages import Document, Passage, Unit
from index.keywords import stem

_TITLE = re.compile(
    r"\b(?:title|headline)\b(?! (?:of|for) (?:the |this )?(?:section|part|list|table))|"
    r"\b(?:article|text|post|document|page) (?:is )?called\b|\bname of (?:the|this) (?:article|text|post|document)\b",
    re.I,
)
_NEIGHBOUR = re.compile(
    r"\b(?:what|which)?(?:'s| is| comes| stands| does (?:it|the (?:article|text)) say| follows)*\s*"
    r"(?:just|right|directly|immediately|straight)? ?\b(before|after|above|below|follows|precedes)\b"
    r"(?: (?:that|it|this|the list|that one|this one))?[?.! ]*$|"
    r"\bthe (?:sentence|one|item|point|bullet|entry|line) (?:just |right )?(before|after|above|below)\b|"
    r"\b(?:the )?(next|previous|following|preceding) (?:sentence|item|point|bullet|entry|line)\b|"
    r"^(?:and )?(next)[?.! ]*$",
    re.I,
)
_BACK = ("before", "above", "previous", "preceding", "precedes")
_END = re.compile(
    r"\b(?:the |its )?(opening|first|last|final|closing) (sentence|paragraph|line)s?\b|"
    r"\bhow does (?:the |this )?(?:article|text|post|document|page|it) (begin|start|open|end|close|finish|conclude)\b",
    re.I,
)
_FIRST = ("opening", "first", "begin", "start", "open")
_OF_A_SECTION = re.compile(
    r"\b(?:of|in) (?:the |its )?([\w -]{3,40}?) (?:section|part|chapter)\b|\bunder [\"“']?([\w -]{3,40})", re.I
)


def placed(
    message: str, shown: Sequence[Passage], documents: Sequence[Document], every: Sequence[Passage]
) -> list[Passage]:
    """The passages at the place that `message` names, none where it names no place; `shown` are the last answer's."""
    if not documents:
        return []
    document = next((d for d in documents if shown and d.id == shown[0].document_id), documents[0])
    own = [p for p in every if p.document_id == document.id and p.unit is not Unit.LIST]
    if len(content_words(message)) <= 4 and _TITLE.search(message):
        return _title(document)
    if match := _NEIGHBOUR.search(message):
        return _neighbour(message, next(filter(None, match.groups())).lower() in _BACK, shown, own)
    if (match := _END.search(message)) and not content_words(_OF_A_SECTION.sub("", _END.sub("", message))):
        return _end(match, message, document, own)
    return []


def _title(document: Document) -> list[Passage]:
    """The title as a passage that can be cited."""
    block, start = document.blocks[0] if document.blocks else (None, 0)
    if block is None or block.kind != "heading":
        return []
    end = start + len(block.text)
    return [
        Passage(f"{document.id}#title", document.id, document.title, document.version, (block.text,), Unit.SENTENCE,
                block.text, start, end, 0)
    ]  # fmt: skip


def _neighbour(message: str, back: bool, shown: Sequence[Passage], own: Sequence[Passage]) -> list[Passage]:
    """The passage next to the one shown; of a list shown, next to the entry that the message names."""
    places = {p.id: n for n, p in enumerate(own)}
    anchors = sorted({places[m] for p in shown for m in (p.members or (p.id,)) if m in places})
    words = {stem(word) for word in content_words(message)}
    named = [n for n in anchors if words & {stem(w) for w in content_words(own[n].text.split(":")[0])}]
    if not anchors:
        return []
    at, step = ((named or anchors)[0], -1) if back else ((named or anchors)[-1], 1)
    entries = bool(named) and own[at].unit is Unit.ITEM  # next to an entry stands an entry
    at += step
    while entries and 0 <= at < len(own) and own[at].unit is not Unit.ITEM:
        at += step
    return [own[at]] if 0 <= at < len(own) else []


def _end(match: re.Match[str], message: str, document: Document, own: Sequence[Passage]) -> list[Passage]:
    """The first or last sentence or paragraph, of the document or of the section that is named."""
    if section := _OF_A_SECTION.search(message):
        words = {stem(word) for word in content_words(section[1] or section[2])}
        own = [p for p in own if words and words <= {stem(w) for w in content_words(p.heading)}]
    if not own:
        return []
    which, kind = (match[1] or match[3]).lower(), (match[2] or "sentence").lower()
    last = own[0] if which in _FIRST else own[-1]
    if kind != "paragraph":
        return [last]
    around = [(start, start + len(block.text)) for block, start in document.blocks]
    start, end = next(((s, e) for s, e in around if s <= last.start < e), (last.start, last.end))
    return [p for p in own if start <= p.start < end]
