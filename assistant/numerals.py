"""Turns the ways of writing a number and its unit into a value: "a quarter of an hour", "one in ten", "1,450 °C"."""

from __future__ import annotations

import re
from dataclasses import dataclass

_SMALL = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen"
).split()
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
_WORDS = {word: float(value) for value, word in enumerate(_SMALL)}
_WORDS |= {word: 10.0 * (value + 2) for value, word in enumerate(_TENS)}
_WORDS |= {f"{ten}-{one}": 10.0 * (t + 2) + o for t, ten in enumerate(_TENS) for o, one in enumerate(_SMALL[:10]) if o}
_WORDS |= {"dozen": 12.0, "hundred": 100.0, "thousand": 1000.0}
_SCALES = {"hundred": 1e2, "thousand": 1e3, "million": 1e6, "billion": 1e9, "dozen": 12.0}
_PARTS = {"half": 2, "halves": 2, "third": 3, "quarter": 4, "fourth": 4, "fifth": 5, "sixth": 6, "seventh": 7,
          "eighth": 8, "ninth": 9, "tenth": 10, "hundredth": 100}  # fmt: skip
_TIME = {"second": 1 / 86400, "minute": 1 / 1440, "hour": 1 / 24, "day": 1.0, "week": 7.0, "fortnight": 14.0,
         "month": 365.25 / 12, "year": 365.25, "decade": 3652.5, "century": 36525.0, "centurie": 36525.0}  # fmt: skip
# every unit of measurement: its kind and how many of the kind's base it is
UNITS: dict[str, tuple[str, float]] = {
    **{name: ("day", scale) for name, scale in _TIME.items()},
    "min": ("day", 1 / 1440), "h": ("day", 1 / 24), "hr": ("day", 1 / 24), "sec": ("day", 1 / 86400),
    "s": ("day", 1 / 86400), "ms": ("day", 1 / 86400000), "millisecond": ("day", 1 / 86400000), "night": ("day", 1.0), "yr": ("day", 365.25),
    "%": ("percent", 1.0), "percent": ("percent", 1.0), "point": ("point", 1.0),
    "mg": ("g", 1e-3), "g": ("g", 1.0), "kg": ("g", 1e3), "µg": ("g", 1e-6), "μg": ("g", 1e-6), "mcg": ("g", 1e-6),
    "ng": ("g", 1e-9), "microgram": ("g", 1e-6), "milligram": ("g", 1e-3), "gram": ("g", 1.0), "gramme": ("g", 1.0),
    "kilogram": ("g", 1e3), "kilo": ("g", 1e3), "tonne": ("g", 1e6), "nanogram": ("g", 1e-9),
    "ml": ("l", 1e-3), "l": ("l", 1.0), "dl": ("l", 0.1), "cl": ("l", 1e-2), "litre": ("l", 1.0), "liter": ("l", 1.0),
    "millilitre": ("l", 1e-3), "milliliter": ("l", 1e-3), "decilitre": ("l", 0.1),
    "mm": ("m", 1e-3), "cm": ("m", 1e-2), "m": ("m", 1.0), "km": ("m", 1e3), "metre": ("m", 1.0), "meter": ("m", 1.0),
    "kilometre": ("m", 1e3), "kilometer": ("m", 1e3), "centimetre": ("m", 1e-2), "millimetre": ("m", 1e-3),
    "µm": ("m", 1e-6), "micrometre": ("m", 1e-6), "nm": ("m", 1e-9), "nanometre": ("m", 1e-9), "mile": ("m", 1609.344),
    "kcal": ("kcal", 1.0), "kilocalorie": ("kcal", 1.0), "calorie": ("cal", 1.0), "kj": ("kj", 1.0),
    "mmol": ("mol", 1e-3), "µmol": ("mol", 1e-6), "nmol": ("mol", 1e-9), "pmol": ("mol", 1e-12), "mol": ("mol", 1.0),
    "millimole": ("mol", 1e-3), "nanomole": ("mol", 1e-9), "mmhg": ("mmhg", 1.0), "iu": ("iu", 1.0), "lux": ("lux", 1.0),
    "°c": ("°c", 1.0), "°f": ("°f", 1.0), "degree": ("°c", 1.0), "hz": ("hz", 1.0), "khz": ("hz", 1e3),
    "mhz": ("hz", 1e6), "db": ("db", 1.0), "decibel": ("db", 1.0), "bpm": ("bpm", 1.0), "kwh": ("kwh", 1.0),
    "w": ("w", 1.0), "kw": ("w", 1e3), "mw": ("w", 1e6), "v": ("v", 1.0), "volt": ("v", 1.0), "ma": ("a", 1e-3),
    "£": ("£", 1.0), "$": ("$", 1.0), "€": ("€", 1.0), "pound": ("£", 1.0), "dollar": ("$", 1.0), "euro": ("€", 1.0),
    "pence": ("£", 0.01), "time": ("time", 1.0), "fold": ("time", 1.0), "ppm": ("ppm", 1.0), "hectare": ("ha", 1.0),
    "a.m": ("a.m", 1.0), "p.m": ("p.m", 1.0), "am": ("a.m", 1.0), "pm": ("p.m", 1.0), "mph": ("mph", 1.0),
}  # fmt: skip
_TIMES = "|".join(_TIME)
_NUMBER = r"(?:\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:[.·]\d+)?)"
_WORD = "|".join(sorted((*_WORDS, *_SCALES), key=len, reverse=True))
_FRACTION = "|".join(sorted(_PARTS, key=len, reverse=True))
_WHOLES = {
    *range(2, 11),
    12,
    15,
    20,
    25,
    30,
    40,
    50,
    100,
    200,
    250,
    500,
    *(k * 10**n for n in range(3, 7) for k in range(1, 10)),
}
_NOT_NUMBER = rf"(?!(?:{_WORD}|and|or|to|of|%)\b)[a-z-]+"
_ORDINALS = ("fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth fifteenth sixteenth "
             "seventeenth eighteenth nineteenth twentieth").split()  # fmt: skip
