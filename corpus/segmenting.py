"""Cuts a paragraph into sentences with pysbd: the only owner of it."""

from __future__ import annotations

import warnings
from functools import cache
from typing import Any


@cache
def _segmenter() -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # pysbd 0.3.4 has invalid escapes in its source
        import pysbd
    return pysbd.Segmenter(language="en", clean=False, char_span=True)


def sentences(paragraph: str) -> list[tuple[int, int]]:
    """Start and end of each sentence in `paragraph`, without surrounding white space, in order."""
    spans = []
    for span in _segmenter().segment(paragraph):
        start = span.start + len(span.sent) - len(span.sent.lstrip())
        end = span.start + len(span.sent.rstrip())
        if end > start:
            spans.append((start, end))
    if "".join(paragraph[s:e] for s, e in spans).replace(" ", "") != paragraph.replace(" ", ""):
        return [(0, len(paragraph))]  # its spans are wrong for some repeated texts: keep the paragraph whole
    return spans
