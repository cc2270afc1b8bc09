"""Finds passages by their words: BM25 over stems, rebuilt in memory at start. The only owner of bm25s and PyStemmer."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from typing import Any

import numpy as np


@cache
def _stemmer() -> Any:
    import Stemmer

    return Stemmer.Stemmer("english")


def stem(word: str) -> str:
    """The English Snowball stem of a word."""
    return str(_stemmer().stemWord(word.lower()))


def stems(text: str) -> set[str]:
    """The stems of the words of a text, those with hyphens also part by part."""
    words = re.findall(r"[\w-]+", text)
    return {stem(part) for word in words for part in (word, *word.split("-"))}


class Keywords:
    """BM25 (Lucene's variant) over English stems without stop words."""

    def __init__(self, texts: Sequence[str]) -> None:
        import bm25s

        self._tokenize = bm25s.tokenize
        self._size = len(texts)
        self._index = bm25s.BM25(method="lucene")
        self._index.index(self._tokens(texts), show_progress=False)

    def scores(self, question: str) -> np.ndarray[Any, np.dtype[np.float32]]:
        """One score for each text, shape (n,), 0 where no word is shared."""
        tokens = self._tokens([question])[0]
        known = [token for token in tokens if token in self._index.vocab_dict]
        if not known:
            return np.zeros(self._size, np.float32)
        return np.asarray(self._index.get_scores(known), np.float32)

    def _tokens(self, texts: Sequence[str]) -> list[list[str]]:
        return list(
            self._tokenize(list(texts), stopwords="en", stemmer=_stemmer(), return_ids=False, show_progress=False)
        )
