"""How a provider is asked for each requirement: its label, its value, and in which order."""

from rotations.eligibility.rules import KINDS
from rotations.eligibility.rules.kinds import DATED, LONGEST_YEARS
from rotations.eligibility.rules.kinds.exams import BEST_SCORE, LONGEST_WINDOW, MOST_ATTEMPTS

VALUES = {
    "applicant_status": "allowed",
    "graduation_within_years": "years",
    "visa_accepted": "accepted",
    "step1_attempts": "most",
    "step2_score": "least",
    "exams_in_window": "window",
}
NUMBERS = {
    "years": ("Years since graduation, at most", 0, LONGEST_YEARS),
    "most": ("Attempts at Step 1, at most", 1, MOST_ATTEMPTS),
    "least": ("Score in Step 2 CK, at least", 1, BEST_SCORE),
    "window": ("Years between the two passes, at most", 1, LONGEST_WINDOW),
}
# Of these papers a host may say how old they are at the start; left empty, the usual time holds.
MONTHS = {kind: f"{kind}_months" for kind in DATED}
FIRST = ("applicant_status", "graduation_within_years", "visa_accepted")
ORDER = (*FIRST, *(kind for kind in KINDS if kind not in FIRST))
LABELS = {
    "applicant_status": "Students or graduates",
    "graduation_within_years": "Time since graduation",
    "visa_accepted": "Visa or status",
    "enrolment_confirmed": "Enrolment confirmed by the school (students)",
    "step1_passed": "USMLE Step 1 passed",
    "step1_attempts": "Attempts at Step 1",
    "step2_passed": "USMLE Step 2 CK passed",
    "step2_score": "Score in Step 2 CK",
    "exams_in_window": "Time between Step 1 and Step 2 CK",
    "ecfmg_certified": "ECFMG certification",
    "immunizations": "Immunization record",
    "tb_test": "TB test",
    "physical_exam": "Physical exam",
    "health_insurance": "Health insurance",
    "malpractice": "Malpractice insurance in the learner's name",
    "bls_card": "BLS card",
    "hipaa": "HIPAA training certificate",
    "background_check": "Background check",
    "drug_screen": "Drug screen",
    "school_letter": "Dean's letter",
    "transcript": "Medical school transcript",
    "diploma": "Medical degree",
}
