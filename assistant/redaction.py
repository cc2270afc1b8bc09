"""Takes what identifies a person out of a message before anything is searched, logged or sent: best effort."""

from __future__ import annotations

import re
from dataclasses import dataclass

_EMAIL = re.compile(r"(?<![\w.+%-])[\w.+%-]+(?:@|\s*(?:\(at\)|\[at\])\s*)[\w-]+(?:\.[\w-]+)+\b", re.I)
_URL = re.compile(r"\bhttps?://\S+|\bwww\.\S+", re.I)
_IP = re.compile(r"(?<!EC )\b(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)\.){3}(?:25[0-5]|2[0-4]\d|1?\d?\d)\b")
_SSN = re.compile(r"\b(?!000|666|9\d\d)\d{3}[- ](?!00)\d{2}[- ](?!0000)\d{4}\b")
_SSN_NAMED = re.compile(r"\b(ssn|social security(?: (?:number|no\.?))?)([:#\s]*(?:is\s*)?)\d{9}\b", re.I)
_NHS = re.compile(r"\b\d{3}[ -]?\d{3}[ -]?\d{4}\b")
_NHS_NAMED = re.compile(r"\b(nhs(?: (?:number|no\.?|id))?)([:#\s]*(?:is\s*)?)\d{3}[ -]?\d{3}[ -]?\d{4}\b", re.I)
_RECORD = re.compile(
    r"\b((?:mrn|m\.r\.n\.|emrn|medical record|patient id|hospital (?:number|no\.?|id)|record (?:number|no\.?)"
    r"|file (?:number|no\.?)|nhi|medicare|insurance|rio|emis)(?:\s*(?:number|no\.?|id))?"
    r"|(?:chart|case|chi|policy|account)\s*(?:number|no\.?|id|[:#]))"
    r"(\s*(?:is\s*)?(?:[:#]\s*)?)(?=[A-Z-]*\d)[A-Z]{0,4}[- ]?\d[\dA-Z/-]{3,}\b",
    re.I,
)
_PHONE = re.compile(
    r"(?<![\w.,%-])(?:\+|00)\d{1,3}[\s.()-]{0,2}(?:\(?\d{1,5}\)?[\s.-]?){2,5}\d{2,4}\b"
    r"|(?<![\w.,%-])\(?0\d{2,5}\)?[\s.-]?\d{3,4}[\s.-]?\d{3,4}\b"
    r"|(?<![\w.,%-])\(?\d{3}\)?[\s.-]\d{3}[\s.-]\d{4}\b"
    r"|(?<![\w.,%-])07\d{3}[\s.-]?\d{6}\b"
)
_PHONE_NAMED = re.compile(
    r"\b((?:phone|tel|telephone|mobile|cell|number|call (?:me|him|her)|ring (?:me|him|her)|text (?:me|him|her))"
    r"(?:\s+(?:number|no\.?|on|at|is)){0,3}\s*(?:[:#]\s*)?)(\+?\d[\d\s().-]{5,16}\d)\b",
    re.I,
)
_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?"
    r"|nov(?:ember)?|dec(?:ember)?)"
)
_DATE = (
    rf"(?:\d{{1,2}}[./-]\d{{1,2}}[./-](?:\d{{4}}|\d{{2}})|\d{{4}}-\d{{2}}-\d{{2}}"
    rf"|\d{{1,2}}(?:st|nd|rd|th)?\s+(?:of\s+)?{_MONTH},?\s+\d{{4}}|{_MONTH}\s+\d{{1,2}}(?:st|nd|rd|th)?,?\s+\d{{4}})"
)
_BORN = re.compile(
    rf"\b((?:d\.?o\.?b\.?|date of birth|birth ?date|birthday|born)(?:\s+(?:is|on|in)){{0,3}}\s*(?:[:,]\s*)?){_DATE}",
    re.I,
)
_FULL_DATE = re.compile(rf"(?<![\w/.-]){_DATE}(?![\w/-])", re.I)
_POSTCODE = re.compile(r"\b[A-Z]{1,2}\d[A-Z\d]? \d[A-Z]{2}\b")
_STREET = re.compile(
    r"\b\d{1,5}[a-z]?,? (?:[A-Z][\w'-]+ ){1,3}(?:Street|St|Road|Rd|Avenue|Ave|Lane|Ln|Drive|Dr|Close|Court|Ct|Way|"
    r"Crescent|Boulevard|Blvd|Terrace|Place|Square|Gardens|Grove)\b\.?"
)
# Capitalised words after these are a person's name. Titles of the common authors of methods are not.
_UPPER = "A-ZÀ-ÖØ-ÞŁŚŻŹĆÇĞİÖŞÜ"
_WORD = rf"[{_UPPER}](?=[\w'’-]*[^\W\d_{_UPPER}])[\w'’-]+(?<!['’-])"
_NAME = rf"{_WORD}(?:\s(?:{_WORD}|[A-Z]\.)){{0,2}}"
_FIRST_NAMES = (
    "john|james|robert|michael|david|william|richard|joseph|thomas|charles|daniel|matthew|anthony|mark|paul|steven|andrew"
    "|peter|george|kevin|brian|edward|simon|tom|ben|sam|jack|harry|oliver|adam|luke|ryan|jake|liam|noah|ahmed|mohammed|ali"
    "|omar|raj|ravi|juan|carlos|pedro|luis|hans|klaus|jan|piotr|mehmet|mary|anna|anne|sarah|susan|linda|karen|nancy|lisa"
    "|emma|emily|olivia|sophie|lucy|jane|julia|laura|maria|elena|sofia|fatima|aisha|priya|anita|sunita|claire|marie|helen"
    "|rachel|rebecca|jessica|jennifer|amy|kate|katie|megan|chloe|ella|grace|charlotte|ewa|ayse|zeynep|giulia|ana"
)
_TITLED = re.compile(
    rf"\b((?:Mr|Mrs|Ms|Miss|Mx|Herr|Frau|Sra?|Señora?|Mme|Monsieur|Madame)\.?\s+)({_NAME}|[A-Z]\b\.?)"
    r"|\b(mrs?\.?\s+)(?!(?:and|or|is|has|who)\b)([^\W\d_][\w'’-]+)"
)
_PERSON = (
    r"(?i:patient|client|service user|pt|resident|supervisee|student|tutee|child|daughter|son|husband|wife|brother"
    r"|sister|partner|friend|mother|father|mum|mom|dad|girlfriend|boyfriend)"
)
_NO_NAME = (
    r"(?!(?:And|Or|Is|Has|Who|With|The|What|How|Does|In|On|At|For|I|I'm|Can|Should|Would|Will|Was|Had|Of|To|From|Said"
    r"|Says|Health|Care|Outcome|Safety|Education|Groups?|Questionnaire|Rights|Services?|Information|Advice|SSRIs?|Prozac"
    r"|Zoloft|Abuse|Protection|Line|Serotonin|My|He|She|They|If|When|Why|Which|Do|Are|Please|Monday|Tuesday|Wednesday"
    r"|Thursday|Friday|Saturday|Sunday)\b)"
)
_CUED = re.compile(
    rf"\b((?:{_PERSON}(?i:'s name is|,? (?:named|called|name is)|,)?"
    r"|(?i:my name is|his name is|her name is|their name is|named|name:|patient name:?))\s+)"
    rf"{_NO_NAME}({_NAME}|[A-Z]\b\.(?=\s|$))"
)
_LOWER_CUED = re.compile(
    r"\b((?:my|his|her|their|the (?:patient|client)'s|patient'?s|client'?s) name is\s+"
    r"|(?:patient|client|pt|person) (?:is )?(?:named|called)\s+)([^\W\d_][\w'’-]+(?:\s(?:[A-Z][\w'’-]+))?)",
    re.I,
)
_FIRST = re.compile(
    rf"\b({_PERSON}\s+)({_FIRST_NAMES})\b(?:\s(?!(?:is|has|was|and|or|who|with|said|says|asks)\b)[A-Z]?[a-z'’-]+(?=,|\.|$))?",
    re.I,
)
_LETTER = re.compile(r"\b((?i:patient|client|pt)\s+)([A-Z])\b(?=[\s,.?!']|$)(?! (?:vitamin|score|level))")


