"""One recorded answer: claims on the left, their sources highlighted on the right, and the reviewer's judgement."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import streamlit as st

from assistant.answers import SupportedClaim, Turn
from assistant.audit import AuditLog
from assistant.export_page import answer_page, conversation_page, excerpt, marked, place
from assistant.record import SCALES, Record, Review, State, Verdict
from assistant.record_queries import question_shown
from assistant.replay import Ask, replay
from assistant.versions import Library

_QUOTE = "border-left:3px solid #888;padding:.2rem 0 .2rem .9rem;white-space:pre-wrap;overflow-wrap:anywhere"
_WARNING = "border:2px solid #b45309;border-radius:.4rem;padding:.4rem .8rem"
_MARK = '<mark style="background:#ffe08a;color:#000">'
_LINE = "white-space:pre-wrap;overflow-wrap:anywhere;margin:.2rem 0;padding-left:.8rem"
_SIGNS = {"-": "border-left:4px dotted #d55e00", "+": "border-left:4px solid #0072b2"}
_KEYS = dict(zip(Verdict, "1234", strict=True))


def show_record(log: AuditLog, record: Record, library: Library, ask: Ask | None) -> None:
    """The reading view of one record."""
    turn = log.turn_of(record)
    _facts(record)
    if turn is None:
        st.info("The words of this record were erased or never kept. Its row in the chain remains.")
    else:
        _plain(question_shown(turn), size="1.25rem")
        if turn.search_question != turn.question:
            _plain(f"Searched as: {turn.search_question}", small=True)
        left, *right = st.columns(2 if turn.citations else 1, gap="large")
        with left:
            claim = _claims(record, turn)
            _rest(turn)
        if right:
            with right[0]:
                _sources(turn, claim, library)
    _history(log, record)
    _form(log, record, turn)
    _actions(log, record, library, ask)


def _facts(record: Record) -> None:
    support = "" if record.support is None else f" · weakest support {record.support:.2f}"
    late = " · shown before it could be recorded" if record.event == "gap" else ""
    _plain(
        f"Row {record.seq} · {record.hash[:16]} · {record.time} · {record.outcome} · {record.safety}, help: "
        f"{record.level}{support} · {record.engine}, {record.latency_ms:.0f} ms{late}",
        small=True,
    )


def _claims(record: Record, turn: Turn) -> SupportedClaim | None:
    if not turn.claims:
        _plain(turn.answer)
        return None
    verdicts: dict[int, Verdict] = st.session_state.setdefault(f"audit_verdicts_{record.hash}", {})
    keys = st.session_state.get("audit_keys", True)  # whether single characters may judge
    current = int(st.session_state.get(f"audit_claim_{record.hash}", 0))
    for number, claim in enumerate(turn.claims):
        with st.container(border=number == current):
            numbers = "".join(f"[{n}]" for n in claim.citations)
            _plain(f"{claim.text} {numbers}")
            tags = ", ".join((f"support {claim.support:.2f}", *claim.provenance))
            _plain(f"{tags} · {verdicts[number].value if number in verdicts else 'not judged'}", small=True)
            if number != current:
                st.button(
                    "Judge this claim",
                    on_click=_select,
                    args=(record.hash, number),
                    key=f"audit_select_{record.hash}_{number}",
                )
                continue
            with st.container(horizontal=True):
                for verdict, key in _KEYS.items():
                    st.button(
                        verdict.value.capitalize(),
                        shortcut=key if keys else None,
                        on_click=_judge,
                        args=(record.hash, number, verdict, len(turn.claims)),
                        type="primary" if verdicts.get(number) is verdict else "secondary",
                        key=f"audit_verdict_{record.hash}_{verdict.name}",
                    )
    return turn.claims[current]


def _select(record: str, number: int) -> None:
    st.session_state[f"audit_claim_{record}"] = number


def _judge(record: str, number: int, verdict: Verdict, count: int) -> None:
    st.session_state[f"audit_verdicts_{record}"][number] = verdict
    _select(record, min(number + 1, count - 1))


def _rest(turn: Turn) -> None:
    for notice in turn.notices:
        _plain(f"{notice.kind}: {notice.text}", small=True)
    if turn.refusal:
        st.subheader("Refused")
        _plain(f"Gate: {turn.refusal.gate}. {turn.refusal.explanation}")
        if turn.refusal.missing:
            _plain("Not found: " + "; ".join(turn.refusal.missing))
        for near in turn.refusal.nearest:
            _plain(f"Near ({near.score:.2f}), not an answer: {near.quote}", small=True)
    if turn.withheld:
        st.subheader("Written and withheld")
        for sentence in turn.withheld:
            _plain(sentence.text)
            _plain(f"Reason: {sentence.reason}", small=True)
    if turn.safety.cues:
        _plain("Triage cues: " + "; ".join(turn.safety.cues), small=True)


def _sources(turn: Turn, claim: SupportedClaim | None, library: Library) -> None:
    wanted = claim.citations if claim else ()
    for citation in turn.citations:
        if wanted and citation.number not in wanted:
            continue
        found = library.opened(citation)
        _plain(f"[{citation.number}] {place(citation)}", small=True)
        _plain(f"version {citation.version}, characters {citation.start} to {citation.end}", small=True)
        if found.remark:
            st.html(f'<div role="alert" style="{_WARNING}">{escape(found.remark)}</div>')
        quote = marked(citation.quote, [(0, len(citation.quote))])
        if found.text is not None and found.holds:
            quote = excerpt(found.text, citation.start, citation.end)
        quote = quote.replace("<mark>", _MARK)
        st.html(f'<div style="{_QUOTE}">{quote}</div>')
        if found.difference:
            st.caption("The version that was quoted (-), and the one in force (+)")
            _difference(found.difference)


def _history(log: AuditLog, record: Record) -> None:
    about = log.about(record)
    reports, reviews = ([row for row in about if row.event == event] for event in ("report", "review"))
    if reports:
        st.subheader("Reported by who asked")
        for row in reports:
            _plain(" · ".join(part for part in (row.time, log.note_of(row) or "no note") if part), small=True)
    if not reviews:
        return
    # Closed, so that whoever gives a second opinion judges before reading the first.
    with st.expander(f"Reviews: {len(reviews)}, the latest says {reviews[-1].state}"):
        for row in reviews:
            scales = [f"{name} {value}" for name, value in row.more.get("scales", {}).items()]
            given = "; ".join([*row.more.get("verdicts", []), *scales])
            who = f"{row.state} by {row.reviewer}"
            _plain(f"{row.time} · " + " · ".join(part for part in (who, given, log.note_of(row)) if part), small=True)


def _form(log: AuditLog, record: Record, turn: Turn | None) -> None:
    st.subheader("Your review")
    with st.form(f"audit_form_{record.hash}", border=False):
        st.caption("From 1, the least, to 5, the most; of potential for harm, too, 5 is the most.")
        columns = st.columns(len(SCALES))
        scales: dict[str, int] = {}
        for column, scale in zip(columns, SCALES, strict=True):
            value = column.selectbox(
                scale.capitalize(), [None, 1, 2, 3, 4, 5], format_func=_rating, key=f"audit_{scale}_{record.hash}"
            )
            if value is not None:
                scales[scale] = value
        states = [state.value for state in State if state is not State.UNREVIEWED]
        state = st.radio("State", states, index=None, horizontal=True, key=f"audit_state_{record.hash}")
        note = st.text_area("Note, or the corrected answer", key=f"audit_note_{record.hash}")
        reviewer = st.text_input("Reviewer", value=st.session_state.get("audit_me", ""), key=f"audit_who_{record.hash}")
        if not st.form_submit_button("Sign off", type="primary"):
            return
    verdicts: dict[int, Verdict] = st.session_state.get(f"audit_verdicts_{record.hash}", {})
    count = len(turn.claims) if turn else 0
    if state is None:
        st.error("Say what becomes of the answer: accepted, corrected, withdrawn or escalated.")
        return
    if not reviewer.strip():
        st.error("A review is signed: write your name.")
        return
    if 0 < len(verdicts) < count:
        st.error(f"{len(verdicts)} of {count} claims are judged: judge them all, or none.")
        return
    st.session_state["audit_me"] = reviewer.strip()
    given = tuple(verdicts[number] for number in sorted(verdicts))
    signed = log.review(record.hash, Review(State(state), reviewer.strip(), given, scales, note.strip()))
    st.session_state["audit_signed"] = f"Recorded as {signed[:16]}."
    st.rerun()


def _rating(value: int | None) -> str:
    return "not rated" if value is None else f"{value} of 5"


def _actions(log: AuditLog, record: Record, library: Library, ask: Ask | None) -> None:
    with st.container(horizontal=True):
        for label, name, page in (
            ("Download this answer", record.hash[:12], lambda: answer_page(log, record, library)),
            ("Download the conversation", "conversation", lambda: conversation_page(log, record.conversation, library)),
        ):
            st.download_button(label, page, f"record-{name}.html", on_click="ignore", key=f"audit_html_{name}")
        again = ask is not None and st.button("Ask again", key="audit_again")
        with st.popover("Erase the words"):
            st.write("Question, answer and notes go for good; the row stays in the chain. This cannot be undone.")
            if st.button("Erase them", key="audit_erase"):
                st.session_state["audit_signed"] = f"{log.erase(record=record.hash)} texts erased."
                st.rerun()
    if again and ask is not None:
        with st.spinner("Asking again"):
            difference = replay(log, record, ask)
        _plain(str(difference))
        if difference.told:
            st.caption("Then (-), and today (+)")
            _difference(difference.told)


def _difference(lines: Sequence[str]) -> None:
    """Lines that begin with - or +: told apart by sign and by rule, in colours that colour-blind people can tell."""
    st.html("".join(f'<p style="{_LINE};{_SIGNS[line[:1]]}">{escape(line)}</p>' for line in lines))


def _plain(text: str, *, small: bool = False, size: str = "") -> None:
    """Text of the corpus or of a person, as it is: no Markdown, no HTML, no formula, no emoji code."""
    style = "white-space:pre-wrap;overflow-wrap:anywhere;margin:0;"
    style += "font-size:.85rem;opacity:.8" if small else f"font-size:{size or '1rem'}"
    st.html(f'<p style="{style}">{escape(text)}</p>')
