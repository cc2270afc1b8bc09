"""Says which strong, causal or advising word of a claim its source lacks, and which hedge of the source it drops."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from assistant.numerals import lasting
from assistant.scope_words import (
    ATTRIBUTIONS,
    BEFORE_AFTER,
    COMPARED,
    DAY_PARTS,
    DIRECTIONS,
    ENGLISH,
    EQUAL,
    FOREIGN,
    MAGNITUDES,
    POPULATIONS,
    RANKED,
    RATES,
    TIME_NOUNS,
    UNEQUAL,
)
from assistant.strong_words import (
    ADVICE,
    ADVISED,
    BROUGHT,
    CAUSAL,
    CAUSED,
    CAUSES,
    HEDGE,
    IMPERATIVE,
    LINKED,
    MODAL,
    NEGATION,
    NEGATIVE_LIKE,
    POSSIBLE,
    QUANTITIES,
    STOP,
    STRENGTHS,
    UNCERTAIN,
)

Check = Callable[[str, str, str], str | None]
_WORDS = re.compile(r"[A-Za-zÀ-ÿ]+(?:['’-][A-Za-zÀ-ÿ]+)*")
_SENTENCE = re.compile(
    r"(?<=[.!?;])\s+(?=\S)|(?<=,)\s+(?=(?:whereas|while|but|although|though|and|which|so|because|since)\b)"
)


_SUFFIXES = (
    "ations", "ation", "ically", "ements", "ement", "ments", "ment", "iness", "ness", "ities", "ity", "ings",
    "ing", "edly", "ies", "ied", "ally", "ers", "ed", "es", "er", "ly", "al", "s", "y", "e",
)  # fmt: skip


def crude_stem(word: str) -> str:
    """A crude stem: enough to see that "reduces" and "reduced" are one word."""
    word = word.lower().replace("’", "'").removesuffix("'s")
    for suffix in _SUFFIXES:
        if word.endswith(suffix) and len(word) - len(suffix) >= 4:
            return word[: -len(suffix)]
    return word


def content(text: str) -> tuple[str, ...]:
    """The stems of the words that carry meaning, in order."""
    return tuple(crude_stem(w) for w in _WORDS.findall(text) if w.lower() not in STOP and len(w) > 1)


def clauses(text: str) -> list[str]:
    """The sentences of a text, cut at their contrasts too."""
    return [part for part in _SENTENCE.split(text) if part.strip()]


def closest(claim: str, evidence: str) -> str:
    """The clauses of the evidence that share the most words with the claim."""
    parts = clauses(evidence)
    wanted = set(content(claim))
    shares = [len(wanted & set(content(part))) for part in parts]
    best = max(shares, default=0)
    return (
        " ".join(part for part, share in zip(parts, shares, strict=True) if share and share >= 0.6 * best) or evidence
    )


def strengths(claim: str, evidence: str, heading: str) -> str | None:
    """All, always, never, only, proves: each needs a word as strong in the source."""
    for trigger, support, said in STRENGTHS:
        if (found := trigger.search(claim)) and not support.search(evidence):
            return f"“{found[0]}” is stronger than the source, which does not say {said}"
    return None


def quantities(claim: str, evidence: str, heading: str) -> str | None:
    """Most, many, few, rarely: the source has to be of that order."""
    for trigger, support, said in QUANTITIES:
        if (found := trigger.search(claim)) and not support.search(evidence):
            return f"the source does not say {said} (“{found[0]}”)"
    return None


def hedges(claim: str, evidence: str, heading: str) -> str | None:
    """What the source calls possible must not be said as certain."""
    if MODAL.search(claim) or _in_its_own_words(HEDGE, claim, evidence):
        return None
    stems = set(content(claim))
    for found in POSSIBLE.finditer(closest(claim, evidence)):
        verb = crude_stem(found["verb"])
        if len(verb) > 3 and any(word.startswith(verb[:5]) for word in stems):
            return f"the source says “{found[0]}” and the sentence says it without doubt"
    least = 0.7 * len(stems) if HEDGE.search(claim) else 2
    near = [part for part in clauses(closest(claim, evidence)) if len(set(content(part)) & stems) >= least]
    doubts = [UNCERTAIN.search(part) for part in near]
    if near and all(doubts) and doubts[0]:
        return f"the source hedges (“{doubts[0][0]}”) and the sentence does not"
    return None


def negations(claim: str, evidence: str, heading: str) -> str | None:
    """A "not" that only one of the two has."""
    near = closest(claim, evidence)
    denied = NEGATION.search(claim)
    if denied and not NEGATIVE_LIKE.search(evidence):
        return f"the sentence denies (“{denied[0]}”) what the source does not"
    if denied or _in_its_own_words(NEGATIVE_LIKE, claim, evidence):
        return None
    stems = set(content(claim))
    for found in NEGATION.finditer(near):
        if _TURNED.match(near, found.start()):
            continue
        scope = content(re.split(r"[,;.:]", near[found.end() :])[0])[:2]
        if scope and scope[0] in stems:
            return f"the source denies (“{found[0]}”) what the sentence says"
    return None


def _in_its_own_words(pattern: re.Pattern[str], claim: str, evidence: str) -> bool:
    """Whether the claim has such a word that is not the source's: "low" in both stands for no "not" of the source."""
    there = {crude_stem(word) for word in _WORDS.findall(evidence)}
    return any(not {crude_stem(word) for word in _WORDS.findall(m[0])} <= there for m in pattern.finditer(claim))


