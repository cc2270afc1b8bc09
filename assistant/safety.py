"""Loads and checks safety.toml: every class, block, helpline, pattern and fixed sentence of the safety layer."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any

from assistant.answers import Level
from assistant.injection import Instructions
from assistant.normalising import Normaliser, Spellings
from assistant.patterns import Pattern, compiled
from assistant.safety_rows import Block, Helpline, Piece, Review, SafetyClass
from corpus.errors import SettingsError

_HERE = Path(__file__).with_name("safety.toml")
_QUOTED = re.compile(r'"[^"]{1,300}"|(?<!\w)\'[^\']{4,300}\'(?!\w)')
_FIRST = re.compile(r"\b(?:i|im|ive|me|my|myself)\b")
_CHATTY = ("identity", "capability", "thanks", "goodbye", "greeting")


@dataclass(frozen=True)
class SafetyWords:
    """All of safety.toml, checked for shape; `problems()` checks it for content."""

    review: Review
    classes: tuple[SafetyClass, ...]  # highest first
    blocks: Mapping[str, Block]
    helplines: tuple[Helpline, ...]
    patterns: tuple[Pattern, ...]
    declining: Mapping[str, str]
    pieces: tuple[Piece, ...]
    words: Mapping[str, str]
    replies: Mapping[str, str]
    reply_cues: Mapping[str, tuple[re.Pattern[str], ...]]
    closing: frozenset[str]  # words of which thanks and goodbyes consist
    closing_leads: frozenset[str]  # one of which must be there
    other_language: Mapping[str, str]
    language_words: Mapping[str, frozenset[str]]
    normaliser: Normaliser
    instructions: Instructions
    frames: tuple[re.Pattern[str], ...]  # a sentence in quotation marks beside these is talked about

    @cached_property
    def by_id(self) -> dict[str, SafetyClass]:
        """The classes by their id."""
        return {item.id: item for item in self.classes}

    def rank(self, class_: str) -> int:
        """0 for the highest class."""
        return [item.id for item in self.classes].index(class_)

    def block(self, id_: str, region: str = "") -> str:
        """The block with its helplines filled in, those of `region` first."""
        text = self.blocks[id_].text.strip()
        for kind in ("emergency", "crisis", "poison", "abuse"):
            text = text.replace(f"{{{kind}}}", self.numbers(kind, region))
        return text

    def numbers(self, kind: str, region: str = "") -> str:
        """The helplines of a kind in one line: those of `region`, then the others, then 'elsewhere'."""
        rows = [row for row in self.helplines if row.kind == kind]
        rows.sort(key=lambda row: (region.upper() not in row.regions, not row.regions) if region else (False, False))
        return ("; " if kind != "emergency" else ", ").join(row.words for row in rows)

    def language_of(self, readable: str, folded: str) -> str:
        """The language whose small words are most frequent; English where none clearly leads."""
        tokens = folded.split()
        counts = {lang: sum(t in known for t in tokens) for lang, known in self.language_words.items()}
        best = max(counts, key=lambda lang: (counts[lang], lang == "en"))
        clear = counts[best] > counts.get("en", 0) and (counts[best] >= 2 or len(tokens) <= 4)
        return best if best != "en" and clear else "en"

    def said(self, readable: str, *, of_others: bool = False) -> str:
        """The folded message without sentences in quotation marks that are talked about, or that others have said."""
        folded = self.normaliser.folded(readable)
        outside = self.normaliser.folded(_QUOTED.sub(" ", readable))
        framed = of_others or any(frame.search(outside) for frame in self.frames)
        if len(outside.split()) < 4 or not (framed or not _FIRST.search(outside)):
            return folded
        return outside

    def conversational(self, folded: str) -> str:
        """The fixed reply to a greeting, thanks, a question about the assistant, or a goodbye."""
        for id_ in _CHATTY:
            if any(cue.search(folded) for cue in self.reply_cues.get(id_, ())):
                return self.replies[id_]
        return self.replies["other"]

    def small_talk(self, folded: str) -> bool:
        """Whether a short message is a greeting, thanks, a goodbye or a question about the assistant."""
        cues_ = (cue for id_ in _CHATTY for cue in self.reply_cues.get(id_, ()))
        return len(folded.split()) <= 8 and any(cue.search(folded) for cue in cues_)

    def closes(self, readable: str, folded: str) -> bool:
        """Whether a message is nothing but thanks, approval or a goodbye, in whatever order."""
        words = set(folded.split()) - {"."}
        return "?" not in readable and words <= self.closing and bool(words & self.closing_leads)

    def problems(self) -> tuple[str, ...]:
        """What a release must not have: a banned phrase, a missing piece, a row that is too old or unverified."""
        found = []
        shown = {f"block {id_}": self.block(id_) for id_ in self.blocks}
        shown |= {f"reply {id_}": text for id_, text in (*self.replies.items(), *self.declining.items())}
        shown |= {f"words {id_}": text for id_, text in (*self.words.items(), *self.other_language.items())}
        shown |= {f"piece {piece.id}": piece.text for piece in self.pieces}
        for where, text in shown.items():
            found += [f"{where} holds the banned phrase {p!r}" for p in self.review.banned if p in text.lower()]
        for block in self.blocks.values():
            filled = self.block(block.id).lower()
            found += [
                f"block {block.id} lacks {piece!r}"
                for piece in block.pieces
                if piece.lower() not in (block.text if piece.startswith("{") else filled)
            ]
        for language in self.review.languages[1:]:
            if f"crisis_{language}" not in self.blocks:
                found.append(f"there is no block crisis_{language}")
        oldest = self.review.released_on - timedelta(days=self.review.days_valid)
        for row in self.helplines:
            if row.verified_on is None and not row.verified:
                found.append(f"the helpline {row.words!r} is neither verified nor marked as unverified")
            if row.verified_on and row.verified_on < oldest:
                found.append(f"the helpline {row.words!r} was verified on {row.verified_on}, before {oldest}")
            if row.verified_on and not row.source:
                found.append(f"the helpline {row.words!r} names no source")
        return tuple(found)


def load_words(path: Path | None = None) -> SafetyWords:
    """safety.toml as dataclasses. SettingsError says in one line what is wrong with it."""
    path = path or _HERE
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise SettingsError(f"The safety file {path} cannot be read: {error}") from error
    try:
        return _words(data)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise SettingsError(f"The safety file {path} is incomplete: {type(error).__name__} {error}") from error


def _words(data: dict[str, Any]) -> SafetyWords:
    terms: dict[str, str] = data["terms"]
    classes = tuple(SafetyClass(c["id"], c["title"], Level(c["level"]), c.get("block", "")) for c in data["classes"])
    blocks = {id_: Block(id_, block["text"].strip(), tuple(block["pieces"])) for id_, block in data["blocks"].items()}
    for item in classes:
        if item.block and item.block not in blocks:
            raise SettingsError(f"safety.toml: the class {item.id} names the block {item.block}, which is missing.")
    declining = data["declining"]
    replies = data["replies"]
    spellings = data["spellings"]
    normaliser = Normaliser(
        Spellings(frozenset(spellings["disguised"].split()), dict(spellings["slang"]), dict(spellings["pictures"]))
    )
    return SafetyWords(
        review=_review(data["review"]),
        classes=classes,
        blocks=blocks,
        helplines=tuple(Helpline(**{**row, "regions": tuple(row["regions"])}) for row in data["helplines"]),
        patterns=tuple(_pattern(row, terms, {item.id for item in classes}) for row in data["patterns"]),
        declining={k: v for k, v in declining.items() if isinstance(v, str)},
        pieces=tuple(
            Piece(k, tuple(compiled(cue, terms, f"declining.{k}") for cue in v["cues"]), v["text"])
            for k, v in declining.items()
            if isinstance(v, dict)
        ),
        words=dict(data["words"]),
        replies={k: v for k, v in replies.items() if isinstance(v, str)},
        reply_cues={
            k: tuple(compiled(cue, terms, f"replies.{k}") for cue in v) for k, v in replies["patterns"].items()
        },
        closing=frozenset(data["closing"]["words"].split()),
        closing_leads=frozenset(data["closing"]["leads"].split()),
        other_language=dict(data["other_language"]),
        language_words={k: frozenset(v.split()) for k, v in data["language_words"].items()},
        normaliser=normaliser,
        instructions=Instructions(
            tuple(compiled(c, terms, "injection") for c in data["injection"]["clauses"]),
            tuple(re.compile(p, re.IGNORECASE) for p in data["injection"]["phrases"]),
            frozenset(data["injection"]["fillers"].split()),
            normaliser,
        ),
        frames=tuple(compiled(frame, terms, "quoting") for frame in data["quoting"]["frames"]),
    )


def _pattern(row: dict[str, Any], terms: dict[str, str], known: set[str]) -> Pattern:
    if row["class"] not in known:
        raise SettingsError(f"safety.toml: a pattern names the class {row['class']!r}, which is missing.")
    where = f"class {row['class']} ({row['language']})"
    expressions = tuple(compiled(item, terms, where) for item in row["expressions"])
    return Pattern(row["class"], row["language"], row["why"], expressions, row.get("with", ""), row.get("chance", 0.0))


def _review(row: dict[str, Any]) -> Review:
    if not isinstance(row["released_on"], date):
        raise SettingsError("safety.toml: review.released_on must be a date, for example 2026-11-24.")
    return Review(
        row["released_on"],
        int(row["days_valid"]),
        row["reviewer"],
        row["reviewed_on"],
        tuple(row["languages"]),
        tuple(row["banned"]),
    )
