"""Turns the ways of writing a number and its unit into a value: "a quarter of an hour", "one in ten", "1,450 °C"."""

from __future__ import annotations

import re
from dataclasses import dataclass

from assistant.units import NUMBER, TIME, TIMES, UNITS, singular

_SMALL = [
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
    "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
]  # fmt: skip
_TENS = [
    "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety",
]  # fmt: skip
_WORDS = {word: float(value) for value, word in enumerate(_SMALL)}
_WORDS |= {word: 10.0 * (value + 2) for value, word in enumerate(_TENS)}
_WORDS |= {f"{ten}-{one}": 10.0 * (t + 2) + o for t, ten in enumerate(_TENS) for o, one in enumerate(_SMALL[:10]) if o}
_WORDS |= {"dozen": 12.0, "hundred": 100.0, "thousand": 1000.0}
_SCALES = {"hundred": 1e2, "thousand": 1e3, "million": 1e6, "billion": 1e9, "dozen": 12.0}
_PARTS = {"half": 2, "halves": 2, "third": 3, "quarter": 4, "fourth": 4, "fifth": 5, "sixth": 6, "seventh": 7,
          "eighth": 8, "ninth": 9, "tenth": 10, "hundredth": 100}  # fmt: skip
_WORD = "|".join(sorted((*_WORDS, *_SCALES), key=len, reverse=True))
_FRACTION = "|".join(sorted(_PARTS, key=len, reverse=True))
_WHOLES = {*range(2, 11), 12, 15, 20, 25, 30, 40, 50, 100, 200, 250, 500}
_WHOLES |= {k * 10**n for n in range(3, 7) for k in range(1, 10)}
_NOT_NUMBER = rf"(?!(?:{_WORD}|and|or|to|of|%)\b)[a-z-]+"
_ORDINALS = [
    "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth", "eleventh", "twelfth", "thirteenth",
    "fourteenth", "fifteenth", "sixteenth", "seventeenth", "eighteenth", "nineteenth", "twentieth",
]  # fmt: skip
_RANKED = rf"(?P<ordinal>{'|'.join(_ORDINALS)}|\d+(?:st|nd|rd|th))(?!s?\ of\b)|(?P<years>1[5-9]\d0|20\d0)s"
_MULTIPLES = {"twice": 2, "twofold": 2, "double": 2, "doubled": 2, "doubles": 2, "doubling": 2, "threefold": 3,
              "triple": 3, "tripled": 3, "triples": 3, "fourfold": 4, "quadruple": 4, "quadrupled": 4,
              "quadruples": 4, "fivefold": 5, "hundredfold": 100, "thousandfold": 1000, "tenfold": 10}  # fmt: skip
