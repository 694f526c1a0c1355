"""What in a free text may tell who a patient is: HIPAA's safe-harbor identifiers, found by pattern.

Pure and without a model. It finds what has a form; names it only suspects. What it does not find is
not thereby free of identifiers, and nothing that uses it may say so.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

LONGEST = 50_000
NEAR = 60


class Kind(StrEnum):
    DATE = "date"
    PHONE = "phone"
    EMAIL = "email"
    SSN = "ssn"
    RECORD = "record"
    ADDRESS = "address"
    AGE = "age"
    URL = "url"
    IP = "ip"
    DEVICE = "device"
    NAME = "name"


# How to mend it, as the end of a sentence to whoever wrote it.
MEND = {
    Kind.DATE: "keep the year alone, or say how many days before or after",
    Kind.PHONE: "take the number out",
    Kind.EMAIL: "take the address out",
    Kind.SSN: "take the number out; nobody needs it here",
    Kind.RECORD: "take the number out",
    Kind.ADDRESS: "name the state alone",
    Kind.AGE: "write “90 or older”",
    Kind.URL: "take the link out",
    Kind.IP: "take the address out",
    Kind.DEVICE: "take the number out",
    Kind.NAME: "write “a patient” in place of a name",
}
# What can be the writer's own, and hers to give away; the rest is only ever somebody else's.
MAY_BE_OWN = frozenset(
    {Kind.DATE, Kind.PHONE, Kind.EMAIL, Kind.ADDRESS, Kind.URL, Kind.IP, Kind.NAME}
)


@dataclass(frozen=True)
class Hit:
    kind: Kind
    start: int
    end: int
    words: str

    @property
    def mend(self) -> str:
        return MEND[self.kind]


MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?"
    r"|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)"
)
DAY = r"(?:[0-2]?\d|3[01])(?:st|nd|rd|th)?"
YEAR = r"(?:(?:19|20)\d\d)"
STREET = (
    r"(?:street|st|avenue|ave|road|rd|boulevard|blvd|lane|ln|drive|dr|court|ct|place|pl|way"
    r"|terrace|parkway|pkwy|highway|hwy|square|circle)"
)
STATES = (
    "A[KLRZ]|C[AOT]|D[CE]|FL|GA|HI|I[ADLN]|K[SY]|LA|M[ADEINOST]|N[CDEHJMVY]|O[HKR]|PA|RI|S[CD]"
    "|T[NX]|UT|V[AT]|W[AIVY]"
)
NUMBERED = (
    r"(?:mrn|mr\s?#|medical record|record|chart|patient id|patient|case|encounter|visit|account"
    r"|acct|admission|accession|specimen|policy|plan|member|subscriber|insurance|medicare|medicaid"
    r"|beneficiary|license|licence|certificate|npi|dea)"
)
DEVICE = r"(?:serial|device|implant|pacemaker|lot|imei|udi|vin|plate|licen[cs]e plate|registration)"
TAGGED = r"\W{0,3}(?:(?:no|nr|number|num|id|identifier|is|was)\b\W{0,3}){0,2}"
CODE = r"(?=[A-Z-]*\d)[A-Z0-9][A-Z0-9-]{2,}\b"


def _pattern(kind: Kind, *ways: str, exact: bool = False) -> tuple[Kind, re.Pattern[str]]:
    """One pattern of these ways to write it; `exact` keeps capitals apart."""
    return kind, re.compile("|".join(ways), 0 if exact else re.IGNORECASE)


NO_DIGIT_BEFORE, NO_DIGIT_AFTER = r"(?<![\w.,$€-])", r"(?![\d-])"
TWO_DIGITS = r"(?:[0-2]?\d|3[01])"
OCTET = r"(?:25[0-5]|2[0-4]\d|1?\d?\d)"
OLD = r"(?:9\d|1[01]\d)"
ONE_TO_NINE = "(?:one|two|three|four|five|six|seven|eight|nine)"
# In this order: of two that overlap the first counts.
PATTERNS = (
    _pattern(Kind.EMAIL, r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63})+"),
    _pattern(
        Kind.URL,
        r"(?:https?://|www\.)[^\s<>()]+",
        r"\b[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63}){0,4}"
        r"\.(?:com|org|net|edu|gov|io|info|health|me)\b(?:/\S*)?",
    ),
    _pattern(Kind.SSN, r"(?<![\d-])\d{3}([- ])\d{2}\1\d{4}(?![\d-])"),
    _pattern(
        Kind.IP,
        rf"(?<![\d.])(?:{OCTET}\.){{3}}{OCTET}(?![\d.])",
        r"\b(?:[0-9a-f]{1,4}:){4,7}[0-9a-f]{1,4}\b",
    ),
    _pattern(
        Kind.DEVICE,
        rf"\b{DEVICE}\b{TAGGED}(?:{DEVICE}\b{TAGGED})?{CODE}",
        r"\b(?:[0-9A-F]{2}[:-]){5}[0-9A-F]{2}\b",
    ),
    _pattern(
        Kind.DEVICE,
        r"\b(?=[A-HJ-NPR-Z]{0,16}\d)(?=\d{0,16}[A-HJ-NPR-Z])[A-HJ-NPR-Z0-9]{17}\b",
        exact=True,
    ),
    _pattern(
        Kind.RECORD,
        rf"\b{NUMBERED}\b{TAGGED}(?=[A-Z-]{{0,6}}\d{{3}}){CODE}",
        rf"\bmrn\b{TAGGED}\w+",
    ),
    _pattern(
        Kind.DATE,
        rf"(?<![\d/.-]){YEAR}[-/.](?:0?[1-9]|1[0-2])[-/.]{TWO_DIGITS}(?![\d/-])",
        rf"(?<![\d/.-]){TWO_DIGITS}(?P<by>[/.-]){TWO_DIGITS}(?P=by)(?:{YEAR}|\d\d)(?![\d/-])",
        rf"(?<![\d/.-])(?:0?[1-9]|1[0-2])/{YEAR}(?![\d/-])",
        rf"\b{MONTH}\.?\s+(?:the\s+)?{DAY}\b(?!\s*(?:mg|ml|%|/))(?:,?\s+{YEAR})?",
        rf"\b{DAY}\s+(?:of\s+)?{MONTH}\b\.?(?:,?\s+{YEAR})?",
        rf"\b{MONTH}\.?,?\s+(?:of\s+)?{YEAR}\b",
        rf"\b(?:on|since|until|dob:?|born)\s+(?:0?[1-9]|1[0-2])[/.]{TWO_DIGITS}\b(?![/.\d])",
    ),
    _pattern(
        Kind.PHONE,
        rf"{NO_DIGIT_BEFORE}(?:\+\d{{1,3}}[\s.-]?)?\(?\d{{3}}\)?[\s.-]?\d{{3}}[\s.-]\d{{4}}"
        + NO_DIGIT_AFTER,
        rf"{NO_DIGIT_BEFORE}\+\d[\d\s().-]{{6,16}}\d(?!\d)",
        r"\b(?:phone|tel|telephone|cell|mobile|fax|call|whatsapp|pager)\b\W{0,3}"
        r"(?:(?:no|number|me|at|is|on)\b\W{0,2}){0,3}\+?\d[\d\s().-]{4,16}\d",
        rf"{NO_DIGIT_BEFORE}\d{{3}}-\d{{4}}{NO_DIGIT_AFTER}",
    ),
    _pattern(
        Kind.AGE,
        rf"\b{OLD}[\s-]?(?:years?|yrs?)\b(?:[\s-]old)?",
        rf"\b{OLD}\s?(?:y/?o|yo)\b",
        rf"\b(?:aged?|age\s+of)\W{{0,2}}{OLD}\b(?!\s*(?:%|mg|kg|mm))",
        rf"\b(?:ninety|one\s+hundred)(?:[\s-]{ONE_TO_NINE})?[\s-]years?[\s-]old",
    ),
    _pattern(
        Kind.ADDRESS,
        rf"\b\d{{1,5}}\s+(?:[NSEW]\.?\s+)?(?:[A-Z0-9][\w'.-]{{0,30}}\s+){{1,3}}(?i:{STREET})\b\.?",
        rf"\b(?:{STATES})\.?,?\s+\d{{5}}(?:-\d{{4}})?\b",
        exact=True,
    ),
    _pattern(
        Kind.ADDRESS,
        r"\bP\.?\s?O\.?\s?Box\s+\d+",
        r"\b(?:zip|postal|postcode)(?:\s+code)?\W{0,3}(?:is\s+|of\s+)?\d{5}\b",
        r"\b\d{5}-\d{4}\b",
    ),
    _pattern(Kind.RECORD, rf"{NO_DIGIT_BEFORE}[A-Z]{{0,3}}\d{{7,14}}(?!\w)", exact=True),
    _pattern(
        Kind.NAME,
        r"\b(?:Mr|Mrs|Ms|Miss|Mister|[Pp]atient|[Nn]amed|[Cc]alled)\b\.?\s+"
        r"[A-Z][a-z'-]+(?:\s+[A-Z][a-z'-]+)?",
        r"(?<=[a-z,;]\s)[A-Z][a-z'-]+\s+(?:[A-Z]\.\s+)?[A-Z][a-z'-]+",
        exact=True,
    ),
)
# Two capitals that name a thing: a place, a field, a test, a sign that somebody described first.
THINGS = """
academic acute american bachelor bell board boston bronx california center chicago children chronic
clinic college community county covid crohn cushing dallas department detroit disease division
doctor down east electronic emergency english epic family fellowship florida foley general glasgow
grand graves health heart hepatitis holter homan hospital houston illinois infectious institute
intensive internal internship jersey john kernig lake lakeshore los lyme medical medicare medicaid
medicine memorial mercy mexico michigan monday murphy national neurology new north observership
obstetrics ohio oncology outpatient pakistan parkinson pediatrics pennsylvania philadelphia practice
primary psychiatry pulmonary radiology residency san saint school score sign sister south spanish
state states step street study surgery syndrome test texas tuesday united university urgent veterans
washington wednesday west white wilson womens york thursday friday saturday sunday january february
march april may june july august september october november december dear best kind many
"""
NO_NAME = frozenset(THINGS.split())
PATIENTS_OWN = re.compile(
    r"(?:mrn|medical record|chart|patient|encounter|accession|specimen|admission)\b", re.IGNORECASE
)
OF_A_PATIENT = re.compile(
    r"\b(?:patients?|admitted|admission|discharged?|born|dob|birth|surgery|operated|died|death"
    r"|diagnosed|presented|seen on|visit|delivered|biopsy|\d+[\s-]?(?:years?[\s-]old|y/?o)"
    r"|mrs?|woman|man|boy|girl)\b",
    re.IGNORECASE,
)


def find(text: str) -> list[Hit]:
    """Every identifier by place; of two that overlap the one found by the more telling pattern."""
    taken: list[Hit] = []
    for hit in _raw(text[:LONGEST]):
        if not any(hit.start < other.end and other.start < hit.end for other in taken):
            taken.append(hit)
    return sorted(taken, key=lambda hit: hit.start)


def find_in_letter(text: str) -> list[Hit]:
    """As in `find`, for what people write to each other about themselves and their plans.

    A date is met only beside words about a patient, and a name is no reason to warn.
    """
    hits = [hit for hit in find(text) if hit.kind != Kind.NAME]
    return [hit for hit in hits if hit.kind != Kind.DATE or _is_near_patient(text, hit)]


def about_patients(text: str) -> list[Hit]:
    """What in somebody's own paper can only be a patient's.

    Her own address, numbers and dates belong there; an age over 89 and a patient's number do not.
    """
    hits = find(text)
    return [hit for hit in hits if hit.kind == Kind.AGE or _is_of_patient(hit)]


def _is_of_patient(hit: Hit) -> bool:
    return hit.kind in (Kind.RECORD, Kind.NAME) and PATIENTS_OWN.match(hit.words) is not None


def _raw(text: str) -> Iterator[Hit]:
    for kind, pattern in PATTERNS:
        for match in pattern.finditer(text):
            words = match.group().strip()
            if kind == Kind.NAME and not _may_be_name(words):
                continue
            start = match.start() + len(match.group()) - len(match.group().lstrip())
            yield Hit(kind, start, start + len(words), words)


def _may_be_name(words: str) -> bool:
    return not any(word.lower().strip(".'s") in NO_NAME for word in words.split())


def _is_near_patient(text: str, hit: Hit) -> bool:
    around = text[max(hit.start - NEAR, 0) : hit.end + NEAR]
    return OF_A_PATIENT.search(around) is not None
