"""Makes text storable, once, before offsets exist: one Unicode form, nothing invisible, white space folded."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

# Zero-width, bidirectional, soft-hyphen, byte-order and tag characters: seen by a model, not by a reader.
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff\U000e0000-\U000e007f]")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_BLANK = re.compile(r"[ \t\u00a0\u2000-\u200a\u202f\u205f\u3000]+")


def normalised(text: str) -> str:
    """`text` in NFC with line feeds only, no invisible or control characters, single spaces, no trailing ones."""
    text = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
    text = _CONTROL.sub("", _INVISIBLE.sub("", text))
    return "\n".join(_BLANK.sub(" ", line).rstrip() for line in text.split("\n"))


@lru_cache(4096)  # a bank asks for the same headings and passages thousands of times
def comparable(text: str) -> str:
    """Lower case, words of any script only: for telling whether two texts are the same, never for showing."""
    plain = unicodedata.normalize("NFKC", text).lower()
    return " ".join("".join(c if c == "%" or unicodedata.category(c)[0] in "LMN" else " " for c in plain).split())
