"""Makes a message readable for detection only: odd letters, hidden characters, leet, slang, dictation. Never shown."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field

# Zero-width and direction marks, variation selectors, soft hyphen, tags: nothing a reader sees.
_INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff"
    "\U000e0000-\U000e01ef]"
)
_LOOKALIKES = str.maketrans(
    "аеорсухіјѕԁһкмтвнзαοερικνυτßøłıđæœ’‘‛`´ʼ＇“”„«»–—‑…",
    "aeopcyxijsdhkmtbh3aoepikvutsolidao'''''''\"\"\"\"\"---.",
)
_LEET = str.maketrans("0134578@$!|+€", "oieastbasiite")
_SPACED = re.compile(r"(?<![\w])(?:[^\W\d_][\s.*_\-|/]{1,3}){2,}[^\W\d_](?![\w])")
_TOKEN = re.compile(r"[\w@$!|+*€]+(?:['\-.][\w@$!|+*€]+)*")
_STRETCHED = re.compile(r"([^\W\d_])\1{2,}")
_SPOKEN = re.compile(
    r"\b(?:full stop|exclamation mark|question mark|new (?:line|paragraph)|open quotes?|close quotes?)\b"
)
LONGEST = 20_000  # characters that are read

# Devanagari in plain Latin letters, roughly as people type it on a phone.
_CONSONANTS = {
    **{"क": "k", "ख": "kh", "ग": "g", "घ": "gh", "ङ": "n", "च": "ch", "छ": "chh", "ज": "j", "झ": "jh", "ञ": "n"},
    **{"ट": "t", "ठ": "th", "ड": "d", "ढ": "dh", "ण": "n", "त": "t", "थ": "th", "द": "d", "ध": "dh", "न": "n"},
    **{"प": "p", "फ": "ph", "ब": "b", "भ": "bh", "म": "m", "य": "y", "र": "r", "ल": "l", "व": "v", "ळ": "l"},
    **{"श": "sh", "ष": "sh", "स": "s", "ह": "h"},
}
_VOWELS = {
    **{"अ": "a", "आ": "a", "इ": "i", "ई": "i", "उ": "u", "ऊ": "u", "ऋ": "ri", "ए": "e", "ऐ": "ai", "ओ": "o", "औ": "au"},
    **{"ऑ": "o"},
}
_SIGNS = {"ा": "a", "ि": "i", "ी": "i", "ु": "u", "ू": "u", "ृ": "ri", "े": "e", "ै": "ai", "ो": "o", "ौ": "au", "ॉ": "o"}
_MARKS = {"ं": "n", "ँ": "n", "ः": "h", "ऽ": "", "।": ".", "़": ""}


@dataclass(frozen=True, slots=True)
class Spellings:
    """From safety.toml: the words leet is looked for, and slang with its plain meaning."""

    disguised: frozenset[str] = frozenset()
    slang: dict[str, str] = field(default_factory=dict)
    pictures: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Normaliser:
    """`readable` is what the classifier sees; `folded` has no accents, apostrophes or marks: what patterns see."""

    spellings: Spellings = Spellings()

    def readable(self, text: str) -> str:
        """The message in plain lower-case letters, disguises undone, slang written out."""
        text = unicodedata.normalize("NFKC", text[:LONGEST])
        text = _INVISIBLE.sub("", text)
        for picture, word in self.spellings.pictures.items():
            text = text.replace(picture, f" {word} ")
        text = _romanised(text).lower().translate(_LOOKALIKES)
        text = _SPACED.sub(lambda found: self._joined(found[0]), text)
        text = _STRETCHED.sub(r"\1\1", text)
        text = _SPOKEN.sub(" ", text)
        text = _TOKEN.sub(lambda found: self._plain(found[0]), text)
        for written, meant in self.spellings.slang.items():
            if " " in written:
                text = re.sub(rf"\b{re.escape(written)}\b", meant, text)
        return " ".join(text.split())

    def folded(self, readable: str) -> str:
        """`readable` without accents, apostrophes and marks; sentence ends stay as full stops."""
        text = "".join(c for c in unicodedata.normalize("NFD", readable) if not unicodedata.combining(c))
        text = text.replace("'", "")
        text = re.sub(r"[.?!;\n]+", " . ", text)
        return " ".join(re.sub(r"[^\w.%]+", " ", text).split())

    def _joined(self, spaced: str) -> str:
        """`k i l l  m y s e l f` as words, where the letters make one that is looked for."""
        if len(spaced) > 200:
            return spaced
        words = [re.sub(r"[\W_]", "", group) for group in re.split(r"\s{2,}", spaced)]
        found = [self._split(word) for word in words]
        return " ".join(found) if all(found) else spaced

    def _split(self, letters: str) -> str:
        """`killmyself` as `kill myself`: the fewest known words that make it up, or nothing."""
        best: list[list[str] | None] = [[]] + [None] * len(letters)
        for end in range(1, len(letters) + 1):
            for start in range(max(0, end - 12), end):
                before = best[start]
                if before is not None and letters[start:end] in self.spellings.disguised:
                    words = [*before, letters[start:end]]
                    current = best[end]
                    if current is None or len(words) < len(current):
                        best[end] = words
        return " ".join(best[-1] or [])

    def _plain(self, token: str) -> str:
        if token in self.spellings.slang:
            return self.spellings.slang[token]
        if token.isalpha():
            return token
        stripped = token.rstrip("!")
        marks = token[len(stripped) :]
        for guess in (stripped.translate(_LEET), stripped.replace("1", "l").translate(_LEET)):
            if guess in self.spellings.disguised:
                return guess + marks
        for guess in (re.sub(r"[*.\-_]", "", stripped), *_filled(stripped)):
            if guess != stripped and guess in self.spellings.disguised and "'" not in stripped:
                return guess + marks
        return token


def _filled(token: str) -> list[str]:
    """`su*cide` with each vowel in the star's place."""
    if token.count("*") != 1:
        return []
    return [token.replace("*", vowel) for vowel in "aeiou"]


def _romanised(text: str) -> str:
    """Devanagari as Latin letters; anything else as it is."""
    if not any("\u0900" <= c <= "\u097f" for c in text):
        return text
    out: list[str] = []
    inherent = False
    for char in unicodedata.normalize("NFD", text):
        if char in _CONSONANTS:
            out.append(("a" if inherent else "") + _CONSONANTS[char])
            inherent = True
            continue
        if char in _SIGNS:
            out.append(_SIGNS[char])
        elif char == "्":
            pass
        elif char == "़":
            continue
        else:
            out.append(("a" if inherent and char in "ंँः" else "") + _MARKS.get(char, _VOWELS.get(char, char)))
        inherent = False
    return "".join(out)
