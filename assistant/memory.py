"""Makes a follow-up stand alone: earlier turns may rewrite a question, they are never evidence."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from assistant.answers import Turn

_LEANS = re.compile(
    r"^(?:and|but|so|or|also|then|ok(?:ay)?|right|good|great|thanks?|no|yes|hm+|what about|how about|same|why|how come|"
    r"how much|how many|how often|how long|by how much|any|which one|what else|anything else|such as|like what|e\.?g|"
    r"for instance|says who|according|the (?:first|second|third|fourth|fifth|sixth|seventh|eighth|last|other|next|"
    r"previous|former|latter|one))\b",
    re.I,
)
_POINTS = re.compile(
    r"\b(?:it|its|they|them|their|these|those|this|that|there|he|she|one|ones|former|latter|same|such|"
    r"the (?:other|others|first|second|third|last|two|three|four)|above|mentioned|before that|after that|both)\b",
    re.I,
)
_CORRECTION = re.compile(
    r"^(?:no|nope|sorry|wait|not that)[,.!: ]+(?:i (?:meant|mean)|not|rather|the|in)\b[ ,:]*", re.I
)
_OPENERS = re.compile(
    r"^(?:and|but|so|or|also|then|ok(?:ay)?|right|good|great|thanks?|thank you|no|yes|hm+|what about|how about)"
    r"(?:[,.!:; ]+|$)",
    re.I,
)
_PRONOUN = re.compile(
    r"\b(?:it|they|them|these|those|this|that)\b"
    r"(?! (?:the|a|an|article|text|section|sentence|paragraph|post|page|list)\b)",
    re.I,
)
# A question word, then at least three more words: it can be understood by itself.
_WHOLE = re.compile(r"\b(?:what|which|how|why|who|where|when|does|do|is|are|can)\b(?:\W+\w+){4}", re.I)
# 'it', 'that' and 'there' that point to nothing: "is it true that", "is there", "that is"
_ITSELF = re.compile(
    r"\b(?:is|are) there (?:a|an|any)\b|\bit (?:is )?true that\b|\bsuch as\b|\bthe (?:two|three|four)\b", re.I
)
_FRAGMENT = re.compile(
    r"^(?:compared|for|in|with|by|to|at|from|of|on|which|whose|who|where|when)\b(?!.*\b(?:is|are|does|do)\b)", re.I
)
_NEW_TOPIC = re.compile(
    r"^(?:(?:ok(?:ay)?|right|thanks?|now|so)[,.! ]+)*"
    r"(?:different|new|other|another|unrelated|next) (?:topic|question|subject)\W+",
    re.I,
)
_ORDINALS = {
    "first": 0, "1st": 0, "second": 1, "2nd": 1, "third": 2, "3rd": 2, "fourth": 3, "4th": 3, "fifth": 4,
    "sixth": 5, "seventh": 6, "eighth": 7, "last": -1, "final": -1,
}  # fmt: skip
_ORDINAL = re.compile(
    r"\b(?:the )?(" + "|".join(_ORDINALS) + r")(?: (?:one|item|point|bullet|option|cause|symptom|treatment|factor))?\b",
    re.I,
)
_FUNCTION_WORDS = frozenset(  # said as one text: a list of 200 strings reads worse
    """
    a about after all also an and any are as at be because been before being between both but by can could
    did do does doing done each either else even ever every for from get gets give given gives go goes got
    had has have having how i if in into is it its itself just know let like list may me mean means might
    more most much must my name no not of off on one only or other our out over own per please quick quickly
    really reported said same say says see shall she should show so some still such tell than that the their
    them then there these they thing things this those through to too under up us use used very was way we
    well were what whats when where whether which while who whom whose why will with work works would you
    your article text post blog page section sentence author according mention mentioned mentions percent
    percentage figure number many long often effective good
    """.split()  # noqa: SIM905
)


@dataclass(frozen=True, slots=True)
class Standalone:
    """A question that can be searched by itself, and the earlier question it leans on, if it does."""

    text: str
    earlier: str = ""

    @property
    def follows(self) -> bool:
        """Whether an earlier turn was needed to understand it."""
        return bool(self.earlier)


def standalone(message: str, turns: Sequence[Turn], phrases: frozenset[str]) -> Standalone:
    """The question to search for `message`, given the turns before it; `phrases` are runs of words of the corpus."""
    asked = [turn for turn in turns if turn.outcome.value not in ("conversational", "crisis")]
    fresh = _NEW_TOPIC.sub("", message)
    if not asked or fresh != message or not leans(message):
        return Standalone(fresh or message)
    last = asked[-1]
    earlier = last.search_question
    if entry := _named_entry(message, last):
        return Standalone(_ORDINAL.sub(entry, message, count=1), earlier)
    text = _CORRECTION.sub("", message)
    if text != message:
        return Standalone(_corrected(earlier, text, phrases), earlier)
    return Standalone(after(earlier, message, phrases), earlier)


def after(earlier: str, message: str, phrases: frozenset[str]) -> str:
    """`message` with what it leaves to `earlier` written out: a pronoun's topic, or the question before it."""
    text = _OPENERS.sub("", message).strip() or message
    topic = topic_of(earlier, phrases)
    if topic and _PRONOUN.search(text):
        return _PRONOUN.sub(topic, text, count=1)
    return f"{earlier.rstrip('?.! ').split(': ')[0]}: {text}"  # of a chain of follow-ups, what it began with