_MANIFOLD = "|".join(sorted(_MULTIPLES, key=len, reverse=True))
_TOKEN = re.compile(
    rf"""(?P<ratio>\b(?P<of>{NUMBER}|(?:{_WORD}|an?))(?:\ (?:to|and|or)\ (?P<to>{NUMBER}|{_WORD}))?[ ]
        (?:{_NOT_NUMBER}\ ){{0,3}}
        (?:in|out\ of|per(?=\ (?:\d{{3}}|\d+,|hundred|thousand)))\ (?:every\ )?
        (?P<all>{NUMBER}|an?\ (?:hundred|thousand)|(?:{_WORD})(?:\ (?:{_WORD}))*)
        (?!\ ?(?:mg|%|{TIMES})|\w))
    |\b(?:{_RANKED})\b(?!-)
    |\b(?P<point>{TIMES})\ (?P<at>\d+)\b
    |(?P<share>\b(?:(?P<count>{_WORD}|an?|one)[\ -](?P<part>{_FRACTION})s?\b(?!-life)
        |half\b(?!\s*-?li[fv]e)|halved?\b|halving\b|three\ quarters\b))
    |(?P<multiple>\b(?:{_MANIFOLD})\b)
    |(?P<currency>[£$€])\s?(?P<money>{NUMBER})(?:\s?(?P<money_scale>million|billion|thousand|m|bn|k)\b)?
    |(?P<number>(?<![\w.,-])-?{NUMBER}|(?<=[-–/(<>≥≤~+])(?<![A-Za-z]-){NUMBER})
        (?!-?(?-i:[A-Z]+[\dA-Z]*)\b)(?!\d)(?:\s(?P<scale>million|billion|thousand|hundred)\b)?
    |\b(?P<word>(?:{_WORD})(?:[\ ](?:{_WORD}))*(?:(?<=hundred|housand)\ and\ (?:{_WORD}))?)\b
        (?P<and_half>\ and\ a\ half)?
    |\b(?P<single>an?|one|per|each|every|first|last|past|next|following|whole|full)\ (?P<time>{TIMES})s?\b
        (?P<half>\ and\ a\ half)?
    |\b(?P<fortnight>fortnight)\b
    |\ban?\ (?P<solo>[a-z]+)\ and\ a\ half\b""",
    re.VERBOSE | re.IGNORECASE,
)
_NO_RATIO = re.compile(_TOKEN.pattern.replace("(?P<ratio>", "(?P<ratio>(?!)", 1), re.VERBOSE | re.IGNORECASE)
_MONEY = {"million": 1e6, "m": 1e6, "billion": 1e9, "bn": 1e9, "thousand": 1e3, "k": 1e3}
_BEFORE_TIME = re.compile(
    r"\b(?:half|within|in|after|for|about|around|roughly|over|nearly|almost|under|than|lasts?|lasted|lasting|"
    r"takes?|took|"
    r"least|most|to|before|just|until|till|whole|of|by|at|some|and|from|past|is|was|be|only|throughout|during|"
    r"asks for)\s*$|^\s*$"
)
_AFTER_TIME = re.compile(
    r"\s*(?:later|after|on\b|ago|earlier|before|or (?:more|less|longer|so)|long|old|passes|of|and a half)"
)


@dataclass(frozen=True, slots=True)
class Token:
    """A number as written: its value, where it stands, and the unit if the words themselves carry one."""

    value: float
    start: int
    end: int
    unit: str = ""
    scale: float = 1.0
    word: bool = False
    weak: bool = False  # "one" before a noun is as often an article as a number
    top: float | None = None  # the upper end, where one expression holds a range: "five to eight in ten"


def plain(text: str) -> str:
    """The text with its typographic variants made one: spaces, dashes, "per cent"."""
    text = text.replace("\u00a0", " ").replace("\u202f", " ").replace("\u2009", " ").replace("−", "-").replace("‑", "-")
    text = re.sub(r"\bper cent\b|\bpercent\b|\bpct\b", "%", text, flags=re.IGNORECASE)
    text = re.sub(r"\bminus (?=\d)", "-", re.sub(r"\bminus ten\b", "-10", text))
    text = re.sub(
        r"\bbetween (?:the )?ages (?:of )?([\w-]+) and ([\w-]+)(?! years)\b", r"between \1 and \2 years", text
    )
    return re.sub(r"(?<=\d)\s*[–—]\s*(?=\d)", "-", text).replace("percentage point", "point")


def tokens_of(text: str) -> list[Token]:
    """The numbers of a text made plain, in order."""
    kept: list[Token] = []
    position = 0
    while match := _TOKEN.search(text, position):
        token = _token(match, text)
        if token is not None and (not kept or token.start >= kept[-1].end):
            kept.append(token)
            position = max(match.end(), token.end)
        elif match["ratio"] and (inner := _NO_RATIO.search(text, match.start())) and (found := _token(inner, text)):
            kept.append(found)  # what looked like a ratio may still hold a number: "six months in one study"
            position = max(inner.end(), found.end)
        else:
            position = match.end()
    return kept


def _token(match: re.Match[str], text: str) -> Token | None:
    """The number that the match holds, read by the first of its groups."""
    return next(read(match, text) for name, read in _READERS if match[name])


def _ratio(match: re.Match[str], text: str) -> Token | None:
    whole, part = _value(match["all"]), _value(match["of"])
    top = _value(match["to"]) if match["to"] else part
    if whole not in _WHOLES or top > whole or part != int(part):
        return None
    return Token(100 * part / whole, *match.span(), "percent", word=True, top=100 * top / whole)


def _ordinal(match: re.Match[str], text: str) -> Token:
    digits = re.match(r"\d+", match["ordinal"])
    return Token(float(digits[0] if digits else _ORDINALS.index(match["ordinal"].lower()) + 4), *match.span())