_TURNED = re.compile(
    r"(?:not (?:the |a )?[\w -]{1,40}?,? but\b|without\b|no (?:\w+ )?(?:benefit|effect|difference)s? overall|"
    r"no better than)",
    re.IGNORECASE,
)


def populations(claim: str, evidence: str, heading: str) -> str | None:
    """Children, women, mice: a group the source does not speak of."""
    for name, pattern, support in POPULATIONS:
        if (found := pattern.search(claim)) and not support.search(f"{heading} {evidence}"):
            return f"the source does not speak of {name} (“{found[0]}”)"
    return None


def times(claim: str, evidence: str, heading: str) -> str | None:
    """Rates, parts of the day and year, lengths of time, before and after."""
    rates = [_rates(_COUNTED.sub(" ", claim)), _rates(evidence)]  # figures.py sees to "twice a year"
    if rates[0] - rates[1] and (rates[1] or not any(TIME_NOUNS[base].search(evidence) for base in rates[0])):
        return f"the source does not say “per {min(rates[0] - rates[1])}”"
    for name, pattern, support in DAY_PARTS:
        if (found := pattern.search(claim)) and not support.search(f"{heading} {evidence}"):
            return f"the source does not speak of the {name} (“{found[0]}”)"
    nouns = [{base for base, pattern in TIME_NOUNS.items() if pattern.search(text)} for text in (claim, evidence)]
    bare = {base for base in nouns[0] if re.search(_BARE.format(base), claim, re.IGNORECASE)}
    if bare - nouns[1] and nouns[1]:
        return f"the source does not speak of {min(bare - nouns[1])}s"
    return _order(claim, evidence)


_COUNTED = re.compile(r"\b(?:once|twice|\w+ times) (?:a|per|each|every) \w+", re.IGNORECASE)
_BARE = r"\b(?:several|some|few|many|within|in|for|over|after|each|every|additional)(?: the)? {}s?\b"


def _rates(text: str) -> set[str]:
    found = {(base, m) for base, pattern in RATES.items() for m in pattern.finditer(text)}
    return {base for base, m in found if not m["one"] or not lasting(text, m.start(), m.end())}


def _order(claim: str, evidence: str) -> str | None:
    said = [
        {(m["side"].lower(), crude_stem(m["word"])) for m in BEFORE_AFTER.finditer(text)} for text in (claim, evidence)
    ]
    for side, word in said[0]:
        other = "after" if side in ("before", "until", "prior to") else "before"
        if (other, word) in said[1] and (side, word) not in said[1]:
            return f"the source says “{other}” where the sentence says “{side}”"
    return None


