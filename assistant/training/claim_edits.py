"""Makes more claims of plain sentences: small edits that keep what a sentence says, and small edits that do not."""

from __future__ import annotations

import random
import re
from functools import cache
from pathlib import Path

HERE = Path(__file__).parent / "data"
_WORD = re.compile(r"[A-Za-z][\w'-]+")
_DULL = frozenset([
    "about", "above", "after", "again", "also", "although", "among", "another", "because", "been", "before",
    "being", "below", "between", "both", "cannot", "could", "during", "either", "every", "first", "from",
    "have", "having", "however", "into", "less", "many", "might", "more", "most", "much", "must", "never",
    "often", "only", "other", "others", "over", "people", "rather", "same", "several", "should", "since",
    "some", "still", "such", "than", "that", "their", "them", "then", "there", "these", "they", "this",
    "those", "though", "through", "under", "until", "usually", "very", "well", "were", "what", "when",
    "where", "which", "while", "whose", "with", "within", "without", "would", "your",
])  # fmt: skip
_LEADS = ("the", "a", "an", "of", "in", "with", "by", "and", "or", "for", "to", "on")
_ENDINGS = ("tion", "ment", "ness", "ity", "ine", "ism", "ance", "ence", "ia", "ol")
_CLAUSE = re.compile(
    r"(?:; |, (?:which|although|though|because|but|and|while|whereas|so|as|since|especially) "
    r"| because | although | while )"
)
_VERB = re.compile(
    r"(?<=\w) (?=(?:is|are|was|were|can|may|has|have|lasts?|causes?|reduces?|takes?|comes?|consists?|needs?|should|"
    r"must)\b)"
)


@cache
def table(name: str) -> tuple[tuple[str, ...], ...]:
    """The rows of a word list in data/: each line has words that may stand for each other, or not, parted by /."""
    lines = (HERE / f"{name}.txt").read_text(encoding="utf-8").splitlines()
    return tuple(tuple(line.split("/")) for line in lines if line)


def nouns(sentence: str) -> list[str]:
    """Words that are probably nouns or adjectives of substance."""
    found = []
    for match in _WORD.finditer(sentence):
        word = match[0]
        lead = sentence[: match.start()].split()[-1:] or [""]
        if len(word) < 4 or word.lower() in _DULL or word.endswith(("ly", "ed")):
            continue
        if lead[0].lower() in _LEADS or word.endswith(_ENDINGS):
            found.append(word)
    return found


def _swap_word(
    sentence: str, rows: tuple[tuple[str, ...], ...], r: random.Random, times: int = 1, first: bool = False
) -> str:
    done = 0
    for row in r.sample(rows, len(rows)):
        keys = row[:1] if first else row
        key = r.choice(keys)
        pattern = re.compile(rf"(?<![\w-]){re.escape(key)}(?![\w-])", re.IGNORECASE) if key != "%" else re.compile("%")
        match = pattern.search(sentence)
        if not match:
            continue
        new = r.choice([word for word in row if word != key])
        if match[0][:1].isupper():
            new = new[:1].upper() + new[1:]
        sentence = sentence[: match.start()] + new + sentence[match.end() :]
        done += 1
        if done >= times:
            break
    return sentence


def keep(sentence: str, other: str, r: random.Random) -> str:
    """The sentence in other words, or a part of it."""
    kind = r.random()
    if kind < 0.15:
        return sentence
    if kind < 0.35 and (cut := _shortened(sentence, r)):
        sentence = cut
    elif kind < 0.45:
        sentence = sentence.rstrip(".") + r.choice(["; ", ", and ", ". "]) + other
    sentence = _swap_word(sentence, table("synonyms"), r, r.choice([1, 2, 3, 4]))
    if r.random() < 0.15:
        lead = r.choice(
            [
                "In short, ",
                "Notably, ",
                "Overall, ",
                "It is stated that ",
                "According to the text, ",
                "In other words, ",
            ]
        )
        sentence = lead + sentence[:1].lower() + sentence[1:]
    return sentence


def _shortened(sentence: str, r: random.Random) -> str:
    parts = [m.start() for m in _CLAUSE.finditer(sentence)]
    cuts = [sentence[:p].rstrip(" ,;") + "." for p in parts if p > 25]
    return r.choice(cuts) if cuts else ""


def spoil(sentence: str, siblings: list[str], strangers: list[str], r: random.Random) -> str:
    """The sentence with one thing in it that its source does not say; the same sentence where no edit fits."""
    edits = [_entity, _exchange, _extra, _addition, _figure, _stronger, _negated, _opposite, _framed, _mixed]
    weights = [5, 3, 3, 4, 3, 4, 2, 4, 2, 3]
    for _ in range(8):
        changed = r.choices(edits, weights)[0](sentence, siblings, strangers, r)
        if changed and changed != sentence:
            return _swap_word(changed, table("synonyms"), r, 1 + (r.random() < 0.4)) if r.random() < 0.55 else changed
    return sentence


