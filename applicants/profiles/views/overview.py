"""One line a section: what is told, and where to change it."""

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from applicants.profiles.models import Profile
from applicants.profiles.planning import plan_of
from applicants.profiles.queries import (
    DETAILS,
    FACTS,
    OF_SCHOOL,
    attempts_of,
    facts_of,
    goals_of,
    passport_of,
    profile_for,
)
from applicants.profiles.views.own import own_profile
from usce.accounts.models import User


@dataclass(frozen=True)
class Section:
    title: str
    url: str
    line: str
    told: bool


@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    user = own_profile(request)
    return render(
        request,
        "profiles/overview.html",
        {"sections": _sections(user), "plan": plan_of(user)},
    )


def _sections(user: User) -> list[Section]:
    profile = profile_for(user)
    return [
        _facts(profile),
        _school(profile),
        _exams(user),
        _numbers(profile),
        _passport(profile),
        _goals(profile),
    ]


def _facts(profile: Profile | None) -> Section:
    asked = set(FACTS) - set(OF_SCHOOL)
    told = [name for name in facts_of(profile) if name in asked]
    line = f"{len(told)} of {len(asked)} questions answered" if told else "Nothing told yet"
    return Section("Name and facts", reverse("profiles:facts"), line, bool(told))


def _school(profile: Profile | None) -> Section:
    told = bool(profile and (profile.school_name or profile.graduation_year))
    line = "Nothing told yet"
    if profile and told:
        line = ", ".join(
            str(part) for part in (profile.school_name, profile.graduation_year) if part
        )
        if profile.enrolment_confirmed:
            line += "; enrolment confirmed by the school"
        elif profile.enrolment_confirmed is False:
            line += "; the school did not confirm your enrolment"
    return Section("Medical school", reverse("profiles:school"), line, told)


def _exams(user: User) -> Section:
    attempts = list(attempts_of(user))
    line = "No attempt told yet"
    if attempts:
        newest, more = attempts[0], len(attempts) - 1
        line = f"{newest.get_exam_display()}, {newest.get_outcome_display().lower()}"
        line += f", and {more} more" if more else ""
    return Section("Examinations", reverse("profiles:exams"), line, bool(attempts))


def _numbers(profile: Profile | None) -> Section:
    told = [name for name in DETAILS if profile and getattr(profile, name) not in (None, "")]
    line = f"{len(told)} of {len(DETAILS)} told" if told else "Nothing told yet"
    return Section("Numbers and certificate", reverse("profiles:numbers"), line, bool(told))


def _passport(profile: Profile | None) -> Section:
    passport = passport_of(profile)
    line = "Nothing told yet"
    if passport:
        line = "Kept"
        line += f"; number ends in {passport.number_end}" if passport.number_end else ""
    return Section("Passport and visa", reverse("profiles:passport"), line, bool(passport))


def _goals(profile: Profile | None) -> Section:
    newest = goals_of(profile).first()
    if newest is None or not newest.text:
        return Section("Goals", reverse("profiles:goals"), "Nothing told yet", told=False)
    readers = "hosts may read them" if newest.host_may_read else "only you read them"
    line = f"Written on {newest.written_at.day} {newest.written_at:%B %Y}; {readers}"
    return Section("Goals", reverse("profiles:goals"), line, told=True)
