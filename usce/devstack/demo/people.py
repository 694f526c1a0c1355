"""The demo people. Their password and second-factor seeds are public on purpose."""

from dataclasses import dataclass, field
from typing import Any

from usce.accounts.models import StaffRole

PASSWORD = "rounds-demo-2026"  # noqa: S105 -- printed for everybody who tries the demo


@dataclass(frozen=True)
class Person:
    email: str
    name: str
    part: str
    time_zone: str
    staff_roles: tuple[str, ...] = ()
    totp_seed: str = ""
    facts: dict[str, Any] = field(default_factory=dict)


AMINA = Person(
    "amina.demo@rounds.example",
    "Amina Farouk (demo)",
    "applicant",
    "Africa/Cairo",
    facts={
        "given_name": "Amina",
        "family_name": "Farouk",
        "status": "graduate",
        "graduation_year": 2023,
        "school_country": "EG",
        "step1_passed": True,
        "step2_passed": False,
        "ecfmg_certified": False,
        "visa": "b1_b2",
    },
)
LINA = Person(
    "lina.demo@rounds.example",
    "Lina Haddad (demo)",
    "learner, rotation under way",
    "America/Chicago",
    facts={
        "given_name": "Lina",
        "family_name": "Haddad",
        "status": "graduate",
        "graduation_year": 2024,
        "school_country": "JO",
        "step1_passed": True,
        "step2_passed": True,
        "ecfmg_certified": True,
        "visa": "b1_b2",
    },
)
BRUNO = Person(
    "bruno.demo@rounds.example",
    "Bruno Keller (demo)",
    "owner of the first provider",
    "America/Chicago",
    totp_seed="BRUNODEMOAAAAAAAAAAAAAAAAAAAAAAA",
)
CHEN = Person(
    "chen.demo@rounds.example",
    "Chen Wei (demo)",
    "staff: reviewer, verifier",
    "America/New_York",
    (StaffRole.REVIEWER, StaffRole.VERIFIER),
    "CHENDEMOAAAAAAAAAAAAAAAAAAAAAAAA",
)
FAY = Person(
    "fay.demo@rounds.example",
    "Fay Osei (demo)",
    "staff: finance",
    "America/New_York",
    (StaffRole.FINANCE,),
    "FAYDEMOAAAAAAAAAAAAAAAAAAAAAAAAA",
)
ADA = Person(
    "ada.demo@rounds.example",
    "Ada Moreau (demo)",
    "staff: admin",
    "America/New_York",
    (StaffRole.ADMIN,),
    "ADADEMOAAAAAAAAAAAAAAAAAAAAAAAAA",
)
PEOPLE = (AMINA, LINA, BRUNO, CHEN, FAY, ADA)
