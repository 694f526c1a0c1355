"""What stands in a passport: private, and one number never quietly on two accounts."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection, transaction

from applicants.profiles.actions.facts import locked_profile
from applicants.profiles.models import Passport, Profile, SamePassport
from applicants.profiles.numbers import hash_of, normal
from applicants.profiles.permissions import can_keep_profile
from applicants.profiles.rules import adult_on
from usce.accounts.models import User
from usce.audit.actions import record
from usce.cases.actions import open_case
from usce.errors import Refused
from usce.permissions import SYSTEM, Actor, require
from usce.text import clean_line

PASSPORT_COLUMNS = {
    "born_on": "born_on",
    "nationality": "nationality_id",
    "residence": "residence_id",
    "expires_on": "expires_on",
    "interview_on": "interview_on",
    "interview_city": "interview_city",
    "interview_country": "interview_country_id",
}
CASE, QUEUE, LOOK_WITHIN = "profiles.same_passport", "trust", timedelta(days=2)
NUMBER_END = 3
LOCK_BYTES = 8


class TooYoung(Refused):
    def __init__(self, born_on: date) -> None:
        day = adult_on(born_on)
        super().__init__(
            "Rounds is for people of 18 years and over. You are welcome here from "
            f"{day.day} {day:%B %Y}."
        )


def save_passport(user: User, told: Mapping[str, Any], *, actor: Actor, now: datetime) -> Passport:
    """Write the given facts; None or "" takes one back; others stay. Raises TooYoung.

    `number` "" takes the number back. The audit entry names what changed, never the values.
    """
    require(can_keep_profile(actor, user))
    born_on = told.get("born_on")
    if born_on and adult_on(born_on) > now.date():
        raise TooYoung(born_on)
    with transaction.atomic():
        profile = locked_profile(user, now)
        passport = Passport.objects.filter(profile=profile).first() or Passport(profile=profile)
        changed = [name for name, value in told.items() if _set(passport, name, value)]
        if changed:
            passport.updated_at = now
            passport.save()
            reason = ", ".join(sorted(changed))
            record("profiles.passport.changed", profile, actor=actor, now=now, reason=reason)
        if "number" in changed and passport.number_hash:
            _look_for_twins(passport, now)
    return passport


def _set(passport: Passport, name: str, value: Any) -> bool:
    if name == "number":
        kept = (hash_of(value), normal(value)[-NUMBER_END:]) if value else ("", "")
        if (passport.number_hash, passport.number_end) == kept:
            return False
        passport.number_hash, passport.number_end = kept
        return True
    column = PASSPORT_COLUMNS[name]
    value = clean_line(value or "") if name == "interview_city" else value or None
    if getattr(passport, column) == value:
        return False
    setattr(passport, column, value)
    return True


def _look_for_twins(passport: Passport, now: datetime) -> None:
    """Two accounts that give one number at once wait here for each other: the later one sees."""
    key = int.from_bytes(bytes.fromhex(passport.number_hash)[:LOCK_BYTES], signed=True)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [key])
    twins = Profile.objects.filter(passport__number_hash=passport.number_hash)
    for twin in twins.exclude(pk=passport.profile_id).select_related("user").order_by("pk"):
        _open_case(passport.profile.user, twin.user, now)


def _open_case(one: User, other: User, now: datetime) -> None:
    """Once for two people, whatever they change later; neither is told."""
    first, second = sorted((one, other), key=lambda user: user.pk)
    pair, is_new = SamePassport.objects.get_or_create(
        first=first, second=second, defaults={"found_at": now}
    )
    if is_new:
        open_case(
            CASE,
            pair,
            title=f"One passport number on two accounts: {first.public_id}, {second.public_id}",
            queue=QUEUE,
            due_at=now + LOOK_WITHIN,
            actor=SYSTEM,
            now=now,
        )
