"""The `sourcebound audit` commands; their text goes to standard output by print, as in ui/cli.py."""
# ruff: noqa: T201

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assistant.audit import AuditLog
from assistant.audit_chain import clean
from assistant.errors import RecordError
from assistant.export_page import answer_page, conversation_page, write_page
from assistant.exports import differing_quotes, verify_export, write_csv, write_export
from assistant.record import Record
from assistant.record_queries import question_shown
from assistant.replay import Ask, accepted, replays, summary
from assistant.review import agreement, queue
from assistant.versions import Library
from ui import audit_review_commands
from ui.audit_filters import FILTERS, add_filters, refuse, selection

_EXAMPLES = """examples:
  sourcebound audit verify                              re-derive every hash of the record
  sourcebound audit verify audit.jsonl --head 812:3f…   the same of an export, without the database
  sourcebound audit list --outcome abstained --limit 5
  sourcebound audit export --out audit.jsonl            the authority; .csv and .html are views
  sourcebound audit export --out answer.html --record 3f9a01bc
  sourcebound audit list --queue                        what awaits review, most urgent first
  sourcebound audit review 3f9a01bc --state accepted --reviewer "Dr One" --verdicts supports,partly
  sourcebound audit report 3f9a01bc --note "the figure is for adults only"
  sourcebound audit replay --accepted                   after a change of corpus or model
  sourcebound audit erase --older-than 90
"""


@dataclass(frozen=True, slots=True)
class Needs:
    """What the commands need of the application; the costly parts are made only by the command that uses them."""

    state: Path
    retention_days: int
    open_library: Callable[[], Library]
    open_ask: Callable[[], Ask]  # asks without recording
    record: str = "full"  # whether the note of a review or report is kept

    def log(self) -> AuditLog:
        """The record in the state folder; RecordError where there is none."""
        folder = self.state / "audit"
        if not (folder / "audit.db").exists() and not (folder / "anchors.jsonl").exists():
            raise RecordError(f"There is no audit record in {folder}: nothing was asked yet, or recording is off.")
        return AuditLog(folder, "full" if self.record == "full" else "metadata")


