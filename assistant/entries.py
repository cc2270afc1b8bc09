"""What an answer showed one after the other, so that "the second one" can mean an entry of it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

_AND = r"(?:,? and |,? or )"
_FEW = r"[\w()'/-]+(?: [\w()'/-]+){0,4}"  # words of one entry
_PAIR = re.compile(rf"^{_FEW}{_AND}{_FEW}")
_INLINE = re.compile(rf"\b{_FEW}(?:, {_FEW})+{_AND}{_FEW}")
_LEAD = re.compile(r".*?\b(?:such as|including|like|among them|for example)\b,? ", re.I)
_WHICH = re.compile(r", (?:which|who|where)\b[^,.;]*(?=[,.;])")  # what is said of an entry on its way
_UP_TO = re.compile(r".*\b(?:are|is|was|were|includes?|by|of|from|with|through|as)\b ", re.I)
_FROM = re.compile(r" ?\b(?:can|may|is|are|was|were|could|have|has|help|helps|which|that|who|whose)\b.*", re.I)
_PREPOSITION = re.compile(r"^ ?(?:by|with|in|from|through|of|to) ", re.I)
_MOST_READ = 600  # characters of a quotation in which an enumeration is looked for


@dataclass(frozen=True, slots=True)
class Before:
    """A question asked before, as it was searched, and what was shown for it."""

    question: str
    quotes: tuple[str, ...] = ()
    shown: tuple[str, ...] = ()  # ids of the passages quoted


def entries_shown(asked: Sequence[Before]) -> list[list[list[str]]]:
    """What was shown one after the other, likeliest kind first: lists, several sentences, enumerations within one."""
    last = asked[-1]
    shown = [quote for quote in last.quotes if not quote.endswith(":")]  # but for what leads a list in
    several = [[*map(_start, shown)]] if len(shown) > 1 else []
    listed = several if len(shown) > 2 and all(map(_is_item, shown)) else []  # each item with its own citation
    return [_of_lists(last), listed, _in_passing(last), several, *map(_of_lists, reversed(asked[:-1]))]


def _is_item(quote: str) -> bool:
    """Whether it reads like an item of a list: few words that make no sentence, or few before a colon."""
    about, colon, _ = quote.partition(":")
    return len(about.split()) <= 4 if colon else not about.endswith(".")


def _of_lists(before: Before) -> list[list[str]]:
    """The entries of the lists that were shown."""
    bullets = [[line[2:] for line in quote.split("\n") if line.startswith("- ")] for quote in before.quotes]
    return [[*map(_start, entries)] for entries in bullets if len(entries) > 1]


def _start(entry: str) -> str:
    """What an entry is about: its first words, up to a colon."""
    return " ".join(entry.split(":")[0].split()[:10])


def _in_passing(before: Before) -> list[list[str]]:
    """What is told one after the other within the sentences shown: 'gout, anaemia, and asthma', '(SSRIs) … (SNRIs)'."""
    found = []
    for quote in before.quotes:
        told = _WHICH.sub("", _LEAD.sub("", quote[:_MOST_READ]))
        for run in _INLINE.findall(told) or (_PAIR.findall(told) if _LEAD.match(quote) else []):
            entries = re.split(rf", (?!and|or)|{_AND}", run)
            entries[0], entries[-1] = _UP_TO.sub("", entries[0]), _FROM.sub("", entries[-1])
            entries = [_PREPOSITION.sub("", entry) for entry in entries]
            found.append([entry.strip() for entry in entries])
    named = [re.findall(r"\b[A-Z]{2,}s?(?= \()|(?<=\()[A-Z][\w-]+(?=\))", quote) for quote in before.quotes]
    whole = [entries for entries in found if all(entries) and not any(_FROM.search(entry) for entry in entries)]
    return whole or [names for names in named if len(names) > 1]
