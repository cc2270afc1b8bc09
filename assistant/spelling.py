"""Mends misspelt words against the corpus's own vocabulary, and writes out abbreviations. The owner of rapidfuzz.

Stock dictionaries were measured to harm drug names, so only words of the corpus and its bank are ever put in.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

_WORD = re.compile(r"[A-Za-z][A-Za-z'’-]*")
_ABBREVIATIONS = {
    "tx": "treatment", "txs": "treatments", "sx": "symptoms", "dx": "diagnosis", "rx": "prescription", "hx": "history",
    "pt": "patient", "pts": "patients", "ct": "client", "w/": "with", "w/o": "without", "vs": "versus",
    "abt": "about", "bc": "because", "pls": "please", "plz": "please", "whats": "what is", "wats": "what is",
    "u": "you", "r": "are", "wich": "which", "wot": "what", "meds": "medication", "antidep": "antidepressant",
    "5ht": "5-HT", "ssris": "SSRIs", "snris": "SNRIs", "ssri": "SSRI", "snri": "SNRI", "gi": "gastrointestinal",
    "pfc": "prefrontal cortex", "rct": "trial", "%age": "percentage",
}  # fmt: skip
_SHORTEST = 5
_NEAR_ENOUGH = 0.78


class Spelling:
    """Knows the words of one corpus, and the common words that are left alone."""

    def __init__(self, texts: Iterable[str], common: frozenset[str]) -> None:
        counts = Counter(word.lower() for text in texts for word in _WORD.findall(text))
        self.vocabulary = frozenset(counts)
        self._common = common
        self._candidates = sorted(w for w in counts if len(w) >= _SHORTEST and (w in common or counts[w] > 2))

    def mended(self, text: str) -> str:
        """`text` with abbreviations written out and unknown words replaced by the corpus word they are nearest to."""
        words = [self._written_out(token) for token in text.split()]
        return _WORD.sub(lambda match: self._mended_word(match[0]), " ".join(words))

    def unknown(self, text: str) -> list[str]:
        """Words of three letters or more that neither the corpus nor its bank uses."""
        return [w for w in _WORD.findall(text) if len(w) > 2 and w.lower() not in self.vocabulary]

    def _written_out(self, token: str) -> str:
        core = token.strip("?!.,;:()\"'")
        plain = _ABBREVIATIONS.get(core.lower())
        return token.replace(core, plain) if plain and core else token

    def _mended_word(self, word: str) -> str:
        lower = word.lower()
        if len(word) < _SHORTEST or lower in self.vocabulary or lower in self._common or not self._candidates:
            return word
        if any(lower.endswith(e) and lower[: -len(e)] in self._common for e in ("s", "es", "ed", "ing", "'s", "ly")):
            return word
        from rapidfuzz import process
        from rapidfuzz.distance import DamerauLevenshtein

        found = process.extractOne(
            lower, self._candidates, scorer=DamerauLevenshtein.normalized_similarity, score_cutoff=_NEAR_ENOUGH
        )
        return str(found[0]) if found and found[0][0] == lower[0] else word
