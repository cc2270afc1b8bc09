"""The command line: index, ask, chat, sources, settings, safety, ui, and what other files add."""

from __future__ import annotations

import argparse
import importlib
import importlib.util
import io
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from assistant.errors import ExpectedError
from ui.help_first import help_first

_EXAMPLES = """examples:
  sourcebound ask "How well does light therapy work for SAD?"
  sourcebound ask --json "What causes serotonin deficiency?" | jq .citations
  sourcebound ask --batch questions.jsonl --out answers.jsonl --corpus ./my-documents
  sourcebound ask --drafted "What helps against SAD?"       (where a language model is set)
  sourcebound chat
  sourcebound sources serotonin-deficiency
  sourcebound ui

exit codes: 0 done · 1 it could not be done (one line says why) · 2 wrong usage · 130 interrupted
"""
# Modules that add commands of their own by add_commands(subparsers); imported only when one of them is named.
_MORE = {
    "audit": ("ui.audit_commands", "verify, list, show, review, export, replay or erase the record"),
    "bank": ("ui.bank_commands", "check the question bank, propose questions, count them"),
    "evaluate": ("ui.evaluate_commands", "ask an exam and score the answers"),
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command; the exit code."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    told = parser(given).parse_args(given)
    if isinstance(sys.stdin, io.TextIOWrapper):
        sys.stdin.reconfigure(errors="replace")  # bytes of another encoding are no reason to say nothing
    try:
        code: int = told.run(told)
        sys.stdout.flush()
    except ExpectedError as error:
        print(f"sourcebound: {' '.join(str(error).split())}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("", file=sys.stderr)
        return 130
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # or the interpreter's own flush complains
        return 0
    return code


def parser(given: Sequence[str] = ()) -> argparse.ArgumentParser:
    """The parser; commands of other files are described, and added in full where `given` names them."""
    top = argparse.ArgumentParser(
        prog="sourcebound",
        description="Answers from a few approved documents only, with a citation under every sentence.",
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    _add_places(top, "before")
    commands = top.add_subparsers(metavar="COMMAND", required=True)
    _add(commands, "index", _index, "build the index, or bring it in step with the documents")
    ask = _add(commands, "ask", _ask, "ask one question, or a file of conversations")
    ask.add_argument("question", nargs="*", help="the question; - reads it from standard input")
    ask.add_argument("--json", action="store_true", help="print the whole turn as JSON")
    ask.add_argument("--batch", type=Path, metavar="FILE", help='JSON Lines of {"id", "turns"}')
    ask.add_argument("--out", type=Path, metavar="FILE", help='where the lines of {"id", "turn"} go')
    chat = _add(commands, "chat", _chat, "a conversation on the terminal")
    for each in (ask, chat):
        each.add_argument("--drafted", action="store_true", help="let the language model that is set draft the answers")
    sources = _add(commands, "sources", _sources, "list the documents, or show one with numbered passages")
    sources.add_argument("id", nargs="?", help="a document's id")
    _add(commands, "settings", _settings, "the settings in force and where each value comes from")
    safety = _add(commands, "safety", _safety, "the words and rules of the safety layer, for review; problems first")
    safety.add_argument("--all", action="store_true", help="expressions and word lists too")
    page = _add(commands, "ui", _ui, "start the chat page on this machine")
    page.add_argument("--port", type=int, default=8501)
    page.add_argument("--no-browser", action="store_true", help="do not open the browser")
    for name, (module, described) in _MORE.items():
        if importlib.util.find_spec(module) is None:
            continue
        if name in given:
            importlib.import_module(module).add_commands(commands)
        else:
            commands.add_parser(name, help=described)
    _finish(commands)
    return top


def _add(commands: Any, name: str, run: Callable[[argparse.Namespace], int], described: str) -> argparse.ArgumentParser:
    added: argparse.ArgumentParser = commands.add_parser(name, help=described, description=described)
    added.set_defaults(run=run)
    return added


def _finish(commands: Any) -> None:
    for added in commands.choices.values():
        _add_places(added, "after")
        for action in added._actions:  # the commands of a command, such as `audit replay`
            if isinstance(action, argparse._SubParsersAction):
                for inner in action.choices.values():
                    if "--state" not in inner.format_usage():  # `audit list --state` is the state of a review
                        _add_places(inner, "inner")
        if added.get_default("run") is None:
            added.set_defaults(run=_audit)


def _add_places(to: argparse.ArgumentParser, where: str) -> None:
    """--corpus and --state, which may stand before the command or after it."""
    to.add_argument(
        "--corpus", dest=f"corpus_{where}", action="append", type=Path, default=[], metavar="DIR",
        help="a folder of .md and .txt documents; may be given again",
    )  # fmt: skip
    to.add_argument("--state", dest=f"state_{where}", type=Path, metavar="DIR", help="where index and record are kept")


def settings_of(told: argparse.Namespace) -> Any:
    """The settings in force, the command line's own first."""
    from assistant.settings import load_settings

    corpus = (*told.corpus_before, *told.corpus_after, *getattr(told, "corpus_inner", ()))
    state = getattr(told, "state_inner", None) or told.state_after or told.state_before
    return load_settings(corpus=corpus, state=state)


def assistant_of(told: argparse.Namespace) -> Any:
    """The assistant, opened with a progress bar where that takes long; its remarks on standard error."""
    from assistant.bootstrap import open_assistant
    from ui.progress import shown_progress

    with shown_progress() as progress:
        assistant = open_assistant(settings_of(told), progress)
    for remark in assistant.remarks:
        print(f"note: {remark}", file=sys.stderr)
    return assistant


def _drafting(told: argparse.Namespace, assistant: Any) -> bool:
    """Whether answers are to be drafted; before anything is sent, says where it goes. ExpectedError where it cannot."""
    if told.drafted and assistant.drafting is None:
        raise ExpectedError(assistant.undrafted)
    if told.drafted:
        print(f"note: {assistant.drafting.told}", file=sys.stderr)
    return bool(told.drafted)


def _index(told: argparse.Namespace) -> int:
    assistant = assistant_of(told)
    corpus = assistant.corpus
    print(
        f"Ready: {len(corpus.documents)} documents, {len(corpus.passages)} passages, "
        f"{len(corpus.bank.questions)} questions in the bank. State folder: {settings_of(told).state}"
    )
    return 0


def _ask(told: argparse.Namespace) -> int:
    question = " ".join(told.question)
    if bool(question) == bool(told.batch):
        _usage("ask needs a question or --batch FILE, and not both.")
    if told.out and not told.batch:
        _usage("--out goes with --batch; for one question use > FILE.")
    if told.batch:
        from ui.batch import answer_batch, read_batch

        batch = read_batch(told.batch)
        assistant = assistant_of(told)
        answer_batch(assistant, batch, told.out, drafted=_drafting(told, assistant))
        return 0
    question = sys.stdin.read() if question == "-" else question
    with help_first(question, lambda: settings_of(told), sys.stderr if told.json else sys.stdout):
        assistant = assistant_of(told)
    turn = assistant.ask(question.strip(), drafted=_drafting(told, assistant))
    if told.json:
        import json

        print(json.dumps(turn.to_json(), ensure_ascii=False, indent=2))
    else:
        from ui.terminal import Paper, write_turn

        write_turn(Paper(), turn)
    return 0


def _chat(told: argparse.Namespace) -> int:
    from ui.chat_terminal import chat
    from ui.terminal import Paper

    with help_first("", lambda: settings_of(told), sys.stdout):
        assistant = assistant_of(told)
    chat(assistant, Paper(), drafted=_drafting(told, assistant))
    return 0


def _sources(told: argparse.Namespace) -> int:
    from ui.terminal import Paper, write_document, write_documents

    assistant = assistant_of(told)
    documents = {d.id: d for d in assistant.corpus.documents}
    if not told.id:
        write_documents(Paper(), list(documents.values()))
    elif told.id in documents:
        write_document(Paper(), assistant, documents[told.id])
    else:
        raise ExpectedError(f"There is no document {told.id}. There is: {', '.join(documents)}.")
    return 0


def _settings(told: argparse.Namespace) -> int:
    from ui.terminal import Paper, write_table

    write_table(Paper(), [(name, value or "-", where) for name, value, where in settings_of(told).described()])
    return 0


def _safety(told: argparse.Namespace) -> int:
    from assistant.safety import load_words
    from ui.safety_table import write_words
    from ui.terminal import Paper

    write_words(Paper(), load_words(), told.all)
    return 0


def _ui(told: argparse.Namespace) -> int:
    from ui.launching import serve

    return serve(settings_of(told), told.port, browser=not told.no_browser)


def _audit(told: argparse.Namespace) -> int:
    from ui import auditing
    from ui.audit_commands import Needs, run_command

    settings = settings_of(told)
    return run_command(
        told,
        Needs(
            settings.state,
            settings.retention_days,
            lambda: auditing.library(assistant_of(told), settings.state),
            lambda: auditing.ask_again(assistant_of(told)),
            settings.record,
        ),
    )


def _usage(problem: str) -> None:
    print(f"usage: {problem}", file=sys.stderr)
    raise SystemExit(2)


if __name__ == "__main__":
    raise SystemExit(main())
