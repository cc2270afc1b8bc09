"""Sees where a claim says the opposite of its source: another direction, a comparison or a cause turned round."""

from __future__ import annotations

import re

from assistant.scope_words import EQUAL
from assistant.strong_words import NEGATION, any_of, raw
from assistant.wording import clauses, content

ALIKE = 0.6  # so many of the claim's other words stand in the clause that has the opposite
_PAIRS = """
more/less|fewer; higher/lower; larger|greater|bigger/smaller; longer/shorter; faster|sooner|quicker/slower;
earlier/later; better/worse; stronger/weaker; older/younger; easier/harder; safer/riskier; most/least|fewest;
highest/lowest; largest|greatest|biggest/smallest; strongest/weakest; best/worst; longest/shortest; first/last;
rais*|increas*|rise*|rising|rose|climb*|elevat*/lower|lowers|lowered|decreas*|fall|falls|fell|reduc*|drop*|declin*;
shorten*/lengthen*|prolong*|longer; strengthen*/weaken*; improv*|eas*|reliev*/worsen*|aggravat*; gain*/los*;
activat*|stimulat*/inhibit*|block*|suppress*; switch* on|increas*/switch* off|suppress*; widen*|dilat*/narrow*;
above/below|under; present/absent|missing; safe|harmless/harmful|dangerous|unsafe|risky; high/low; early/late;
often|frequent*|common|commonly/rare*|seldom|uncommon; mild*/severe*; acute/chronic;
lasting|permanent*/transient|passing; underactive/overactive; warm*|hot|heat*/cold*|cool*; positive/negative;
false positive*/false negative*; easy|easily/difficult*; inside|internal*/outside|external*; maximum/minimum;
winter*/summer*; morning*/evening*|night*|bedtime; men|man|male*/women|woman|female*; boys/girls; thin*/thick*;
deep*/shallow*|superficial; wide*/narrow*; allow*|permit*/forbid*|prohibit*; brisk/dull; oral*/transdermal*;
open*/clos*|shut*; inner/outer; upper/lower; left/right; major*/minor*; direct*/indirect*; sensitiv*/specific*;
trusting/distrustful; wet/dry; accept*/refus*|reject*; compulsory|mandatory/voluntary|optional; agree*/disagree*;
effective/ineffective; reversible/irreversible; likely/unlikely; complete*/partial*|incomplete*; strong*/weak*;
large|big/small|little
"""
OPPOSITES = tuple(
    (any_of(one), any_of(other))
    for pair in _PAIRS.replace("\n", "").split(";")
    for one, other in (pair.strip().split("/"), pair.strip().split("/")[::-1])
)
_DENIED = raw(r"\b(?:less|least|no|not|never|hardly|without|nor|neither)(?: so| as| any| much)? $")
_DEGREE = raw(r"(?:more|less|most|least)$")  # of the word behind: "less quickly" is "more slowly"
_SENTENCE = re.compile(r"(?<=[.!?;])\s+")
_GREATER = raw(r"\b(?:more|less|fewer|better|worse|rather|\w{3,}er)\b")
_UNTURNED = raw(rf"{NEGATION.pattern}|{EQUAL.pattern}|\bno longer\b")
_BECAUSE = raw(r"\b(?:because(?: of)?|due to|owing to|since|caused by|explained by|results? from|stems? from)\b")
_LEADS = raw(r"\b(?:causes?|leads? to|led to|results? in|resulted in|triggers?|brings? (?:about|on)|so that)\b")


def opposed(claim: str, evidence: str, heading: str = "") -> str | None:
    """The reason why a word of the claim is the opposite of one in the clause that is otherwise the same."""
    if NEGATION.search(claim):
        return None
    for said, other in OPPOSITES:
        word = said.search(claim)
        if not word or other.search(claim) or said.search(evidence) or _DENIED.search(claim[: word.start()]):
            continue
        rest = set(content(f"{claim[: word.start()]} {claim[word.end() :]}"))
        needed = set(content(claim[word.end() :])[:1] if _DEGREE.match(word[0]) else ())
        for part in clauses(evidence) if len(rest) > 2 else ():
            there, stored = other.search(part), set(content(part))
            if there and needed <= stored and not NEGATION.search(part) and len(rest & stored) >= ALIKE * len(rest):
                return f"the source says “{there[0]}” where the sentence says “{word[0]}”"
    return None


def outranked(claim: str, evidence: str, heading: str = "") -> str | None:
    """The reason why the two sides of "more than" have changed places."""
    said = _sides(claim)
    for part in _SENTENCE.split(evidence) if said else ():
        if said and (stored := _sides(part)) and said[2] & stored[2]:
            left, right = said[0] - said[1], said[1] - said[0]
            if left & (stored[1] - stored[0]) and not right & (stored[1] - stored[0]):
                return "the source has this comparison the other way round"
    return None


def _sides(text: str) -> tuple[set[str], set[str], set[str]] | None:
    """The words on either side of "than" and the comparatives before it."""
    before, than, after = text.partition(" than ")
    if not than or _UNTURNED.search(text):
        return None
    after = re.split(r"[,;.:]| and | but ", after)[0]
    return set(content(before)), set(content(after)), {word.lower() for word in _GREATER.findall(before)}


def caused(claim: str, evidence: str, heading: str = "") -> str | None:
    """The reason why cause and effect have changed places."""
    said = _causes(claim)
    turned = False
    for part in _SENTENCE.split(evidence) if said else ():
        if said and (stored := _causes(part)):
            if said[0] & stored[0] or said[1] & stored[1]:
                return None
            cause, effect = said[0] & stored[1], said[1] & stored[0]
            turned = turned or bool(cause and effect and len(cause | effect) > 2)
    return "the source has cause and effect the other way round" if turned else None


def _causes(text: str) -> tuple[set[str], set[str]] | None:
    """The words of the cause alone, and those of the effect alone."""
    if match := _BECAUSE.search(text):
        effect, cause = text[: match.start()], text[match.end() :]
    elif match := _LEADS.search(text):
        cause, effect = text[: match.start()], text[match.end() :]
    else:
        return None
    one, other = set(content(cause)), set(content(effect))
    return one - other, other - one


CHECKS = (opposed, outranked, caused)
