"""The supervisor's page: choose a recorded answer, read it beside its sources, judge it; the whole at a glance."""

from __future__ import annotations

import datetime as dates
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path

import streamlit as st

from assistant.answers import Level, Outcome
from assistant.audit import AuditLog
from assistant.errors import RecordError
from assistant.exports import write_csv, write_export
from assistant.record import Record, Selection, State
from assistant.record_queries import question_shown
from assistant.replay import Ask
from assistant.review import PER_WEEK, Waiting, queue
from assistant.versions import Library
from ui.audit_overview import show_overview
from ui.audit_reading import show_record

PAGE = 50
NEWEST = 1000
DOWNLOAD_AT_MOST = 20_000  # rows; more are for the command line


def show(log: AuditLog, library: Library, ask: Ask | None = None) -> None:
    """The page. `ask` asks without recording; without it, nothing can be asked again."""
    st.title("Audit")
    view = st.segmented_control(
        "View", ["Queue", "All answers", "Overview", "Record"], default="Queue", required=True, key="audit_view"
    )
    if signed := st.session_state.pop("audit_signed", ""):
        st.success(signed)
    try:
        if view == "Overview":
            show_overview(log, library.documents)
        elif view == "Record":
            _show_integrity(log, library)
        else:
            _show_answers(log, library, ask, only_queue=view == "Queue")
        st.caption(f"Head of the record: {log.head()}")
    except RecordError as error:
        st.error("The record cannot be shown.")
        st.text(str(error))


def _show_answers(log: AuditLog, library: Library, ask: Ask | None, *, only_queue: bool) -> None:
    if only_queue:
        me = str(st.session_state.get("audit_me", ""))
        waiting = _waiting(log, me)
        st.caption(
            f"{len(waiting)} to read: reports first, then what was escalated, every take-over of the last 90 days, and "
            f"{PER_WEEK} answers of each week, drawn by their hashes: everybody draws the same, nobody can choose."
            + (" Last, for a second opinion, what one other person has judged of them." if me else "")
        )
        why = {entry.hash: entry.why for entry in waiting[_first(len(waiting)) :][:PAGE]}
        records = [log.record(hash_) for hash_ in why]
    else:
        found = log.records(_filters(log, library))
        if len(found) == NEWEST:
            st.caption(f"The newest {NEWEST} are shown; the filters reach the others.")
        first = _first(len(found))
        why, records = {}, found[first : first + PAGE]
    if not records:
        st.info("Nothing waits here." if only_queue else "No recorded answer fits these filters.")
        return
    chosen = _chosen(log, records, why)
    st.divider()
    show_record(log, chosen, library, ask)


def _waiting(log: AuditLog, reviewer: str) -> list[Waiting]:
    """The queue, found anew where a row was added: a verdict by key must not wait for it."""
    since = (dates.datetime.now(dates.UTC) - dates.timedelta(days=90)).strftime("%Y-%m-%d")
    key = (log.head(), reviewer, since)
    if st.session_state.get("audit_queue", (None,))[0] != key:
        st.session_state["audit_queue"] = key, queue(log, since=since, reviewer=reviewer)
    found: list[Waiting] = st.session_state["audit_queue"][1]
    return found


def _first(count: int) -> int:
    if count <= PAGE:
        return 0
    pages = (count + PAGE - 1) // PAGE
    return PAGE * (int(st.number_input(f"Page (of {pages})", 1, pages, width=180, key="audit_page_number")) - 1)


def _chosen(log: AuditLog, records: list[Record], why: dict[str, str]) -> Record:
    by_hash = {record.hash: record for record in records}
    labels = {record.hash: _label(log, record, why.get(record.hash, "")) for record in records}
    names = list(by_hash)
    if st.session_state.get("audit_record") not in by_hash:
        st.session_state["audit_record"] = names[0]
    at = names.index(st.session_state["audit_record"])
    row = st.container(horizontal=True, vertical_alignment="bottom")
    keys = st.toggle(
        "Single keys: 1 to 4 judge, N and P go on and back", value=True, key="audit_keys", persist_state="session",
        help="Switch them off if you speak to this computer, or if your own tools use these keys.",
    )  # fmt: skip
    with row:
        st.selectbox("Answer", names, format_func=lambda name: labels[name], key="audit_record")
        for label, step, key in (("Previous", -1, "p"), ("Next", 1, "n")):
            st.button(
                label,
                on_click=_go_to,
                args=(names[max(0, min(at + step, len(names) - 1))],),
                shortcut=key if keys else None,
                disabled=not 0 <= at + step < len(names),
                key=f"audit_{label.lower()}",
            )
    with st.expander("As a table"):
        st.dataframe([_row(record, labels[record.hash]) for record in records], hide_index=True)
    return by_hash[st.session_state["audit_record"]]


