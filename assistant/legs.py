"""The three legs of triage on one message: spelling made readable, reviewed patterns, a learned classifier."""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from assistant.answers import Level
from assistant.normalising import LONGEST
from assistant.patterns import Cue, cues
from assistant.safety import SafetyWords
from assistant.triage_model import ADVICE, DIRECT, OTHER, OWN, RISK, Thresholds

_log = logging.getLogger(__name__)
_KEPT = 500
_OTHERS = 0.7  # from which chance on a sentence in quotation marks is taken for that of the person spoken of
_PROFESSIONAL = 0.15  # from which chance on it may be a clinician who writes about somebody in danger
# What somebody writes to take a disclosure back, in nine languages.
_RETRACTED = re.compile(
    r"\b(?:jk|just kidding|kidding|joking|jokes?|lol|haha|never ?mind|nvm|forget (?:it|that|i said)|ignore that|im fine"
    r"|im ok|im okay|didnt mean|not really|dont worry|no worries|overreact\w*|delete (?:that|this)|spass"
    r"|broma|blague|mdr|kkk+|scherzo|zart\w*|saka|mazak|nothing|nada|rien|nichts|its fine|whatever)\b"
)
_CLINICAL = re.compile(
    r"\b(?:patients?|clients?|pts?|service users?|ward|bay \d|in session|clinic|inpatient|supervisees?|caseload"
    r"|resident|caller|telehealth|crisis line|on call|patient\w*|pacient\w*|paziente|pacjent\w*|hasta\w*|usuari[oa]"
    r"|mareez)\b"
)


class Classifier(Protocol):
    """The learned leg: a probability for each label."""

    def probabilities(self, text: str, earlier: Sequence[str]) -> Mapping[str, float]:
        """Of a message that was made readable, with the messages before it."""
        ...


@dataclass(frozen=True, slots=True)
class Reading:
    """One message as the legs see it. `chances` is None without a classifier; `beyond`: not all of it is read."""

    readable: str
    folded: str
    language: str
    cues: tuple[Cue, ...]
    chances: Mapping[str, float] | None
    beyond: bool = False

    def chance(self, *labels: str) -> float:
        """The summed probability of labels; 0 without a classifier."""
        return sum(self.chances.get(label, 0.0) for label in labels) if self.chances else 0.0


@dataclass(frozen=True, slots=True)
class Found:
    """A class that was found, how much help it calls for here, and what triggered it."""

    class_: str
    level: Level
    cues: tuple[str, ...]


