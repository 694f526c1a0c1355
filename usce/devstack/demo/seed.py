"""Write the demo catalogue and its people; running it again adds only what is missing."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils.text import slugify

from payments.models import Party
from payments.models.party import PartyKind
from rotations.catalog.models import LISTING_REVIEW, Rotation
from rotations.catalog.presets import load_presets
from rotations.catalog.states import RotationState
from rotations.providers.actions import verify_provider
from rotations.providers.models import (
    VERIFICATION,
    Preceptor,
    Provider,
    Site,
    SiteKind,
)
from rotations.providers.states import ProviderState
from usce.accounts.models import User
from usce.cases.actions import open_case
from usce.cases.models import Queue
from usce.devstack.demo.accounts import seed_people
from usce.devstack.demo.cast import tell_stories
from usce.devstack.demo.catalogue import write_catalogue
from usce.devstack.demo.hosts import HOSTS, Doctor, Host
from usce.devstack.demo.invented import NAMED, all_hosts, demo_id, unverified_hosts
from usce.devstack.demo.listings import LISTINGS
from usce.devstack.demo.membership import own
from usce.devstack.demo.people import BRUNO, CHEN
from usce.permissions import SYSTEM
from usce.reference.models import SanctionedName
from usce.reference.rules import business_deadline, name_key
from usce.states import transition

DATES_EACH = 25
LICENSE_SOURCE = "invented for the demo; no register was asked"
STAFF_DAYS = 2
SITES = {"hospital": SiteKind.TEACHING_HOSPITAL, "practice": SiteKind.OFFICE}


def seed(now: datetime, *, rotations: int = NAMED, openings_each: int = DATES_EACH) -> None:
    """Needs the reference data. Everything is derived from the lists and from today's date."""
    with transaction.atomic():
        people = seed_people(now)
        policies = {policy.key: policy for policy in load_presets(now)}
        made = [_host(host, people[CHEN.email], now) for host in all_hosts()]
        own(made[0][0], people[BRUNO.email], now)
        write_catalogue(
            made, policies, many=max(rotations, len(LISTINGS)), dates=openings_each, now=now
        )
        _hand_to_staff(now)
        _list_a_name(now)
        tell_stories(people, now)


def is_seeded() -> bool:
    return Provider.objects.filter(slug=HOSTS[0].slug, is_demo=True).exists()


def _hand_to_staff(now: datetime) -> None:
    """Verifiers find the organizations and listings that wait for them."""
    waiting = Provider.objects.filter(is_demo=True, state=ProviderState.SUBMITTED)
    for provider in waiting:
        _open(VERIFICATION, provider, provider.name, provider.sites.all()[0].time_zone, now)
    listings = Rotation.objects.filter(provider__is_demo=True, state=RotationState.IN_REVIEW)
    for rotation in listings.select_related("provider", "site").order_by("pk"):
        title = f"{rotation.title}, {rotation.provider.name}"
        _open(LISTING_REVIEW, rotation, title, rotation.site.time_zone, now)


def _list_a_name(now: datetime) -> None:
    """One invented name on the sanctions list, so that the look-up can be seen at work."""
    name = "Dragoslav Velimirov the Invented"
    values = {"name": name, "key": name_key(name), "source": "invented for the demonstration"}
    SanctionedName.objects.get_or_create(
        entry="DEMO-1", defaults={**values, "checked_on": now.date()}
    )


def _open(kind: str, subject: Provider | Rotation, title: str, zone: str, now: datetime) -> None:
    due_at = business_deadline(now, STAFF_DAYS, zone)
    verifiers = Queue.VERIFIER
    open_case(kind, subject, title=title, queue=verifiers, due_at=due_at, actor=SYSTEM, now=now)


def _host(host: Host, staff: User, now: datetime) -> tuple[Provider, list[Preceptor]]:
    provider = Provider.objects.filter(slug=host.slug).first()
    if provider is None:
        provider = _provider(host, staff, now)
    Site.objects.get_or_create(
        provider=provider,
        name=host.site,
        defaults={
            "public_id": demo_id(f"{host.slug}/site"),
            "street": host.street,
            "city": host.city,
            "region_id": host.region,
            "zip": host.zip,
            "time_zone": host.zone,
            "kind": SITES.get(host.kind, SiteKind.CLINIC),
        },
    )
    known = {doctor.name: doctor for doctor in provider.preceptors.all()}
    doctors = [
        known.get(doctor.name) or _doctor(provider, host.region, doctor, n, now)
        for n, doctor in enumerate(host.doctors, start=1)
    ]
    return provider, doctors


def _provider(host: Host, staff: User, now: datetime) -> Provider:
    name = Party.objects.create(
        public_id=demo_id(f"{host.slug}/party"),
        kind=PartyKind.PROVIDER,
        name=host.name,
        money_path=f"/p/{host.slug}/payouts",
    )
    provider = Provider.objects.create(
        public_id=demo_id(host.slug),
        slug=host.slug,
        name=host.name,
        kind=host.kind,
        party=name,
        about=host.about,
        is_demo=True,
        created_at=now,
    )
    ends = unverified_hosts().get(host.slug, ProviderState.VERIFIED)
    if ends != ProviderState.DRAFT:
        transition(provider, ProviderState.SUBMITTED, actor=SYSTEM, now=now)
    if ends in (ProviderState.VERIFIED, ProviderState.SUSPENDED):
        verify_provider(provider, actor=staff, now=now)
    if ends == ProviderState.SUSPENDED:
        transition(provider, ProviderState.SUSPENDED, actor=staff, now=now, reason="demo")
    return provider


def _doctor(
    provider: Provider, region: str, doctor: Doctor, number: int, now: datetime
) -> Preceptor:
    checked_on = now.date() - timedelta(days=20 * number)
    return Preceptor.objects.create(
        public_id=demo_id(f"{provider.slug}/doctor/{number}"),
        provider=provider,
        name=doctor.name,
        credentials=doctor.credentials,
        specialty_id=doctor.specialty,
        email=f"{slugify(doctor.name)}.{provider.slug}.demo@rounds.example",
        license_state_id=region,
        license_number=f"DEMO-{region}-{demo_id(f'{provider.slug}/{number}')[:5].upper()}",
        license_checked_on=checked_on,
        license_source=LICENSE_SOURCE,
        license_next_check_on=checked_on + timedelta(days=365),
        max_learners=2 + number % 2,
        shown=doctor.shown,
        shown_answered_at=None if doctor.shown == "in_offer" else now,
    )
