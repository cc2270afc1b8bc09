"""Asks every conversation of a file in turn and writes what its last message was answered."""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assistant.assistant import Assistant
from assistant.conversation import Conversation
from assistant.errors import ExpectedError
from ui.progress import shown_progress


@dataclass(frozen=True, slots=True)
class Asked:
    """One line of the file."""

    id: str
    turns: tuple[str, ...]


def read_batch(path: Path) -> list[Asked]:
    """The conversations in a file of JSON Lines. ExpectedError names the first line that is not one."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise ExpectedError(f"The batch file {path} cannot be read: {error}.") from error
    found: dict[str, Asked] = {}
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        asked = _asked(line, f"{path}, line {number}")
        if asked.id in found:
            raise ExpectedError(f"{path}, line {number}: the id {asked.id} is there twice. Give each line its own.")
        found[asked.id] = asked
    return list(found.values())


def answer_batch(assistant: Assistant, batch: list[Asked], out: Path | None, *, drafted: bool = False) -> None:
    """One line for each conversation: {"id", "turn"}, to `out` or standard output."""
    try:
        target = out.open("w", encoding="utf-8") if out else None
    except OSError as error:
        raise ExpectedError(f"{out} cannot be written: {error}.") from error
    try:
        with shown_progress() as told:
            for number, asked in enumerate(batch):
                told("Asking", number, len(batch))
                line = json.dumps({"id": asked.id, "turn": _last_turn(assistant, asked, drafted)}, ensure_ascii=False)
                whole = line.encode("utf-8", "backslashreplace").decode()  # half a character in an id is an escape
                (target or sys.stdout).write(whole + "\n")
            told("Asking", len(batch), len(batch))
    finally:
        if target:
            target.close()


def _last_turn(assistant: Assistant, asked: Asked, drafted: bool) -> dict[str, Any]:
    conversation = Conversation()
    for message in asked.turns:
        conversation = conversation.then(assistant.ask(message, conversation, drafted=drafted))
    return conversation.turns[-1].to_json()


def _asked(line: str, where: str) -> Asked:
    wanted = 'Each line must be like {"id": "1", "turns": ["first message", "second message"]}.'
    try:
        row = json.loads(line)
    except json.JSONDecodeError as error:
        raise ExpectedError(
            f"{where}: this is not JSON ({error.msg} at character {error.pos + 1}). {wanted}"
        ) from error
    if not isinstance(row, dict) or "id" not in row or "turns" not in row:
        raise ExpectedError(f"{where}: id or turns is missing. {wanted}")
    turns = row["turns"]
    if not isinstance(turns, list) or not turns or not all(isinstance(t, str) for t in turns):
        raise ExpectedError(f"{where}: turns must be a list of at least one text, and is {turns!r:.80}. {wanted}")
    return Asked(str(row["id"]), tuple(turns))