@dataclass(frozen=True, slots=True)
class Redacted:
    """The message without identifiers, and which kinds were taken out."""

    text: str
    kinds: tuple[str, ...]


def redact(message: str) -> Redacted:
    """Replaces identifiers by their kind in square brackets; names only where a cue stands before them."""
    kinds: list[str] = []

    def take(kind: str, text: str, pattern: re.Pattern[str], keep: int = 0) -> str:
        def replaced(found: re.Match[str]) -> str:
            kinds.append(kind)
            return "".join(found[group] or "" for group in range(1, keep + 1)) + f"[{kind}]"

        return pattern.sub(replaced, text)

    text = take("e-mail", message, _EMAIL)
    text = take("address", text, _URL)
    text = take("address", text, _IP)
    text = take("national number", text, _SSN_NAMED, 2)
    text = take("national number", text, _NHS_NAMED, 2)
    text = _NHS.sub(lambda found: _nhs(found[0], kinds), text)
    text = take("national number", text, _SSN)
    text = take("record number", text, _RECORD, 2)
    text = take("date of birth", text, _BORN, 1)
    text = take("date", text, _FULL_DATE)
    text = take("phone", text, _PHONE_NAMED, 1)
    text = take("phone", text, _PHONE)
    text = take("address", text, _STREET)
    text = take("postcode", text, _POSTCODE)
    text = _TITLED.sub(lambda found: f"{found[1] or found[3]}[{_noted('name', kinds)}]", text)
    if not _headline(text):
        text = take("name", text, _CUED, 1)
    text = take("name", text, _FIRST, 1)
    text = take("name", text, _LOWER_CUED, 1)
    text = take("name", text, _LETTER, 1)
    return Redacted(text, tuple(dict.fromkeys(kinds)))


def nhs_number(digits: str) -> bool:
    """Whether ten digits carry the right check digit (modulus 11)."""
    if len(digits) != 10 or not digits.isascii() or not digits.isdigit():
        return False
    check = 11 - sum(int(d) * (10 - i) for i, d in enumerate(digits[:9])) % 11
    return check != 10 and check % 11 == int(digits[9])


def _noted(kind: str, kinds: list[str]) -> str:
    kinds.append(kind)
    return kind


def _headline(text: str) -> bool:
    """Whether nearly every word has a capital, so that capitals say nothing about names."""
    words = re.findall(r"[^\W\d_]{2,}", text)
    return len(words) >= 4 and sum(word[0].isupper() for word in words) > 0.6 * len(words)


def _nhs(found: str, kinds: list[str]) -> str:
    if nhs_number(re.sub(r"\D", "", found)):
        kinds.append("national number")
        return "[national number]"
    return found
