"""Makes text that is not ours harmless where it is shown: in HTML, in a Markdown label, on a terminal."""

from __future__ import annotations

import html
import re
import unicodedata

JOINER = "\u2060"  # word joiner: takes no room, breaks no line, ends every pattern that looks for neighbours

_PUNCTUATION = re.compile(r"([!-/:-@\[-`{-~])")
# What Streamlit's page replaces after Markdown was read, so that a backslash does not help: emoji and icon codes,
# arrows and signs, and what looks like an address.
_CODES = re.compile(r":(?=\S)|@|(?<=\b[wW]{3})(?=\.)|(?<=[-<>~=])(?=[-<>~=])")
_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


def in_html(text: str) -> str:
    """For `st.html`: every character stands for itself."""
    return html.escape(text, quote=True)


def in_label(text: str) -> str:
    """For a label that Streamlit reads as Markdown: shown as it is, on one line.

    Nothing is Markdown, LaTeX, an emoji code or a link; word joiners are the only thing added.
    """
    line = " ".join(plain(text).split())
    broken = _CODES.sub(lambda match: match[0] + JOINER, line)
    return _PUNCTUATION.sub(r"\\\1", broken)


def plain(text: str) -> str:
    """For a terminal or a clipboard: no control characters but tab and line feed, nothing that reorders the line."""
    return "".join(c for c in _CONTROLS.sub("", text) if unicodedata.category(c) != "Cs")
