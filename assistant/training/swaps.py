"""Turns a question that a passage answers into one that it does not: another name or figure, an opposite, a negation.

People who wrote unanswerable questions by hand did the same; here it shows the models that such a word decides.
"""

from __future__ import annotations

import random
import re
from collections.abc import Sequence

_NAME = re.compile(r"\b[A-Z][a-zA-Z'’-]+(?: (?:of |the |de )?[A-Z][a-zA-Z'’-]+)*\b")
_FIGURE = re.compile(r"\b\d[\d,.]*\d\b|\b\d\b")
_AUXILIARY = re.compile(r"\b(is|are|was|were|did|does|do|can|could|has|have|had|will|would)\b", re.IGNORECASE)
_OPPOSITES = """
more less|most least|higher lower|highest lowest|larger smaller|largest smallest|increase decrease|increases decreases
increased decreased|before after|first last|early late|earlier later|earliest latest|north south|northern southern
east west|eastern western|raise lower|raised lowered|rise fall|rose fell|gain lose|gained lost|win lose|won lost
begin end|began ended|start stop|started stopped|best worst|better worse|good bad|strong weak|stronger weaker
strongest weakest|fast slow|faster slower|long short|longer shorter|longest shortest|old new|older younger
oldest youngest|above below|inside outside|internal external|major minor|majority minority|maximum minimum
positive negative|present absent|public private|rich poor|support oppose|supported opposed|allow forbid
allowed forbade|accept reject|accepted rejected|include exclude|includes excludes|open close|opened closed
create destroy|created destroyed|build demolish|built demolished|enter leave|entered left|male female|men women
man woman|king queen|father mother|son daughter|husband wife|buy sell|bought sold|import export|imported exported
input output|known unknown|usual unusual|common rare|similar different|always never|all none|upper lower
deep shallow|wet dry|hot cold|warm cool|heavy light|wide narrow|high low|active inactive|direct indirect
acute chronic|primary secondary|cause prevent|caused prevented|causes prevents|help harm|helped harmed
improve worsen|improves worsens|improved worsened|benefit risk|benefits risks|adults children|day night|summer winter
shorten lengthen|shortens lengthens|shortened lengthened|speed slow|speeds slows|promote suppress|promotes suppresses
activate inhibit|activates inhibits|stimulate inhibit|stimulates inhibits|strengthen weaken|strengthens weakens
relieve aggravate|relieves aggravates|often rarely|frequently seldom|usually rarely|easy hard|easier harder
easily hardly|with without|likely unlikely|effective ineffective|possible impossible|mild severe|milder severer
sufficient insufficient|able unable|necessary unnecessary|reversible irreversible|raises lowers|raising lowering
gains loses|sooner later|lengthy brief|tightens loosens|rising falling|grows shrinks|grow shrink|thicker thinner
protects harms|protect harm|safe unsafe|safer riskier|aware unaware|willing unwilling|complete incomplete
normal abnormal|constant changing|alone together|left right|front back|top bottom|beginning end|start end
full empty|success failure|succeed fail|success defeat|attack defend|attacked defended|ally enemy|allies enemies
increase reduce|ancient modern|urban rural|permanent temporary|voluntary forced|natural artificial|safe dangerous
"""


def _both_ways() -> dict[str, str]:
    pairs = [pair.split() for line in _OPPOSITES.strip().splitlines() for pair in line.split("|")]
    return {one: other for pair in pairs for one, other in (pair, pair[::-1])}


OPPOSITE = _both_ways()


def swapped(question: str, answering: str, others: Sequence[str], chance: random.Random) -> str | None:
    """The question with one thing in it changed, so that `answering` no longer answers it; None where nothing offers.

    `others` are texts about the same matter: names and figures are taken from them.
    """
    ways = [_another_name, _another_figure, _opposite, _opposite, _negated]
    chance.shuffle(ways)
    for way in ways:
        if changed := way(question, answering, others, chance):
            return changed
    return None


def _replaced(pattern: re.Pattern[str], question: str, answering: str, others: Sequence[str], chance: random.Random
              ) -> str | None:  # fmt: skip
    found = [match for match in pattern.finditer(question) if match.start() > 0]
    known = f"{question} {answering}".lower()
    offered = sorted({m.group() for text in others for m in pattern.finditer(text) if m.start() > 0})
    offered = [name for name in offered if name.lower() not in known]
    if not found or not offered:
        return None
    match = chance.choice(found)
    return question[: match.start()] + chance.choice(offered) + question[match.end() :]


def _another_name(question: str, answering: str, others: Sequence[str], chance: random.Random) -> str | None:
    return _replaced(_NAME, question, answering, others, chance)


def _another_figure(question: str, answering: str, others: Sequence[str], chance: random.Random) -> str | None:
    return _replaced(_FIGURE, question, answering, others, chance)


def _opposite(question: str, _answering: str, _others: Sequence[str], chance: random.Random) -> str | None:
    return opposed(question, chance)


def opposed(text: str, chance: random.Random) -> str | None:
    """The text with one word turned into its opposite; None where no word of it has one."""
    words = text.split(" ")
    places = [n for n, word in enumerate(words) if word.lower().strip(",?.") in OPPOSITE]
    if not places:
        return None
    at = chance.choice(places)
    bare = words[at].strip(",?.")
    words[at] = words[at].replace(bare, OPPOSITE[bare.lower()])
    return " ".join(words)


def _negated(question: str, _answering: str, _others: Sequence[str], chance: random.Random) -> str | None:
    if chance.random() < 0.6:
        return None
    match = _AUXILIARY.search(question)
    if match is None or " not " in question or "n't" in question:
        return None
    word = match.group().lower()
    negated = {"can": "can't", "will": "won't"}.get(word, f"{word}n't")
    return question[: match.start()] + negated + question[match.end() :]