_RANKED = rf"(?P<ordinal>{'|'.join(_ORDINALS)}|\d+(?:st|nd|rd|th))(?!s?\ of\b)|(?P<years>1[5-9]\d0|20\d0)s"
_TOKEN = re.compile(
    rf"""(?P<ratio>\b(?P<of>{_NUMBER}|(?:{_WORD}|an?))(?:\ to\ (?P<to>{_NUMBER}|{_WORD}))?\ (?:{_NOT_NUMBER}\ ){{0,2}}
        (?:in|out\ of|per(?=\ (?:\d{{3}}|\d+,|hundred|thousand)))\ (?:every\ )?(?P<all>{_NUMBER}|an?\ (?:hundred|thousand)|(?:{_WORD})(?:\ (?:{_WORD}))*)
        (?!\ ?(?:mg|%|{_TIMES})|\w))
    |\b(?:{_RANKED})\b(?!-)
    |\b(?P<point>{_TIMES})\ (?P<at>\d+)\b
    |(?P<share>\b(?:(?P<count>{_WORD}|an?|one)[\ -](?P<part>{_FRACTION})s?\b(?!-life)|half\b(?!\s*-?li[fv]e)|halved?\b|halving\b|three\ quarters\b))
    |(?P<multiple>\b(?:twice|twofold|double[ds]?|doubling|threefold|triple[ds]?|fourfold|fivefold|tenfold|quadruple[ds]?|hundredfold|thousandfold)\b)
    |(?P<currency>[£$€])\s?(?P<money>{_NUMBER})(?:\s?(?P<money_scale>million|billion|thousand|m|bn|k)\b)?
    |(?P<number>(?<![\w.,-])-?{_NUMBER}|(?<=[-–/(<>≥≤~+])(?<![A-Za-z]-){_NUMBER})(?!-?(?-i:[A-Z]+[\dA-Z]*)\b)(?!\d)(?:\s(?P<scale>million|billion|thousand|hundred)\b)?
    |\b(?P<word>(?:{_WORD})(?:[\ ](?:{_WORD}))*)\b(?P<and_half>\ and\ a\ half)?
    |\b(?P<single>an?|one|per|each|every|first|last|past|whole|full)\ (?P<time>{_TIMES})s?\b(?P<half>\ and\ a\ half)?
    |\b(?P<fortnight>fortnight)\b
    |\ban?\ (?P<solo>[a-z]+)\ and\ a\ half\b""",
    re.VERBOSE | re.IGNORECASE,
)
_NO_RATIO = re.compile(_TOKEN.pattern.replace("(?P<ratio>", "(?P<ratio>(?!)", 1), re.VERBOSE | re.IGNORECASE)
_MULTIPLES = {"twice": 2, "twofold": 2, "double": 2, "doubled": 2, "doubles": 2, "doubling": 2, "threefold": 3,
              "triple": 3, "tripled": 3, "triples": 3, "fourfold": 4, "quadruple": 4, "quadrupled": 4,
              "quadruples": 4, "fivefold": 5, "hundredfold": 100, "thousandfold": 1000, "tenfold": 10}  # fmt: skip
