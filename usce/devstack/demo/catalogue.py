"""Rotations, their rules and their dates as rows."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from functools import cache
from itertools import count, islice
from typing import Any

from django.utils.text import slugify

from rotations.catalog.models import Carrier, Duty, Opening, RefundPolicy, Requirement, Rotation
from rotations.catalog.search import rebuild_search
from rotations.catalog.states import OpeningState, RotationState
from rotations.providers.models import Preceptor, Provider
from usce.audit.models import AuditEntry
from usce.devstack.demo.copying import around_triggers, copy_in, new_keys
from usce.devstack.demo.invented import all_hosts, demo_id, listing, pick, state_of
from usce.devstack.demo.listings import DUTIES, LISTINGS, NOT_INCLUDED, Listing, matrix_of

HANDS_ON = ("externship", "clerkship", "elective")
FIRST_MONDAY = date(2024, 1, 1)
STEP = timedelta(weeks=2)
PAST = timedelta(weeks=8)
TOO_NEAR = timedelta(weeks=5)
SEEN = (RotationState.PUBLISHED, RotationState.PAUSED, RotationState.ARCHIVED)
Hosts = Sequence[tuple[Provider, list[Preceptor]]]

ROTATION = [field.attname for field in Rotation._meta.concrete_fields]  # noqa: SLF001 -- Django's documented model API
OPENING = [
    "public_id", "rotation_id", "starts_on", "ends_on", "seats", "taken", "state", "cancel_reason",
]  # fmt: skip
AWAY = "The preceptor is away in these weeks."


def write_catalogue(
    hosts: Hosts, policies: dict[str, RefundPolicy], *, many: int, dates: int, now: datetime
) -> None:
    """Bring the catalogue to `many` rotations with `dates` openings each; what is there stays.

    Inside a transaction. The search rows are made anew when anything was added.
    """
    ids = dict(Rotation.objects.filter(provider__is_demo=True).values_list("public_id", "id"))
    new = [number for number in range(many) if listing_id(number) not in ids]
    ids.update(zip(map(listing_id, new), new_keys(Rotation, len(new)), strict=True))
    with around_triggers(Rotation, Duty, Requirement, Opening):
        rows = (_rotation(n, ids[listing_id(n)], hosts, policies, now) for n in new)
        copy_in(Rotation, ROTATION, rows)
        copy_in(Duty, ("rotation_id", "duty", "place", "level"), _duties(new, ids))
        copy_in(
            Requirement,
            ("rotation_id", "kind", "params", "weight", "position"),
            _requirements(new, ids),
        )
        added = copy_in(Opening, OPENING, _openings(range(many), ids, dates, now.date()))
    _audit(new, ids, now)
    if new or added:
        rebuild_search()


@cache
def listing_id(number: int) -> str:
    """The public id, from the host and the listing's name."""
    it = listing(number)
    return demo_id(f"{all_hosts()[it.host].slug}/{_slug(number, it)}")


def _slug(number: int, it: Listing) -> str:
    slug = slugify(it.title)
    return slug if number < len(LISTINGS) else f"{slug}-{number}"


def _rotation(
    number: int, pk: int, hosts: Hosts, policies: dict[str, RefundPolicy], now: datetime
) -> list[Any]:
    it = listing(number)
    provider, doctors = hosts[it.host]
    doctor = doctors[it.doctor]
    values: dict[str, Any] = {
        "id": pk,
        "public_id": listing_id(number),
        "slug": _slug(number, it),
        "title": it.title,
        "provider_id": provider.pk,
        "site_id": provider.sites.all()[0].pk,
        "preceptor_id": doctor.pk,
        "specialty_id": doctor.specialty_id,
        "refund_policy_id": policies[it.policy].pk,
        "state": state_of(number),
        "published_at": _published_at(number, now),
        "updated_at": now,
    }
    values |= _work(it) | _teaching(number, it) | _cover(it) | _price(it)
    return [values[column] for column in ROTATION]


def _work(it: Listing) -> dict[str, Any]:
    remote = it.setting == "remote"
    return {
        "kind": it.kind,
        "setting": it.setting,
        "summary": _summary(it),
        "duties": list(DUTIES[it.kind]),
        "not_included": list(NOT_INCLUDED[it.kind]),
        "activities": _activities(it),
        "hours_per_week": it.hours,
        "weeks": it.weeks,
        "remote_platform": "The host's video visit software" if remote else "",
        "remote_hours": "Weekdays, 9 to 13 in the host's time" if remote else "",
    }


def _teaching(number: int, it: Listing) -> dict[str, Any]:
    wards = it.setting in ("inpatient", "both")
    return {
        "letterhead": it.letterhead,
        "letter_conditions": "Considered after the last day, if the physician agrees.",
        "residents_present": it.letterhead in ("hospital", "university") and wards,
        "attending_changes_weeks": 2 if wards and number % 3 == 0 else None,
        "gives_certificate": number % 7 != 6,
    }