def _years(match: re.Match[str], text: str) -> Token:
    return Token(float(match["years"]), *match.span(), "calendar")


def _point(match: re.Match[str], text: str) -> Token:
    return Token(float(match["at"]), *match.span(), "day", TIME[match["point"].lower()])


def _multiple(match: re.Match[str], text: str) -> Token:
    return Token(float(_MULTIPLES[match["multiple"].lower()]), *match.span(), "time", word=True)


def _money(match: re.Match[str], text: str) -> Token:
    scale = _MONEY.get(match["money_scale"] or "", 1.0)
    return Token(_value(match["money"]), *match.span(), match["currency"], scale)


def _digits(match: re.Match[str], text: str) -> Token:
    return Token(_value(match["number"]) * _SCALES.get((match["scale"] or "").lower(), 1.0), *match.span())


def _solo(match: re.Match[str], text: str) -> Token | None:
    unit, scale = UNITS.get(match["solo"].lower(), ("", 1.0))
    return Token(1.5, *match.span(), unit, scale, word=True) if unit else None


def _time(match: re.Match[str], text: str) -> Token | None:
    single = (match["single"] or "").lower()
    if single in ("per", "each", "every") or (single in ("a", "an") and not lasting(text, *match.span())):
        return None
    name = (match["time"] or "fortnight").lower()
    return Token(1.5 if match["half"] else 1.0, *match.span(), "day", TIME[name], word=True)


def lasting(text: str, start: int, end: int) -> bool:
    """Whether "a week" is a length of time here and no rate ("two drinks a week")."""
    return _BEFORE_TIME.search(text[:start].lower()) is not None or _AFTER_TIME.match(text[end:]) is not None


def _worded(match: re.Match[str], text: str) -> Token | None:
    words = match["word"].lower().split()
    following = match.string[match.end() :]
    if words == ["one"] and not match["and_half"]:
        counted = re.match(rf"[\s-]+(?:{TIMES}|%|point|million|hundred|thousand)", following)
        if not counted and not re.match(r" [a-z]{3,}\b(?<! of)", following):
            return None
        return Token(1.0, match.start(), match.end(), weak=not counted)
    if words[0] in ("hundred", "thousand", "million", "billion", "dozen") and following[:1] == "s":
        return None
    return Token(_value(match["word"]) + (0.5 if match["and_half"] else 0.0), match.start(), match.end())


def _share(match: re.Match[str], text: str) -> Token | None:
    start, end = match.span()
    count, part = (match["count"] or "one").lower(), (match["part"] or "half").lower()
    if match["share"].lower() == "three quarters":
        count, part = "three", "quarter"
    if count in ("a", "an", "one") and part == "second":
        return None
    share = (1.0 if count in ("a", "an") else _WORDS.get(count, 1.0)) / _PARTS[part]
    time = re.match(rf"\s*(?:of\s+)?(?:an?\s+)?({TIMES})s?\b", text[end:], re.IGNORECASE)
    if time:
        return Token(share, start, end + time.end(), "day", TIME[time[1].lower()], True)
    if solid := re.match(r"\s*(?:of\s+)?an?\s+([a-z]+)\b", text[end:], re.IGNORECASE):
        unit, scale = UNITS.get(singular(solid[1]), ("", 1.0))
        if unit:
            return Token(share, start, end + solid.end(), unit, scale, True)
    return Token(100 * share, start, end, "percent", 1.0, True)


_READERS = (
    ("ratio", _ratio), ("ordinal", _ordinal), ("years", _years), ("point", _point), ("share", _share),
    ("multiple", _multiple), ("currency", _money), ("number", _digits), ("solo", _solo), ("time", _time),
    ("fortnight", _time), ("word", _worded),
)  # fmt: skip


def _value(text: str) -> float:
    text = text.lower().strip()
    if text in ("a", "an"):
        return 1.0
    if re.match(r"-?\d", text):
        return float(text.replace(",", "").replace("·", "."))
    value = 0.0
    for word in re.sub(r"^an? | and\b", "", text).split():
        value = max(value, 1.0) * _SCALES[word] if word in _SCALES else value + _WORDS[word]
    return value
