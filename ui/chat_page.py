"""The chat: a first screen that says what this is, the conversation, and the open source beside it."""

from __future__ import annotations

import logging

import streamlit as st

from assistant.assistant import Assistant
from assistant.drafting import Drafting
from assistant.errors import ExpectedError
from ui import components, source_view, turn_view
from ui.escaping import in_html, in_label
from ui.session import Visit, visit
from ui.top_bar import about

_LONGEST = 2000
_MODES = ("Verbatim", "Drafted, checked")
_log = logging.getLogger(__name__)


def show(assistant: Assistant) -> None:
    """Draws the chat of this browser session, and answers the question that was just asked."""
    here = visit()
    if message := st.chat_input("Ask the documents", max_chars=_LONGEST, key="message"):
        here.ask(message)
    reading = st.container(key="reading")
    if assistant.drafting is not None:
        _mode(assistant.drafting, here)
    with reading:
        left, *beside = st.columns([11, 10], gap="large") if here.opened else st.columns(1)
        with left:
            opening = st.empty()  # always there, so that nothing of the first screen lingers below a question
            if not here.conversation.turns and not here.pending:
                with opening.container():
                    _first_screen(assistant, here)
            _conversation(assistant, here)
        if here.opened and beside:
            with beside[0]:
                source_view.show(assistant, here, here.opened)
    if here.left and here.left.opener and not here.opened:
        back = f"left-{here.conversation.id}-{here.left.occasion}"
        components.arrive(back, f".st-key-{here.left.opener} button", back, focus=True)


def _mode(drafting: Drafting, here: Visit) -> None:
    """The switch between quoted answers and drafted ones; while it is on, it says where the questions go."""
    with st.container(key="mode", gap=None):
        chosen = st.segmented_control(
            "How answers are written", _MODES, default=_MODES[here.drafted], required=True, key="how",
            label_visibility="collapsed",
        )  # fmt: skip
        here.drafted = chosen == _MODES[True]
        if here.drafted:
            told = f"{drafting.told} Every sentence is checked against what it cites before it shows."
            st.html(f'<p class="mode-told" role="status">{in_html(told)}</p>')


def _conversation(assistant: Assistant, here: Visit) -> None:
    with st.container(key="conversation"):
        count = len(here.conversation.turns)
        for index in range(count):
            turn_view.show(assistant, here, index, last=index == count - 1 and not here.pending)
        if here.pending:
            _answer_now(assistant, here)


def _answer_now(assistant: Assistant, here: Visit) -> None:
    """Asks, showing each stage; then the page is drawn again with the answer in its place."""
    turn_view.said(here.pending, first=not here.conversation.turns)
    verified, place = st.empty(), st.empty()
    heard: list[str] = []

    def stage(name: str) -> None:
        place.html(f'<p class="stage" role="status">{in_html(name)}<span aria-hidden="true">…</span></p>')

    def sentence(text: str) -> None:
        heard.append(f"<p>{in_html(text)}</p>")
        verified.html(f'<div class="verified" aria-live="polite">{"".join(heard)}</div>')

    stage("Checking the message")
    try:
        turn = assistant.ask(here.pending, here.conversation, stage, drafted=here.drafted, sentence=sentence)
    except ExpectedError as error:
        here.pending = ""
        verified.empty()
        place.html(f'<p class="failed" role="alert">{in_html(str(error))}</p>')
    except Exception:
        _log.exception("A question could not be answered")
        here.pending = ""
        verified.empty()
        place.html(
            '<p class="failed" role="alert">Something went wrong, so nothing is answered. The terminal that runs '
            "Sourcebound shows the details. Help for people in danger is under “Get help now”.</p>"
        )
    else:
        here.answered(turn)
        st.rerun()


def _first_screen(assistant: Assistant, here: Visit) -> None:
    documents = assistant.corpus.documents
    said = "one document says" if len(documents) == 1 else f"{len(documents)} documents say"
    components.arrive("arrive-first", "", here.conversation.id)
    with st.container(key="first-screen"):
        st.html(
            '<div class="hero"><h1>Answers you can check.</h1>'
            f'<p class="lead">Ask a question; Sourcebound quotes what its {said}, '
            "with the source of every sentence beside it.</p>"
            '<p class="plainly">This is an automated reference tool. It is not a person, gives no advice about anyone, '
            "and says so when its documents hold no answer.</p></div>"
        )
        st.html('<p class="small-heading">For example</p>')
        with st.container(key="examples", gap="xsmall"):
            for number, example in enumerate(assistant.examples[:3]):
                st.button(
                    in_label(example), key=f"example-{number}", icon=":material/arrow_forward:", icon_position="right",
                    width="stretch", on_click=here.ask, args=(example,),
                )  # fmt: skip
        rows = "".join(
            f'<li><span class="held-title">{in_html(d.title)}</span>'
            f'<span class="held-about">{in_html(about(d))}</span></li>'
            for d in documents
        )
        st.html(f'<p class="small-heading">What it quotes from</p><ul class="held">{rows}</ul>')