def topic_of(question: str, phrases: frozenset[str]) -> str:
    """The longest run of content words of `question` that the corpus has too: what a pronoun most likely stands for."""
    runs: list[list[str]] = [[]]
    for word in re.findall(r"[\w%'’-]+|[^\w\s]", question):
        if re.match(r"\w", word) and word.lower() not in _FUNCTION_WORDS:
            runs[-1].append(word)
        elif runs[-1]:
            runs.append([])
    found = {
        " ".join(run[start:end]) for run in runs for start in range(len(run)) for end in range(start + 1, len(run) + 1)
    }  # fmt: skip
    known = [phrase for phrase in found if phrase.lower() in phrases]
    choices = known or [" ".join(run) for run in runs]
    return max(choices, key=lambda phrase: (phrase.count(" "), not phrase.endswith(("ed", "ing")), len(phrase), phrase))


def _corrected(earlier: str, text: str, phrases: frozenset[str]) -> str:
    """'No, I meant X' asks the earlier question of X."""
    topic, meant = topic_of(earlier, phrases), text.strip(" ?.!,")
    return earlier.replace(topic, meant) if topic and len(content_words(meant)) <= 3 else f"{topic}: {text}"


def content_words(text: str) -> list[str]:
    """Words of `text` that carry its meaning, lower case."""
    return [w for w in re.findall(r"[a-z0-9][\w-]*", text.lower()) if w not in _FUNCTION_WORDS]


def leans(message: str) -> bool:
    """Whether the message needs what came before: it opens like a reply, points back, or names nothing."""
    words = content_words(message)
    points = bool(_POINTS.search(message))
    if not words or _CORRECTION.search(message):
        return True
    if _LEANS.search(message):
        return len(words) <= 6 and (points or len(words) <= 3 or not _WHOLE.search(message))
    if len(message.split()) <= 4 and _FRAGMENT.search(message):
        return True
    return points and len(words) <= 6 and not _ITSELF.search(message)


def _named_entry(message: str, last: Turn) -> str:
    """The text of the list entry that 'the second one' points to, if the last answer cited a list."""
    match = _ORDINAL.search(message)
    lists = [c.quote for c in last.citations if c.quote.count("\n- ") > 1]
    entries = [line[2:] for line in lists[0].split("\n") if line.startswith("- ")] if lists else []
    if not entries:
        entries = [c.quote for c in last.citations] if len(last.citations) > 1 else []
    if not match or not entries:
        return ""
    number = _ORDINALS[match[1].lower()]
    if number >= len(entries):
        return ""
    return " ".join(entries[number].split(":")[0].split()[:12])