def _entity(sentence: str, siblings: list[str], strangers: list[str], r: random.Random) -> str:
    mine = nouns(sentence)
    pool = [
        n for s in (siblings if r.random() < 0.6 else strangers) for n in nouns(s) if n.lower() not in sentence.lower()
    ]
    if not mine or not pool:
        return ""
    old, new = r.choice(mine), r.choice(pool)
    close = [n for n in pool if n[-2:] == old[-2:]]
    new = r.choice(close) if close and r.random() < 0.7 else new
    return re.sub(rf"\b{re.escape(old)}\b", new, sentence, count=1)


def _exchange(sentence: str, siblings: list[str], strangers: list[str], r: random.Random) -> str:
    mine = [n for n in dict.fromkeys(nouns(sentence))]
    if len(mine) < 2:
        return ""
    one, two = r.sample(mine, 2)
    return re.sub(rf"\b(?:{re.escape(one)}|{re.escape(two)})\b", lambda m: two if m[0] == one else one, sentence)


def _extra(sentence: str, siblings: list[str], strangers: list[str], r: random.Random) -> str:
    match = re.search(r", ([a-z][\w -]{3,30}) (and|or) ", sentence) or re.search(
        r"\b([a-z]{4,}) (and|or) [a-z]{4,}", sentence
    )
    pool = [n.lower() for s in siblings + strangers for n in nouns(s) if n.lower() not in sentence.lower()]
    if not match or not pool:
        return ""
    return sentence[: match.end(1)] + ", " + r.choice(pool) + sentence[match.end(1) :]


def _addition(sentence: str, siblings: list[str], strangers: list[str], r: random.Random) -> str:
    pool = [n for s in strangers + siblings for n in nouns(s) if n.lower() not in sentence.lower()]
    if not pool:
        return ""
    noun = r.choice(pool)
    tails = [
        ", mainly through {}",
        ", especially in people with {}",
        ", because of {}",
        " in most cases of {}",
        " when {} is involved",
        ", and this reduces {}",
        ", which is why {} is preferred",
        ", including {}",
        ", independently of {}",
        " and improves {}",
        ", as shown in a study of {}",
        ", above all in the first days",
        ", so it should be checked regularly",
        " in both sexes",
        ", and this holds for all age groups",
        " by up to half",
        ", which makes it the treatment of choice",
        ", often within days",
    ]
    return sentence.rstrip(". ") + r.choice(tails).format(noun) + "."


def _figure(sentence: str, siblings: list[str], strangers: list[str], r: random.Random) -> str:
    mine = re.findall(r"\d+(?:[.,]\d+)*", sentence)
    if not mine:
        return ""
    pool = [n for s in siblings for n in re.findall(r"\d+(?:[.,]\d+)*", s) if n not in mine]
    if len(set(mine)) >= 2 and r.random() < 0.5:
        one, two = r.sample(sorted(set(mine)), 2)
        return re.sub(
            rf"(?<![\d.,])(?:{re.escape(one)}|{re.escape(two)})(?![\d])",
            lambda m: two if m[0] == one else one,
            sentence,
        )
    old = r.choice(mine)
    new = (
        r.choice(pool)
        if pool and r.random() < 0.7
        else str(round(float(old.replace(",", "")) * r.choice([0.5, 2, 1.5, 3, 10])))
    )
    return re.sub(rf"(?<![\d.,]){re.escape(old)}(?![\d])", new, sentence, count=1)


def _stronger(sentence: str, siblings: list[str], strangers: list[str], r: random.Random) -> str:
    return _swap_word(sentence, table("stronger"), r, 1, first=True)


def _negated(sentence: str, siblings: list[str], strangers: list[str], r: random.Random) -> str:
    if " not " in sentence:
        return sentence.replace(" not ", " ", 1)
    if re.search(r"\bno \w", sentence):
        return re.sub(r"\bno (?=\w)", "a clear ", sentence, count=1)
    return re.sub(r"\b(is|are|was|were|can|may|should|has been|have been)\b(?! not)", r"\1 not", sentence, count=1)


def _opposite(sentence: str, siblings: list[str], strangers: list[str], r: random.Random) -> str:
    return _swap_word(sentence, table("opposites"), r, 1)


def _framed(sentence: str, siblings: list[str], strangers: list[str], r: random.Random) -> str:
    low = sentence[:1].lower() + sentence[1:]
    if r.random() < 0.5:
        return (
            r.choice(
                [
                    "Studies have proved that ",
                    "Experts agree that ",
                    "It is certain that ",
                    "In all patients, ",
                    "According to the manufacturer, ",
                    "In every case, ",
                    "Guidelines recommend that ",
                    "In children, ",
                    "In older people, ",
                    "A meta-analysis confirmed that ",
                ]
            )
            + low
        )
    return sentence.rstrip(". ") + r.choice(
        [
            " and should therefore be the first choice.",
            ", so everyone should be tested.",
            ", so it is best avoided.",
            " and this cannot be changed.",
            ", and doctors advise against it.",
            ", which proves its value.",
        ]
    )


def _mixed(sentence: str, siblings: list[str], strangers: list[str], r: random.Random) -> str:
    """The beginning of one sentence with the end of another."""
    heads = _VERB.split(sentence, maxsplit=1)
    tails = [_VERB.split(s, maxsplit=1) for s in siblings]
    tails = [t for t in tails if len(t) == 2]
    if len(heads) < 2 or not tails:
        return ""
    return f"{heads[0]} {r.choice(tails)[1]}"
