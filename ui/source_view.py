"""A stored document beside the conversation: where it comes from, the whole text, the cited words marked."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import streamlit as st

from assistant.answers import Citation, Turn
from assistant.assistant import Assistant
from assistant.documents import Document
from ui import components
from ui.escaping import in_html
from ui.session import Opened, Visit
from ui.top_bar import about

Mark = tuple[int, int, str]


def show(assistant: Assistant, visit: Visit, opened: Opened) -> None:
    """Draws the open source."""
    turn = visit.conversation.turns[opened.turn] if 0 <= opened.turn < len(visit.conversation.turns) else None
    document = assistant.document(opened.document_id, opened.version)
    with st.container(key="source"):
        with st.container(horizontal=True, vertical_alignment="center", key="source-head"):
            st.html(f'<p class="source-kind">{"Source " + str(opened.number) if opened.number else "Source"}</p>')
            st.button("Close", icon=":material/close:", key="close-source", type="tertiary", on_click=visit.close)
        if document is None:
            st.html(_lost(opened, turn))
            return
        st.html(_head(document, opened))
        components.document(
            "source-document",
            {
                "title": document.title,
                "blocks": marked_blocks(document, _marks(opened, turn)),
                "occasion": opened.occasion,
            },
            lambda _: visit.close(),
        )


def marked_blocks(document: Document, marks: Sequence[Mark]) -> list[dict[str, Any]]:
    """The document's blocks, each cut into parts that are marked or not. The parts of a block join to its text."""
    return [
        {"kind": block.kind, "level": block.level, "parts": _parts(block.text, offset, marks)}
        for block, offset in document.blocks
    ]


def _parts(text: str, offset: int, marks: Sequence[Mark]) -> list[dict[str, str]]:
    kinds = [""] * len(text)
    for start, end, kind in marks:
        for place in range(max(0, start - offset), min(len(text), end - offset)):
            kinds[place] = kind
    cuts = [0, *(i for i in range(1, len(text)) if kinds[i] != kinds[i - 1]), len(text)]
    return [{"text": text[a:b], "mark": kinds[a]} for a, b in pairwise(cuts) if b > a]


def _marks(opened: Opened, turn: Turn | None) -> list[Mark]:
    """The turn's other citations of this document first, so that the one that was opened is drawn over them."""
    others: Sequence[Citation] = turn.citations if turn else ()
    same = [c for c in others if (c.document_id, c.version) == (opened.document_id, opened.version)]
    return [*((c.start, c.end, "other") for c in same), (opened.start, opened.end, "cited")]


def _head(document: Document, opened: Opened) -> str:
    path = [part for part in opened.section if part != document.title]
    crumbs = "".join(f"<li>{in_html(part)}</li>" for part in path)
    version = f"version <code>{in_html(document.version[:12])}</code>"
    return (
        f'<p class="source-title">{in_html(document.title)}</p>'
        f'<p class="source-about">{in_html(about(document))} · {version}</p>'
        + (f'<ol class="crumbs" aria-label="Section">{crumbs}</ol>' if crumbs else "")
    )


def _lost(opened: Opened, turn: Turn | None) -> str:
    quotes = [c.quote for c in turn.citations if c.number == opened.number] if turn else []
    quote = f"<blockquote>{in_html(quotes[0])}</blockquote>" if quotes else ""
    return (
        f'<p class="source-about">Version {in_html(opened.version[:12])} of {in_html(opened.document_id)} '
        f"is no longer kept here. What was quoted from it:</p>{quote}"
    )
