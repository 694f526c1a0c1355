"""What is held about a person's studies, passport, goals and school."""

from datetime import datetime

from django.db.models import Q

from applicants.profiles.models import (
    EnrolmentRequest,
    ExamAttempt,
    GoalStatement,
    Passport,
    Profile,
    SamePassport,
)
from usce.accounts.models import User
from usce.cases.models import Case
from usce.cases.states import LIVE
from usce.rights.portability import Holding, Part, register

NO_FACTS = {
    **dict.fromkeys(("given_name", "family_name", "status", "visa"), ""),
    **dict.fromkeys(("usmle_id", "aamc_id", "school_name"), ""),
    **dict.fromkeys(("school_country", "graduation_year", "pathway", "ecfmg_certified_on"), None),
    **dict.fromkeys(("step1_passed", "step2_passed", "ecfmg_certified"), None),
    **dict.fromkeys(("step1_attempts", "step1_passed_on", "enrolment_confirmed"), None),
    **dict.fromkeys(("step2_attempts", "step2_score", "step2_passed_on"), None),
}


def _pairs(person: User) -> Q:
    return Q(first=person) | Q(second=person)


def _holds(person: User, now: datetime) -> list[str]:  # noqa: ARG001 -- every slice is asked alike
    """An open look at one passport on two accounts: what it looks at must not vanish."""
    label = SamePassport._meta.label_lower  # noqa: SLF001 -- Django's documented model API
    pairs = SamePassport.objects.filter(_pairs(person)).values("pk")
    live = Case.objects.filter(subject_type=label, subject_id__in=pairs, state__in=LIVE)
    return ["Our staff are looking into something about this account."] if live.exists() else []


register(
    Part(
        name="profile",
        holdings=(
            Holding(
                EnrolmentRequest,
                lambda person: EnrolmentRequest.objects.filter(profile__user=person),
                told=(
                    *("school_name", "contact_name", "contact_role", "contact_email"),
                    *("sent_at", "answer", "electives", "answered_at"),
                ),
            ),
            Holding(
                GoalStatement,
                lambda person: GoalStatement.objects.filter(profile__user=person),
                told=("text", "host_may_read", "written_at"),
                emptied={"text": ""},
            ),
            Holding(
                ExamAttempt,
                lambda person: ExamAttempt.objects.filter(profile__user=person),
                told=("exam", "taken_on", "outcome", "score"),
            ),
            Holding(
                Passport,
                lambda person: Passport.objects.filter(profile__user=person),
                told=(
                    *("born_on", "nationality__name", "residence__name", "number_end"),
                    *("expires_on", "interview_on", "interview_city", "interview_country__name"),
                ),
            ),
            Holding(
                Profile,
                lambda person: Profile.objects.filter(user=person),
                told=(
                    *("given_name", "family_name", "status", "school_name", "school_country__name"),
                    *("graduation_year", "step1_passed", "step2_passed", "ecfmg_certified"),
                    *("ecfmg_certified_on", "pathway", "visa", "usmle_id", "aamc_id"),
                    *("enrolment_confirmed", "updated_at"),
                ),
                emptied=NO_FACTS,
            ),
        ),
        others={SamePassport: "two accounts by their numbers, against misuse"},
        holds=_holds,
    )
)
