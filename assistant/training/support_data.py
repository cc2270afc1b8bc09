"""What the support model learns from: questions, each with the passages that may answer it and those that do.

Authored passages and our own bank lie in the repository; SQuAD 2.0 and the article's own wording are read from beside
the clone and are never copied.
"""

from __future__ import annotations

import gzip
import json
import random
from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from assistant.support import in_paragraphs, question_text
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
    heading: str = ""
    units: tuple[str, ...] = ()  # the texts without what surrounds them
    span: tuple[int, int, int] | None = None  # SQuAD's answer: unit, and from and to which character of it


def authored() -> list[Example]:
    """The questions on authored passages; those of one passage are one group."""
    found = []
    for path in sorted(DATA.glob("support*.jsonl")):
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines()):
            row = json.loads(line)
            units, lead = tuple(row["units"]), row.get("lead") or ""
            heading = f"{row['heading']}: {lead}" if lead else row["heading"]
            before = [lead or (units[n - 1] if n else "") for n in range(len(units))]
            texts = tuple(in_context(u, row["heading"], b) for u, b in zip(units, before, strict=True))
            for asked in row["questions"]:
                right = frozenset(asked["units"]) | frozenset(asked.get("also") or [])
                group = f"{path.stem}-{number}"
                pair = f"{group}-{asked['pair']}" if asked.get("pair") else ""
                near = asked.get("tempts", -1)
                question = question_text(asked["turns"])
                found.append(Example(group, question, texts, right, near, pair, heading=heading, units=units))
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


def apart() -> tuple[list[Example], dict[str, list[Example]]]:
    """The authored questions to train on; and, by name, those of the passages held out, with the SQuAD held back."""
    every = authored()
    kept = held_out({e.group for e in every})
    measured = {name: [e for e in every if e.group in groups] for name, groups in kept.items()}
    never = set().union(*kept.values())
    return [e for e in every if e.group not in never], measured | {"SQuAD": squad(held_back=True)}


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
            units = tuple(row["context"][start:end] for start, end in spans)
            heading = row["title"].replace("_", " ")
            texts = tuple(in_context(u, heading, units[n - 1] if n else "") for n, u in enumerate(units))
            for asked in row["questions"]:
                starts = [answer["start"] for answer in asked["answers"]]
                right = {n for n, (s, e) in enumerate(spans) if any(s <= start < e for start in starts)}
                if asked["is_impossible"]:
                    right = set()
                elif not right:
                    continue
                span = None if asked["is_impossible"] else _span(asked["answers"][0], spans)
                yield Example(f"squad-{row['title']}", asked["question"], texts, frozenset(right), heading=heading,
                              units=units, span=span)  # fmt: skip


def _span(answer: dict[str, Any], spans: Sequence[tuple[int, int]]) -> tuple[int, int, int] | None:
    """The unit in which an answer begins, and where in it the answer begins and ends."""
    for number, (start, end) in enumerate(spans):
        if start <= answer["start"] < end:
            at = answer["start"] - start
            return number, at, min(end - start, at + len(answer["text"]))
    return None


def paragraphs(examples: Sequence[Example], chance: random.Random) -> list[Example]:
    """Each question of a bank over the paragraph of its document that answers or tempts, and 40 % of them over another
    one too, one of the three most alike in words: read there, nothing answers."""
    told: dict[tuple[str, ...], list[list[int]]] = {}
    found = []
    for example in examples:
        bare = [text.split(" | ") for text in example.texts]
        if example.texts not in told:
            told[example.texts] = in_paragraphs([text[0] for text in bare], [text[1] for text in bare])
        at = min(example.right) if example.right else example.near
        at = at if at >= 0 else chance.randrange(len(bare))
        words = set(example.question.lower().split())
        home = next(one for one in told[example.texts] if at in one)
        others = [one for one in told[example.texts] if one is not home]
        others.sort(key=lambda one: -max(len(words & set(bare[n][0].lower().split())) for n in one))
        for members in [home, *([chance.choice(others[:3])] if chance.random() < 0.4 else [])]:
            right = frozenset(n for n, member in enumerate(members) if member in example.right)
            units = tuple(bare[n][0] for n in members)
            heading = bare[members[0]][1]
            found.append(Example("bank", example.question, units, right, heading=heading, units=units))
    return found


def elsewhere(examples: Sequence[Example], chance: random.Random, share: float) -> list[Example]:
    """A share of the questions over another paragraph, the most alike in words of a few, where nothing answers."""
    of_group: dict[str, dict[tuple[str, ...], Example]] = defaultdict(dict)
    for example in examples:
        of_group[example.group].setdefault(example.units, example)
    authored_groups = [group for group in of_group if not group.startswith("squad")]
    found = []
    for example in examples:
        if chance.random() > share:
            continue
        if example.group.startswith("squad"):
            others = [one for one in of_group[example.group].values() if one.units != example.units]
            others = chance.sample(others, min(12, len(others)))
        else:
            groups = [group for group in chance.sample(authored_groups, 40) if group != example.group]
            others = [next(iter(of_group[group].values())) for group in groups]
        words = {word for word in example.question.lower().split() if len(word) > 4}
        other = max(others, key=lambda one: len(words & set(" ".join(one.units).lower().split())))
        found.append(replace(other, question=example.question, right=frozenset(), near=-1, pair="", span=None))
    return found


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