_UNIT = re.compile(r"[\s-]*(?P<unit>%|°\s?[cCfF]|[A-Za-zµμ]+(?:\.m\b)?)")
_PER = re.compile(
    r"\s*(?:/\s*|\b(?:per|an?|each|every|for every|for each)\s+)(?P<unit>[A-Za-zµμ]+)|\s+(?P<adverb>daily|weekly|monthly|yearly|annually|nightly|hourly)\b",
)
_BEFORE_TIME = re.compile(
    r"\b(?:half|within|in|after|for|about|around|roughly|over|nearly|almost|under|than|lasts?|lasted|lasting|takes?|took|least|most|"
    r"to|before|just|until|till|whole|of|by|at|some|and|from|past|is|was|be|only|once|throughout|during|asks for)\s*$|^\s*$"
)
_AFTER_TIME = re.compile(
    r"\s*(?:later|after|on\b|ago|earlier|before|or (?:more|less|longer|so)|long|old|passes|of|and a half)"
)
_RATE = re.compile(rf"\s*(?:/|\bper\b|\ban? (?=(?:{_TIMES})\b))")
_BETWEEN = re.compile(r"^[\s-]+(?:(?:or|and) (?:more|less|fewer|over|above|under|longer)|weekly|daily|monthly|yearly|"
                      r"further|more|other|additional|consecutive|full|whole)\b")  # fmt: skip
_DATED = re.compile(r".*\b(?:in|since|by|until|of|from|after|before|during|to|and|late|early) (?:1[5-9]|20)\d\d$")
_AGED = re.compile(
    r"\b(?:aged?|ages|being)(?: (?:of|between|from|over|under|above|below))*\s$|"
    r"\b(?:people|adults|men|women|patients|those|children|anyone|someone|persons|participants|individuals) "
    r"(?:over|under|above|below|older than|younger than|from)\s$",
    re.IGNORECASE,
)
_FUNCTION = frozenset(
    "the of in on at to and or for with from by as is are was were be when while than that this these those if but not "
    "who which had have has did do does it its they their can may will would should on per an a each every all no such so even only still about "
    "around over under more less most because when where before after until since during without within between".split()
)
_ADVERBS = {"daily": "day", "weekly": "week", "monthly": "month", "yearly": "year", "annually": "year",
            "nightly": "day", "hourly": "hour"}  # fmt: skip
_BASES = {"kilogram": "kg", "kilo": "kg", "litre": "l", "liter": "l", "millilitre": "ml", "night": "day", "h": "hour",
          "min": "minute", "s": "second", "decilitre": "dl", "gram": "g"}  # fmt: skip


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
    start, end = match.span()
    if match["ratio"]:
        whole, part = _value(match["all"]), _value(match["of"])
        top = _value(match["to"]) if match["to"] else part
        good = whole in _WHOLES and top <= whole and part == int(part)
        return Token(100 * part / whole, start, end, "percent", 1.0, True, top=100 * top / whole) if good else None
    if match["ordinal"]:
        digits = re.match(r"\d+", match["ordinal"])
        rank = float(digits[0]) if digits else float(_ORDINALS.index(match["ordinal"].lower()) + 4)
        return Token(rank, start, end)
    if match["years"]:
        return Token(float(match["years"]), start, end, "calendar")
    if match["point"]:
        return Token(float(match["at"]), start, end, "day", _TIME[match["point"].lower()])
    if match["share"]:
        return _share(match, text)
    if match["multiple"]:
        return Token(float(_MULTIPLES[match["multiple"].lower()]), start, end, "time", 1.0, True)
    if match["currency"]:
        scale = {"million": 1e6, "m": 1e6, "billion": 1e9, "bn": 1e9, "thousand": 1e3, "k": 1e3}
        return Token(_value(match["money"]), start, end, match["currency"], scale.get(match["money_scale"] or "", 1.0))
    if match["number"]:
        return Token(_value(match["number"]) * _SCALES.get((match["scale"] or "").lower(), 1.0), start, end)
    if match["solo"]:
        unit, scale = UNITS.get(match["solo"].lower(), ("", 1.0))
        return Token(1.5, start, end, unit, scale, True) if unit else None
    if match["time"] or match["fortnight"]:
        if (match["single"] or "").lower() in ("per", "each", "every", "the whole"):
            return None
        if (match["single"] or "").lower() in ("a", "an") and not lasting(text, start, end):
            return None
        name = (match["time"] or "fortnight").lower()
        return Token(1.5 if match["half"] else 1.0, start, end, "day", _TIME[name], True)
    return _worded(match)


