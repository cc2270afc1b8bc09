"""Units of measurement: what each is of, how many of the base unit it makes, and which one stands behind a number."""

from __future__ import annotations

import re
from typing import Protocol

TIME = {"second": 1 / 86400, "minute": 1 / 1440, "hour": 1 / 24, "day": 1.0, "week": 7.0, "fortnight": 14.0,
         "month": 365.25 / 12, "year": 365.25, "decade": 3652.5, "century": 36525.0, "centurie": 36525.0}  # fmt: skip
# every unit of measurement: its kind and how many of the kind's base it is
UNITS: dict[str, tuple[str, float]] = {
    **{name: ("day", scale) for name, scale in TIME.items()},
    "min": ("day", 1 / 1440), "h": ("day", 1 / 24), "hr": ("day", 1 / 24), "sec": ("day", 1 / 86400),
    "s": ("day", 1 / 86400), "ms": ("day", 1 / 86400000), "millisecond": ("day", 1 / 86400000),
    "night": ("day", 1.0), "yr": ("day", 365.25),
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
    "millimole": ("mol", 1e-3), "nanomole": ("mol", 1e-9), "mmhg": ("mmhg", 1.0), "iu": ("iu", 1.0),
    "lux": ("lux", 1.0),
    "°c": ("°c", 1.0), "°f": ("°f", 1.0), "degree": ("°c", 1.0), "hz": ("hz", 1.0), "khz": ("hz", 1e3),
    "mhz": ("hz", 1e6), "db": ("db", 1.0), "decibel": ("db", 1.0), "bpm": ("bpm", 1.0), "kwh": ("kwh", 1.0),
    "w": ("w", 1.0), "kw": ("w", 1e3), "mw": ("w", 1e6), "v": ("v", 1.0), "volt": ("v", 1.0), "ma": ("a", 1e-3),
    "£": ("£", 1.0), "$": ("$", 1.0), "€": ("€", 1.0), "pound": ("£", 1.0), "dollar": ("$", 1.0), "euro": ("€", 1.0),
    "pence": ("£", 0.01), "time": ("time", 1.0), "fold": ("time", 1.0), "ppm": ("ppm", 1.0), "hectare": ("ha", 1.0),
    "a.m": ("a.m", 1.0), "p.m": ("p.m", 1.0), "am": ("a.m", 1.0), "pm": ("p.m", 1.0), "mph": ("mph", 1.0),
}  # fmt: skip
TIMES = "|".join(TIME)
NUMBER = r"(?:\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:[.·]\d+)?)"
_UNIT = re.compile(r"[\s-]*(?P<unit>%|°\s?[cCfF]|[A-Za-zµμ]+(?:\.m\b)?)")
_PER = re.compile(
    r"\s*(?:/\s*|\b(?:per|an?|each|every|for every|for each)\s+)(?P<unit>[A-Za-zµμ]+)"
    r"|\s+(?P<adverb>daily|weekly|monthly|yearly|annually|nightly|hourly)\b"
)
_RATE = re.compile(rf"\s*(?:/|\bper\b|\ban? (?=(?:{TIMES})\b))")
_BETWEEN = re.compile(r"^[\s-]+(?:(?:or|and) (?:more|less|fewer|over|above|under|longer)|weekly|daily|monthly|yearly|"
                      r"further|more|other|additional|consecutive|full|whole)\b")  # fmt: skip
_DATED = re.compile(r".*\b(?:in|since|by|until|of|from|after|before|during|to|and|late|early) (?:1[5-9]|20)\d\d$")
_AGED = re.compile(
    r"\b(?:aged?|ages|being)(?: (?:of|between|from|over|under|above|below))*\s$|"
    r"\b(?:people|adults|men|women|patients|those|children|anyone|someone|persons|participants|individuals) "
    r"(?:over|under|above|below|older than|younger than|from)\s$",
    re.IGNORECASE,
)
_FUNCTION = frozenset([
    "the", "of", "in", "on", "at", "to", "and", "or", "for", "with", "from", "by", "as", "is", "are", "was",
    "were", "be", "when", "while", "than", "that", "this", "these", "those", "if", "but", "not", "who", "which",
    "had", "have", "has", "did", "do", "does", "it", "its", "they", "their", "can", "may", "will", "would",
    "should", "per", "an", "a", "each", "every", "all", "no", "such", "so", "even", "only", "still", "about",
    "around", "over", "under", "more", "less", "most", "because", "where", "before", "after", "until", "since",
    "during", "without", "within", "between",
])  # fmt: skip
_ADVERBS = {"daily": "day", "weekly": "week", "monthly": "month", "yearly": "year", "annually": "year",
            "nightly": "day", "hourly": "hour"}  # fmt: skip
_BASES = {"kilogram": "kg", "kilo": "kg", "litre": "l", "liter": "l", "millilitre": "ml", "night": "day", "h": "hour",
          "min": "minute", "s": "second", "decilitre": "dl", "gram": "g"}  # fmt: skip


class Written(Protocol):
    """A number as written in a text."""

    @property
    def value(self) -> float:
        """The number."""

    @property
    def end(self) -> int:
        """Where it ends."""

    @property
    def unit(self) -> str:
        """The kind of unit that its words carry, or nothing."""

    @property
    def scale(self) -> float:
        """How many of the base that unit is."""


def unit_at(text: str, token: Written, first: int) -> tuple[str, float, tuple[str, ...], int]:
    """The unit behind a number: its kind, its scale, what it is per, and where it ends."""
    unit, scale, end = token.unit, token.scale, token.end
    if not unit:
        rest = text[end:]
        if pair := re.match(rf"/{NUMBER}(?=\s*([A-Za-z]+))", rest):  # 135/85 mmHg
            rest = rest[pair.end() :]
        rest = _BETWEEN.sub(_blank, rest)
        match = _UNIT.match(rest)
        known = match is not None and singular(match["unit"].replace(" ", "")) in UNITS
        if token.value == int(token.value) and _DATED.match(text[max(0, first - 12) : end]):
            unit = "calendar"
        elif _AGED.search(text[:first]) and not known:
            unit, scale = "day", TIME["year"]
        elif match and match["unit"].lower() not in _FUNCTION:
            name = singular(match["unit"].replace(" ", ""))
            unit, scale = UNITS.get(name, (name.lower(), 1.0))
            if name in UNITS or _RATE.match(rest, match.end()):
                end += match.end() + (len(text[end:]) - len(rest))
        elif 1500 <= token.value <= 2100 and token.value == int(token.value):
            unit = "calendar"
    per: list[str] = []
    while unit not in ("", "calendar") and (match := _PER.match(text, end)):
        base = _ADVERBS.get(match["adverb"] or "") or singular(match["unit"] or "")
        if base not in UNITS and base not in _BASES:
            break
        per.append(_BASES.get(base, base))
        end = match.end()
    return unit, scale, tuple(sorted(per)), end


def _blank(match: re.Match[str]) -> str:
    return " " * len(match[0])


def singular(word: str) -> str:
    """The unit's name as UNITS has it: lower case, without its plural."""
    lower = word.lower()
    if lower in UNITS:
        return lower
    return lower[:-1] if lower.endswith("s") and (lower[:-1] in UNITS or len(lower) > 3) else lower
