"""The parts of a page that Streamlit has no element for: an answer with its chips, a document with its marks."""

from __future__ import annotations

import functools
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import streamlit as st

if TYPE_CHECKING:
    from streamlit.components.v2.types import ComponentRenderer

_HERE = Path(__file__).parent


def answer(key: str, data: dict[str, Any], on_opened: Callable[[int], None]) -> None:
    """The answer; `on_opened` hears the number of a citation that was clicked or entered."""
    _component("answer")(key=key, data=data, on_opened_change=_heard(key, "opened", on_opened))


def document(key: str, data: dict[str, Any], on_closed: Callable[[bool], None]) -> None:
    """The document; `on_closed` hears Escape."""
    _component("source")(key=key, data=data, on_closed_change=_heard(key, "closed", on_closed))


def arrive(key: str, target: str, occasion: str, *, heard: str = "", focus: bool = False) -> None:
    """Scrolls to what `target` selects, or gives it the focus, once for an occasion; a screen reader says `heard`."""
    data = {"target": target, "occasion": occasion, "heard": heard, "focus": focus}
    _component("arrive")(key=key, data=data, height=1)


@functools.cache
def _component(name: str) -> ComponentRenderer:
    style = _HERE / f"{name}.css"
    return st.components.v2.component(
        f"sourcebound_{name}",
        js=(_HERE / f"{name}.js").read_text(encoding="utf-8"),
        css=style.read_text(encoding="utf-8") if style.is_file() else None,
    )


def _heard(key: str, name: str, then: Callable[[Any], None]) -> Callable[[], None]:
    def hear() -> None:
        value = st.session_state[key].get(name)
        if value is not None:
            then(value)

    return hear
