"""From a stand-alone question to what may be said: each part searched, judged, chosen from, verified, or refused."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from assistant import composing
from assistant.answers import (
    Citation,
    Claim,
    Notice,
    Outcome,
    Refusal,
    SupportedClaim,
    Turn,
    Withheld,
)
from assistant.belonging import belonging, names_of
from assistant.choosing import choose
from assistant.composing import Wording
from assistant.deciding import Judge, Judgement, Thread, filed
from assistant.entries import Before
from assistant.meaning import Meaning
from assistant.memory import content_words
from assistant.mentions import asked_about, asks_for_a_source, mentioning, names_a_source
from assistant.parts import core_of, parts_of
from assistant.positions import following, placed
from assistant.readings import Standalone, asked_before
from assistant.spelling import Spelling
from assistant.unspoken import unspoken
from corpus.passages import Passage
from index.retrieval import Retriever

Stage = Callable[[str], None]
_LONGEST = 2000  # characters
_SHOWN = 2  # passages shown last, next to which a follow-up may be answered
_THAT = re.compile(  # what was just asked about
    r"\b(?:do|does|did|is|was|can|could|will|would) (?:that|this)\b"
    r"(?! (?:article|post|text|blog|page|section|sentence|document))",
    re.I,
)
_BESIDE_HELP = 0.75  # the least probability for showing a sentence of the corpus below a help card
_DOUBTFUL = ("triage", f"Below help only what is answered with a support of {_BESIDE_HELP:.2f} or more is shown.")
_UNVERIFIED = ("verification", "What was chosen could not be verified, so nothing is shown.")
_UNSOURCED = ("support", "The sentences that answer it name no source.")


class Checker(Protocol):
    """Turns drafts into supported claims, or withholds them."""

    def verify(
        self, claims: Sequence[Claim], passages: Sequence[Passage]
    ) -> tuple[tuple[SupportedClaim, ...], tuple[Citation, ...], tuple[Withheld, ...]]:
        """(supported, their citations numbered in order of use, withheld)."""
        ...


@dataclass(frozen=True, slots=True)
class Reply:
    """Everything of a turn that rests on the corpus."""

    outcome: Outcome
    answer: str
    search_question: str
    claims: tuple[SupportedClaim, ...] = ()
    citations: tuple[Citation, ...] = ()
    notices: tuple[Notice, ...] = ()
    withheld: tuple[Withheld, ...] = ()
    refusal: Refusal | None = None
    suggestions: tuple[str, ...] = ()


class Answerer:
    """Answers from one corpus, verbatim. Thread-safe: it holds nothing that changes."""

    def __init__(
        self, retriever: Retriever, judge: Judge, checker: Checker, spelling: Spelling, wording: Wording
    ) -> None:
        self.retriever, self._judge, self._checker = retriever, judge, checker
        self._spelling, self._wording = spelling, wording
        self._passages = {p.id: p for p in retriever.corpus.passages}
        self._following = following(retriever.corpus.passages)
        self._names = names_of(retriever.corpus.passages)
        self._meaning = Meaning(retriever, judge, spelling.phrases)

    def reply(self, text: str, turns: Sequence[Turn], stage: Stage, *, beside_help: bool = False) -> Reply:
        """The reply to a message that triage let through; `beside_help`, only what is answered beyond doubt."""
        if len(text) > _LONGEST:
            refusal = Refusal("length", f"The message has {len(text):,} characters; at most {_LONGEST:,} are searched.")
            return Reply(Outcome.ABSTAINED, self._wording.too_long, text[:200], refusal=refusal)
        if not beside_help and (place := self._placed(text, turns)):
            return self._said(Standalone(text), place, self.judged(Standalone(text)), [])
        question = self._meaning.of(self._spelling.mended(text), asked_before(turns))
        least = _BESIDE_HELP if beside_help else 0.0
        if (words := asked_about(question.text)) and (reply := self._mention(words, question, stage, least)):
            return reply
        parts = question.parts or parts_of(question.new)
        stage("Searching")
        judgements = self._each_judged(parts, question)
        stage("Checking support")
        passed = [(part, j) for part, j in judgements if j.passed and j.probability >= least]
        if not passed:
            doubtful = any(j.passed for _, j in judgements)
            return self._refused(question, judgements, stopped=_DOUBTFUL if doubtful else None)
        return self._answered(question, passed, [pair for pair in judgements if pair not in passed])

    def _each_judged(self, parts: Sequence[str], question: Standalone) -> list[tuple[str, Judgement]]:
        """Each part with its judgement; the whole where no part passes, unless the first is a known near miss.

        A later part may lean on the one before it, and is refused with it where it asks more of the same ("and by how
        much?"). Of a whole that a curator files as not answered, only a part passes that is filed as answered."""
        if len(parts) == 1:
            whole = self.judged(question)
            core = "" if whole.passed or whole.filed is False else core_of(question.new, self._spelling.phrases)
            if core and (inner := self.judged(Standalone(core, question.earlier))).passed:
                return [(core, inner)]
            return [(question.text, whole)]
        first = question.part(parts[0])
        judgements = [(first.text, self.judged(first))]
        for part in parts[1:]:
            told, judged = judgements[-1]
            meant = self._meaning.of(part, [Before(told, tuple(c.passage.text for c in judged.candidates[:1]))])
            judgement = self.judged(meant)
            if not judged.passed and (meant.text.startswith(told.rstrip("?")) or _THAT.search(part)):
                judgement = replace(judgement, probability=min(judged.probability, judgement.probability))
            judgements.append((part, judgement))
        refused = filed(self.retriever.search(question.text).known) is False and not any(j.filed for _, j in judgements)
        if refused or not any(j.passed for _, j in judgements):
            whole = self.judged(question)
            near = not refused and judgements[0][1].missing is not None
            return [(question.text, whole)] if refused or (whole.passed and not near) else judgements
        return judgements

    def judged_message(self, text: str, turns: Sequence[Turn]) -> Judgement:
        """The judgement on a message as a whole, made to stand alone."""
        question = self._meaning.of(self._spelling.mended(text), asked_before(turns))
        return self.judged(question)

    def judged(self, question: Standalone) -> Judgement:
        """The judgement on one question; one that leans on an earlier one is judged as it was said after it, and alone,
        without an earlier one that only stands before it: that may be answerable, and is not asked. But a message that
        names nothing ("by how much?") asks nothing alone."""
        bare = question.new if content_words(question.new) else question.text
        alone = self._judge.judge([bare], self.retriever.search(bare), *self._unknown(bare))
        if not question.earlier:
            return alone
        said = question.said or question.text
        near = {hit.passage.id: hit.cosine for hit in self.retriever.search(said).hits}
        after = tuple(self._following[i] for i in question.shown[:_SHOWN] if i in self._following)
        thread = Thread(frozenset(question.shown), after, near)
        found = self.retriever.search(question.text)
        heard = self._judge.judge([question.earlier, said], found, *self._unknown(said), thread)
        return heard.tempered(alone)

    def _unknown(self, text: str) -> tuple[int, int]:
        """How many words the corpus never uses, common ones and such as are not even common."""
        unknown = self._spelling.unknown(text)
        strange = len(self._spelling.strange(unknown))
        return len(unknown) - strange, strange

    def asks(self, text: str) -> bool:
        """Whether a message that reads like small talk asks about the corpus all the same."""
        words = content_words(text)
        return len(words) >= 4 and sum(word in self._spelling.phrases for word in words) >= 2

    def files(self, text: str) -> bool:
        """Whether a curator has filed this very question as one that the corpus answers."""
        return len(text) <= _LONGEST and filed(self.retriever.search(self._spelling.mended(text)).known) is True

    def general(self, question: str) -> Reply | None:
        """What the corpus says in general, for below a declined request; None where it does not answer."""
        judgement = self.judged(Standalone(question))
        if not judgement.passed:
            return None
        reply = self._answered(Standalone(question), [(question, judgement)], [])
        return replace(reply, answer=f"{self._wording.in_general}\n\n{reply.answer}") if reply.claims else None

    def _answered(
        self, question: Standalone, passed: Sequence[tuple[str, Judgement]], failed: Sequence[tuple[str, Judgement]]
    ) -> Reply:
        chosen: dict[str, Passage] = {}
        unfit = ""  # why what was found is no answer
        for part, judgement in passed:
            found = choose(part, judgement, self._passages, part=len(passed) > 1)
            found, why = belonging(part, found, self._names)
            if why := why or unspoken(part, found):
                unfit = unfit or why
                failed = [*failed, (part, judgement)]
            else:
                chosen |= {p.id: p for p in found}
        if not chosen:
            return self._refused(question, failed, stopped=("support", unfit))
        return self._said(question, list(chosen.values()), passed[0][1], failed)

    def _said(
        self,
        question: Standalone,
        chosen: Sequence[Passage],
        judgement: Judgement,
        failed: Sequence[tuple[str, Judgement]],
    ) -> Reply:
        if asks_for_a_source(question.text) and not any(names_a_source(p.text) for p in chosen):
            told = self._wording.no_reference
            return self._refused(question, [(question.text, judgement)], answer=told, stopped=_UNSOURCED)
        claims, citations, withheld = self._checker.verify([Claim(p.text, (p.id,)) for p in chosen], chosen)
        if not claims:
            return self._refused(question, [(question.text, judgement)], withheld, stopped=_UNVERIFIED)
        corpus = self.retriever.corpus
        notices = composing.notices(question.text, claims, self._wording)
        refusal = None
        if failed:
            refusal = composing.refusal(failed[0][1], [part for part, _ in failed], corpus)
            told = "; ".join(part for part, _ in failed)
            notices.append(Notice("partial", f"Not found: {told} {self._wording.not_covered}"))
        return Reply(
            Outcome.PARTIAL if failed else Outcome.ANSWERED,
            composing.answer_text(claims, citations, corpus),
            question.text,
            claims,
            citations,
            tuple(notices),
            withheld,
            refusal,
            composing.suggestions(judgement, question.text),
        )

    def _refused(
        self,
        question: Standalone,
        judgements: Sequence[tuple[str, Judgement]],
        withheld: tuple[Withheld, ...] = (),
        answer: str = "",
        stopped: tuple[str, str] | None = None,
    ) -> Reply:
        corpus = self.retriever.corpus
        judgement = judgements[0][1]
        refusal = composing.refusal(judgement, [part for part, _ in judgements], corpus, stopped)
        missing = judgement.missing.missing if judgement.missing else ""
        told = [answer or self._wording.abstention.format(count=len(corpus.documents)), self._wording.not_covered]
        if missing and not answer:
            told.insert(1, self._wording.missing.format(what=missing.rstrip(".")))
        notices = (Notice("covers", self._wording.covers.format(covered=composing.covered(corpus))),)
        return Reply(
            Outcome.ABSTAINED, " ".join(told), question.text, (), (), notices, withheld, refusal,
            composing.suggestions(judgement, question.text),
        )  # fmt: skip

    def _placed(self, text: str, turns: Sequence[Turn]) -> list[Passage]:
        shown = [c.passage_id for turn in turns[-1:] for c in turn.citations]
        corpus = self.retriever.corpus
        known = [self._passages[i] for i in shown if i in self._passages]
        return placed(text, known, corpus.documents, corpus.passages)

    def _mention(self, words: Sequence[str], question: Standalone, stage: Stage, least: float) -> Reply | None:
        stage("Searching")
        judgement = self.judged(question)
        found = mentioning(words, self.retriever.corpus.passages)
        if found and judgement.probability < least:
            return self._refused(question, [(question.text, judgement)], stopped=_DOUBTFUL)
        if found:
            order = {c.passage.id: n for n, c in enumerate(judgement.candidates)}
            best = min(found, key=lambda p: (order.get(p.id, len(order)), p.position))
            return self._said(question, [best], judgement, [])
        if judgement.passed:
            return None
        answer = self._wording.not_mentioned.format(what=" ".join(words))
        return self._refused(question, [(question.text, judgement)], answer=answer)
