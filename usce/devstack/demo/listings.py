"""Invented rotations; prices lie where the market's lie, requirements where hosts set them."""

from dataclasses import dataclass
from typing import Any

Rule = tuple[str, dict[str, Any], str]

GRADUATE: Rule = ("applicant_status", {"allowed": ["graduate"]}, "must")
STUDENT: Rule = ("applicant_status", {"allowed": ["student"]}, "must")
EITHER: Rule = ("applicant_status", {"allowed": ["student", "graduate"]}, "must")
STEP1: Rule = ("step1_passed", {}, "must")
STEP1_WISH: Rule = ("step1_passed", {}, "wish")
STEP2_START: Rule = ("step2_passed", {}, "by_start")
ENROLLED: Rule = ("enrolment_confirmed", {}, "by_start")
FIRST_ATTEMPT: Rule = ("step1_attempts", {"most": 1}, "must")
SCORE: Rule = ("step2_score", {"least": 230}, "wish")
WINDOW: Rule = ("exams_in_window", {"window": 7}, "by_start")
ECFMG: Rule = ("ecfmg_certified", {}, "must")
ECFMG_WISH: Rule = ("ecfmg_certified", {}, "wish")
VISITOR: Rule = (
    "visa_accepted",
    {"accepted": ["b1_b2", "esta", "dependent", "resident"]},
    "by_start",
)
STUDENT_VISA: Rule = ("visa_accepted", {"accepted": ["b1_b2", "resident"]}, "by_start")
RESIDENT: Rule = ("visa_accepted", {"accepted": ["resident", "dependent"]}, "must")
SCHOLAR: Rule = ("visa_accepted", {"accepted": ["j1", "resident"]}, "by_start")


def years(limit: int) -> Rule:
    return ("graduation_within_years", {"years": limit}, "must")


OBSERVE = (
    "Observe patient visits beside the preceptor",
    "Join case discussions after clinic",
    "Read and present one article a week",
)
ROUND = (
    "Round with the team each morning",
    "Observe admissions and handovers",
    "Attend noon conference",
)
HANDS = (
    "Take histories and examine under supervision",
    "Present each patient to the preceptor",
    "Draft notes for the preceptor to rewrite and sign",
)
STUDY = (
    "Review charts for one question agreed on the first day",
    "Meet the preceptor twice a week",
    "Write a case report or abstract draft",
)
SCREEN = (
    "Join video visits with each patient's consent",
    "Discuss every case on a call afterwards",
    "Write one care plan a week for discussion",
)
DUTIES = {
    "observership": OBSERVE,
    "externship": HANDS,
    "clerkship": HANDS,
    "elective": ROUND,
    "research": STUDY,
    "telemedicine": SCREEN,
}
NOT_INCLUDED = {
    "observership": ("Patient contact", "Access to the electronic record"),
    "externship": ("Prescribing", "Procedures alone"),
    "clerkship": ("Prescribing", "Housing"),
    "elective": ("Procedures", "Housing"),
    "research": ("Patient contact",),
    "telemedicine": ("In-person visits",),
}


@dataclass(frozen=True)
class Listing:
    """`host` and `doctor` are places in the list of hosts; money in whole dollars."""

    host: int
    doctor: int
    title: str
    kind: str
    setting: str
    weeks: int
    price: int
    fee: int
    deposit: int
    policy: str
    letterhead: str
    rules: tuple[Rule, ...]
    hours: int = 40
    per_week: bool = False
    number: int = 0


OBS, EXT, CLK, ELE, RES, TEL = (
    "observership",
    "externship",
    "clerkship",
    "elective",
    "research",
    "telemedicine",
)
IN, OUT, BOTH, REMOTE = "inpatient", "outpatient", "both", "remote"
IM_OBS = (GRADUATE, years(5), STEP1_WISH, VISITOR)
OBS_ANY = (EITHER, STEP1_WISH, VISITOR)
EXT_GRAD = (GRADUATE, years(7), STEP1, STEP2_START, RESIDENT)
STUDENTS = (STUDENT, ENROLLED, STEP1_WISH, STUDENT_VISA)
TELE = (EITHER, STEP1_WISH)

