"""The `sourcebound evaluate` command: asks an exam, or judges a file of claims, and shows the figures."""
# ruff: noqa: T201

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assistant.errors import ExpectedError

if TYPE_CHECKING:
    from assistant.assistant import Assistant
    from assistant.evaluation import Report
    from assistant.settings import Settings

_EXAMPLES = """examples:
  sourcebound evaluate                                   our own exam on our own documents
  sourcebound evaluate my.jsonl --corpus ./my-documents --failures
  sourcebound evaluate --html report.html                every figure and plot in one file
  sourcebound evaluate --claims claims.jsonl --out verdicts.jsonl
"""


def add_commands(subparsers: Any) -> None:
    """Add `evaluate`; `run` is set to a function of the parsed arguments."""
    command: argparse.ArgumentParser = subparsers.add_parser(
        "evaluate",
        help="ask an exam and score the answers",
        description="Asks every conversation of an exam and judges the last reply. Nothing is recorded.",
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    command.add_argument("file", nargs="?", type=Path, metavar="FILE", help="an exam as JSON Lines (default: our own)")
    command.add_argument("--json", action="store_true", help="print every figure and failure as JSON")
    command.add_argument("--html", type=Path, metavar="OUT", help="write one self-contained page with plots as well")
    command.add_argument("--failures", action="store_true", help="list what failed, and why")
    command.add_argument("--no-bank", action="store_true", help="without the question bank only")
    command.add_argument("--claims", type=Path, metavar="FILE", help="judge claims against their evidence instead")
    command.add_argument("--out", type=Path, metavar="FILE", help="with --claims: where the verdicts go")
    command.set_defaults(run=_run)


def evaluate(arguments: argparse.Namespace, settings: Settings) -> int:
    """0 where the exam, or the claims, could be judged; the figures decide nothing here."""
    if arguments.claims:
        return _claims(arguments)
    if arguments.out:
        raise ExpectedError("--out goes with --claims; for the report on an exam use --html OUT or --json > OUT.")
    from assistant.exam import SHIPPED_EXAM, problems, read_exam

    if settings.corpus and not arguments.file:
        raise ExpectedError("The shipped exam asks about the shipped documents. Name an exam FILE for --corpus.")
    path = arguments.file or SHIPPED_EXAM
    questions = read_exam(path)
    assistants = _assistants(settings, bank=not arguments.no_bank)
    for problem in problems(questions, next(iter(assistants.values())).corpus):
        print(f"note: {problem}", file=sys.stderr)
    report = _asked(path.name, assistants, questions)
    if arguments.html:
        from assistant.evaluation_report import write_report

        write_report(report, arguments.html)
    if arguments.json:
        print(json.dumps(report.to_json(), ensure_ascii=False, indent=2))
    else:
        _write(report, failures=arguments.failures)
    return 0


def _run(arguments: argparse.Namespace) -> int:
    from ui.cli import settings_of

    return evaluate(arguments, settings_of(arguments))


def _assistants(settings: Settings, bank: bool) -> dict[str, Assistant]:
    """The same assistant with the bank and without; only the latter where there is no bank or none is wanted."""
    from assistant.bootstrap import answerer_of, open_assistant
    from assistant.evaluation import without_bank
    from ui.progress import shown_progress

    with shown_progress() as progress:
        full = open_assistant(replace(settings, record="off"), progress)
        for remark in full.remarks:
            print(f"note: {remark}", file=sys.stderr)
        if not full.corpus.bank.questions:
            return {"without the bank": full}
        bare = without_bank(full.corpus)
        prints = replace(full.fingerprints, corpus=bare.fingerprint)
        strict = replace(full, corpus=bare, answerer=answerer_of(bare, settings), fingerprints=prints)
    return {"with the bank": full, "without the bank": strict} if bank else {"without the bank": strict}


def _asked(name: str, assistants: dict[str, Assistant], questions: Any) -> Report:
    from assistant.evaluation import report
    from ui.progress import shown_progress

    with shown_progress() as progress:
        return report(name, assistants, questions, progress)


def _write(report: Report, failures: bool) -> None:
    from assistant import evaluation_tables as tables
    from ui.terminal import Paper, write_table

    paper = Paper()
    for table in tables.summary(report):
        if table.rows:
            paper.bold(table.title)
            write_table(paper, [table.header, *table.rows])
            paper.write()
    for name, results in report.runs.items() if failures else ():
        paper.bold(f"Failures {name}")
        for id_, kind, reason, gate, messages, answer in tables.failures(results).rows:
            paper.write(f"{id_} [{kind}, gate {gate}] {reason}: {messages}", indent="    ", first="- ")
            paper.dim(answer, "    ")


def _claims(arguments: argparse.Namespace) -> int:
    from assistant import claim_evaluation

    told = claim_evaluation.evaluate(arguments.claims)
    if arguments.out:
        claim_evaluation.write_verdicts(told, arguments.out)
    if arguments.json:
        print(json.dumps(told.to_json(), ensure_ascii=False, indent=2))
    else:
        print("\n".join(told.lines()))
    return 0
