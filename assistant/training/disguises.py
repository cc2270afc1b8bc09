"""Writes messages as people type them on a phone, in a hurry or to get past a filter: for training and measuring."""

from __future__ import annotations

import random
from collections.abc import Sequence

_LEET = {"a": "4", "e": "3", "i": "1", "o": "0", "s": "5", "t": "7"}
_NEAR = dict(zip("abcdefghijklmnopqrstuvwxyz", "svxswdfguhjknmiowearycqztx", strict=True))
_EMOJI = ("😭", "🙏", "💀", "😂", "🥺", "❤️", "😔", "👍", "🔥", "🤷")
_FIRST = (
    *("crisis_self", "crisis_self", "crisis_other", "medical_emergency", "injection", "injection"),
    *("question", "question", "question", "personal_advice"),
)


def disguised(text: str, chance: random.Random) -> str:
    """The text as it is four times in ten, otherwise with one or two disguises."""
    if chance.random() < 0.4:
        return text
    for disguise in chance.sample(_DISGUISES, chance.choice((1, 1, 2))):
        text = disguise(text, chance)
    return text


def joined(
    messages: Sequence[tuple[str, str, tuple[str, ...]]], chance: random.Random, count: int
) -> list[tuple[str, tuple[str, ...]]]:
    """Two messages in one: risk beside anything stays risk, an instruction beside a question stays an instruction."""
    by: dict[str, list[tuple[str, tuple[str, ...]]]] = {}
    for text, label, allowed in messages:
        by.setdefault(label, []).append((text, allowed))
    plain = ("question", "chitchat", "off_topic")
    out = []
    for _ in range(count):
        first = chance.choice(_FIRST)
        second = chance.choice(plain if first != "question" else ("chitchat", "question", "question"))
        text, allowed = chance.choice(by[first])
        parts = [text, chance.choice(by[second])[0]]
        if sum(map(len, parts)) > 400:
            continue
        chance.shuffle(parts)
        out.append((chance.choice((" ", ". ", "\n", " also ")).join(parts), allowed))
    return out


def typos(text: str, chance: random.Random) -> str:
    """One or two letters swapped, dropped, doubled or mistyped."""
    for _ in range(chance.choice((1, 1, 2))):
        spots = [i for i, c in enumerate(text[:-1]) if c.isalpha() and text[i + 1].isalpha()]
        if not spots:
            return text
        i = chance.choice(spots)
        kind = chance.randrange(4)
        if kind == 0:
            text = text[:i] + text[i + 1] + text[i] + text[i + 2 :]
        elif kind == 1:
            text = text[:i] + text[i + 1 :]
        elif kind == 2:
            text = text[:i] + text[i] + text[i:]
        else:
            text = text[:i] + _NEAR.get(text[i].lower(), text[i]) + text[i + 1 :]
    return text


def unpunctuated(text: str, chance: random.Random) -> str:
    """No marks at all, as dictated."""
    return "".join(c for c in text if c.isalnum() or c.isspace() or c in "%/")


def shouted(text: str, chance: random.Random) -> str:
    """All capitals or all small letters."""
    return text.upper() if chance.random() < 0.3 else text.lower()


def leet(text: str, chance: random.Random) -> str:
    """A quarter of the words with digits for letters."""
    words = text.split(" ")
    return " ".join("".join(_LEET.get(c.lower(), c) for c in w) if chance.random() < 0.25 else w for w in words)


def spaced(text: str, chance: random.Random) -> str:
    """One word with its letters apart."""
    words = text.split(" ")
    i = chance.randrange(len(words))
    words[i] = chance.choice((" ", ".", "-", "\u200b")).join(words[i])
    return " ".join(words)


def decorated(text: str, chance: random.Random) -> str:
    """With pictures at the end, or marks repeated."""
    return text + chance.choice((" ", "")) + chance.choice(_EMOJI) * chance.choice((1, 1, 2, 3))


def trailing(text: str, chance: random.Random) -> str:
    """With a greeting or a tag around it."""
    before = chance.choice(("", "", "hi ", "hey, ", "ok so ", "um ", "sorry but ", "please "))
    after = chance.choice(("", " lol", " thanks", " please", "...", "?", " idk", " tbh", "."))
    return before + text + after


_DISGUISES = (typos, typos, unpunctuated, shouted, leet, spaced, decorated, trailing, trailing)
