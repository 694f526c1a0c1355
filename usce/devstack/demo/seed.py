"""Write the demo catalogue and its people; running it again adds only what is missing."""

import hashlib
from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils.text import slugify

from payments.actions.parties import add_member
from payments.models import Party
from payments.models.party import PartyKind
from rotations.catalog.actions import publish_rotation
from rotations.catalog.models import Carrier, Duty, Opening, RefundPolicy, Requirement, Rotation
from rotations.catalog.presets import load_presets
from rotations.catalog.states import RotationState
from rotations.providers.actions import verify_provider
from rotations.providers.models import Member, Preceptor, Provider, Role, Site
from rotations.providers.states import ProviderState
from usce.accounts.models import User
from usce.devstack.demo.accounts import seed_people
from usce.devstack.demo.hosts import HOSTS, Doctor, Host
from usce.devstack.demo.listings import DUTIES, LISTINGS, NOT_INCLUDED, Listing, matrix_of
from usce.devstack.demo.people import BRUNO, CHEN
from usce.ids import CROCKFORD, LENGTH
from usce.permissions import SYSTEM
from usce.reference.models import Specialty, State
from usce.states import transition

MONTHS_AHEAD = timedelta(days=270)
FIRST_START = timedelta(days=35)
HANDS_ON = ("externship", "clerkship", "elective")
LICENSE_SOURCE = "invented for the demo; no register was asked"


def seed(now: datetime) -> None:
    """Needs the reference data. Everything is derived from the lists and from today's date."""
    with transaction.atomic():
        people = seed_people(now)
        policies = {policy.key: policy for policy in load_presets(now)}
        made = [_host(host, people[CHEN.email], now) for host in HOSTS]
        _own(made[0][0], people[BRUNO.email], now)
        for place, listing in enumerate(LISTINGS):
            provider, doctors = made[listing.host]
            policy = policies[listing.policy]
            rotation = _rotation(listing, provider, doctors[listing.doctor], policy, now)
            _publish(rotation, people[CHEN.email], now - timedelta(hours=7 * place))
            _openings(rotation, listing, place, now.date())


def is_seeded() -> bool:
    return Provider.objects.filter(slug=HOSTS[0].slug, is_demo=True).exists()


def demo_id(key: str) -> str:
    """A public id that stays the same in every demo database."""
    number = int.from_bytes(hashlib.sha256(key.encode()).digest()[:10], "big")
    return "".join(CROCKFORD[number >> 5 * place & 31] for place in range(LENGTH))


def _host(host: Host, staff: User, now: datetime) -> tuple[Provider, list[Preceptor]]:
    provider = Provider.objects.filter(slug=host.slug).first()
    if provider is None:
        provider = Provider.objects.create(
            public_id=demo_id(host.slug),
            slug=host.slug,
            name=host.name,
            kind=host.kind,
            party=Party.objects.create(kind=PartyKind.PROVIDER, name=host.name),
            about=host.about,
            is_demo=True,
            created_at=now,
        )
        transition(provider, ProviderState.SUBMITTED, actor=SYSTEM, now=now)
        verify_provider(provider, actor=staff, now=now)
    region = State.objects.get(code=host.region)
    Site.objects.get_or_create(
        provider=provider,
        name=host.site,
        defaults={
            "street": host.street,
            "city": host.city,
            "region": region,
            "zip": host.zip,
            "time_zone": host.zone,
        },
    )
    doctors = [_doctor(provider, region, d, n, now) for n, d in enumerate(host.doctors, start=1)]
    return provider, doctors


def _doctor(
    provider: Provider, region: State, doctor: Doctor, number: int, now: datetime
) -> Preceptor:
    checked_on = now.date() - timedelta(days=20 * number)
    values = {
        "name": doctor.name,
        "credentials": doctor.credentials,
        "specialty": Specialty.objects.get(code=doctor.specialty),
        "license_state": region,
        "license_number": f"DEMO-{region.code}-{provider.pk:03d}{number}",
        "license_checked_on": checked_on,
        "license_source": LICENSE_SOURCE,
        "license_next_check_on": checked_on + timedelta(days=365),
        "max_learners": 2 + number % 2,
        "shown": doctor.shown,
        "shown_answered_at": None if doctor.shown == "in_offer" else now,
    }
    email = f"{slugify(doctor.name)}.demo@rounds.example"
    return Preceptor.objects.get_or_create(provider=provider, email=email, defaults=values)[0]


