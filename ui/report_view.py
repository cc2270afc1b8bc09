"""The small button under a recorded answer by which an asker files "something is wrong here"."""

from __future__ import annotations

import streamlit as st

from assistant.assistant import Assistant
from assistant.errors import ExpectedError
from ui.escaping import in_html
from ui.session import Visit

_LONGEST = 2000


def show(assistant: Assistant, visit: Visit, index: int) -> None:
    """Draws the button, or that a report was filed."""
    here = f"{visit.conversation.id}-{index}"
    if index in visit.reported:
        st.html('<p class="filed" role="status">Filed. A supervisor reads reports first.</p>')
        return
    with (
        st.container(key=f"report-{index}"),
        st.popover("Something is wrong here", type="tertiary", width="content", key=f"wrong-{here}"),
    ):
        note = st.text_area("What is wrong? (optional)", key=f"note-{here}", max_chars=_LONGEST, height=100)
        st.caption("It is kept with the answer, for the supervisors of this tool. Name no patient.")
        if st.button("File it", key=f"file-{here}", type="primary"):
            _file(assistant, visit, index, note)


def _file(assistant: Assistant, visit: Visit, index: int, note: str) -> None:
    try:
        assistant.report(visit.conversation.turns[index], note, visit.conversation.asker)
    except ExpectedError as error:
        st.html(f'<p class="failed" role="alert">{in_html(str(error))}</p>')
    else:
        visit.reported.add(index)
        st.rerun()
