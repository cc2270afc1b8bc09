"""Finds what a message asks for by its place: the title, the opening paragraph, the third cause on the list,
'what comes just before that'."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from assistant.memory import content_words
from assistant.readings import ORDINALS
from corpus.passages import Document, Passage, Unit
from index.keywords import stem

_TEXT = r"(?:article|text|post|document|page|piece)"
_TITLE = re.compile(
    r"\b(?<!of the )(?:title|headline)\b(?! (?:of|for) (?:the |this )?(?:section|part|list|table))|"
    rf"\b{_TEXT} (?:is )?called\b|\bname of (?:the|this) {_TEXT}\b",
    re.I,
)
_DOES_SAY = r"does (?:it|the (?:article|text)) say|is (?:said|listed|named|mentioned)"
_NEIGHBOUR = re.compile(
    rf"^(?:and |so |ok(?:ay)?,? )*(?:what|which(?: \w+)?)(?:(?:'s| is| comes| stands| {_DOES_SAY})+"
    r"(?: just| right| directly| immediately| straight)? (before|after|above|below)| (follows|precedes))"
    r"(?: (?:that|it|this|the list|that one|this one))?[?.! ]*$|"
    r"\bthe (?:sentence|one|item|point|bullet|entry|line) (?:just |right )?(before|after|above|below)\b|"
    r"\b(?:the )?(next|previous|following|preceding) (?:sentence|item|point|bullet|entry|line)\b|"
    r"^(?:and )?(next)[?.! ]*$",
    re.I,
)
_THING = r"(?:one|sentence|line|statement|item|entry|point|bullet|symptom|sign|cause|factor|option|treatment)"
# "Which one comes right after the mood swings?", "which sentence follows directly on the one with the locks?"
_NEXT_TO = re.compile(
    rf"\b(?:which|what) (?:{_THING} )?(?:is |comes |stands |follows )?(?:said |listed |named |given |mentioned )?"
    r"(?P<close>just |right |directly |immediately |straight )?(?P<side>before|after|above|below|on|precedes)\b "
    rf"(?P<thing>(?:the )?(?:{_THING} )?(?:with |about |on |saying |which |that |says )*)(?P<what>.{{3,80}}?)[?.! ]*$",
    re.I,
)
_BACK = ("before", "above", "previous", "preceding", "precedes")
_END = re.compile(
    r"\b(?:the |its )?(?:very )?(opening|first|last|final|closing) "
    r"(sentence|paragraph|statement|remark|words?|"
    r"line(?= (?:of|in) (?:the|this))|(?<=opening )line|(?<=closing )line)s?\b|"
    rf"\bhow does (?:the |this )?(?:{_TEXT}|it|(?:[\w-]+ ){{0,3}}(?:section|part|chapter)(?: on [\w -]{{3,40}}?)?) "
    r"(begin|start|open|end|close|finish|conclude)\b",
    re.I,
)
_FIRST = ("opening", "first", "begin", "start", "open")
_OF_A_SECTION = re.compile(
    r"\b(?:of|in) (?:the |its )?([\w -]{3,40}?) (?:section|part|chapter)\b|\bunder [\"“']?([\w -]{3,40})|"
    r"\b(?:section|part|chapter) (?:on|about) (?:the )?([\w -]{3,40}?)"
    r"(?= (?:begin|start|open|end|close|finish)|[?.!,]|$)|"
    r"\bhow does the ([\w -]{3,40}?) (?:section|part|chapter)\b",
    re.I,
)
_BESIDE_A_PLACE = frozenset([
    "note", "whole", "very", "end", "ends", "piece", "reading", "read", "quote", "exact", "exactly", "word", "words",
])  # fmt: skip
_NTH = "first|second|third|fourth|fifth|sixth|seventh|eighth|last|final"
_PLACES = {**ORDINALS, "opens": 0, "begins": 0, "closes": -1, "ends": -1}
_LISTED = r"(?:listed|named|mentioned|given|told|on the list|in the list|of the list)"
# "the third cause on the list", "second of the treatment options", "which cause is listed first", "closes the list of"
_ENTRY = re.compile(
    rf"\b(?P<a>{_NTH}) (?:of the )?(?P<of_a>[\w -]{{3,40}}?) (?:that is |is )?{_LISTED}|"
    rf"\b(?P<b>second|third|fourth|fifth|sixth|seventh|eighth) of the (?P<of_b>[\w -]{{3,40}}?)[?.! ]*$|"
    rf"\b(?:which|what) (?P<of_c>[\w -]{{3,30}}?) (?:is|comes|are) {_LISTED} (?P<c>{_NTH})\b|"
    r"\b(?:item|entry|point|one|what) (?P<d>opens|begins|closes|ends) the list of (?P<of_d>[\w -]{3,40}?)[?.! ]*$",
    re.I,
)
_COMES = re.compile(rf"^(?:and )?(?:which|what)(?: one)? (?:comes|is|stands)(?: {_LISTED})? ({_NTH})[?.! ]*$", re.I)


def following(passages: Sequence[Passage]) -> dict[str, str]:
    """By the id of a passage, the id of the sentence or entry that comes next in its section; of a list, behind it."""
    single = [p for p in passages if p.unit is not Unit.LIST]
    after = {
        one.id: other.id
        for one, other in pairwise(single)
        if (one.document_id, one.section) == (other.document_id, other.section)
    }
    return after | {p.id: after[p.members[-1]] for p in passages if p.members and p.members[-1] in after}


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
    if entry := _entry(message, shown, every):
        return entry
    if match := _NEIGHBOUR.search(message):
        return _neighbour(message, next(filter(None, match.groups())).lower() in _BACK, shown, own)
    if (match := _NEXT_TO.search(message)) and (beside := _beside(match, shown, own)):
        return beside
    rest = content_words(_OF_A_SECTION.sub("", _END.sub("", message)))
    if (match := _END.search(message)) and not set(rest) - _BESIDE_A_PLACE:
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


def _entry(message: str, shown: Sequence[Passage], every: Sequence[Passage]) -> list[Passage]:
    """The entry that is counted: of the list that was shown last, or of the only one whose heading has the words."""
    if match := _COMES.search(message):
        lists = [p.members for p in shown if p.unit is Unit.LIST]
        number = match[1]
    elif match := _ENTRY.search(message):
        told = match.groupdict()
        words = _stems(next(v for k, v in told.items() if k.startswith("of_") and v))
        about = [(p, _stems(f"{p.heading} {p.text.splitlines()[0]}")) for p in every if p.unit is Unit.LIST]
        lists = [p.members for p, known in about if not words or words & known]
        number = next(v for k, v in told.items() if len(k) == 1 and v)
    else:
        return []
    at = _PLACES[number.lower()]
    if len(lists) != 1 or at >= len(lists[0]):
        return []
    return [p for p in every if p.id == lists[0][at]]


def _beside(match: re.Match[str], shown: Sequence[Passage], own: Sequence[Passage]) -> list[Passage]:
    """The passage next to the one that has the words of the message; of a list shown, next to that entry."""
    words = _stems(match["what"])
    entries = {m for p in shown for m in p.members}
    holding = [p for p in own if words and words <= _stems(p.text)]
    listed = [p for p in holding if p.id in entries]
    named = re.search(rf"\b{_THING}\b", match["thing"]) or (
        match["close"] and re.match("the claim", match["what"], re.I)
    )
    if len(listed or holding) != 1 or not (listed or named):
        return []
    at = own.index((listed or holding)[0]) + (-1 if match["side"].lower() in _BACK else 1)
    return [own[at]] if 0 <= at < len(own) else []


def _stems(text: str) -> set[str]:
    return {stem(word) for word in content_words(text)}


def _neighbour(message: str, back: bool, shown: Sequence[Passage], own: Sequence[Passage]) -> list[Passage]:
    """The passage next to the one shown; of a list shown, next to the entry that the message names."""
    places = {p.id: n for n, p in enumerate(own)}
    anchors = sorted({places[m] for p in shown for m in (p.members or (p.id,)) if m in places})
    words = _stems(message)
    named = [n for n in anchors if words & _stems(own[n].text.split(":")[0])]
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
        words = _stems(next(filter(None, section.groups())))
        own = [p for p in own if words and words <= _stems(p.heading)]
    if not own:
        return []
    which, kind = (match[1] or match[3]).lower(), (match[2] or "sentence").lower()
    last = own[0] if which in _FIRST else own[-1]
    if kind != "paragraph":
        return [last]
    around = [(start, start + len(block.text)) for block, start in document.blocks]
    start, end = next(((s, e) for s, e in around if s <= last.start < e), (last.start, last.end))
    return [p for p in own if start <= p.start < end]
