"""The `sourcebound bank` commands: check the question bank, count it, and propose what a curator could add."""
# ruff: noqa: T201

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assistant import bank_work
from assistant.errors import RecordError

if TYPE_CHECKING:
    from assistant.settings import Settings

_EXAMPLES = """examples:
  sourcebound bank check                      what is wrong with the bank; exit code 1 where anything is
  sourcebound bank stats --corpus ./my-documents
  sourcebound bank propose --out proposals.jsonl
"""


def add_commands(subparsers: Any) -> None:
    """Add `bank` and its sub-commands; each sets `run`, a function of the parsed arguments."""
    bank: argparse.ArgumentParser = subparsers.add_parser(
        "bank",
        help="check the question bank, propose questions, count them",
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = bank.add_subparsers(required=True, metavar="COMMAND")
    for name, handler, described in (
        ("check", check, "problems of the bank: units not found, questions twice or on both sides"),
        ("stats", stats, "per document and section: units, questions of both sides, units without questions"),
        ("propose", propose, "units without questions, and refused or reported ones, as JSON Lines for a curator"),
    ):
        command = commands.add_parser(name, help=described, description=described)
        command.set_defaults(handler=handler)
    commands.choices["propose"].add_argument("--out", type=Path, metavar="FILE", help="instead of standard output")
    bank.set_defaults(run=_run)


def check(arguments: argparse.Namespace, settings: Settings) -> int:
    """1 where the bank has a problem."""
    problems = bank_work.bank_problems(settings.corpus)
    for problem in problems:
        print(problem)
    if not problems:
        print("The bank has no problems.")
    return 1 if problems else 0


def stats(arguments: argparse.Namespace, settings: Settings) -> int:
    """The counts as a table."""
    from ui.terminal import Paper, write_table

    rows = bank_work.stats(bank_work.corpus_in(settings.corpus))
    write_table(Paper(), [bank_work.HEADER, *(row.row for row in rows)])
    return 0


def propose(arguments: argparse.Namespace, settings: Settings) -> int:
    """What a curator could add; without a readable record, units only."""
    try:
        recorded = list(bank_work.recorded_questions(settings.state))
    except RecordError as error:
        print(f"note: {error}", file=sys.stderr)
        recorded = []
    rows = bank_work.proposals(bank_work.corpus_in(settings.corpus), recorded)
    if arguments.out:
        bank_work.write_proposals(rows, arguments.out)
        print(f"{arguments.out}: {len(rows)} proposals.")
    else:
        sys.stdout.write(bank_work.in_lines(rows))
    return 0


def _run(arguments: argparse.Namespace) -> int:
    from ui.cli import settings_of

    status: int = arguments.handler(arguments, settings_of(arguments))
    return status