def _own(provider: Provider, owner: User, now: datetime) -> None:
    values = {"role": Role.OWNER, "added_at": now}
    Member.objects.get_or_create(
        provider=provider, user=owner, removed_at__isnull=True, defaults=values
    )
    add_member(provider.party, owner)


def _rotation(
    listing: Listing, provider: Provider, doctor: Preceptor, policy: RefundPolicy, now: datetime
) -> Rotation:
    slug = slugify(listing.title)
    rotation, is_new = Rotation.objects.get_or_create(
        provider=provider,
        slug=slug,
        defaults={
            "public_id": demo_id(f"{provider.slug}/{slug}"),
            "title": listing.title,
            "site": provider.sites.get(),
            "preceptor": doctor,
            "specialty": doctor.specialty,
            "kind": listing.kind,
            "setting": listing.setting,
            "summary": _summary(listing),
            "duties": list(DUTIES[listing.kind]),
            "not_included": list(NOT_INCLUDED[listing.kind]),
            "hours_per_week": listing.hours,
            "letterhead": listing.letterhead,
            "letter_conditions": "Considered after the last day, if the physician agrees.",
            "malpractice_carrier": _carrier(listing.kind),
            "malpractice": _malpractice(listing.kind),
            **_remote(listing),
            "price_cents": listing.price * 100,
            "platform_fee_cents": listing.fee * 100,
            "deposit_cents": listing.deposit * 100,
            "balance_days": 30,
            "refund_policy": policy,
            "updated_at": now,
        },
    )
    if is_new:
        Requirement.objects.bulk_create(
            Requirement(rotation=rotation, kind=kind, params=params, weight=weight, position=place)
            for place, (kind, params, weight) in enumerate(listing.rules)
        )
        Duty.objects.bulk_create(
            Duty(rotation=rotation, duty=duty, place=where, level=level)
            for duty, where, level in matrix_of(listing)
        )
    return rotation


def _remote(listing: Listing) -> dict[str, str]:
    if listing.setting != "remote":
        return {}
    return {
        "remote_platform": "The host's video visit software",
        "remote_hours": "Weekdays, 9 to 13 in the host's time",
    }


def _summary(listing: Listing) -> str:
    where = {
        "inpatient": "on the wards",
        "outpatient": "in clinic",
        "both": "on the wards and in clinic",
        "remote": "by video, from where you are",
    }[listing.setting]
    return (
        f"{listing.weeks} weeks {where}, {listing.hours} hours a week, "
        "supervised by one physician throughout."
    )


def _carrier(kind: str) -> Carrier:
    return Carrier.PROVIDER if kind in HANDS_ON else Carrier.NOT_NEEDED


def _malpractice(kind: str) -> str:
    return "Covers supervised work only" if kind in HANDS_ON else "Observation only"


def _publish(rotation: Rotation, staff: User, at: datetime) -> None:
    if rotation.state == RotationState.DRAFT:
        transition(rotation, RotationState.IN_REVIEW, actor=SYSTEM, now=at)
        publish_rotation(rotation, actor=staff, now=at)


def _openings(rotation: Rotation, listing: Listing, place: int, today: date) -> None:
    """Blocks on fixed Mondays of the calendar, so that a later day adds and never shifts."""
    monday = date(2026, 1, 5) + timedelta(weeks=place % 4)
    step = timedelta(weeks=max(listing.weeks, 4))
    last_day = timedelta(weeks=listing.weeks, days=-3)
    while monday <= today + MONTHS_AHEAD:
        if monday >= today + FIRST_START:
            Opening.objects.get_or_create(
                rotation=rotation,
                starts_on=monday,
                ends_on=monday + last_day,
                defaults={"seats": 1 + (place + monday.month) % 3},
            )
        monday += step
