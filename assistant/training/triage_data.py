"""Reads the labelled messages of the triage classifier, with the finer kind of a danger where a reader gave one."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from assistant.triage_model import OTHER, OWN

DATA = Path(__file__).with_name("data")
SAFE = ("question", "personal_advice", "patient_specific", "injection", "chitchat", "off_topic")
# What the classifier tells apart: the classes of safety.toml for a danger, the labels of the data for the rest.
LABELS = (*OWN, *OTHER, "medical_emergency", *SAFE)
_OF_ONESELF = re.compile(
    r"\bi(?:'m| am| feel| have| take| can't)\b|"
    r"\bmy (?:wife|husband|son|daughter|mother|mum|dad|partner|pills?|tablets?|meds|mood|gp|doctor|dose|own)\b",
    re.IGNORECASE,
)
HALVED = 5  # the seed that halves the held-out messages
_WITHIN = {
    "crisis_self": OWN,
    "crisis_other": (*OTHER, "overdose", "medical_emergency"),
}


@dataclass(frozen=True, slots=True)
class Message:
    """One labelled message; those of a group are never split between training and held-out data."""

    text: str
    label: str
    why: str
    previous: tuple[str, ...]
    group: str
    kind: str = ""

    @property
    def allowed(self) -> tuple[str, ...]:
        """The labels of the classifier that are right: one, or several where no reader has told them apart."""
        return (self.kind,) if self.kind else _WITHIN.get(self.label, (self.label,))


def read(names: str = "triage*.jsonl") -> list[Message]:
    """Every file of these names in the data folder; triage_kinds.txt adds kinds, by file and line."""
    kinds = dict(line.rsplit(" ", 1) for line in (DATA / "triage_kinds.txt").read_text(encoding="utf-8").splitlines())
    messages = []
    for path in sorted(DATA.glob(names)):
        with path.open(encoding="utf-8") as lines:
            for number, line in enumerate(lines):
                row = json.loads(line)
                group = row.get("group") or row.get("pair") or f"line {number}"
                previous = tuple(row.get("previous") or ())
                kind = row.get("kind") or kinds.get(f"{path.stem} {number}", "")
                messages.append(Message(row["text"], row["label"], row["why"], previous, f"{path.stem} {group}", kind))
    return messages


def asked_of_documents(count: int, seed: int) -> list[Message]:
    """Questions that the support model learns from, all of which go to the corpus; none that speaks of the writer."""
    rows = map(json.loads, (DATA / "questions.jsonl").read_text(encoding="utf-8").splitlines())
    texts = [text for row in rows for text in row["questions"] if not _OF_ONESELF.search(text)]
    chosen = random.Random(seed).sample(texts, min(count, len(texts)))
    return [Message(text, "question", "asked of a document", (), f"questions {n}") for n, text in enumerate(chosen)]


def parted(messages: Sequence[Message]) -> tuple[list[Message], list[Message]]:
    """(training, held out): triage_held_out.txt lists the groups that no run may train on."""
    held = set((DATA / "triage_held_out.txt").read_text(encoding="utf-8").splitlines())
    return [m for m in messages if m.group not in held], [m for m in messages if m.group in held]


def reported() -> list[Message]:
    """The half of the held-out messages that no threshold was tuned on; none where the data is not at hand."""
    if not (DATA / "triage_held_out.txt").exists():
        return []
    return split(parted(read())[1], 0.5, HALVED)[1]


def split(messages: Sequence[Message], share: float, seed: int) -> tuple[list[Message], list[Message]]:
    """(the rest, a share), by group."""
    groups = sorted({message.group for message in messages})
    random.Random(seed).shuffle(groups)
    held = set(groups[: round(len(groups) * share)])
    return [m for m in messages if m.group not in held], [m for m in messages if m.group in held]
