"""Which language a fixed line of the safety words is in, so that a screen reader speaks it as it is spoken."""

from __future__ import annotations

import functools
from collections.abc import Mapping

from assistant.errors import ExpectedError
from assistant.safety import load_words


def lang(line: str) -> str:
    """The attribute that names the language of a fixed line; nothing for English, or where it is not known."""
    found = _languages().get(line.strip())
    return f' lang="{found}"' if found else ""


@functools.cache
def _languages() -> Mapping[str, str]:
    try:
        words = load_words()
    except ExpectedError:  # help shows, whatever its language is called
        return {}
    blocks = {id_.removeprefix("crisis_"): words.block(id_) for id_ in words.blocks if id_.startswith("crisis_")}
    lines = {
        line.strip(): language
        for language, text in blocks.items()
        if language in words.review.languages
        for line in text.splitlines()
    }
    return lines | {text.strip(): language for language, text in words.other_language.items()}
