"""The record at a glance: every chart in colours that colour-blind people can tell apart, and as a table."""

from __future__ import annotations

import datetime as dates
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import streamlit as st

from assistant.answers import Outcome
from assistant.audit import AuditLog
from assistant.documents import Document
from assistant.overview import corpus_gaps, outcomes_by_day, review_progress, support_by_step, unreferenced_figures
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
_ROW, _AXIS = 26, 72  # pixels for a bar that has a line of text beside it, and for the axis below the bars
_SPANS = {"Last 30 days": 30, "Last 90 days": 90, "Last year": 365, "All": None}


def show_overview(log: AuditLog, documents: Sequence[Document]) -> None:
    """All charts, for the time chosen; the figures of the documents in force."""
    span = _SPANS[st.selectbox("Time", list(_SPANS), key="audit_span")]
    now = dates.datetime.now(dates.UTC)
    since = "" if span is None else (now - dates.timedelta(days=span)).strftime("%Y-%m-%d")
    days = outcomes_by_day(log, since)
    left, right = st.columns(2, gap="large")
    with left:
        if days:
            _outcomes(days, now.strftime("%Y-%m-%d"))
            _support(support_by_step(log, since))
        else:
            st.info("Nothing was asked in this time.")
    with right:
        _gaps(log, since)
        _figures(documents)
        _reviews(log)


def _outcomes(days: list[tuple[str, str, int]], today: str) -> None:
    import altair

    st.subheader("Questions by outcome")
    rows = [{"day": day, "outcome": outcome, "questions": count} for day, outcome, count in days]
    order = [outcome.value for outcome in _COLOURS]
    first = min(days[0][0], (dates.date.fromisoformat(today) - dates.timedelta(days=13)).isoformat())
    ends = [altair.DateTime(year=int(d[:4]), month=int(d[5:7]), date=int(d[8:]), utc=True) for d in (first, today)]
    chart = _bars(rows, height=340).encode(
        x=altair.X("utcyearmonthdate(day):T", title=None, scale=altair.Scale(type="utc", domain=ends)),
        y=altair.Y("questions:Q", title="questions", axis=altair.Axis(tickMinStep=1, format="d")),
        color=altair.Color(
            "outcome:N",
            scale=altair.Scale(domain=order, range=list(_COLOURS.values())),
            legend=altair.Legend(title=None, orient="bottom", columns=3),
        ),
        tooltip=["day:T", "outcome:N", "questions:Q"],
    )
    _chart(chart, rows, "Bars: questions a day, by outcome")


def _support(steps: list[tuple[float, int]]) -> None:
    import altair

    if not steps:
        return
    st.subheader("Support of the weakest claim")
    rows = [{"from": step, "to": round(step + 0.05, 2), "answers": count} for step, count in steps]
    chart = _bars(rows, height=280, color=_COLOURS[Outcome.ANSWERED]).encode(
        x=altair.X("from:Q", bin="binned", title="support", scale=altair.Scale(domain=[0, 1])),
        x2="to:Q",
        y=altair.Y("answers:Q", title="answers", axis=altair.Axis(tickMinStep=1, format="d")),
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
    chart = _bars(rows[:12], height=_ROW * min(len(rows), 12) + _AXIS, color=_COLOURS[Outcome.ABSTAINED]).encode(
        x=altair.X("times:Q", title="times asked for", axis=altair.Axis(tickMinStep=1, format="d")),
        y=altair.Y("missing:N", sort="-x", title=None, axis=altair.Axis(labelLimit=230, labelOverlap=False)),
        tooltip=["missing:N", "times:Q", "refused at:N", "for example:N"],
    )
    _chart(chart, rows, "Bars: what was asked for and is not in the corpus, most wanted first")


def _figures(documents: Sequence[Document]) -> None:
    found = unreferenced_figures(documents)
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
                    "percentages": f.percentages,
                    "of these without reference": f.percentages_unreferenced,
                    "sentences with a figure": f.sentences,
                    "of those without reference": f.unreferenced,
                }
                for f in found
            ],
            hide_index=True,
        )


def _reviews(log: AuditLog) -> None:
    import altair

    st.subheader("Review")
    rows = [{"state": state, "answers": count} for state, count in review_progress(log)]
    chart = _bars(rows, height=_ROW * len(rows) + _AXIS, color=_COLOURS[Outcome.ANSWERED]).encode(
        x=altair.X("answers:Q", axis=altair.Axis(tickMinStep=1, format="d")),
        y=altair.Y("state:N", sort=None, title=None, axis=altair.Axis(labelOverlap=False)),
        tooltip=["state:N", "answers:Q"],
    )
    _chart(chart, rows, "Bars: answers by state of review")
    st.text(str(agreement(log)))


def _bars(rows: list[dict[str, Any]], height: int, **mark: Any) -> altair.Chart:
    import altair

    data: altair.InlineData = altair.InlineData(values=rows)
    chart: altair.Chart = altair.Chart(data, height=height).mark_bar(**mark)
    return chart


def _chart(chart: altair.Chart, rows: list[dict[str, Any]], told: str) -> None:
    st.altair_chart(chart, alt=told)
    with st.expander("As a table"):
        st.dataframe(rows, hide_index=True)
