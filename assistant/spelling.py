"""Mends misspelt words against the corpus's own vocabulary, and writes out abbreviations. The owner of rapidfuzz.

Stock dictionaries were measured to harm drug names, so only words of the corpus and its bank are ever put in.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

from assistant.memory import content_words
from index.keywords import stem

_WORD = re.compile(r"[A-Za-z]+(?:['’-][A-Za-z]+)*")
_ABBREVIATIONS = {
    "tx": "treatment", "txs": "treatments", "sx": "symptoms", "dx": "diagnosis", "rx": "prescription", "hx": "history",
    "pt": "patient", "pts": "patients", "w/": "with", "w/o": "without", "vs": "versus",
    "abt": "about", "bc": "because", "pls": "please", "plz": "please", "whats": "what is", "wats": "what is",
    "u": "you", "r": "are", "wich": "which", "wot": "what", "meds": "medication", "antidep": "antidepressant",
    "5ht": "5-HT", "ssris": "SSRIs", "snris": "SNRIs", "ssri": "SSRI", "snri": "SNRI", "gi": "gastrointestinal",
    "pct": "percent", "fam": "family", "depr": "depression", "anx": "anxiety", "sero": "serotonin",
    "pfc": "prefrontal cortex", "rct": "trial", "%age": "percentage",
}  # fmt: skip
_NAME = re.compile(r"(?<![\w-])[\w-]*[A-Z]\d[\w-]*")  # 5-HT1A, B12, PHQ9
_CONTRACTED = re.compile(
    r"(?:is|are|was|were|had|must|need|do|does|did|ca|could|wo|would|should|have|has)nt$|(?:what|that)s$|ive$", re.I
)
_SHORTEST = 5
_NEAR_ENOUGH = 0.78
_SLIPS = 2  # letters in which a common word may differ from what the corpus has before the next word
_TELLS = 4  # words that the corpus has before a word that tells which one is meant
_BESIDE = re.compile(r"\b(?P<word>[A-Za-z]+)(?= (?P<next>[A-Za-z]+))")


def runs_of(text: str, longest: int = 3) -> set[str]:
    """Every run of up to `longest` words of `text`, lower case."""
    words = re.findall(r"[\w%'’-]+", text.lower())
    return {" ".join(words[n : n + size]) for size in range(1, longest + 1) for n in range(len(words) - size + 1)}


def _initials_of(text: str) -> set[str]:
    """The initials of every run of three or four words that carry meaning, those with hyphens taken apart."""
    runs = (run.split() for run in runs_of(text.replace("-", " "), longest=4))
    return {"".join(w[0] for w in run) for run in runs if len(run) > 2 and content_words(" ".join(run)) == run}


class Spelling:
    """Knows the words of one corpus, and the common words that are left alone.

    Of the bank, whose curators misspell on purpose, only common words count. `phrases` are the corpus's own runs of up
    to three words: what a pronoun may stand for.
    """

    def __init__(self, texts: Iterable[str], asked: Iterable[str], common: frozenset[str]) -> None:
        texts, asked = list(texts), list(asked)
        counts = Counter(word.lower() for text in texts for word in _WORD.findall(text))
        bank = {word.lower() for text in asked for word in _WORD.findall(text)}
        self.vocabulary = frozenset(counts) | (bank & common)
        self.phrases = frozenset(run for text in texts for run in runs_of(text))
        self._before: dict[str, list[str]] = {}  # what stands before each word
        for run in sorted(run for run in self.phrases if run.count(" ") == 1):
            first, second = run.split()
            self._before.setdefault(second, []).append(first)
        self._common = common
        self._known = {stem(part) for word in self.vocabulary for part in (word, *word.split("-"))}
        self._names = {name.lower() for text in (*texts, *asked) for name in _NAME.findall(text)}
        self._initials = {initials for text in texts for initials in _initials_of(text)}
        self._stems = {stem(word) for word in self.vocabulary | common}
        self._candidates = sorted(w for w in counts if len(w) >= _SHORTEST)

    def mended(self, text: str) -> str:
        """`text` with abbreviations written out and unknown words replaced by the corpus word they are nearest to."""
        words = [self._written_out(token) for token in text.split()]
        mended = _WORD.sub(lambda match: self._mended_word(match[0]), " ".join(words))
        return _BESIDE.sub(lambda match: self._beside(match["word"], match["next"]) or match["word"], mended)

    def unknown(self, text: str) -> list[str]:
        """Words of three letters or more that neither the corpus nor its bank uses in any form, or by its initials."""
        named = [name for name in _NAME.findall(text) if name.lower() not in self._names]
        words = [part for word in _WORD.findall(_NAME.sub(" ", text)) for part in re.split("-|n?['’].*", word)]
        return [w for w in words if len(w) > 2 and not _CONTRACTED.match(w) and not self._used(w)] + named

    def strange(self, words: Iterable[str]) -> list[str]:
        """Those of `words` that are no common English ones, be they misspelt, nor clipped from the corpus's own."""
        return [word for word in words if not self._familiar(word.lower())]

    def _familiar(self, word: str) -> bool:
        if stem(word) in self._stems or any(known.startswith(word) for known in self._candidates):
            return True
        if len(word) <= _SHORTEST:
            return False
        from rapidfuzz import process
        from rapidfuzz.distance import OSA

        return process.extractOne(word, self._common, scorer=OSA.distance, score_cutoff=1) is not None

    def _used(self, word: str) -> bool:
        lower = word.lower()
        singular = lower.removesuffix("s")
        return bool({stem(lower), stem(singular), f"{singular}s"} & self._known) or lower in self._initials

    def _written_out(self, token: str) -> str:
        core = token.strip("?!.,;:()\"'")
        plain = _ABBREVIATIONS.get(core.lower())
        return token.replace(core, plain) if plain and core else token

    def _beside(self, word: str, following: str) -> str:
        """The corpus's word for a common one that it never uses, where the next word tells: "vegas nerve"; else ''.

        The next word tells where the corpus has few words before it."""
        lower, known = word.lower(), self._before.get(following.lower(), ())
        if len(word) < _SHORTEST or lower in self.vocabulary or len(known) > _TELLS or not content_words(following):
            return ""
        from rapidfuzz.distance import DamerauLevenshtein

        alike = [k for k in known if (k[0], k[-1], len(k)) == (lower[0], lower[-1], len(lower))]
        return next((k for k in alike if DamerauLevenshtein.distance(lower, k) <= _SLIPS), "")

    def _mended_word(self, word: str) -> str:
        lower = word.lower()
        if len(word) < _SHORTEST or lower in self.vocabulary or lower in self._common or not self._candidates:
            return word
        if stem(lower) in self._stems:
            return word
        from rapidfuzz import process
        from rapidfuzz.distance import DamerauLevenshtein

        found = process.extractOne(
            lower, self._candidates, scorer=DamerauLevenshtein.normalized_similarity, score_cutoff=_NEAR_ENOUGH
        )
        return str(found[0]) if found and found[0][0] == lower[0] else word