LISTINGS = (
    Listing(0, 0, "Internal Medicine observership in clinic", OBS, OUT, 4, 1450, 145, 450,
            "standard", "clinic", IM_OBS),
    Listing(0, 1, "Cardiology observership", OBS, BOTH, 4, 1750, 175, 500,
            "standard", "clinic", (GRADUATE, years(8), STEP1, VISITOR)),
    Listing(0, 2, "Internal Medicine externship in clinic", EXT, OUT, 4, 1900, 190, 600,
            "standard", "clinic", EXT_GRAD),
    Listing(1, 0, "Inpatient Internal Medicine elective", ELE, IN, 4, 2800, 250, 800,
            "strict", "hospital", STUDENTS, 50),
    Listing(1, 1, "General Surgery observership", OBS, IN, 2, 1300, 130, 400,
            "strict", "hospital", OBS_ANY, 50),
    Listing(1, 2, "Nephrology observership", OBS, BOTH, 4, 2400, 220, 700,
            "strict", "hospital", (GRADUATE, years(5), FIRST_ATTEMPT, SCORE, VISITOR)),
    Listing(2, 0, "Family Medicine observership", OBS, OUT, 4, 1150, 115, 350,
            "flexible", "clinic", OBS_ANY, 36),
    Listing(2, 1, "Family Medicine externship", EXT, OUT, 4, 1650, 165, 500,
            "flexible", "clinic", EXT_GRAD, 36),
    Listing(3, 0, "Neurology observership", OBS, OUT, 4, 1350, 135, 400,
            "standard", "clinic", IM_OBS),
    Listing(3, 1, "Epilepsy and EEG research months", RES, OUT, 12, 2100, 210, 600,
            "standard", "clinic", (GRADUATE, STEP1, ECFMG_WISH, SCHOLAR), 30),
    Listing(4, 0, "Pediatrics clerkship", CLK, OUT, 6, 3900, 350, 1000,
            "strict", "university", STUDENTS),
    Listing(4, 1, "Infectious Disease elective", ELE, BOTH, 4, 3000, 270, 900,
            "strict", "university", STUDENTS),
    Listing(4, 2, "Obstetrics and Gynecology observership", OBS, BOTH, 4, 1800, 180, 500,
            "standard", "university", OBS_ANY),
    Listing(5, 0, "Psychiatry observership", OBS, OUT, 4, 1250, 125, 400,
            "flexible", "clinic", (EITHER, years(10), VISITOR), 32),
    Listing(5, 1, "Child Psychiatry telehealth weeks", TEL, REMOTE, 4, 1150, 115, 300,
            "flexible", "clinic", TELE, 20),
    Listing(6, 0, "Pediatrics observership", OBS, OUT, 4, 1400, 140, 400,
            "standard", "clinic", OBS_ANY),
    Listing(6, 1, "Pediatrics externship", EXT, OUT, 4, 1850, 185, 550,
            "standard", "clinic", EXT_GRAD),
    Listing(7, 0, "Hospital Medicine observership", OBS, IN, 4, 2200, 200, 700,
            "standard", "hospital", (GRADUATE, years(5), STEP1, ECFMG_WISH, VISITOR), 48),
    Listing(7, 1, "Emergency Medicine observership", OBS, IN, 2, 1200, 120, 400,
            "standard", "hospital", OBS_ANY, 36),
    Listing(8, 0, "Internal Medicine externship with partner practices", EXT, OUT, 8, 3400, 340,
            900, "standard", "clinic", (GRADUATE, years(10), STEP1, RESIDENT)),
    Listing(8, 1, "Gastroenterology observership", OBS, BOTH, 4, 1950, 195, 600,
            "standard", "clinic", IM_OBS),
    Listing(9, 0, "Cardiology externship for certified graduates", EXT, BOTH, 4, 2600, 260, 800,
            "strict", "clinic", (GRADUATE, ECFMG, WINDOW, RESIDENT)),
    Listing(9, 1, "Pulmonology telehealth and case weeks", TEL, REMOTE, 4, 1250, 125, 350,
            "flexible", "clinic", TELE, 20),
    Listing(10, 0, "General Surgery externship", EXT, BOTH, 4, 2300, 230, 700,
            "standard", "clinic", EXT_GRAD, 50),
    Listing(11, 0, "Hematology and Oncology observership", OBS, OUT, 4, 1700, 170, 500,
            "standard", "clinic", IM_OBS),
    Listing(12, 0, "Family Medicine observership in a free clinic", OBS, OUT, 2, 0, 0, 0,
            "flexible", "clinic", (EITHER, VISITOR), 24),
    Listing(0, 0, "Internal Medicine introduction, four weeks without a fee", OBS, OUT, 4, 0, 0, 0,
            "flexible", "clinic", (EITHER, VISITOR), 24),
)  # fmt: skip

WHERE = {
    "inpatient": ("inpatient",),
    "outpatient": ("outpatient",),
    "both": ("inpatient", "outpatient"),
    "remote": ("remote",),
}
LEVELS = {
    "observership": {"history": "observe", "exam": "observe", "procedures": "observe"},
    "externship": {
        "history": "supervised", "exam": "supervised", "notes": "supervised",
        "emr": "assist", "procedures": "assist",
    },
    "clerkship": {
        "history": "supervised", "exam": "supervised", "notes": "supervised",
        "emr": "supervised", "orders": "assist", "procedures": "assist",
    },
    "elective": {
        "history": "supervised", "exam": "supervised", "notes": "supervised",
        "emr": "assist", "orders": "observe", "procedures": "observe",
    },
    "research": {"emr": "assist"},
    "telemedicine": {"history": "observe", "notes": "assist"},
}  # fmt: skip


def matrix_of(listing: Listing) -> list[tuple[str, str, str]]:
    """Duty, place and level of each cell."""
    levels = LEVELS[listing.kind].items()
    return [(duty, place, level) for place in WHERE[listing.setting] for duty, level in levels]
