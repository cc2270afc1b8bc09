"""The record at a glance: every chart in colours that colour-blind people can tell apart, and as a table."""

from __future__ import annotations

import datetime as dates
from typing import TYPE_CHECKING, Any

import streamlit as st

from assistant.answers import Outcome
from assistant.audit import AuditLog
from assistant.overview import corpus_gaps, outcomes_by_day, quoted_figures, review_progress, support_by_step
from assistant.review import agreement

if TYPE_CHECKING:
    import altair

# Okabe and Ito's colours, of different lightness too, so that they also hold in grey.
_COLOURS = {
    Outcome.ANSWERED: "#0072B2",
    Outcome.PARTIAL: "#56B4E9",
    Outcome.ABSTAINED: "#E69F00",
    Outcome.DECLINED: "#CC79A7",
    Outcome.CRISIS: "#D55E00",
    Outcome.CONVERSATIONAL: "#999999",
}
_SPANS = {"Last 30 days": 30, "Last 90 days": 90, "Last year": 365, "All": None}


def show_overview(log: AuditLog) -> None:
    """All charts, for the time chosen."""
    span = _SPANS[st.selectbox("Time", list(_SPANS), index=1, key="audit_span")]
    since = "" if span is None else (dates.datetime.now(dates.UTC) - dates.timedelta(days=span)).strftime("%Y-%m-%d")
    days = outcomes_by_day(log, since)
    if not days:
        st.info("Nothing was asked in this time.")
        return
    left, right = st.columns(2, gap="large")
    with left:
        _outcomes(days)
        _support(support_by_step(log, since))
    with right:
        _gaps(log, since)
        _figures(log, since)
        _reviews(log)


def _outcomes(days: list[tuple[str, str, int]]) -> None:
    import altair

    st.subheader("Questions by outcome")
    rows = [{"day": day, "outcome": outcome, "questions": count} for day, outcome, count in days]
    order = [outcome.value for outcome in _COLOURS]
    chart = _bars(rows).encode(
        x=altair.X("day:T", title=None),
        y=altair.Y("questions:Q", title="questions", axis=altair.Axis(tickMinStep=1, format="d")),
        color=altair.Color("outcome:N", scale=altair.Scale(domain=order, range=list(_COLOURS.values())), title=None),
        tooltip=["day:T", "outcome:N", "questions:Q"],
    )
    _chart(chart, rows, "Bars: questions a day, by outcome")


def _support(steps: list[tuple[float, int]]) -> None:
    import altair

    if not steps:
        return
    st.subheader("Support of the weakest claim")
    rows = [{"from": step, "to": round(step + 0.05, 2), "answers": count} for step, count in steps]
    chart = _bars(rows, color=_COLOURS[Outcome.ANSWERED]).encode(
        x=altair.X("from:Q", bin="binned", title="support", scale=altair.Scale(domain=[0, 1])),
        x2="to:Q",
        y=altair.Y("answers:Q", title="answers"),
        tooltip=["from:Q", "to:Q", "answers:Q"],
    )
    _chart(chart, rows, "Histogram: answers by the support of their weakest claim")


def _gaps(log: AuditLog, since: str) -> None:
    import altair

    gaps = corpus_gaps(log, since)
    if not gaps:
        return
    st.subheader("Corpus gaps: what to add next")
    rows = [
        {"missing": g.missing, "times": g.times, "refused at": g.gate, "for example": g.example} for g in gaps[:100]
    ]
    chart = _bars(rows[:12], color=_COLOURS[Outcome.ABSTAINED]).encode(
        x=altair.X("times:Q", title="times asked for"),
        y=altair.Y("missing:N", sort="-x", title=None, axis=altair.Axis(labelLimit=260, labelOverlap=False)),
        tooltip=["missing:N", "times:Q", "refused at:N", "for example:N"],
    )
    _chart(chart, rows, "Bars: what was asked for and is not in the corpus, most wanted first")


def _figures(log: AuditLog, since: str) -> None:
    found = quoted_figures(log, since)
    if not found:
        return
    st.subheader("Figures without a reference")
    for entry in found:
        st.text(str(entry))
    with st.expander("As a table"):
        st.dataframe(
            [
                {
                    "document": f.document,
                    "sentences with figures": f.quoted,
                    "without reference": f.unreferenced,
                    "with percentages": f.percentages,
                    "of these without reference": f.percentages_unreferenced,
                }
                for f in found
            ],
            hide_index=True,
        )


def _reviews(log: AuditLog) -> None:
    import altair

    st.subheader("Review")
    rows = [{"state": state, "answers": count} for state, count in review_progress(log)]
    chart = _bars(rows, color=_COLOURS[Outcome.ANSWERED]).encode(
        x=altair.X("answers:Q", axis=altair.Axis(tickMinStep=1, format="d")),
        y=altair.Y("state:N", sort=None, title=None, axis=altair.Axis(labelOverlap=False)),
        tooltip=["state:N", "answers:Q"],
    )
    _chart(chart, rows, "Bars: answers by state of review")
    st.text(str(agreement(log)))


def _bars(rows: list[dict[str, Any]], **mark: Any) -> altair.Chart:
    import altair

    data: altair.InlineData = altair.InlineData(values=rows)
    chart: altair.Chart = altair.Chart(data).mark_bar(**mark)
    return chart


def _chart(chart: altair.Chart, rows: list[dict[str, Any]], told: str) -> None:
    st.altair_chart(chart, alt=told)
    with st.expander("As a table"):
        st.dataframe(rows, hide_index=True)
