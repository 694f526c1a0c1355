"""What a new listing of each kind begins with; the provider changes what is different there."""

from dataclasses import dataclass, field
from typing import Any

from rotations.catalog.models import Activity, Carrier, Letterhead, RotationKind, Setting

Rule = tuple[str, dict[str, Any], str]

GRADUATE: Rule = ("applicant_status", {"allowed": ["graduate"]}, "must")
STUDENT: Rule = ("applicant_status", {"allowed": ["student"]}, "must")
EITHER: Rule = ("applicant_status", {"allowed": ["student", "graduate"]}, "must")
STEP1: Rule = ("step1_passed", {}, "must")
VISITOR: Rule = (
    "visa_accepted",
    {"accepted": ["b1_b2", "esta", "dependent", "resident"]},
    "by_start",
)
PERMITTED: Rule = ("visa_accepted", {"accepted": ["resident", "dependent"]}, "must")
HEALTH: tuple[Rule, ...] = (
    ("immunizations", {}, "by_start"),
    ("tb_test", {}, "by_start"),
    ("health_insurance", {}, "by_start"),
)
LETTER = "Considered after the last day, if the physician agrees."


@dataclass(frozen=True)
class Starter:
    """`levels` is the duties matrix in every place of the setting."""

    setting: str
    summary: str
    duties: tuple[str, ...]
    not_included: tuple[str, ...]
    levels: dict[str, str]
    carrier: str
    malpractice: str
    rules: tuple[Rule, ...]
    letterhead: str = Letterhead.CLINIC
    activities: tuple[str, ...] = (Activity.CLINIC, Activity.CONFERENCES)
    hours: int = 40
    extra: dict[str, str] = field(default_factory=dict)


OBSERVED = "Not needed: observation only, so no history, examination or notes by the learner."
SUPERVISED = "The provider's policy covers supervised learners; nothing is done alone."
HANDS = {
    "history": "supervised",
    "exam": "supervised",
    "notes": "supervised",
    "emr": "assist",
    "procedures": "observe",
}
STARTERS: dict[str, Starter] = {
    RotationKind.OBSERVERSHIP: Starter(
        Setting.OUTPATIENT,
        "Observation beside one physician in clinic, with case discussion after the visits.",
        ("Observe patient visits beside the preceptor", "Join case discussions after clinic"),
        ("Patient contact", "Access to the electronic record"),
        {"history": "observe", "exam": "observe", "procedures": "observe"},
        Carrier.NOT_NEEDED,
        OBSERVED,
        (GRADUATE, VISITOR, *HEALTH),
    ),
    RotationKind.EXTERNSHIP: Starter(
        Setting.OUTPATIENT,
        "Supervised work with patients in clinic: histories, examinations and presentations.",
        (
            "Take histories and examine under supervision",
            "Present each patient to the preceptor",
            "Draft notes for the preceptor to rewrite and sign",
        ),
        ("Prescribing", "Procedures alone"),
        HANDS,
        Carrier.PROVIDER,
        SUPERVISED,
        (GRADUATE, STEP1, PERMITTED, *HEALTH),
    ),
    RotationKind.CLERKSHIP: Starter(
        Setting.BOTH,
        "A core clerkship for students, with supervised patient care and a written evaluation.",
        (
            "Take histories and examine under supervision",
            "Present on rounds",
            "Draft notes for the team",
        ),
        ("Prescribing", "Housing"),
        {**HANDS, "emr": "supervised", "orders": "assist"},
        Carrier.PROVIDER,
        SUPERVISED,
        (STUDENT, *HEALTH),
        letterhead=Letterhead.UNIVERSITY,
        activities=(Activity.ROUNDS, Activity.CLINIC, Activity.CONFERENCES),
    ),
    RotationKind.ELECTIVE: Starter(
        Setting.INPATIENT,
        "An elective for students with the inpatient team: rounds, admissions and conferences.",
        ("Round with the team each morning", "Follow patients under supervision"),
        ("Procedures", "Housing"),
        {**HANDS, "orders": "observe"},
        Carrier.PROVIDER,
        SUPERVISED,
        (STUDENT, *HEALTH),
        letterhead=Letterhead.HOSPITAL,
        activities=(Activity.ROUNDS, Activity.CONFERENCES),
    ),
    RotationKind.RESEARCH: Starter(
        Setting.OUTPATIENT,
        "One question agreed on the first day, worked on with the preceptor, without patient care.",
        (
            "Review charts or data for one question",
            "Meet the preceptor every week",
            "Write an abstract or draft",
        ),
        ("Patient contact",),
        {"emr": "observe"},
        Carrier.NOT_NEEDED,
        "Not needed: no patient contact.",
        (EITHER, VISITOR),
        activities=(Activity.MEETINGS,),
        hours=30,
    ),
    RotationKind.TELEMEDICINE: Starter(
        Setting.REMOTE,
        "Video visits joined with each patient's consent, and every case discussed afterwards.",
        ("Join video visits with each patient's consent", "Discuss every case on a call"),
        ("In-person visits",),
        {"history": "observe", "notes": "observe"},
        Carrier.NOT_NEEDED,
        OBSERVED,
        (EITHER,),
        hours=20,
        extra={
            "remote_platform": "Video calls of the provider",
            "remote_hours": "Weekdays, 9:00 to 13:00 Eastern time",
        },
    ),
}
PLACES: dict[str, tuple[str, ...]] = {
    Setting.INPATIENT: ("inpatient",),
    Setting.OUTPATIENT: ("outpatient",),
    Setting.BOTH: ("inpatient", "outpatient"),
    Setting.REMOTE: ("remote",),
}
HINTS: dict[str, str] = {
    RotationKind.OBSERVERSHIP: "watches, without patient contact",
    RotationKind.EXTERNSHIP: "graduates work with patients under supervision",
    RotationKind.CLERKSHIP: "students, a core subject with an evaluation",
    RotationKind.ELECTIVE: "students, a subject of their choice",
    RotationKind.RESEARCH: "a question, without patient care",
    RotationKind.TELEMEDICINE: "video visits from home",
}
