"""A conversation on the terminal, with numbered citations that can be opened."""

from __future__ import annotations

import sys

from assistant.assistant import Assistant
from assistant.conversation import Conversation
from assistant.errors import ExpectedError
from ui.answer_text import place
from ui.terminal import Paper, write_documents, write_help, write_turn

_COMMANDS = """/1, /2, …   the source of citation 1, 2, … with the text around it
/sources    what can be quoted from
/help       help for people in danger, and these commands
/new        forget this conversation and begin another
/quit       leave (so does Ctrl-D)"""
_AROUND = 400


def chat(assistant: Assistant, paper: Paper, *, drafted: bool = False) -> None:
    """Asks and answers until /quit or the end of the input."""
    documents = assistant.corpus.documents
    count = "one document" if len(documents) == 1 else f"{len(documents)} documents"
    paper.bold(f"Sourcebound, an automated reference tool over {count}. Not a person, not advice.")
    paper.dim("Type a question, or /help. For example:")
    for example in assistant.examples:
        paper.write(example, indent="    ", first="  ? ")
    conversation = Conversation()
    while True:
        paper.write()
        message = _message()
        if message is None or message in ("/quit", "/exit", "/q"):
            return
        if message == "/new":
            conversation = Conversation()
            paper.dim("A new conversation.")
        elif message.startswith("/"):
            _command(assistant, paper, conversation, message)
        elif message:
            conversation = _asked(assistant, paper, conversation, message, drafted)


def _asked(assistant: Assistant, paper: Paper, conversation: Conversation, message: str, drafted: bool) -> Conversation:
    try:
        turn = assistant.ask(message, conversation, drafted=drafted)
    except ExpectedError as error:
        paper.bold(str(error))
        return conversation
    paper.write()
    write_turn(paper, turn)
    return conversation.then(turn)


def _command(assistant: Assistant, paper: Paper, conversation: Conversation, command: str) -> None:
    if command == "/help":
        write_help(paper, assistant.help.text)
        paper.write(_COMMANDS)
    elif command == "/sources":
        write_documents(paper, assistant.corpus.documents)
    elif command[1:].isdigit():
        _source(assistant, paper, conversation, int(command[1:]))
    else:
        paper.write(f"{command} is not a command.\n{_COMMANDS}")


def _source(assistant: Assistant, paper: Paper, conversation: Conversation, number: int) -> None:
    cited = [c for turn in conversation.turns[-1:] for c in turn.citations if c.number == number]
    if not cited:
        paper.write(f"The last answer has no citation {number}.")
        return
    citation = cited[0]
    paper.bold(place(citation))
    document = assistant.document(citation.document_id, citation.version)
    if document is None:
        paper.write(f"This version is no longer kept. Quoted from it: “{citation.quote}”")
        return
    before = document.text[max(0, citation.start - _AROUND) : citation.start]
    after = document.text[citation.end : citation.end + _AROUND]
    paper.dim(f"…{before.lstrip()}" if citation.start > _AROUND else before)
    paper.bold(document.text[citation.start : citation.end], indent="  ")
    paper.dim(f"{after.rstrip()}…" if citation.end + _AROUND < len(document.text) else after)


def _message() -> str | None:
    """The next line, or None at the end of the input."""
    if sys.stdin.isatty():
        import readline  # noqa: F401 - gives input() history and editing

    try:
        return input("> " if sys.stdin.isatty() else "").strip()
    except EOFError:
        return None