class Legs:
    """Reads a message and says which classes it belongs to: what any leg finds, at its highest level.

    The classifier alone lowers a pattern: to a card where it is sure of no danger, to nothing where it must agree.
    """

    def __init__(self, words: SafetyWords, classifier: Classifier | None) -> None:
        self._words = words
        self._classifier = classifier
        self._limits: Thresholds = getattr(classifier, "thresholds", Thresholds())
        self._seen: dict[tuple[str, ...], tuple[str, ...]] = {}

    def read(self, message: str, earlier: Sequence[str]) -> Reading:
        """The message made readable, its language, its patterns and the classifier's probabilities."""
        normaliser = self._words.normaliser
        readable = normaliser.readable(message)
        folded = normaliser.folded(readable)
        before = tuple(normaliser.readable(text) for text in earlier[-3:])
        chances = self.chances(readable, before)
        others = chances is not None and sum(chances.get(label, 0.0) for label in OTHER) >= _OTHERS
        said = self._words.said(readable, of_others=others)
        found = cues(self._words.patterns, said)
        if said != folded:  # what is only quoted is the topic, at most
            quoted = cues(self._words.patterns, folded)
            topics = (c for c in quoted if self._risky(c))
            found += tuple(replace(c, class_="suicide_topic", agreed_by="", chance=0.0) for c in topics)[:1]
        language = next((cue.language for cue in found if cue.language != "en"), "")
        language = language or self._words.language_of(readable, folded)
        return Reading(readable, folded, language, found, chances, len(message) > LONGEST)

    def chances(self, readable: str, before: Sequence[str]) -> Mapping[str, float] | None:
        """The classifier's probabilities; None where it is missing or fails."""
        if self._classifier is None:
            return None
        try:
            return self._classifier.probabilities(readable, before) if readable else {}
        except Exception:  # a dead classifier must not take the patterns with it
            _log.exception("the triage classifier failed")
            return None

    def found(self, reading: Reading, earlier: tuple[str, ...]) -> tuple[Found, ...]:
        """Every class the message belongs to, highest first."""
        by_class: dict[str, Found] = {}
        unread = [Found("plea", self._level("plea"), ("longer than is read",))] if reading.beyond else []
        for item in (*self._patterns(reading), *self._learned(reading), *unread):
            known = by_class.get(item.class_)
            level = max(item.level, known.level, key=lambda level: level.rank) if known else item.level
            by_class[item.class_] = Found(item.class_, level, (*(known.cues if known else ()), *item.cues))
        before = self._before(earlier)
        if before and not any(item.level.rank >= Level.CARD.rank for item in by_class.values()):
            retracted = _RETRACTED.search(reading.folded) or len(reading.folded.split()) <= 3
            class_ = "crisis_oblique" if retracted else "after_crisis"
            by_class[class_] = Found(class_, Level.CARD, (f"earlier message: {before[0]}",))
        return tuple(sorted(by_class.values(), key=lambda item: (-item.level.rank, self._words.rank(item.class_))))

    def _patterns(self, reading: Reading) -> list[Found]:
        found = []
        for cue in reading.cues:
            level = self._level(cue.class_)
            known = reading.chances is not None
            if cue.agreed_by and known:
                if not self._agreed(cue, reading):
                    continue
            elif cue.chance:  # too broad to count without the classifier
                continue
            elif level is Level.TAKEOVER and (cue.agreed_by or (known and self._doubted(cue, reading))):
                level = Level.CARD
            found.append(Found(cue.class_, level, (f"pattern: {cue.words}",)))
        return found

    def _doubted(self, cue: Cue, reading: Reading) -> bool:
        """Whether the classifier is sure of no danger, in the language that it has learned."""
        return cue.language == "en" and reading.chance(*RISK) < self._limits.doubtful

    def _agreed(self, cue: Cue, reading: Reading) -> bool:
        """Whether the classifier gives what the pattern found enough of a chance; what only the writer can be or do,
        to the writer."""
        if cue.agreed_by in ADVICE:
            return reading.chance(*ADVICE) >= (cue.chance or self._limits.advice_agreed)
        asked = OWN if cue.chance and cue.class_ in OWN and cue.class_ != "overdose" else RISK
        return reading.chance(*asked) >= (cue.chance or self._limits.agreed)

    def _learned(self, reading: Reading) -> list[Found]:
        limits, found = self._limits, self._dangers(reading)
        advice = reading.chance(*ADVICE)
        if advice >= limits.advice:
            found.append(self._as(max(ADVICE, key=reading.chance), advice))
        for label, class_, limit in (
            ("injection", "injection", limits.injection),
            ("chitchat", "conversational", limits.chitchat),
            ("off_topic", "off_topic", 0.5),
        ):
            if reading.chance(label) >= limit:
                found.append(self._as(class_, reading.chance(label)))
        likely = reading.chances is None or reading.chance("chitchat") >= 0.15
        if self._words.closes(reading.readable, reading.folded) or (likely and self._words.small_talk(reading.folded)):
            found.append(Found("conversational", Level.NONE, ("pattern: small talk",)))
        return found

    def _dangers(self, reading: Reading) -> list[Found]:
        """What the classifier takes for a danger: whose it is, and whether it is said outright."""
        limits, found = self._limits, list[Found]()
        professional = reading.chance("clinician_acute")
        clinical = professional >= _PROFESSIONAL and professional >= reading.chance("crisis_direct", "crisis_oblique")
        spoken_of = clinical or _CLINICAL.search(reading.folded) or professional > reading.chance("crisis_other")
        other = "clinician_acute" if spoken_of else "crisis_other"
        if reading.chance("medical_emergency") >= limits.emergency:
            found.append(self._as("medical_emergency", reading.chance("medical_emergency")))
        if (direct := reading.chance(*DIRECT)) >= limits.takeover:
            found.append(self._as(max(DIRECT, key=reading.chance), direct))
        declined = reading.chance(*ADVICE) >= limits.advice
        if (risk := reading.chance(*RISK)) >= (limits.card_declined if declined else limits.card):
            own = reading.chance(*OWN, "medical_emergency") >= reading.chance(*OTHER)
            found.append(self._as("crisis_oblique" if own and not clinical else other, risk))
        return found

    def _as(self, class_: str, chance: float) -> Found:
        return Found(class_, self._level(class_), (f"classifier: {chance:.2f}",))

    def _before(self, earlier: tuple[str, ...]) -> tuple[str, ...]:
        """The take-over classes of up to six earlier messages."""
        found: tuple[str, ...] = ()
        for i in range(max(0, len(earlier) - 6), len(earlier)):
            key = earlier[max(0, i - 3) : i + 1]
            seen = self._seen.get(key)  # another thread may clear them at any moment
            if seen is None:
                if len(self._seen) >= _KEPT:
                    self._seen.clear()
                classes = self.found(self.read(earlier[i], earlier[:i]), ())
                seen = self._seen[key] = tuple(item.class_ for item in classes if item.level is Level.TAKEOVER)
            found = (*found, *seen)
        return found

    def _level(self, class_: str) -> Level:
        return self._words.by_id[class_].level

    def _risky(self, cue: Cue) -> bool:
        return self._level(cue.class_).rank >= Level.NOTE.rank
