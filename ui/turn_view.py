"""One turn as it is read: help first, then the answer with its chips, what is missing, and where it comes from."""

from __future__ import annotations

import re
from typing import Any

import streamlit as st

from assistant.answers import Outcome, Refusal, Turn
from assistant.assistant import Assistant
from assistant.drafted_text import DRAFTED, UNDRAFTED
from ui import components, report_view
from ui.answer_text import (
    TAGS,
    disclaimers,
    help_texts,
    is_drafted,
    lines,
    missing,
    notices,
    place,
    searched_as,
    to_copy,
)
from ui.escaping import in_html, in_label
from ui.languages import lang
from ui.session import Opened, Visit
from ui.top_bar import help_card, linked

_FIGURES = re.compile(r"\b[Ss]upport (?P<score>[01]\.\d+), needed (?P<needed>[01]\.\d+)")


def show(assistant: Assistant, visit: Visit, index: int, last: bool) -> None:
    """Draws the turn at this place of the conversation."""
    turn = visit.conversation.turns[index]
    here = f"{visit.conversation.id}-{index}"
    with st.container(key=f"asked-{index}", gap=None):
        said(turn.question, first=index == 0)
        if last:
            components.arrive(f"arrive-{here}", f".st-key-asked-{index}", here, heard=_heard(turn))
    with st.container(key=f"turn-{index}"):
        for text in help_texts(turn):
            st.html(help_card(text, "Help", new=index == len(visit.conversation.turns) - 1))
        if turn.outcome is not Outcome.CRISIS:
            _heading(turn)
            _answer(visit, index)
        for text in notices(turn, without=DRAFTED):
            st.html(f'<p class="notice"{lang(text)}>{linked(text)}</p>')
        _withheld(turn)
        _citations(visit, index)
        if turn.refusal:
            _refusal(assistant, visit, turn.refusal, index)
        if last and turn.suggestions:
            _suggestions(visit, turn, index)
        for text in disclaimers(turn):
            st.html(f'<p class="disclaimer">{linked(text)}</p>')
        if turn.record:
            report_view.show(assistant, visit, index)


def said(message: str, first: bool) -> None:
    """What the person wrote; the first message begins what has a heading for who cannot see it."""
    heading = '<h1 class="unseen">Questions and answers</h1>' if first else ""
    st.html(f'{heading}<div class="said" role="note" aria-label="Your question"><p>{in_html(message)}</p></div>')


def _heard(turn: Turn) -> str:
    """What a screen reader says of a new turn. Help is an alert of its own."""
    drafted = "Drafted, checked" if is_drafted(turn) else ""
    answer = "" if turn.outcome is Outcome.CRISIS else turn.answer
    parts = (drafted, TAGS.get(turn.outcome, ""), answer, *notices(turn, without=DRAFTED))
    return "\n".join(part for part in parts if part)


def _heading(turn: Turn) -> None:
    if searched := searched_as(turn):
        st.html(f'<p class="understood">Searched as: <q>{in_html(searched)}</q></p>')
    if is_drafted(turn):
        st.html('<p class="tag drafted">Drafted, checked</p>')
    if turn.outcome in TAGS:
        st.html(f'<p class="tag">{TAGS[turn.outcome]}</p>')


def _answer(visit: Visit, index: int) -> None:
    turn = visit.conversation.turns[index]
    opened = visit.opened
    data: dict[str, Any] = {
        "lines": [
            {"item": line.item, "runs": [{"kind": run.kind, "text": run.text} for run in line.runs]}
            for line in lines(turn)
        ],
        "places": {str(c.number): place(c) for c in turn.citations},
        "current": opened.number if opened and opened.turn == index else 0,
        "occasion": opened.occasion if opened else 0,
        "focus": visit.returning_to(index),
        "copy": to_copy(turn) if turn.citations else "",
    }
    components.answer(f"answer-{visit.conversation.id}-{index}", data, lambda number: visit.cite(index, number))


def _withheld(turn: Turn) -> None:
    """What a model wrote and nobody was shown, for who wants to see it."""
    if not any(notice.kind in (DRAFTED, UNDRAFTED) for notice in turn.notices) or not turn.withheld:
        return
    count = len(turn.withheld)
    with st.expander(f"{count} drafted {'sentence' if count == 1 else 'sentences'} withheld"):
        rows = "".join(
            f"<li><s>{in_html(entry.text)}</s><br><span>Withheld: {in_html(entry.reason)}.</span></li>"
            for entry in turn.withheld
        )
        st.html(
            '<p class="why">The model wrote this; it did not hold against the sources. It is no part of the answer.</p>'
            f'<ul class="withheld">{rows}</ul>'
        )


def _citations(visit: Visit, index: int) -> None:
    turn = visit.conversation.turns[index]
    if not turn.citations:
        return
    with st.container(key=f"sources-{index}", gap=None):
        for citation in turn.citations:
            st.button(
                f"**{citation.number}** {in_label(place(citation))}",
                key=f"cite-{visit.conversation.id}-{index}-{citation.number}",
                type="tertiary",
                on_click=visit.cite,
                args=(index, citation.number),
            )


def _refusal(assistant: Assistant, visit: Visit, refusal: Refusal, index: int) -> None:
    turn = visit.conversation.turns[index]
    with st.container(key=f"refusal-{index}", gap=None):
        if parts := missing(turn):
            rows = "".join(f"<li>{in_html(part)}</li>" for part in parts)
            st.html(f'<p class="small-heading">Not found</p><ul class="missing">{rows}</ul>')
        st.html(f'<p class="small-heading">Why</p>{_meter(refusal)}<p class="why">{in_html(refusal.explanation)}</p>')
        passages = {p.id: p for p in assistant.corpus.passages}
        near = [n for n in refusal.nearest if n.passage_id in passages]
        if near:
            st.html('<p class="small-heading">Nearest in the documents (about it, not an answer to it)</p>')
        for number, nearest in enumerate(near):
            passage = passages[nearest.passage_id]
            key = f"near-{visit.conversation.id}-{index}-{number}"
            opened = Opened(
                passage.document_id, passage.version, passage.start, passage.end, passage.section, opener=key
            )
            st.button(
                in_label(_shortened(nearest.quote)), key=key, type="tertiary", on_click=visit.open, args=(opened,),
                help=in_label(f"Score {nearest.score:.2f} · {passage.document} › {passage.heading}"),
            )  # fmt: skip


def _meter(refusal: Refusal) -> str:
    """The score against the threshold, where the explanation gives both."""
    if not (found := _FIGURES.search(refusal.explanation)):
        return ""
    score, needed = float(found["score"]), float(found["needed"])
    return (
        f'<div class="meter" role="img" aria-label="Support {score:.2f} of the {needed:.2f} needed">'
        f'<span class="meter-score" style="width:{100 * min(1.0, score):.0f}%"></span>'
        f'<span class="meter-needed" style="left:{100 * min(1.0, needed):.0f}%"></span></div>'
    )


def _suggestions(visit: Visit, turn: Turn, index: int) -> None:
    st.html('<p class="small-heading">These it can answer</p>')
    with st.container(key="suggestions", gap="xsmall", horizontal=True):
        for number, suggestion in enumerate(turn.suggestions):
            st.button(in_label(suggestion), key=f"suggestion-{index}-{number}", on_click=visit.ask, args=(suggestion,))


def _shortened(text: str, most: int = 180) -> str:
    line = " ".join(text.split())
    return line if len(line) <= most else line[: most - 1].rsplit(" ", 1)[0] + "…"
