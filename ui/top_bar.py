"""The bar above every page: where one is, what is held here, a fresh start, and help one click away."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import streamlit as st

from ui.escaping import in_html, in_label
from ui.languages import lang
from ui.session import Opened, Visit

if TYPE_CHECKING:
    from streamlit.navigation.page import StreamlitPage

    from assistant.assistant import Assistant
    from assistant.documents import Document


def show(assistant: Assistant, pages: Sequence[StreamlitPage], visit: Visit) -> None:
    """Draws the bar and, below it, what has to be known about this running copy."""
    with st.container(key="topbar", horizontal=True, vertical_alignment="center"):
        st.html('<span class="brand"><span class="brand-mark" aria-hidden="true">[1]</span>Sourcebound</span>')
        if len(pages) > 1:
            for page in pages:
                st.page_link(page, width="content")
        leaving = False  # for the chat: elsewhere there is no source and no conversation to be seen
        with st.popover("Sources", icon=":material/menu_book:", type="tertiary", width="content", key="library"):
            st.caption("Everything this tool can quote from")
            for document in assistant.corpus.documents:
                leaving |= st.button(
                    in_label(document.title), key=f"document-{document.id}", type="tertiary", on_click=visit.open,
                    args=(Opened(document.id, document.version, opener="library"),),
                    help=in_label(about(document)) or None,
                )  # fmt: skip
        if visit.conversation.turns:
            leaving |= st.button(
                "New", icon=":material/add:", key="restart", type="tertiary", on_click=visit.restart,
                help="Forget this conversation and begin another",
            )  # fmt: skip
        with st.popover("Get help now", icon=":material/support:", width="content", key="help-now"):
            st.html(help_card(assistant.help.text, "Help now"))
    if leaving and len(pages) > 1:
        st.switch_page(pages[0])
    for remark in assistant.remarks:
        st.html(f'<p class="remark" role="status">{in_html(remark)}</p>')


def about(document: Document) -> str:
    """What is known of a document besides its title."""
    source = document.source
    known = [
        source.kind.capitalize(),
        f"of “{source.restates}”" if source.restates else "",
        source.publisher,
        f"reviewed on {source.reviewed_on}" if source.reviewed_on else "",
        source.licence,
    ]
    return " · ".join(part for part in known if part)


def help_card(text: str, name: str, *, new: bool = False) -> str:
    """A help card, visibly not an answer; a new one is said by a screen reader at once."""
    paragraphs = "".join(f"<p{lang(line)}>{linked(line)}</p>" for line in text.strip().splitlines() if line.strip())
    role = ' role="alert"' if new else ""
    return f'<section class="help"{role} aria-label="{in_html(name)}">{paragraphs}</section>'


def linked(text: str) -> str:
    """The text with the one directory of helplines that may be a link."""
    site = "findahelpline.com"
    anchor = f'<a href="https://{site}" target="_blank" rel="noopener noreferrer">{site}</a>'
    return in_html(text).replace(site, anchor)


def stopped(why: str) -> None:
    """What is shown when there is no assistant: why, what to do, and where help is."""
    st.html(f'<div class="hero"><h1>Sourcebound cannot start</h1><p class="lead">{in_html(why)}</p></div>')
    st.html(help_card("Help now: your local emergency number (112, 911, 999, 000), or findahelpline.com.", "Help now"))