def lasting(text: str, start: int, end: int) -> bool:
    """Whether "a week" is a length of time here and no rate ("two drinks a week")."""
    return _BEFORE_TIME.search(text[:start].lower()) is not None or _AFTER_TIME.match(text[end:]) is not None


def _worded(match: re.Match[str]) -> Token | None:
    words = match["word"].lower().split()
    following = match.string[match.end() :]
    if words == ["one"] and not match["and_half"]:
        counted = re.match(rf"[\s-]+(?:{_TIMES}|%|point|million|hundred|thousand)", following)
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
    time = re.match(rf"\s*(?:of\s+)?(?:an?\s+)?({_TIMES})s?\b", text[end:], re.IGNORECASE)
    if time:
        return Token(share, start, end + time.end(), "day", _TIME[time[1].lower()], True)
    if solid := re.match(r"\s*(?:of\s+)?an?\s+([a-z]+)\b", text[end:], re.IGNORECASE):
        unit, scale = UNITS.get(_singular(solid[1]), ("", 1.0))
        if unit:
            return Token(share, start, end + solid.end(), unit, scale, True)
    return Token(100 * share, start, end, "percent", 1.0, True)


def _value(text: str) -> float:
    text = text.lower().strip()
    if text in ("a", "an"):
        return 1.0
    if re.match(r"-?\d", text):
        return float(text.replace(",", "").replace("·", "."))
    value = 0.0
    for word in re.sub(r"^an? ", "", text).split():
        value = max(value, 1.0) * _SCALES[word] if word in _SCALES else value + _WORDS[word]
    return value


def unit_at(text: str, token: Token, first: int) -> tuple[str, float, tuple[str, ...], int]:
    """The unit behind a number: its kind, its scale, what it is per, and where it ends."""
    unit, scale, end = token.unit, token.scale, token.end
    if not unit:
        rest = text[end:]
        if pair := re.match(rf"/{_NUMBER}(?=\s*([A-Za-z]+))", rest):  # 135/85 mmHg
            rest = rest[pair.end() :]
        rest = _BETWEEN.sub(_blank, rest)
        match = _UNIT.match(rest)
        known = match is not None and _singular(match["unit"].replace(" ", "")) in UNITS
        if token.value == int(token.value) and _DATED.match(text[max(0, first - 12) : end]):
            unit = "calendar"
        elif _AGED.search(text[:first]) and not known:
            unit, scale = "day", _TIME["year"]
        elif match and match["unit"].lower() not in _FUNCTION:
            name = _singular(match["unit"].replace(" ", ""))
            unit, scale = UNITS.get(name, (name.lower(), 1.0))
            if name in UNITS or _RATE.match(rest, match.end()):
                end += match.end() + (len(text[end:]) - len(rest))
        elif 1500 <= token.value <= 2100 and token.value == int(token.value):
            unit = "calendar"
    per: list[str] = []
    while unit not in ("", "calendar") and (match := _PER.match(text, end)):
        base = _ADVERBS.get(match["adverb"] or "") or _singular(match["unit"] or "")
        if base not in UNITS and base not in _BASES:
            break
        per.append(_BASES.get(base, base))
        end = match.end()
    return unit, scale, tuple(sorted(per)), end


def _blank(match: re.Match[str]) -> str:
    return " " * len(match[0])


def _singular(word: str) -> str:
    lower = word.lower()
    if lower in UNITS:
        return lower
    return lower[:-1] if lower.endswith("s") and (lower[:-1] in UNITS or len(lower) > 3) else lower
