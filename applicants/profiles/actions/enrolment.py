"""A student's school says itself whether she is enrolled."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from applicants.profiles.actions.facts import locked_profile, save_facts
from applicants.profiles.models import EnrolmentAnswer, EnrolmentRequest, Profile, Status
from applicants.profiles.notifications import ask_contact, tell_student
from applicants.profiles.permissions import can_keep_profile
from applicants.profiles.queries import mails_to, open_enrolment, unreminded
from applicants.profiles.schools import free_domain
from usce.accounts.models import User
from usce.audit.actions import record
from usce.errors import Refused
from usce.limits.actions import check
from usce.links.actions import revoke
from usce.permissions import SYSTEM, Actor, require
from usce.text import clean_line

ENROLMENT_SCOPE, ENROLMENT_SUBJECT = "profiles.enrolment", "profiles.enrolmentrequest"
DOOR_DAYS, REMIND_AFTER = 14, timedelta(days=7)
MOST_MAILS = 3
MOST_A_DAY, DAY = 6, timedelta(days=1)
MOST_AT_ONCE = 200


class NotAsked(Refused):
    """The question does not leave; the message says why."""


def save_school(user: User, told: Mapping[str, Any], *, actor: Actor, now: datetime) -> Profile:
    """Write school, country and year; with another school, what the first one said no longer holds.

    `told` has `school_name` and any facts.
    """
    require(can_keep_profile(actor, user))
    facts = {name: value for name, value in told.items() if name != "school_name"}
    with transaction.atomic():
        save_facts(user, facts, actor=actor, now=now)
        profile = locked_profile(user, now)
        name = clean_line(told["school_name"])
        if name != profile.school_name:
            _end_open(profile, now)
            profile.school_name, profile.enrolment_confirmed = name, None
            profile.updated_at = now
            profile.save(update_fields=["school_name", "enrolment_confirmed", "updated_at"])
            reason = "school_name"
            record("profiles.profile.changed", profile, actor=actor, now=now, reason=reason)
    return profile


def ask_enrolment(
    user: User, contact: Mapping[str, str], *, actor: Actor, now: datetime
) -> EnrolmentRequest:
    """Mail the contact a door; the same address again gets a new one, and the older is closed.

    `contact` has `name`, `role` and `email`. Raises NotAsked, TooOften.
    """
    require(can_keep_profile(actor, user))
    check(f"enrolment:{user.pk}", limit=MOST_A_DAY, window=DAY, now=now)
    email = contact["email"].strip().lower()
    with transaction.atomic():
        profile = locked_profile(user, now)
        _require_askable(profile, user, email)
        request = open_enrolment(profile)
        if request is not None and request.contact_email == email:
            request.mails += 1
            request.reminded_at = None
        else:
            _end_open(profile, now)
            request = EnrolmentRequest(profile=profile, contact_email=email)
        request.school_name = profile.school_name
        request.contact_name = clean_line(contact["name"])
        request.contact_role = clean_line(contact["role"])
        request.sent_at = now
        request.save()
        record("profiles.enrolment.asked", request, actor=actor, now=now)
        _send(request, DOOR_DAYS, now)
    return request


def remind_of_enrolment(now: datetime) -> int:
    """The one reminder after a week; the older door closes, the new one ends on the same day."""
    oldest = now - timedelta(days=DOOR_DAYS)
    waiting = unreminded(sent_before=now - REMIND_AFTER, sent_after=oldest)[:MOST_AT_ONCE]
    return sum(_remind(request, now) for request in waiting)


def answer_enrolment(
    request: EnrolmentRequest, answer: EnrolmentAnswer, *, electives: bool, now: datetime
) -> EnrolmentRequest:
    """Record what the school says; called only with the door's right already used."""
    with transaction.atomic():
        profile = locked_profile(request.profile.user, now)
        request.answer, request.answered_at = answer, now
        confirmed = answer == EnrolmentAnswer.CONFIRMED
        request.electives = electives if confirmed else None
        request.save(update_fields=["answer", "answered_at", "electives"])
        profile.enrolment_confirmed = confirmed
        profile.save(update_fields=["enrolment_confirmed"])
        record("profiles.enrolment.answered", request, actor=SYSTEM, now=now, reason=answer)
        tell_student(request, now=now)
    return request


def _require_askable(profile: Profile, user: User, email: str) -> None:
    if not profile.school_name:
        raise NotAsked("Name your medical school first.")
    if profile.status == Status.GRADUATE:
        raise NotAsked("Enrolment is confirmed for students only; you told that you graduated.")
    if domain := free_domain(email):
        raise NotAsked(
            f"Anybody can open an address at {domain}. Give the contact's address at the school."
        )
    if email == user.email.lower():
        raise NotAsked("This is your own address. Give the address of somebody at the school.")
    if mails_to(profile, email) >= MOST_MAILS:
        raise NotAsked(
            f"{MOST_MAILS} mails went to this address already. Name another contact at the school."
        )


def _end_open(profile: Profile, now: datetime) -> None:
    request = open_enrolment(profile)
    if request is not None:
        request.ended_at = now
        request.save(update_fields=["ended_at"])
        _close_doors(request, now)


def _send(request: EnrolmentRequest, days: int, now: datetime) -> None:
    _close_doors(request, now)
    ask_contact(request, scope=ENROLMENT_SCOPE, subject=ENROLMENT_SUBJECT, days=days, now=now)


def _close_doors(request: EnrolmentRequest, now: datetime) -> None:
    revoke(ENROLMENT_SCOPE, subject_type=ENROLMENT_SUBJECT, subject_id=request.pk, now=now)


def _remind(found: EnrolmentRequest, now: datetime) -> bool:
    """Whether a mail left; not when it was answered or sent again in the meantime."""
    with transaction.atomic():
        profile = locked_profile(found.profile.user, now)
        request = open_enrolment(profile)
        if request is None or request.reminded_at or request.sent_at != found.sent_at:
            return False
        request.reminded_at = now
        is_allowed = mails_to(profile, request.contact_email) < MOST_MAILS
        request.mails += is_allowed
        request.save(update_fields=["reminded_at", "mails"])
        if is_allowed:
            ends_at = request.sent_at + timedelta(days=DOOR_DAYS)
            _send(request, max((ends_at - now).days, 1), now)
    return is_allowed
