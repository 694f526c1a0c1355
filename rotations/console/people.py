"""Finding people and providers, and what staff see of one person."""

import re
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from applicants.profiles.models import Profile
from rotations.applications.models import Application
from rotations.providers.models import Member, Provider, Site
from usce.accounts.models import User
from usce.audit.models import AuditEntry
from usce.audit.queries import entries, history_of
from usce.cases.models import Case
from usce.cases.queries import cases_for

REFERENCE = re.compile(r"^R-\d{1,10}$", re.IGNORECASE)
MOST_WORDS = 5
MOST = 25
NEWEST = 10


def people_like(words: str) -> QuerySet[User]:
    """Whose names or address hold every word, or who sent the application of that reference.

    Names of account and passport, whatever their accents.
    """
    rows = User.objects.order_by("-id")
    if REFERENCE.match(words):
        sent = Application.objects.filter(reference__iexact=words, submitted_at__isnull=False)
        return rows.filter(pk__in=sent.values("applicant_id"))
    for word in words.split()[:MOST_WORDS]:
        rows = rows.filter(_named(word))
    return rows


def _named(word: str) -> Q:
    passport = Profile.objects.filter(
        Q(given_name__unaccent__icontains=word) | Q(family_name__unaccent__icontains=word)
    )
    return (
        Q(full_name__unaccent__icontains=word)
        | Q(email__icontains=word)
        | Q(pk__in=passport.values("user_id"))
    )


def places_like(words: str, region: str) -> QuerySet[Provider]:
    """Providers by name and by the state of any of their sites, newest first."""
    rows = Provider.objects.order_by("-id").prefetch_related("sites")
    if region:
        rows = rows.filter(pk__in=Site.objects.filter(region_id=region).values("provider_id"))
    return rows.filter(name__unaccent__icontains=words) if words else rows


@dataclass(frozen=True)
class Person:
    user: User
    roles: list[Member]
    applications: list[Application]
    cases: list[Case]


def person_of(user: User, viewer: User) -> Person:
    """Three queries: roles at providers, what was sent, and the cases that the viewer works."""
    sent = Application.objects.filter(applicant=user, submitted_at__isnull=False)
    label = Application._meta.label_lower  # noqa: SLF001 -- Django's documented model API
    cases = cases_for(viewer).filter(subject_type=label, subject_id__in=sent.values("pk"))
    members = Member.objects.filter(user=user, removed_at__isnull=True)
    return Person(
        user=user,
        roles=list(members.select_related("provider").order_by("id")[:MOST]),
        applications=list(sent.select_related("rotation__provider").order_by("-id")[:MOST]),
        cases=list(cases.order_by("-id")[:MOST]),
    )


def changes_about(user: User) -> list[AuditEntry]:
    return list(history_of(user)[:NEWEST])


def changes_by(user: User) -> list[AuditEntry]:
    return list(entries().filter(actor=user)[:NEWEST])