def _cover(it: Listing) -> dict[str, Any]:
    hands_on = it.kind in HANDS_ON
    return {
        "affiliation": "",
        "malpractice_carrier": Carrier.PROVIDER if hands_on else Carrier.NOT_NEEDED,
        "malpractice": "Covers supervised work only" if hands_on else "Observation only",
    }


def _price(it: Listing) -> dict[str, Any]:
    days = pick((30, 30, 45, 28), f"balance/{it.number}") if it.number else 30
    return {
        "price_cents": it.price * 100,
        "price_per": "week" if it.per_week else "block",
        "platform_fee_cents": it.fee * 100,
        "deposit_cents": it.deposit * 100,
        "balance_days": days,
    }


def _published_at(number: int, now: datetime) -> datetime | None:
    """The hosts with a story stand first in what is newest."""
    if state_of(number) not in SEEN:
        return None
    days = 60 if number < len(LISTINGS) else 90
    return now - timedelta(days=days, hours=7 * (number % 400))


def _summary(it: Listing) -> str:
    where = {
        "inpatient": "on the wards",
        "outpatient": "in clinic",
        "both": "on the wards and in clinic",
        "remote": "by video, from where you are",
    }[it.setting]
    return (
        f"{it.weeks} weeks {where}, {it.hours} hours a week, "
        "supervised by one physician throughout."
    )


def _activities(it: Listing) -> list[str]:
    known = {
        "inpatient": ["rounds", "conferences", "procedures"],
        "outpatient": ["clinic", "meetings"],
        "both": ["rounds", "clinic", "conferences"],
        "remote": ["meetings"],
    }
    return known[it.setting]


def _duties(new: Sequence[int], ids: dict[str, int]) -> Iterator[tuple[Any, ...]]:
    for number in new:
        for cell in matrix_of(listing(number)):
            yield (ids[listing_id(number)], *cell)


def _requirements(new: Sequence[int], ids: dict[str, int]) -> Iterator[tuple[Any, ...]]:
    for number in new:
        for place, (kind, params, weight) in enumerate(listing(number).rules):
            yield ids[listing_id(number)], kind, params, weight, place


def _openings(
    numbers: Sequence[int], ids: dict[str, int], dates: int, today: date
) -> Iterator[tuple[Any, ...]]:
    """Blocks on fixed Mondays of the calendar, so that a later day adds and never shifts."""
    rows = Opening.objects.filter(rotation__provider__is_demo=True)
    known = set(rows.values_list("rotation_id", "starts_on"))
    for number in numbers:
        it, public = listing(number), listing_id(number)
        key = ids[public]
        ends = timedelta(weeks=it.weeks, days=-3)
        for monday in mondays(number, dates, today):
            if (key, monday) not in known:
                dice = int(demo_id(f"{public}/{monday}/dice"), 36)
                seats = 1 + dice % 3
                state = _state(number, dice)
                taken = 0 if state == OpeningState.CANCELED else _taken(number, seats, dice)
                reason = AWAY if state == OpeningState.CANCELED else ""
                yield (
                    demo_id(f"{public}/{monday}"), key, monday, monday + ends, seats, taken, state,
                    reason,
                )  # fmt: skip


def mondays(number: int, dates: int, today: date) -> list[date]:
    """Every second Monday from eight weeks ago on; which of the two depends on the listing.

    None lies so near that nobody could still apply, be checked and decided on.
    """
    first = FIRST_MONDAY + timedelta(weeks=number % 2)
    ahead = -((first - (today - PAST)).days // STEP.days)
    all_of_them = (first + STEP * place for place in count(ahead))
    far = (monday for monday in all_of_them if not today <= monday < today + TOO_NEAR)
    return list(islice(far, dates))


def _taken(number: int, seats: int, dice: int) -> int:
    """Seats that people outside this demo hold; the hosts with stories fill by their own."""
    if number < len(LISTINGS):
        return 0
    return {0: seats, 1: seats, 2: seats - 1, 3: min(1, seats)}.get(dice // 3 % 20, 0)


def _state(number: int, dice: int) -> str:
    if number < len(LISTINGS):
        return OpeningState.OPEN
    return {0: OpeningState.CLOSED, 1: OpeningState.CANCELED}.get(
        dice // 60 % 40, OpeningState.OPEN
    )


def _audit(new: Sequence[int], ids: dict[str, int], now: datetime) -> None:
    AuditEntry.objects.bulk_create(
        [
            AuditEntry(
                at=now,
                actor_name="system",
                action=f"catalog.rotation.{state_of(number)}",
                target_type="catalog.rotation",
                target_id=ids[listing_id(number)],
                changes={"state": ["", state_of(number)]},
                reason="demo catalogue",
            )
            for number in new
        ],
        batch_size=5000,
    )
