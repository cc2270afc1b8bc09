"""Sees that what a question asks for is spoken of: names that are to be named, and risks of a medicine.

No sentence that tells only the kind ("certain drugs") for a question that wants each of that kind by name, and none
that has no word of a dose, of stopping or of side effects for a question about them, however near it is.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from assistant.memory import content_words
from assistant.parts import core_of
from corpus.passages import Passage
from index.keywords import stem, stems

# Names are asked for: by name, their names, what they are called. A full or another name is of one thing.
_WANTS_NAMES = re.compile(
    r"(?<!full )(?<!long )(?<!other )(?<!another )(?<!chemical )(?<!common )"
    r"(?:\bby name\b|\b(?:the|their|any|exact|specific) names\b|\bnames?(?= (?:of the|please|pls)\b|\W*$)|"
    r"\bwhat (?:are|is) (?:they|these|those|each|it) called\b)",
    re.I,
)
_KIND = re.compile(  # what is to be named: the plural after which, what, how many, names of
    r"\b(?:which|what|how many|names? of(?: the)?|the)(?: [\w-]+){0,2}? ([a-z][\w-]{2,}(?<![us])s|genes?)\b", re.I
)
_NAMED = (  # how a sentence names some of a kind: "kind such as", "kind: ", "a, b and other kind"
    r"\b{kind}\b[^.;]{{0,80}}?(?:\b(?:such as|like|namely|for example|e\.g\.|among them|includ\w+(?! in\b)|called)\b|"
    r"\bare (?!\w+ed\b)[\w-]+,|:)|, [^,]+ (?:and|or) (?:[\w-]+ ){{0,3}}?{kind}\b|"
    r"\b{kind}, (?:from|by)\b|\b{kind}, [\w-]+ (?:for one|for instance)\b"
)
_AT_RISK = {
    told: re.compile(rf"\b(?:{words})\b", re.I)
    for told, words in (
        (
            "a dose",
            r"(?:what|which|how (?:large|high|big)|starting|usual|daily|max(?:imum)?) (?:daily |usual )?doses?"
            r"(?! of (?:sun|light|exercise))|dosages?|dosing|how many (?:mg|milligrams)|"
            r"doses? of (?:an? |the )?(?!sun|light|exercise)",
        ),
        (
            "stopping a medicine",
            r"taper\w*|wean(?:ing|ed)? off|withdrawal (?:symptoms?|of|from)|discontinu\w*|com(?:e|ing) off|"
            r"stop(?:ping)? taking",
        ),
        ("side effects", r"side.?effects?|adverse (?:drug )?(?:effects?|events?|reactions?)|toxicity"),
        (
            "interactions",
            r"drug interactions?|interact(?:s|ing)? with (?:other )?(?:drugs?|medic\w+|alcohol|SSRIs?|SNRIs?)|"
            r"contra.?indicat\w*|co-?prescri\w*",
        ),
        ("pregnancy or breastfeeding", r"pregnan\w*|breast.?feed\w*|lactat\w*"),
    )
}
_UNTOLD = (  # how a sentence says that there are some of a kind, and not which
    r"\b(?:certain|some|various|several|specific|particular) (?:[\w-]+ ){{0,2}}?{kind}\b"
)
_WHICH = re.compile(r"\b(?:which|what) (?:[\w-]+ )??([a-z][\w-]{2,}(?<![us])s)\b", re.I)
_WHO = re.compile(
    r"\b(?:which|what) (?:institut\w+|universit\w+|hospitals?|research team|company|companies|journals?)\b|"
    r"\bwho (?:(?:is|are|was|were|has|have) )?(?:doing|does|did|done|conduct\w*|fund\w*|wrote|runs?|ran|led|leads) "
    r"(?:the|this|that|these|those|all)? ?(?:[\w-]+ )?(?:research|stud(?:y|ies)|trials?|paper|article|post)\b",
    re.I,
)
_BODY = re.compile(
    r"\b(?:by|from|at) (?:the )?[A-Z][a-z]+ [A-Z]|\b(?:University|Institute|Hospital|Company|Journal)\b|"
    r"\b(?:university|institute|hospital|company|journal) (?:of|in|called)\b"
)
_COMBINES = re.compile(
    r"\b(?:be (?:safely )?combined|combin(?:e|ing)\b|tak(?:en|ing|e) (?!place)(?:\w+ ){0,3}together)\b", re.I
)
_MEDICINE = re.compile(r"\b(?:SSRIs?|SNRIs?|antidepressants?|medicines?|medications?|drugs?|pills?|tablets?)\b", re.I)
_NO_MEDICINE = re.compile(r"\b(?:therap\w+|exercis\w+|light|lamps?|diet|lifestyle|mindfulness|sport)\b", re.I)
_RAISES = re.compile(
    r"\b(?:rais(?:es?|ing)|increas(?:es?|ing)|boost(?:s|ing)?|elevat(?:es?|ing)|lift(?:s|ing)?)\b", re.I
)
_LOWERS = re.compile(
    r"\b(?:lower(?:s|ing)?|decreas(?:es?|ing)|reduc(?:es?|ing)|deplet(?:es?|ing)|diminish(?:es|ing)?)\b", re.I
)
_RAISED = re.compile(rf"{_RAISES.pattern}|\b(?:support(?:s|ing)?|promot(?:es?|ing))\b", re.I)
_ASKS_FOR = re.compile(r"\b(?:which|what|who)\b", re.I)
_OBJECT = re.compile(r"(?: (?!and\b|or\b|to\b|in\b|by\b)[\w-]+){1,5}")
_ALSO = re.compile(r"\b(?:and|or|plus)\b", re.I)


def unspoken(question: str, chosen: Sequence[Passage]) -> str:
    """Why none of the passages answers, though near: they name nothing of what is to be named, or have no word of the
    risk that is asked about. '' where they may. A question for several things is left to the judgement of its parts,
    but for the combining of medicines."""
    if not chosen:
        return ""
    asked, texts = core_of(question) or question, [f"{passage.text} {passage.heading}" for passage in chosen]
    combined = _COMBINES.search(asked) and _MEDICINE.search(question) and not _NO_MEDICINE.search(asked)
    if combined and not any(map(_COMBINES.search, texts)):
        return "The question is about interactions, and the sentences that are near say nothing of them."
    if _ALSO.search(question):
        return ""
    if all(kinds := [_unnamed(question, passage) for passage in chosen]):
        return f"The names of {kinds[0]} are asked for, and the sentences that are near give none."
    if _WHO.search(question) and not any(map(_BODY.search, texts)):
        return "A person or body is asked for, and the sentences that are near name none."
    if all(turned := [_turned(question, passage.text) for passage in chosen]):
        return f"The question is what {turned[0]}, and the sentences that are near tell the opposite."
    for risk, words in _AT_RISK.items():
        if words.search(asked) and not any(map(words.search, texts)):
            return f"The question is about {risk}, and the sentences that are near say nothing of it."
    return ""


def _unnamed(question: str, passage: Passage) -> str:
    """The kind whose members are asked for, of which the passage says only that there are some; '' where none."""
    kinds = _KIND.findall(question) if _WANTS_NAMES.search(question) else []
    told = [kind for kind in kinds if re.search(rf"\b{kind}\b", passage.text, re.I)]
    told += [k for k in _WHICH.findall(question) if re.search(_UNTOLD.format(kind=k), passage.text, re.I)]
    named = any(re.search(_NAMED.format(kind=kind), passage.text, re.I) for kind in told)
    return told[0] if told and not named else ""


def _turned(question: str, text: str) -> str:
    """What is asked for ("lower serotonin"), where the text only tells what does the opposite to it; else ''."""
    for said, other, told in ((_RAISES, _LOWERS, _LOWERS), (_LOWERS, _RAISES, _RAISED)):
        verb = said.search(question)
        if not verb or not _ASKS_FOR.search(question[: verb.start()]) or other.search(question) or said.search(text):
            continue
        wanted = content_words(question[verb.end() :])[:1]
        objects = [found for m in told.finditer(text) if (found := _OBJECT.match(text, m.end()))]
        if wanted and any(stem(wanted[0]) in stems(found[0]) for found in objects):
            return f"{verb[0].lower()} {wanted[0]}"
    return ""