def comparisons(claim: str, evidence: str, heading: str) -> str | None:
    """Better, most effective, the main one: no ranking that the source does not make."""
    if (found := RANKED.search(claim)) and not COMPARED.search(f"{heading}. {evidence}"):
        return f"the source makes no such comparison (“{found[0]}”)"
    near = closest(claim, evidence)
    if EQUAL.search(claim) and not UNEQUAL.search(claim) and UNEQUAL.search(near) and not EQUAL.search(evidence):
        return "the source sees a difference where the sentence sees none"
    unlike = UNEQUAL.search(claim) and not EQUAL.search(claim) and not NEGATION.search(claim)
    if unlike and EQUAL.search(near) and not UNEQUAL.search(evidence):
        return "the source sees no difference where the sentence sees one"
    sizes = [{name for name, pattern in MAGNITUDES.items() if pattern.search(text)} for text in (claim, evidence)]
    if len(sizes[0]) == 1 and sizes[1] and not sizes[0] & sizes[1]:
        return f"the source calls the effect {min(sizes[1])}, the sentence {min(sizes[0])}"
    ways = [{name for name, pattern in DIRECTIONS.items() if pattern.search(text)} for text in (claim, evidence)]
    if len(ways[0]) == 1 and len(ways[1]) == 1 and ways[0] != ways[1] and not NEGATION.search(claim + evidence):
        return f"the source speaks of {min(ways[1])} and the sentence of {min(ways[0])}"
    return None


def causes(claim: str, evidence: str, heading: str) -> str | None:
    """Causes, prevents, because: not where the source only reports, or only links."""
    if (found := CAUSED.search(claim)) is None or NEGATION.search(claim):
        return None
    if not CAUSAL.search(evidence):
        return f"the source does not state a cause (“{found[0]}”)"
    if CAUSES.search(claim) and not BROUGHT.search(evidence):
        return f"the source does not state a cause (“{found[0]}”)"
    if (link := LINKED.search(closest(claim, evidence))) and not CAUSED.search(evidence) and not LINKED.search(claim):
        return f"the source reports a link (“{link[0]}”), not a cause (“{found[0]}”)"
    return None


def advice(claim: str, evidence: str, heading: str) -> str | None:
    """Should, must, is recommended: only where the source advises."""
    if (found := ADVISED.search(claim)) and not ADVICE.search(evidence) and not IMPERATIVE.search(evidence):
        return f"the source gives no such advice (“{found[0]}”)"
    return None


def attributions(claim: str, evidence: str, heading: str) -> str | None:
    """According to the authors, a review, a guideline: only whom the source names."""
    for trigger, support in ATTRIBUTIONS:
        if (found := trigger.search(claim)) and not support.search(f"{heading} {evidence}"):
            return f"the source does not say that it comes from “{found[0]}”"
    return None


def names(claim: str, evidence: str, heading: str) -> str | None:
    """A proper name or an abbreviation that the source does not have."""
    known = f"{heading} {evidence}".lower()
    for match in re.finditer(r"(?<=[a-z,;:)] )[A-Z][\w’'-]*", claim):
        word = match[0].lower().removesuffix("'s").removesuffix("’s")
        if word.rstrip("s") in _NAMED and re.search(_NAMED[word.rstrip("s")], known):
            continue
        if word != "i" and word[: 4 if len(word) > 5 else 5] not in known and not _initials(match[0], known):
            return f"the name “{match[0]}” is not in the source"
    return None


_NAMED = {"denmark": "danish", "danish": "denmark", "spanish": "spain", "spain": "spanish", "celsiu": "°c",
          "french": "france", "france": "french", "dutch": "netherlands", "swiss": "switzerland",
          "saturday": "weekend", "sunday": "weekend"}  # fmt: skip


def _initials(name: str, known: str) -> bool:
    letters = re.sub(r"[^A-Z]", "", name)
    initials = "".join(word[0] for word in re.findall(r"[a-z]+", known))
    return len(letters) >= 2 and letters.lower() in initials


def language(claim: str, evidence: str, heading: str) -> str | None:
    """Another language cannot be compared word by word, so nothing in one is let through."""
    letters = [c for c in claim if c.isalpha()]
    latin = sum(c < "\u0250" for c in letters)
    if letters and latin < 0.9 * len(letters) and any(c > "\u0370" for c in letters if c not in evidence):
        return "it is not in the language of the source"
    if len(FOREIGN.findall(claim)) > len(ENGLISH.findall(claim)) and not FOREIGN.search(evidence):
        return "it is not in the language of the source"
    return None


CHECKS: tuple[Check, ...] = (
    language, strengths, quantities, hedges, negations, populations, times, comparisons, causes, advice, attributions,
    names,
)  # fmt: skip


def unsupported_wording(claim: str, evidence: Sequence[str], heading: str = "") -> str | None:
    """The first reason why the claim's wording goes beyond its evidence, in plain words; None where it does not."""
    joined = " ".join(evidence)
    return next((reason for check in CHECKS if (reason := check(claim, joined, heading))), None)
