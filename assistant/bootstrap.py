"""The composition root: the only place that builds the parts from Settings. Nothing is built on import."""

from __future__ import annotations

import logging
from collections.abc import Callable
from contextlib import suppress
from importlib.metadata import version
from pathlib import Path
from typing import TypeVar

from assistant.answering import Answerer
from assistant.answers import Fingerprints
from assistant.assistant import Assistant
from assistant.claim_model import ClaimModel, load_claim_model
from assistant.composing import Wording
from assistant.deciding import Judge, load_head
from assistant.drafting import Drafting
from assistant.recording import Recorder
from assistant.redaction import redact
from assistant.safety import SafetyWords, load_words
from assistant.settings import Settings
from assistant.spelling import Spelling
from assistant.support import Support, load_support
from assistant.triage import Triage, load_classifier
from assistant.verification import Verifier
from assistant.versions import Library
from corpus.errors import ExpectedError, RecordError
from corpus.loading import Corpus, load
from corpus.passages import Document
from index.building import Opened, open_index
from index.encoders import common_words, open_encoder
from index.retrieval import Retriever

Progress = Callable[[str, int, int], None]
_Part = TypeVar("_Part")
_log = logging.getLogger(__name__)


def open_assistant(settings: Settings, progress: Progress = lambda *_: None) -> Assistant:
    """The assistant of these settings. CorpusError, ModelError or SettingsError where there is nothing to answer from.

    A part that is broken and can be done without becomes a remark; one that cannot, and triage, fail closed.
    """
    words = load_words()
    corpus = load(settings.corpus)
    encoder = open_encoder(settings.encoder, settings.state)
    opened = open_index(corpus, encoder, settings.state, url=settings.chroma_url, progress=progress)
    remarks = [*corpus.remarks, *opened.remarks]
    classifier = _tried(load_classifier, remarks, words.words["degraded"])
    mute = "The support models cannot be loaded: no question can be answered."
    support = _tried(lambda: load_support(corpus), remarks, mute)
    wording = wording_of(words)
    find_document = _kept(settings, corpus, remarks)
    drafting, undrafted = open_drafting(settings, corpus)
    remarks += [undrafted] if undrafted and settings.model else []
    answerer = _answerer(corpus, Retriever(corpus, opened.store, encoder), support, wording)
    return Assistant(
        corpus=corpus,
        triage=Triage(words, classifier, settings.region),
        answerer=answerer,
        recorder=open_recorder(settings),
        fingerprints=_fingerprints(corpus, opened, settings, encoder.id, support),
        disclaimer=wording.disclaimer,
        unavailable=wording.unavailable,
        remarks=tuple(remarks),
        examples=_examples(corpus),
        find_document=find_document,
        drafting=drafting,
        undrafted=undrafted,
    )


def answerer_of(corpus: Corpus, settings: Settings) -> Answerer:
    """The answering part alone, without triage and record: for training and evaluation."""
    encoder = open_encoder(settings.encoder, settings.state)
    opened = open_index(corpus, encoder, settings.state, url=settings.chroma_url)
    retriever = Retriever(corpus, opened.store, encoder)
    return _answerer(corpus, retriever, load_support(corpus), wording_of(load_words()))


def wording_of(words: SafetyWords) -> Wording:
    """The sentences of safety.toml that stand around an answer."""
    return Wording(**{name: words.words[name] for name in Wording.__dataclass_fields__})


def open_recorder(settings: Settings) -> Recorder | None:
    """The audit log in the state folder, or None where recording is switched off."""
    if settings.record == "off":
        return None
    from assistant.audit import AuditLog

    log = AuditLog(settings.state / "audit", settings.record, retention_days=settings.retention_days)
    with suppress(RecordError):  # the next start erases what this one could not
        log.erase(older_than_days=settings.retention_days)
    return log


def open_drafting(
    settings: Settings, corpus: Corpus, load_checker: Callable[[], ClaimModel] = load_claim_model
) -> tuple[Drafting | None, str]:
    """What drafts by the model that is set, and checks it; or None and why there is none: answers are then verbatim."""
    if not settings.model:
        return None, "No language model is set, so answers are quoted. Set model, for example to ollama:llama3.2."
    from assistant.generative import open_writer

    key_file = Path(settings.key_file).expanduser() if settings.key_file else None
    try:
        writer = open_writer(
            settings.model, settings.model_url, settings.allow_remote_models, key_file,
            redact=lambda text: redact(text).text,
        )  # fmt: skip
    except ExpectedError as error:
        return None, f"Answers are quoted, not drafted. {error}"
    except Exception as error:  # its text is not logged: it may hold the key
        _log.warning("The language model cannot be opened: %s", type(error).__name__)
        return None, f"Answers are quoted, not drafted: {settings.model} cannot be opened ({type(error).__name__})."
    try:
        checker = load_checker()
    except Exception:  # whatever is wrong with it, nothing unchecked is shown
        _log.warning("The claim model cannot be loaded", exc_info=True)
        return None, "Answers are quoted, not drafted: the model that checks drafts cannot be loaded."
    verifier = Verifier(checker, checker.threshold)
    return Drafting(writer, verifier, corpus, settings.model_seconds, checker.fingerprint), ""


def _answerer(corpus: Corpus, retriever: Retriever, support: Support | None, wording: Wording) -> Answerer:
    texts = [p.text for p in corpus.passages] + [h for p in corpus.passages for h in p.section]
    asked = [q.text for q in corpus.bank.questions if q.answered]
    judge = Judge(support, load_head(bool(corpus.bank.questions)))
    return Answerer(retriever, judge, Verifier(None), Spelling(texts, asked, common_words()), wording)


def _fingerprints(
    corpus: Corpus, opened: Opened, settings: Settings, encoder: str, support: Support | None
) -> Fingerprints:
    judge = support.fingerprint if support else "missing"
    models = {"sourcebound": version("sourcebound"), "encoder": encoder, "support": judge}
    return Fingerprints(corpus.fingerprint, opened.fingerprint, settings.fingerprint, models)


def _kept(settings: Settings, corpus: Corpus, remarks: list[str]) -> Callable[[str, str], Document | None]:
    """Finds old versions of documents; this one is kept for later."""
    library = Library(settings.state / "versions", corpus.documents)
    try:
        library.keep()
    except OSError as error:
        remarks.append(f"This version of the documents could not be kept for later citations ({error}).")
    return library.document


def _examples(corpus: Corpus, count: int = 3) -> tuple[str, ...]:
    """Bank questions that read well, each from another section; without a bank, the headings as questions."""
    found: dict[str, str] = {}
    sections = {p.id: p.heading for p in corpus.passages}
    for question in corpus.bank.questions:
        text = question.text
        if question.answered and text.endswith("?") and text[0].isupper() and 5 <= len(text.split()) <= 10:
            found.setdefault(sections.get(question.passage_ids[0], ""), text)
    headings = list(dict.fromkeys(p.heading for p in corpus.passages))
    spread = list(found.values()) or [f"What does it say about “{heading}”?" for heading in headings]
    step = max(1, len(spread) // count)
    return tuple(spread[step - 1 :: step][:count])


def _tried(load_part: Callable[[], _Part], remarks: list[str], remark: str) -> _Part | None:
    """The part, or None and a remark where it cannot be loaded."""
    try:
        return load_part()
    except (ExpectedError, OSError, ValueError) as error:
        _log.warning("%s", error)
        remarks.append(remark)
        return None
