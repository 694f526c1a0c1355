"""The demo people as accounts that can sign in."""

from datetime import datetime

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, yield_hotp_counters_from_time
from allauth.mfa.totp.internal.auth import hotp_value as hotp

from applicants.profiles.actions import save_facts
from usce.accounts.models import User
from usce.devstack.demo.invented import demo_id
from usce.devstack.demo.people import PASSWORD, PEOPLE, Person


def seed_people(now: datetime) -> dict[str, User]:
    """The people by e-mail address, made where they are missing."""
    return {person.email: _account(person, now) for person in PEOPLE}


def _account(person: Person, now: datetime) -> User:
    user = User.objects.filter(email=person.email).first()
    if user is None:
        user = User.objects.create_user(
            person.email,
            PASSWORD,
            public_id=demo_id(person.email),
            full_name=person.name,
            time_zone=person.time_zone,
            staff_roles=list(person.staff_roles),
            mfa_required=bool(person.totp_seed),
            is_demo=True,
        )
        EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
        if person.facts:
            save_facts(user, person.facts, actor=user, now=now)
    if person.totp_seed and not _has_second_factor(user):
        TOTP.activate(user, person.totp_seed)
    return user


def _has_second_factor(user: User) -> bool:
    return bool(Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP).exists())


def current_code(seed: str) -> str:
    """The six digits that the seed's owner would read off now."""
    counters = list(yield_hotp_counters_from_time())
    return str(format_hotp_value(hotp(seed, counters[len(counters) // 2])))
