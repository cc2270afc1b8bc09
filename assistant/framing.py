"""Takes off what only says whose statement a sentence is: "The article says that …" over a passage of the article."""

from __future__ import annotations

import re

_ANY, _ARTICLE = "source|text|document|passage|page", "article|post|blog post"
_SAYS = "says|states|notes|reports|writes|explains|adds|points out|mentions|tells us|puts it"
_NOUN = rf"(?:the|this) (?P<noun>{_ANY}|{_ARTICLE}|(?:editor's |editors' )?note)"
_FRAMES = tuple(
    re.compile(pattern.replace("NOUN", _NOUN), re.IGNORECASE)
    for pattern in (
        r"^according to NOUN,? ",
        r"^(?:as stated )?in NOUN, ",
        rf"^as NOUN (?:{_SAYS}),? ",
        rf"^NOUN (?:also )?(?:{_SAYS}) that ",
    )
)


def unframed(claim: str, document: str = "") -> str:
    """The claim without its frame, where the frame is true of a document of this title; else the claim as it is.

    A note is not the article: over a document whose title calls it a note, "the article says" stays on.
    """
    for frame in _FRAMES:
        if found := frame.match(claim):
            noun, a_note = found["noun"].lower(), "note" in document.lower()
            if noun in _ANY.split("|") or ("note" in noun) is a_note:
                rest = claim[found.end() :]
                return rest[:1].upper() + rest[1:]
    return claim