def add_commands(subparsers: Any) -> None:
    """Add `audit` and its sub-commands; each sets `audit`, the function for `run_command`."""
    audit: argparse.ArgumentParser = subparsers.add_parser(
        "audit",
        help="verify, list, show, review, report, export, replay or erase the audit record",
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = audit.add_subparsers(required=True, metavar="COMMAND")

    verify = commands.add_parser("verify", help="re-derive every hash, of the record or of an export")
    verify.add_argument("file", nargs="?", type=Path, metavar="FILE", help="a JSON Lines export")
    verify.add_argument("--head", default="", metavar="ROW:HASH", help="a head that was printed or kept elsewhere")
    verify.set_defaults(audit=_verify)

    listing = commands.add_parser("list", help="recorded answers, newest first")
    add_filters(listing)
    listing.add_argument("--limit", type=int, default=20, metavar="N")
    listing.add_argument("--queue", action="store_true", help="what awaits review (by --reviewer), most urgent first")
    listing.add_argument("--json", action="store_true", help="one object a line")
    listing.set_defaults(audit=_list)

    audit_review_commands.add_commands(commands)

    export = commands.add_parser("export", help="the chain as JSON Lines, or answers as CSV or HTML")
    export.add_argument("--out", type=Path, required=True, metavar="FILE", help="ends in .jsonl, .csv or .html")
    export.add_argument("--without-texts", action="store_true", help="the chain only, no word of any answer")
    export.add_argument("--record", default="", metavar="HASH", help="one answer (.html)")
    add_filters(export)
    export.set_defaults(audit=_export)

    replay = commands.add_parser("replay", help="ask recorded questions again and compare")
    replay.add_argument("record", nargs="?", default="", metavar="RECORD", help="the beginning of a record's hash")
    replay.add_argument("--accepted", action="store_true", help="all answers that a reviewer accepted")
    add_filters(replay)
    replay.set_defaults(audit=_replay)

    erase = commands.add_parser("erase", help="erase words for good; the chain stays whole")
    which = erase.add_mutually_exclusive_group(required=True)
    which.add_argument("--older-than", type=float, metavar="DAYS")
    which.add_argument("--expired", action="store_true", help="older than the setting retention_days")
    which.add_argument("--conversation", default="", metavar="ID")
    which.add_argument("--record", default="", metavar="HASH")
    erase.add_argument("--yes", action="store_true", help="do not ask")
    erase.set_defaults(audit=_erase)


def run_command(arguments: argparse.Namespace, needs: Needs) -> int:
    """The exit status: 0 only where all holds."""
    status: int = arguments.audit(arguments, needs)
    return status


def _verify(arguments: argparse.Namespace, needs: Needs) -> int:
    found = verify_export(arguments.file, arguments.head) if arguments.file else needs.log().verify(arguments.head)
    print(found)
    return 0 if found.ok else 1


def _list(arguments: argparse.Namespace, needs: Needs) -> int:
    log = needs.log()
    if arguments.queue:
        refuse(arguments, tuple(n for n in FILTERS if n not in ("since", "reviewer")), "the queue")
        waiting = queue(log, since=arguments.since, reviewer=arguments.reviewer)[: arguments.limit]
        rows = [(log.record(entry.hash), entry.why) for entry in waiting]
    else:
        rows = [(r, "") for r in log.records(selection(arguments, limit=arguments.limit, newest_first=True))]
    for record, why in rows:
        turn = log.turn_of(record)
        if arguments.json:
            print(json.dumps({"record": record.hash, "time": record.time, "why": why, "turn": turn and turn.to_json()}))
        else:
            print(_line(record, why, question_shown(turn)))
    if arguments.queue and not arguments.json:
        print(agreement(log))
    return 0


def _line(record: Record, why: str, question: str) -> str:
    words = clean(question)
    shown = words if len(words) <= 70 else words[:69] + "…"
    return f"{record.hash[:12]}  {record.time[:16]}  {record.outcome:<15}{f'[{why}] ' if why else ''}{shown}"


def _export(arguments: argparse.Namespace, needs: Needs) -> int:
    log, out, kept = needs.log(), arguments.out, Library(needs.state / "versions")
    if out.suffix == ".jsonl":
        refuse(arguments, (*FILTERS, "record"), "the chain (.jsonl), which is exported whole")
        found = write_export(log, out, texts=not arguments.without_texts)
        print(f"{out}: {found}")
        return 1 if _quotes_differ(log, kept) else 0
    if out.suffix == ".csv":
        refuse(arguments, ("without_texts", "record"), "a table (.csv), which has the words of what is selected")
        print(f"{out}: {write_csv(log, out, kept, selection(arguments))} answers. Head {log.head()}")
        return 1 if _quotes_differ(log, kept) else 0
    if out.suffix != ".html" or bool(arguments.record) == bool(arguments.conversation):
        raise RecordError(
            f"Cannot export to {out}: use .jsonl (the chain), .csv (a table), "
            "or .html with either --record or --conversation."
        )
    others = tuple(name for name in FILTERS if name != "conversation")
    refuse(arguments, (*others, "without_texts"), "a page (.html) of one answer or conversation, with its words")
    library = needs.open_library()
    if arguments.record:
        page = answer_page(log, log.record(arguments.record), library)
    else:
        page = conversation_page(log, arguments.conversation, library)
    write_page(page, out)
    print(f"{out}: written. Head {log.head()}")
    return 0


def _quotes_differ(log: AuditLog, kept: Library) -> bool:
    """Says which records quote what does not stand in the stored text; nothing where all do."""
    found = differing_quotes(log, kept)
    for name in found:
        print(f"A quote of {name[:12]} does not stand in the stored text of the version it names.")
    return bool(found)


def _replay(arguments: argparse.Namespace, needs: Needs) -> int:
    log = needs.log()
    if arguments.record:
        refuse(arguments, (*FILTERS, "accepted"), "the replay of one record")
        records = [log.record(arguments.record)]
    elif arguments.accepted:
        refuse(arguments, FILTERS, "the replay of all accepted answers")
        records = accepted(log)
    else:
        records = log.records(selection(arguments))
    if not records:
        raise RecordError("No recorded answer fits; sourcebound audit list shows what is there.")
    differences = []
    for difference in replays(log, records, needs.open_ask()):
        differences.append(difference)
        if not difference.same or arguments.record:
            print(difference)
            for line in difference.told:
                print(f"  {clean(line)}")
        elif sys.stderr.isatty():
            print(f"{len(differences)} of {len(records)}", end="\r", file=sys.stderr)
    result = summary(differences, "accepted" if arguments.accepted else "recorded")
    print(result)
    return 0 if result.ok else 1


def _erase(arguments: argparse.Namespace, needs: Needs) -> int:
    log = needs.log()
    days = needs.retention_days if arguments.expired else arguments.older_than
    what = f"older than {days:g} days" if days is not None else arguments.conversation or f"of {arguments.record}"
    if not arguments.yes:
        if not sys.stdin.isatty():
            raise RecordError("Erasing cannot be undone: add --yes.")
        if input(f"Erase the words of all records {what}, for good? [y/N] ").strip().lower() != "y":
            print("Nothing was erased.")
            return 1
    count = log.erase(days, arguments.conversation, arguments.record)
    print(f"{count} texts erased. Head {log.anchor()}")
    return 0
