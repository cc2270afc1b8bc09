"""Searches passages by meaning and by words at once, fused by reciprocal rank, and the bank's questions by meaning."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from corpus.bank import BankQuestion
from corpus.loading import Corpus
from corpus.passages import Passage
from index.encoders import Encoder
from index.keywords import Keywords
from index.store import Store

_RANK_CONSTANT = 60  # Cormack, Clarke and Buettcher 2009
_MOST = 200
_REMEMBERED = 32  # searches: a follow-up is read in several ways, and the one before it is looked at again


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage found: its cosine and BM25 score (0 where it is not among that search's first), and the fused score."""

    passage: Passage
    cosine: float
    keyword: float
    score: float


@dataclass(frozen=True, slots=True)
class Known:
    """A bank question near the question asked."""

    question: BankQuestion
    cosine: float


@dataclass(frozen=True, slots=True)
class Findings:
    """What a search found: passages, best first, and bank questions, nearest first."""

    hits: tuple[Hit, ...]
    known: tuple[Known, ...]


class Retriever:
    """Hybrid search over one corpus, which does not change. Thread-safe; the last searches are remembered."""

    def __init__(self, corpus: Corpus, store: Store, encoder: Encoder) -> None:
        self.corpus, self.store, self._encoder = corpus, store, encoder
        self._by_id = {passage.id: passage for passage in corpus.passages}
        self._keywords = Keywords([f"{p.heading}: {p.text}" for p in corpus.passages])
        self._remembered = lru_cache(_REMEMBERED)(self._searched)

    def search(self, question: str, count: int = _MOST, known: int = 40) -> Findings:
        """Up to `count` hits and `known` bank questions; nothing for an empty question."""
        return self._remembered(question, count, known) if question.strip() else Findings((), ())

    def _searched(self, question: str, count: int, known: int) -> Findings:
        vector = self._encoder.encode([question])[0]
        most = min(_MOST, len(self.corpus.passages))
        dense = dict(self.store.query("passages", vector, most))
        words = self._keywords.scores(question)
        keyword = {p.id: float(s) for p, s in zip(self.corpus.passages, words, strict=True) if s > 0}
        fused: dict[str, float] = {}
        for ranking in (dense, keyword):
            for rank, key in enumerate(sorted(ranking, key=lambda k: (-ranking[k], k)), 1):
                fused[key] = fused.get(key, 0.0) + 1 / (_RANK_CONSTANT + rank)
        best = sorted(fused, key=lambda k: (-fused[k], k))[:count]
        hits = tuple(Hit(self._by_id[k], dense.get(k, 0.0), keyword.get(k, 0.0), fused[k]) for k in best)
        bank = self.corpus.bank.questions
        near = self.store.query("bank", vector, min(known, len(bank))) if bank else []
        return Findings(hits, tuple(Known(bank[int(k)], cosine) for k, cosine in near))

    def passage(self, passage_id: str) -> Passage | None:
        """The passage of that id, if the corpus still holds it."""
        return self._by_id.get(passage_id)


def as_langchain(retriever: Retriever, count: int = 4) -> Any:
    """The index as a LangChain retriever: Documents with the passage's address as metadata. Owner of langchain_core."""
    from langchain_core.callbacks import CallbackManagerForRetrieverRun
    from langchain_core.documents import Document
    from langchain_core.retrievers import BaseRetriever

    class PassageRetriever(BaseRetriever):
        def _get_relevant_documents(self, query: str, *, run_manager: CallbackManagerForRetrieverRun) -> list[Document]:
            return [_document(hit) for hit in retriever.search(query, count).hits]

    def _document(hit: Hit) -> Document:
        p = hit.passage
        address = {"passage_id": p.id, "document": p.document, "section": " > ".join(p.section), "version": p.version}
        return Document(p.text, metadata={**address, "start": p.start, "end": p.end, "score": hit.score})

    return PassageRetriever()
