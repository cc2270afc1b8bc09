"""What the support model learns from: questions, each with the passages that may answer it and those that do.

Authored passages and our own bank lie in the repository; SQuAD 2.0 and the article's own wording are read from beside
the clone and are never copied.
"""

from __future__ import annotations

import gzip
import json
import random
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from assistant.support import question_text
from corpus.bank import BankQuestion
from corpus.errors import ModelError
from corpus.loading import Corpus, load
from corpus.passages import Passage, Unit, in_context
from corpus.segmenting import sentences

DATA = Path(__file__).parent / "data"
SHARED = Path(__file__).parents[3] / "shared"
_HELD_BACK = ("Pharmacy", "Force", "Huguenot")
_FIRST_FILES = 8  # support1 to support8


@dataclass(frozen=True, slots=True)
class Example:
    """A question, the texts that may answer it, which of them do, and which one tempts to what is `missing`.

    `group` is never split."""

    group: str
    question: str
    texts: tuple[str, ...]
    right: frozenset[int]
    near: int = -1
    pair: str = ""
    missing: str = ""


def authored() -> list[Example]:
    """The questions on authored passages; those of one passage are one group."""
    found = []
    for path in sorted(DATA.glob("support*.jsonl")):
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines()):
            row = json.loads(line)
            units, lead = row["units"], row.get("lead") or ""
            before = [lead or (units[n - 1] if n else "") for n in range(len(units))]
            texts = tuple(in_context(u, row["heading"], b) for u, b in zip(units, before, strict=True))
            for asked in row["questions"]:
                right = frozenset(asked["units"]) | frozenset(asked.get("also") or [])
                group = f"{path.stem}-{number}"
                pair = f"{group}-{asked['pair']}" if asked.get("pair") else ""
                near = asked.get("tempts", -1)
                found.append(Example(group, question_text(asked["turns"]), texts, right, near, pair))
    return found


def held_out(groups: Collection[str]) -> dict[str, set[str]]:
    """The groups of authored passages that are kept from training: 60 of the first 600, and every 25th of the others,
    whose unanswered questions keep closer to the text."""
    first, later = set(), set()
    for group in groups:
        file, number = group.removeprefix("support").split("-")
        if int(file) <= _FIRST_FILES:
            first.add(group)
        elif int(number) % 25 == 24:
            later.add(group)
    chosen = sorted(first)
    random.Random(7).shuffle(chosen)
    return {"authored": set(chosen[:60]), "authored, close": later}


def squad(held_back: bool = False) -> list[Example]:
    """SQuAD 2.0's questions over the sentences of their paragraphs. ModelError where the set is not at hand."""
    path = SHARED / "training/public/squad2.jsonl.gz"
    if not path.is_file():
        raise ModelError(
            f"The shipped support model has learned from SQuAD 2.0, which is not at {path}; without it another model "
            "would be made. Put the set there, as assistant/training/support_data.py reads it."
        )
    return list(_squad(path, held_back))


def _squad(path: Path, held_back: bool) -> Iterator[Example]:
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            if (row["title"] in _HELD_BACK) != held_back:
                continue
            spans = sentences(row["context"])
            units = [row["context"][start:end] for start, end in spans]
            heading = row["title"].replace("_", " ")
            texts = tuple(in_context(u, heading, units[n - 1] if n else "") for n, u in enumerate(units))
            for asked in row["questions"]:
                starts = [answer["start"] for answer in asked["answers"]]
                right = {n for n, (s, e) in enumerate(spans) if any(s <= start < e for start in starts)}
                if asked["is_impossible"]:
                    right = set()
                elif not right:
                    continue
                yield Example(f"squad-{row['title']}", asked["question"], texts, frozenset(right))


def banks() -> list[Example]:
    """The banks of our documents and further questions of ours, over our wording and, where at hand, the article's."""
    ours = load([])
    found = _of_bank(ours, ours.passages)
    restated = [p for p in ours.passages if p.document_id == "serotonin-deficiency" and p.unit is not Unit.LIST]
    wordings = [restated]
    page = SHARED / "article/page"
    if page.is_dir():
        article = load([page])
        found += _of_bank(article, article.passages)
        wordings.append([p for p in article.passages if p.unit is not Unit.LIST])
    for number, line in enumerate((DATA / "questions.jsonl").read_text(encoding="utf-8").splitlines()):
        row = json.loads(line)
        passages = wordings[number % len(wordings)]
        texts = tuple(p.in_context for p in passages)
        found += [
            Example("bank", text, texts, frozenset(row["units"]), row.get("near", -1)) for text in row["questions"]
        ]
    return found


def _of_bank(corpus: Corpus, passages: Sequence[Passage]) -> list[Example]:
    found = []
    for document in corpus.documents:
        single = [p for p in passages if p.document_id == document.id and p.unit is not Unit.LIST]
        place = {p.id: n for n, p in enumerate(single)}
        members = {p.id: p.members for p in passages if p.unit is Unit.LIST}
        texts = tuple(p.in_context for p in single)
        for asked in corpus.bank.questions:
            if asked.document_id == document.id:
                found.append(_example(asked, texts, place, members))
    return found


def _example(
    asked: BankQuestion, texts: tuple[str, ...], place: dict[str, int], members: dict[str, tuple[str, ...]]
) -> Example:
    ids = [m for i in asked.passage_ids for m in members.get(i, (i,))]
    return Example("bank", asked.text, texts, frozenset(place[i] for i in ids), place.get(asked.near_id, -1),
                   missing=asked.missing)  # fmt: skip
