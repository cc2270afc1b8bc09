"""Draws a page: set-up, the bar above, the chat or the supervisor's page, or why there is none."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import streamlit as st

from assistant.assistant import Assistant
from assistant.errors import ExpectedError
from assistant.settings import load_settings
from ui import auditing, chat_page, session, top_bar

# Drawn here: every named icon of Streamlit's would be fetched from a font service.
_ICON = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="8" fill="#0f5c5e"/>'
    '<path d="M9 9h4v2.4h-1.4v9.2H13V23H9zm14 0h-4v2.4h1.4v9.2H19V23h4zm-8 1.6h2.4V21H15z" fill="#fcfbf8"/></svg>'
)


def show(opened_assistant: Callable[[], Assistant]) -> None:
    """One run of one page. `opened_assistant` raises ExpectedError where nothing can be answered."""
    st.set_page_config(page_title="Sourcebound", page_icon=_ICON, layout="wide")
    st.html(Path(__file__).with_name("style.css"))
    try:
        assistant, settings = opened_assistant(), load_settings()
    except ExpectedError as error:
        top_bar.stopped(str(error))
        return
    pages = [st.Page(lambda: chat_page.show(assistant), title="Chat", url_path="chat", default=True)]
    if settings.audit_page and auditing.log_of(assistant) is not None:
        pages.append(st.Page(lambda: _audit(assistant, settings.state), title="Audit", url_path="audit"))
    page = st.navigation(pages, position="hidden")
    top_bar.show(assistant, pages, session.visit())
    page.run()


def _audit(assistant: Assistant, state: Path) -> None:
    from ui import audit_page

    log = auditing.log_of(assistant)
    if log is not None:
        audit_page.show(log, auditing.library(assistant, state), auditing.ask_again(assistant))
