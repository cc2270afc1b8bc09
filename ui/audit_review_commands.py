"""The `sourcebound audit` commands for one answer: show it, review it, report it."""
# ruff: noqa: T201

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from assistant.answers import Turn
from assistant.audit import AuditLog
from assistant.audit_chain import clean
from assistant.errors import RecordError
from assistant.record import SCALES, Record, Review, State, Verdict
from assistant.record_queries import question_shown
from assistant.versions import Library

if TYPE_CHECKING:
    from ui.audit_commands import Needs

_QUOTES = {
    "stand": "Every quote stands in the stored text of the version it names.",
    "differ": "A quote does not stand in the stored text of the version it names.",
    "not kept": "The text of a version that is quoted is not kept here: it cannot be compared.",
}


def add_commands(commands: Any) -> None:
    """Add `show`, `review` and `report`; each sets `audit`, as the others do."""
    show = commands.add_parser("show", help="one recorded answer, with its claims, sources and reviews")
    show.add_argument("record", metavar="RECORD", help="the beginning of a record's hash")
    show.set_defaults(audit=_show)

    review = commands.add_parser("review", help="sign a review of an answer; a record of the same chain")
    review.add_argument("record", metavar="RECORD")
    states = [state.value for state in State if state is not State.UNREVIEWED]
    review.add_argument("--state", required=True, choices=states)
    review.add_argument("--reviewer", required=True, metavar="NAME")
    review.add_argument(
        "--verdicts", default="", metavar="LIST", help=f"one for each claim, by commas: {', '.join(Verdict)}"
    )
    for scale in SCALES:
        review.add_argument(f"--{scale.replace(' ', '-')}", dest=scale, type=int, choices=range(1, 6), metavar="1-5")
    review.add_argument("--note", default="", metavar="TEXT", help="a note, or the corrected answer")
    review.set_defaults(audit=_review)

    report = commands.add_parser("report", help="something is wrong here: to the head of the queue")
    report.add_argument("record", metavar="RECORD")
    report.add_argument("--note", default="", metavar="TEXT")
    report.add_argument("--asker", default="", metavar="NAME", help="kept as a pseudonym")
    report.set_defaults(audit=_report)


def _show(arguments: argparse.Namespace, needs: Needs) -> int:
    log = needs.log()
    record = log.record(arguments.record)
    turn = log.turn_of(record)
    quotes = Library(needs.state / "versions").quotes(turn.citations) if turn else ""
    for line in (*_facts(record), *(_said(turn) if turn else [question_shown(turn)]), _QUOTES.get(quotes, "")):
        print(clean(line))
    for row in log.about(record):
        print(clean(_event(log, row)))
    return 1 if quotes == "differ" else 0


def _facts(record: Record) -> list[str]:
    support = "" if record.support is None else f", weakest support {record.support:.2f}"
    late = ", shown before it could be recorded" if record.event == "gap" else ""
    return [
        f"Row {record.seq}, {record.hash}",
        f"{record.time}, {record.outcome}, {record.safety} (help: {record.level}){support}{late}",
        f"Conversation {record.conversation}, asked by {record.asker or 'nobody named'}, {record.engine}, "
        f"{record.latency_ms:.0f} ms",
        f"Corpus {record.corpus_print}, index {record.index_print}, settings {record.settings_print}",
        "Models " + ", ".join(f"{name} {value}" for name, value in sorted(record.models.items())),
        "",
    ]


def _said(turn: Turn) -> list[str]:
    lines = [f"Question: {question_shown(turn)}"]
    if turn.search_question != turn.question:
        lines.append(f"Searched as: {turn.search_question}")
    lines += ["Answer:", *(f"  {line}" for line in turn.answer.splitlines())]
    for number, claim in enumerate(turn.claims, 1):
        cited = "".join(f"[{n}]" for n in claim.citations)
        lines.append(
            f"Claim {number} (support {claim.support:.2f}, {', '.join(claim.provenance)}): {claim.text} {cited}"
        )
    for cited_ in turn.citations:
        lines.append(
            f"[{cited_.number}] {cited_.document_id} {cited_.version}, {cited_.start}-{cited_.end}: {cited_.quote}"
        )
    if turn.refusal:
        lines.append(f"Refused at {turn.refusal.gate}: {turn.refusal.explanation}")
        lines += [f"Not found: {missing}" for missing in turn.refusal.missing]
    lines += [f"Withheld ({sentence.reason}): {sentence.text}" for sentence in turn.withheld]
    lines += [f"Notice {notice.kind}" for notice in turn.notices]
    if turn.safety.cues:
        lines.append(f"Triage cues: {'; '.join(turn.safety.cues)}")
    return lines


def _event(log: AuditLog, row: Record) -> str:
    who = f"{row.state} by {row.reviewer}" if row.event == "review" else "reported: something is wrong here"
    scales = [f"{name} {value}" for name, value in row.more.get("scales", {}).items()]
    return ", ".join(part for part in (row.time, who, *row.more.get("verdicts", []), *scales, log.note_of(row)) if part)


def _review(arguments: argparse.Namespace, needs: Needs) -> int:
    log = needs.log()
    record = log.record(arguments.record)
    turn = log.turn_of(record)
    words = [word.strip() for word in arguments.verdicts.split(",") if word.strip()]
    if unknown := [word for word in words if word not in list(Verdict)]:
        raise RecordError(f"There is no verdict {unknown[0]!r}; the verdicts are: {', '.join(Verdict)}.")
    claims = len(turn.claims) if turn else 0
    if words and len(words) != claims:
        raise RecordError(f"The answer has {claims} claims, and {len(words)} verdicts were given: judge all, or none.")
    scales = {scale: getattr(arguments, scale) for scale in SCALES if getattr(arguments, scale) is not None}
    verdicts = tuple(Verdict(word) for word in words)
    review = Review(State(arguments.state), arguments.reviewer.strip(), verdicts, scales, arguments.note)
    print(f"Recorded as {log.review(record.hash, review)}")
    return 0


def _report(arguments: argparse.Namespace, needs: Needs) -> int:
    print(f"Recorded as {needs.log().report(arguments.record, arguments.note, arguments.asker)}")
    return 0