def _go_to(name: str) -> None:
    st.session_state["audit_record"] = name


def _label(log: AuditLog, record: Record, why: str) -> str:
    try:
        words = question_shown(log.turn_of(record))
    except RecordError:
        words = "(this record does not hold: verify)"
    shown = words if len(words) <= 80 else words[:79] + "…"
    return f"{record.time[:16].replace('T', ' ')} · {record.outcome}{f' · {why}' if why else ''} · {shown}"


def _row(record: Record, label: str) -> dict[str, object]:
    return {
        "time": record.time,
        "outcome": record.outcome,
        "class": record.safety,
        "gate": record.gate,
        "support": record.support,
        "answer": label.rsplit(" · ", 1)[-1],
        "record": record.hash,
    }


def _filters(log: AuditLog, library: Library) -> Selection:
    with st.expander("Filters"):
        one, two, three = st.columns(3)
        since = one.date_input("From", value=None, key="audit_since")
        until = one.date_input("To", value=None, key="audit_until")
        support = one.number_input("Support below", 0.0, 1.0, None, 0.05, key="audit_support")
        outcome = two.selectbox("Outcome", ["", *(o.value for o in Outcome)], key="audit_outcome")
        level = two.selectbox("Help shown", ["", *(item.value for item in Level)], key="audit_level")
        safety = two.selectbox("Safety class", ["", *_distinct(log, "safety")], key="audit_class")
        state = three.selectbox("Review", ["", *(s.value for s in State)], key="audit_state")
        reviewer = three.selectbox("Reviewer", ["", *_distinct(log, "reviewer")], key="audit_reviewer")
        document = three.selectbox(
            "Document",
            ["", *(document.id for document in library.documents)],
            accept_new_options=True,
            key="audit_document",
        )
        reported = three.checkbox("Reported by an asker", key="audit_reported")
    return Selection(
        since=since.isoformat() if since else "",
        until=(until + dates.timedelta(days=1)).isoformat() if until else "",
        outcome=outcome,
        level=level,
        safety=safety,
        state=state,
        reviewer=reviewer,
        document=(document or "").strip(),
        support_below=support,
        reported=reported,
        newest_first=True,
        limit=NEWEST,
    )


def _distinct(log: AuditLog, column: str) -> list[str]:
    rows = log.select(f"SELECT DISTINCT {column} FROM chain WHERE {column} <> '' ORDER BY {column}")
    return [value for (value,) in rows]


def _show_integrity(log: AuditLog, library: Library) -> None:
    st.write(
        "Each row holds the hash of the row before it. Whoever could rewrite the files could rewrite the whole chain, "
        "but not the heads that were written down elsewhere: print this page, or keep an export, now and then."
    )
    if anchors := log.anchors():
        st.text(f"Last anchored: row {anchors[-1].seq}, {anchors[-1].time}, in {log.folder / 'anchors.jsonl'}")
    if st.button("Verify now", type="primary", key="audit_verify"):
        with st.spinner("Re-deriving every hash"):
            found = log.verify()
        (st.success if found.ok else st.error)("Every row holds." if found.ok else "The record does not hold.")
        st.text(str(found))
    rows = int(log.head().partition(":")[0])
    if rows > DOWNLOAD_AT_MOST:
        st.write(f"{rows} rows are exported on the command line:")
        st.code("sourcebound audit export --out audit.jsonl", language="sh")
        return
    with st.container(horizontal=True):
        for label, name, write in (
            ("Chain (JSON Lines, the authority)", "audit.jsonl", lambda path: write_export(log, path)),
            ("Answers (CSV, for the eye)", "answers.csv", lambda path: write_csv(log, path, library)),
        ):
            st.download_button(label, partial(_written, write, name), name, on_click="ignore", key=f"audit_get_{name}")


def _written(write: Callable[[Path], object], name: str) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        write(path)
        return path.read_bytes()
