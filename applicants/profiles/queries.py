from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db.models import QuerySet, Sum

from applicants.profiles.models import (
    EnrolmentRequest,
    ExamAttempt,
    GoalStatement,
    Passport,
    Profile,
    Status,
)
from applicants.profiles.rules import STEP1, STEP2, Sitting
from usce.accounts.models import User

FACTS = (
    "status",
    "graduation_year",
    "school_country",
    "step1_passed",
    "step2_passed",
    "ecfmg_certified",
    "visa",
)
# What nobody is asked: it follows from the attempts a person names, or the school says it.
DERIVED = (
    "step1_attempts",
    "step1_passed_on",
    "step2_attempts",
    "step2_score",
    "step2_passed_on",
    "enrolment_confirmed",
)
OF_SCHOOL = ("school_country", "graduation_year")  # asked on the page about the school
DECIDED = {STEP1: "step1_passed", STEP2: "step2_passed"}
# What she may add for forms and letters; no listing asks it and no provider reads it here.
DETAILS = ("usmle_id", "aamc_id", "pathway", "ecfmg_certified_on")
PRIVATE = {
    "nationality": "nationality_id",
    "residence": "residence_id",
    "passport_expires_on": "expires_on",
}
WORDS = ("status", "visa")
MOST_PEOPLE = 1000


def profile_for(user: User) -> Profile | None:
    return Profile.objects.filter(user=user).first()


def facts_of(profile: Profile | None) -> dict[str, Any]:
    """What the person told, by plain names; what she did not tell is absent."""
    if profile is None:
        return {}
    told = {name: getattr(profile, _column(name)) for name in (*FACTS, *DERIVED)}
    return {name: value for name, value in told.items() if value not in (None, "")}


def facts_json(profile: Profile | None) -> dict[str, Any]:
    """The facts as they are frozen with an application: days as year-month-day."""
    return {
        name: value.isoformat() if isinstance(value, date) else value
        for name, value in facts_of(profile).items()
    }


def attempts_of(user: User) -> QuerySet[ExamAttempt]:
    """Her own attempts, the newest first."""
    return ExamAttempt.objects.filter(profile__user=user).order_by("-taken_on", "exam")


def sittings_of(attempts: QuerySet[ExamAttempt]) -> list[Sitting]:
    return [Sitting(a.exam, a.taken_on, a.outcome, a.score) for a in attempts]


def decided_by_attempts(user: User) -> set[str]:
    """The yes and no answers that her attempts give, so that nobody asks for them."""
    exams = attempts_of(user).filter(exam__in=DECIDED).order_by().values_list("exam", flat=True)
    return {DECIDED[exam] for exam in exams}


def still_asked(viewer: User | AnonymousUser, names: Iterable[str]) -> list[str]:
    """Of these facts the ones that one may be asked for, not what attempts or the school tell."""
    asked = [name for name in names if name in FACTS]
    if not isinstance(viewer, User) or not set(asked) & set(DECIDED.values()):
        return asked
    decided = decided_by_attempts(viewer)
    return [name for name in asked if name not in decided]


def passport_of(profile: Profile | None) -> Passport | None:
    return Passport.objects.filter(profile=profile).first() if profile else None


def private_facts_of(profile: Profile | None) -> dict[str, Any]:
    """What only the service weighs, as advice to her; what she did not tell is absent."""
    passport = passport_of(profile)
    told = {name: getattr(passport, column, None) for name, column in PRIVATE.items()}
    return {name: value for name, value in told.items() if value is not None}


def open_enrolment(profile: Profile | None) -> EnrolmentRequest | None:
    """The question to the school that is not answered yet."""
    if profile is None:
        return None
    rows = EnrolmentRequest.objects.filter(profile=profile)
    return rows.filter(answered_at=None, ended_at=None).first()


def last_enrolment(profile: Profile | None) -> EnrolmentRequest | None:
    if profile is None:
        return None
    return EnrolmentRequest.objects.filter(profile=profile).order_by("-id").first()


def may_ask_enrolment(profile: Profile | None) -> bool:
    """Whether there is a school to ask, and somebody who may still be enrolled."""
    return bool(profile and profile.school_name and profile.status != Status.GRADUATE)


def mails_to(profile: Profile, email: str) -> int:
    """How often this address was written to about this student."""
    rows = EnrolmentRequest.objects.filter(profile=profile, contact_email__iexact=email)
    return int(rows.aggregate(told=Sum("mails"))["told"] or 0)


def unreminded(*, sent_before: datetime, sent_after: datetime) -> QuerySet[EnrolmentRequest]:
    """Open questions of that age whose one reminder has not left."""
    return EnrolmentRequest.objects.filter(
        answered_at=None,
        ended_at=None,
        reminded_at=None,
        sent_at__lte=sent_before,
        sent_at__gt=sent_after,
    ).order_by("id")


def goals_of(profile: Profile | None) -> QuerySet[GoalStatement]:
    """Every version, the newest first."""
    return GoalStatement.objects.filter(profile=profile).order_by("-id")


def shared_goal_of(profile: Profile | None) -> str:
    """The newest words if a host may read them, else nothing."""
    newest = goals_of(profile).first()
    return newest.text if newest and newest.host_may_read else ""


def names_of(profile: Profile | None) -> dict[str, str]:
    return {
        "given_name": profile.given_name if profile else "",
        "family_name": profile.family_name if profile else "",
    }


def people_who_told(names: list[str]) -> list[dict[str, Any]]:
    """The facts of the newest people who told all of these, without who they are."""
    rows = Profile.objects.order_by("-id")
    for name in names:
        rows = rows.exclude(**{_column(name): ""}) if name in WORDS else rows
        rows = rows.filter(**{f"{_column(name)}__isnull": False})
    columns = {_column(name): name for name in names}
    found = rows.values(*columns)[:MOST_PEOPLE]
    return [{columns[column]: value for column, value in row.items()} for row in found]


def _column(name: str) -> str:
    return "school_country_id" if name == "school_country" else name
