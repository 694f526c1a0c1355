"""The kinds of papers: their dates, who decides, who may see them, how long we keep them.

Forms and validity are the field's usual ones; a host may be stricter in its own requirements.
"""

from dataclasses import dataclass

from django.db import models


class DocumentKind(models.TextChoices):
    CV = "cv", "CV"
    STATEMENT = "statement", "Personal statement"
    PASSPORT = "passport", "Passport page"
    PHOTO = "photo", "Passport-style photo"
    VISA = "visa", "Visa or status paper"
    FUNDS = "funds", "Proof of funds"
    CONSULATE_LETTER = "consulate_letter", "Consulate's letter"
    DOCTORS_NOTE = "doctors_note", "Doctor's note"
    DIPLOMA = "diploma", "Medical degree"
    SCHOOL_LETTER = "school_letter", "Dean's letter"
    TRANSCRIPT = "transcript", "Medical school transcript"
    EXAM_REPORT = "exam_report", "USMLE score report"
    ECFMG = "ecfmg", "ECFMG certificate or status report"
    IMMUNIZATIONS = "immunizations", "Immunization record"
    TB_TEST = "tb_test", "TB test"
    PHYSICAL_EXAM = "physical_exam", "Physical exam"
    DRUG_SCREEN = "drug_screen", "Drug screen"
    BACKGROUND_CHECK = "background_check", "Background check"
    HEALTH_INSURANCE = "health_insurance", "Health insurance"
    MALPRACTICE = "malpractice", "Malpractice insurance"
    BLS_CARD = "bls_card", "BLS card"
    HIPAA = "hipaa", "HIPAA training certificate"


class Dates(models.TextChoices):
    """Which dates stand on the paper."""

    NONE = "none"
    ISSUED = "issued", "day of issue"
    EXPIRES = "expires", "last valid day"
    BOTH = "both", "first and last day"


class Stage(models.IntegerChoices):
    """From when on a host may be shown the paper, and then only once its owner sends it."""

    APPLICATION = 1, "with the application"
    OFFER = 2, "after an offer"
    BOOKED = 3, "after the seat is confirmed"


@dataclass(frozen=True)
class Kind:
    """What holds for every paper of the kind.

    `lead_days`: how long getting or renewing it takes. `keep_days`: how long it is kept after it
    was refused or replaced, and after the last rotation it was sent for has ended.
    """

    group: str
    why: str
    dates: Dates = Dates.NONE
    stage: Stage = Stage.BOOKED
    is_decided_by_staff: bool = True
    is_pdf_only: bool = False
    lead_days: int = 0
    keep_days: int = 365
    has_health_facts: bool = False


WRITTEN, PERSON, STUDIES, HEALTH, COVER, CANCELING = (
    "Written by you",
    "Who you are",
    "Studies and exams",
    "Health",
    "Cover and courses",
    "If you cancel",
)
HEALTH_KEEP_DAYS = 30


def _health(why: str, dates: Dates, *, stage: Stage = Stage.BOOKED, lead_days: int) -> Kind:
    return Kind(
        HEALTH,
        why,
        dates,
        stage,
        lead_days=lead_days,
        keep_days=HEALTH_KEEP_DAYS,
        has_health_facts=True,
    )


KINDS: dict[str, Kind] = {
    DocumentKind.CV: Kind(
        WRITTEN,
        "Every host reads it.",
        stage=Stage.APPLICATION,
        is_decided_by_staff=False,
        is_pdf_only=True,
    ),
    DocumentKind.STATEMENT: Kind(
        WRITTEN,
        "Some hosts ask for one.",
        stage=Stage.APPLICATION,
        is_decided_by_staff=False,
        is_pdf_only=True,
    ),
    DocumentKind.PASSPORT: Kind(
        PERSON,
        "Hosts need it for the invitation letter and the badge.",
        Dates.EXPIRES,
        Stage.OFFER,
        lead_days=60,
        keep_days=90,
    ),
    DocumentKind.PHOTO: Kind(PERSON, "For the badge.", Dates.ISSUED, Stage.OFFER, lead_days=3),
    DocumentKind.VISA: Kind(
        PERSON,
        "Hosts look whether it covers the dates.",
        Dates.EXPIRES,
        Stage.OFFER,
        lead_days=90,
        keep_days=90,
    ),
    DocumentKind.FUNDS: Kind(
        PERSON, "The consulate asks for it; few hosts do.", Dates.ISSUED, keep_days=90
    ),
    DocumentKind.CONSULATE_LETTER: Kind(
        CANCELING,
        "When a visa is refused or late: it decides what you get back. No host needs it.",
        Dates.ISSUED,
        is_decided_by_staff=False,
        keep_days=180,
    ),
    DocumentKind.DOCTORS_NOTE: Kind(
        CANCELING,
        "When you cannot come because you are ill: it decides what you get back.",
        Dates.ISSUED,
        is_decided_by_staff=False,
        keep_days=HEALTH_KEEP_DAYS,
        has_health_facts=True,
    ),
    DocumentKind.DIPLOMA: Kind(STUDIES, "Hosts of graduates ask for it."),
    DocumentKind.SCHOOL_LETTER: Kind(
        STUDIES,
        "Hosts of students ask whether you are enrolled in good standing.",
        Dates.ISSUED,
        lead_days=21,
    ),
    DocumentKind.TRANSCRIPT: Kind(STUDIES, "Some hosts ask for it.", Dates.ISSUED, lead_days=21),
    DocumentKind.EXAM_REPORT: Kind(STUDIES, "It shows the Steps that you passed."),
    DocumentKind.ECFMG: Kind(STUDIES, "It shows your certification.", Dates.ISSUED),
    DocumentKind.IMMUNIZATIONS: _health(
        "Hospitals clear nobody without it.", Dates.ISSUED, stage=Stage.OFFER, lead_days=60
    ),
    DocumentKind.TB_TEST: _health("Twelve months are the usual limit.", Dates.ISSUED, lead_days=14),
    DocumentKind.PHYSICAL_EXAM: _health(
        "Some hosts ask for one, signed and dated.", Dates.ISSUED, lead_days=14
    ),
    DocumentKind.DRUG_SCREEN: _health("Some hosts ask for one.", Dates.ISSUED, lead_days=10),
    DocumentKind.BACKGROUND_CHECK: Kind(
        PERSON, "Some hosts ask for one.", Dates.ISSUED, lead_days=21, keep_days=90
    ),
    DocumentKind.HEALTH_INSURANCE: Kind(
        COVER, "It has to cover the whole stay.", Dates.BOTH, lead_days=7
    ),
    DocumentKind.MALPRACTICE: Kind(
        COVER, "Where the host's own policy does not cover you.", Dates.BOTH, lead_days=14
    ),
    DocumentKind.BLS_CARD: Kind(COVER, "Hands-on hosts ask for it.", Dates.ISSUED, lead_days=21),
    DocumentKind.HIPAA: Kind(COVER, "Hosts ask for it before the start.", Dates.ISSUED),
}
