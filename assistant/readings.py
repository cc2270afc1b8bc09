"""The ways in which a follow-up may be meant, each as a question that stands alone, likeliest by form first.

Earlier turns may rewrite a question, they are never evidence. Which reading is searched is decided in meaning.py.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from assistant.answers import Turn
from assistant.entries import Before, entries_shown
from assistant.memory import CORRECTION, content_words, leans, topics_of, without_opener

_AFTER = r"^(?:(?:ok(?:ay)?|right|thanks?|now|so|no|wait|never mind)[,.! ]+)*"
_NEW_TOPIC = re.compile(
    rf"{_AFTER}(?:different|new|other|another|unrelated|next|separate) (?:topic|question|subject|thing)\W+",
    re.I,
)
_ASIDE = re.compile(  # what follows is a topic of its own, unless it points back
    rf"{_AFTER}(?:(?:leaving|putting|setting) (?:that|this|it|[\w-]+) aside|moving on|"
    r"(?:a )?change of (?:topic|subject)|on (?:another|a different) note|something else|"
    r"switching (?:topics?|subjects?))[,.:;!-]+ *",
    re.I,
)
_DOUBT = re.compile(
    r"\b(?:(?:are )?you(?:'re)? (?:quite |really )?(?:sure|certain)|sure (?:about|it)|really(?=\W*$)|"
    r"is (?:that|it) (?:right|true|correct|so(?=\W*$))|not \d|isn'?t (?:it|that) (?:more|less|\d))",
    re.I,
)
_PRONOUN = re.compile(
    r"\b(?:all )?(?:of )?(?:it|they|them|these|those|this|that|(?<=which )ones?)\b"
    r"(?! (?:the|a|an|article|text|section|sentence|paragraph|post|page|list|mean|says?|use[sd]?|calls?|called|"
    r"describes?|mentions?|gives?|name[sd]?)\b)",
    re.I,
)
_OWN = re.compile(r"\b(?:its|their)\b", re.I)
_ONES = re.compile(
    r"^(?:only |just |and |what about )*(?:the )?"
    r"((?!(?:which|that|this|other|first|last|any|each|every|no|these|those|same|if|when|does|can)\b)[\w-]+) ones?\b",
    re.I,
)
_ASKS = re.compile(
    r"(?:what|which|how|why|who|whose|when|where|does|do|is|are|can|could|did|was|has|by how|by what)\b", re.I
)
_ASKING = re.compile(r"\w,? (?:what|which|how|why|who|where|when|does|do|is|are|can)\b", re.I)  # "light, how does it"
_OF_IT = re.compile(r"\w+ (?:it|that|this|they|those|these)\b", re.I)
_FIGURE = re.compile(r"\d")
_THERE = re.compile(r"\b(?:in )?there\b(?<!is there)(?<!are there)(?<!was there)(?<!were there)", re.I)
_LABEL = re.compile(r"((?:[\w-]+ ){0,3}[\w-]+): ")
_PLACE = re.compile(r"\b(?:in|within|inside|at|through) the (?:[\w-]+ )?[\w-]+", re.I)
_PLACED = re.compile(r"\b(?:to|in|within|on|at) (?:the |a |an )?(?:[\w%-]+ )?[\w%-]+$", re.I)
_COMPARES = re.compile(
    r"\b(?:larger|largest|bigger|biggest|higher|highest|stronger|strongest|better|best|greater|smaller|compare|"
    r"difference|which (?:is|one|of))\b",
    re.I,
)
_PREPOSITION = re.compile(r"^(?:in|within|for|with|on|during|at|from|by|to)\b", re.I)
_ON = re.compile(r"^(?:on|about) the ([\w -]+?)(?: (?:side|front|part))?$", re.I)
ORDINALS = {
    "first": 0, "1st": 0, "former": 0, "second": 1, "2nd": 1, "latter": -1, "third": 2, "3rd": 2, "fourth": 3,
    "4th": 3, "fifth": 4, "5th": 4, "sixth": 5, "seventh": 6, "eighth": 7, "last": -1, "final": -1,
}  # fmt: skip
_COUNTED = (
    r"(?:ones?|items?|points?|bullets?|options?|causes?|symptoms?|treatments?|factors?|entry|entries|"
    r"class(?:es)?|types?|kinds?|groups?|drugs?|medicines?|therap(?:y|ies)|conditions?|disorders?|areas?|regions?|ways?)"
)
_ORDINAL = re.compile(
    rf"\bthe ({'|'.join(ORDINALS)})\b(?! (?:line|sentence|step|paragraph|section|part|time|thing))"
    rf"(?: (?:{_COUNTED}|\w+s\b))?(?: of (?:them|these|those))?|"
    rf"\b({'|'.join(ORDINALS)}) {_COUNTED}\b|^(?:and )?({'|'.join(ORDINALS)})\W*$",
    re.I,
)
_LONGEST_FRAGMENT = 5  # words
_MUCH = 4  # words of content with which a message may be a question of its own


@dataclass(frozen=True, slots=True)
class Standalone:
    """A question that can be searched by itself, and the earlier question it leans on, if it does."""

    text: str
    earlier: str = ""
    parts: tuple[str, ...] = ()  # where it stands for several questions
    swap: tuple[str, str] = ("", "")  # what the message names, and what of the earlier question it stands in for
    said: str = ""  # the message that leans, as it was said
    shown: tuple[str, ...] = ()  # ids of the passages shown for the earlier question
    joined: bool = False  # no more than the earlier question and the message, one after the other

    @property
    def new(self) -> str:
        """What is asked, without an earlier question that only stands before it."""
        return self.said if self.joined else self.text

    def part(self, text: str) -> Standalone:
        """One part of it as a question, behind what was asked before where this one is."""
        earlier = self.text.removesuffix(self.said)
        return replace(self, text=earlier + text, said=text) if self.joined else Standalone(text)


def asked_before(turns: Sequence[Turn]) -> list[Before]:
    """The questions of `turns` that a follow-up may lean on."""
    asked = [t for t in turns if t.search_question.strip() and t.outcome.value not in ("conversational", "crisis")]
    return [
        Before(t.search_question, tuple(c.quote for c in t.citations), tuple(c.passage_id for c in t.citations))
        for t in asked
    ]


def siblings(headings: Sequence[str]) -> frozenset[tuple[str, str]]:
    """The words in which two headings differ that are otherwise the same: ("brain", "gut"), both ways."""
    told = [heading.lower().split() for heading in dict.fromkeys(headings)]
    pairs = [
        [(a, b) for a, b in zip(one, other, strict=True) if a != b]
        for one in told for other in told if len(one) == len(other) > 1
    ]  # fmt: skip
    return frozenset(differing[0] for differing in pairs if len(differing) == 1)


def readings(message: str, asked: Sequence[Before], phrases: frozenset[str]) -> tuple[Standalone, ...]:
    """The questions that `message` may stand for after `asked`, at least one; `phrases` are runs of the corpus."""
    fresh = _NEW_TOPIC.sub("", message)
    if (rest := _ASIDE.sub("", message)) != message:
        fresh = rest
        message = rest if _PRONOUN.search(rest) or _OWN.search(rest) else message
    doubts = bool(_DOUBT.search(message)) and len(content_words(message)) <= 4
    if not asked or fresh != message or not (doubts or leans(message)):
        return (Standalone(fresh or message),)
    last = asked[-1]
    earlier = last.question
    text = _tidy(message)
    if doubts:
        return (Standalone(earlier, earlier),)
    base = earlier.rstrip("?.! ").split(": ")[0]
    if _COMPARES.search(text) and len(content_words(text)) <= 3 and (both := _compared(asked)):
        return (both,)
    topics = topics_of(base, phrases)
    if pointed := _pointed(text, asked) or _ones(text, base, topics):
        return tuple(Standalone(reading, earlier, said=message, shown=last.shown) for reading in pointed)
    swaps = _swapped(text, base, topics)
    found = [*swaps, *_of_place(text, base), *_of_topic(text, [*dict.fromkeys([*topics, *_labels(last)])])]
    found = _placed([*found, text], last, phrases) or found
    placed = _PREPOSITION.match(text)
    alone = _ASKS.match(text) or (not placed and (text == message.strip() or _ASKING.search(text)))
    if _whole(text) or (not found and content_words(text) and alone):
        found.append(text)
    each = [Standalone(r, earlier, (), swaps.get(r, ("", "")), message, last.shown) for r in dict.fromkeys(found)]
    return (*each, Standalone(f"{base}: {text}", earlier, said=text, shown=last.shown, joined=True))


def _whole(text: str) -> bool:
    """Whether the text asks a question that may be one of its own, for all that it points back."""
    told = len(content_words(text))
    return told >= _MUCH or (bool(_ASKS.match(text)) and told >= _MUCH - 1 and not _OF_IT.match(text))


def _tidy(message: str) -> str:
    """Without what opens a reply or a correction, and what only says that it is one."""
    text = re.sub(
        r"^(?:and )?(?:the )?same (?:question |thing |again |q )?(?=for|with|in|of|about)(?:for |about )?",
        "",
        message,
        flags=re.I,
    )
    text = re.sub(r"[,;]? (?:same question|too|as well|though|then|please)(?=[?.! ]*$)", "", text, flags=re.I)
    text = CORRECTION.sub("", without_opener(text)).strip()
    return text or message


def _pointed(text: str, asked: Sequence[Before]) -> list[str]:
    """'The second one': the entry of the list, or of the enumeration in a sentence, that an answer showed last."""
    match = _ORDINAL.search(text)
    if not match:
        return []
    number = ORDINALS[next(filter(None, match.groups())).lower()]
    for shown in entries_shown(asked):
        if named := [entries[number] for entries in shown if number < len(entries)]:
            return [f"{text[: match.start()]}{name}{text[match.end() :]}" for name in named[:3]]
    return []


def _ones(text: str, base: str, topics: Sequence[str]) -> list[str]:
    """'Only the environmental ones': the earlier question, narrowed."""
    match = _ONES.search(text)
    if not match or _ORDINAL.search(text):
        return []
    return [base.replace(topic, f"{match[1].strip()} {topic}") for topic in topics]


def _compared(asked: Sequence[Before]) -> Standalone | None:
    """'Which is larger?' after figures: they are shown again, side by side; this assistant does not rank."""
    last = asked[-1].question
    if sum(bool(_FIGURE.search(quote)) for quote in asked[-1].quotes) > 1:
        return Standalone(last, last)
    showing = [before for before in asked[-2:] if any(map(_FIGURE.search, before.quotes))]
    if len(showing) < 2:
        return None
    both = tuple(f"{before.question.rstrip('?.! ')}?" for before in showing)
    return Standalone(" ".join(both), last, both)


def _labels(last: Before) -> list[str]:
    """What a question for something was answered with: "Light therapy: ..."."""
    if not re.match(r"(?:what|which)\b(?! (?:is|are|was|were|do|does|did)\b)", last.question, re.I):
        return []
    return [label[1].lower() for quote in last.quotes[:1] if (label := _LABEL.match(quote))]


def _placed(texts: Sequence[str], last: Before, phrases: frozenset[str]) -> list[str]:
    """'There': the place that the last answer named, or what was asked about."""
    told = [m[0] for quote in last.quotes[:2] for m in _PLACE.finditer(quote)]
    places = [place for place in told if content_words(place.split()[-1])]
    places += [f"in the {topic}" for topic in topics_of(last.question, phrases) if f"the {topic}" in last.question]
    return [
        f"{text[: there.start()]}{place}{text[there.end() :]}"
        for text in texts if (there := _THERE.search(text)) for place in places[:3]
    ]  # fmt: skip


def _swapped(text: str, base: str, topics: Sequence[str]) -> dict[str, tuple[str, str]]:
    """A fragment asks the earlier question of something else: in place of each thing that it named."""
    fragment = _ON.sub(r"\1", text.strip(" ?.!,"))
    if not _is_fragment(fragment) or _PREPOSITION.match(fragment):
        return {}
    bare = re.sub(r"^(?:the|a|an) ", "", fragment, flags=re.I)
    return {f"{base.replace(topic, bare, 1)}?": (bare, topic) for topic in topics}


def _of_place(text: str, base: str) -> list[str]:
    """'In the gut?' asks the earlier question of that: in place of what stood there with the same preposition."""
    fragment = text.strip(" ?.!,")
    preposition = _PREPOSITION.match(fragment)
    if not preposition or not _is_fragment(fragment):
        return []
    place = re.compile(rf"\b{preposition[0]} (?:the |a |an )?(?:[\w%-]+ )?[\w%-]+$", re.I)
    if stood := place.search(base):
        return [f"{base[: stood.start()]}{fragment}"]
    other = _PLACED.search(base)
    return [f"{base} {fragment}", *([f"{base[: other.start()]}{fragment}"] if other else [])]


def _is_fragment(text: str) -> bool:
    """Whether the text names something and asks nothing."""
    asks = _ASKS.match(text) or re.search(r"\b(?:what|which|whom?|how)\b", text, re.I)
    return bool(content_words(text)) and len(text.split()) <= _LONGEST_FRAGMENT and not asks


def _of_topic(text: str, topics: Sequence[str]) -> list[str]:
    """With each thing that was spoken of in place of the first pronoun."""
    if (own := _OWN.search(text)) and not _PRONOUN.search(text):
        return [f"{text[: own.start()]}the {topic}'s{text[own.end() :]}" for topic in topics]
    if match := _PRONOUN.search(text):
        lead = "of the " if match[0].lower().startswith("of ") else ""
        return [text[: match.start()] + lead + topic + text[match.end() :] for topic in topics]
    return []
