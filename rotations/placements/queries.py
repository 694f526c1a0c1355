"""Placements and their days as each viewer may see them."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from django.db.models import Count, Exists, OuterRef, Prefetch, Q, QuerySet

from payments.models import Transfer
from payments.states import UNSENT_TRANSFER
from rotations.applications.models import Application
from rotations.bookings.models import Booking
from rotations.bookings.states import BOOKED, SEATED, BookingState
from rotations.placements.models import Day, Objection, Placement
from rotations.placements.rules import OPEN_DAYS, PREPARES, day_at
from rotations.placements.states import DayState, ObjectionState
from rotations.placements.tally import Tally, Told, tally_of
from rotations.providers.models import Preceptor, Provider
from usce.accounts.models import User

AROUND = (
    "booking__applicant",
    "booking__application__applicant",
    "booking__application__rotation__provider",
    "booking__application__rotation__site",
    "booking__offer__site__region",
    "booking__offer__preceptor",
    "booking__opening",
)
MOST_AT_ONCE = 200
UNDER_WAY = (BookingState.ACTIVE, BookingState.COMPLETED)
BOOKING = Booking._meta.label_lower  # noqa: SLF001 -- Django's documented model API


def placements_for(user: User) -> QuerySet[Placement]:
    """The person's own, from the confirmed seat on."""
    return _placements().filter(booking__applicant=user)


def placement_of(application: Application) -> Placement | None:
    return _placements().filter(booking__application=application).order_by("-id").first()


def placements_at(provider: Provider) -> QuerySet[Placement]:
    return _placements().filter(booking__opening__rotation__provider=provider)


def placement_by_id(pk: int) -> Placement:
    return _placements().get(pk=pk)


def all_placements() -> QuerySet[Placement]:
    """For staff; also those whose booking was canceled midway."""
    return Placement.objects.select_related(*AROUND)


def unplanned_bookings() -> list[int]:
    """Confirmed bookings without days: a signal was lost."""
    known = Exists(Placement.objects.filter(booking=OuterRef("pk")))
    rows = Booking.objects.filter(~known, state__in=SEATED).order_by("id")
    return list(rows.values_list("pk", flat=True)[:MOST_AT_ONCE])


def due_placements(today: date) -> list[int]:
    """Those for which the calendar may have brought the next step."""
    due = (
        Q(booking__state=BookingState.CONFIRMED, booking__starts_on__lte=today + PREPARES)
        | Q(booking__state=BookingState.ONBOARDING, booking__starts_on__lte=today)
        | Q(booking__state=BookingState.ACTIVE, booking__ends_on__lt=today)
    )
    rows = Placement.objects.filter(due).order_by("booking__starts_on", "id")
    return list(rows.values_list("pk", flat=True)[:MOST_AT_ONCE])


def owed_placements() -> list[int]:
    """Those of which a provider's share waits for attendance that may be confirmed by now."""
    waiting = Transfer.objects.filter(
        subject_type=BOOKING, earned_at__isnull=True, state__in=UNSENT_TRANSFER
    )
    confirmed = Exists(Day.objects.filter(placement=OuterRef("pk"), state=DayState.CONFIRMED))
    rows = Placement.objects.filter(
        confirmed, booking__in=waiting.values("subject_id"), booking__state__in=UNDER_WAY
    )
    return list(rows.order_by("id").values_list("pk", flat=True))


def days_of(placement: Placement) -> QuerySet[Day]:
    rows = Day.objects.filter(placement=placement)
    return rows.select_related("check_in", "attending", "settled_by", "settled_by_preceptor")


def tally(placement: Placement) -> Tally:
    """How the rotation stands, as the database has it now."""
    rows = Day.objects.filter(placement=placement)
    told = rows.values_list("day_on", "state", "minutes", "attending")
    return tally_of(Told(*row) for row in told)


def tallies(placements: Iterable[Placement]) -> dict[int, Tally]:
    """By placement, in one query."""
    wanted = [placement.pk for placement in placements]
    rows = Day.objects.filter(placement__in=wanted)
    told: dict[int, list[Told]] = {pk: [] for pk in wanted}
    for row in rows.values_list("placement", "day_on", "state", "minutes", "attending"):
        told[row[0]].append(Told(*row[1:]))
    return {pk: tally_of(days) for pk, days in told.items()}


def preceptors_beside(placements: Iterable[Placement]) -> dict[int, list[Preceptor]]:
    """By provider its preceptors: whoever supervises there may have been the attending."""
    wanted = {placement.booking.offer.preceptor.provider_id for placement in placements}
    found: dict[int, list[Preceptor]] = {pk: [] for pk in wanted}
    for preceptor in Preceptor.objects.filter(provider__in=wanted).order_by("name", "id"):
        found[preceptor.provider_id].append(preceptor)
    return found


def last_day(placement: Placement) -> date:
    """The last day planned: a make-up day may lie after the booking's own."""
    found = Day.objects.filter(placement=placement).order_by("-day_on").first()
    ends_on: date = placement.booking.ends_on
    return max(found.day_on, ends_on) if found else ends_on


def waiting_for(preceptor: Preceptor, now: datetime) -> list[Placement]:
    """What a preceptor finds at the mailed page: learners with days to confirm, and those alone."""
    rows = _with_open_days(now).filter(booking__offer__preceptor=preceptor)
    return _begun(rows, now)


def waiting_at(provider: Provider, now: datetime) -> list[Placement]:
    rows = _with_open_days(now).filter(booking__opening__rotation__provider=provider)
    return _begun(rows[:MOST_AT_ONCE], now)


def learners_with(preceptor: Preceptor, now: datetime) -> list[Placement]:
    """Who is with the preceptor now, and whose days still wait to be confirmed."""
    waiting = {placement.pk: placement for placement in waiting_for(preceptor, now)}
    here = _placements().filter(
        booking__offer__preceptor=preceptor, booking__state=BookingState.ACTIVE
    )
    rest = here.exclude(pk__in=waiting).order_by("booking__starts_on", "id")
    return [*waiting.values(), *rest]


def host_of(pk: int) -> Preceptor | None:
    return Preceptor.objects.select_related("provider").filter(pk=pk).first()


def all_waiting(now: datetime) -> list[Placement]:
    """Of every provider; for the weekly mails."""
    return _begun(_with_open_days(now), now)


def todays_days(user: User, now: datetime) -> dict[int, Day]:
    """By booking the day of today at its site, where it is a day of the rotation."""
    around = [now.date() + timedelta(days=shift) for shift in (-1, 0, 1)]
    rows = Day.objects.filter(
        placement__booking__applicant=user,
        placement__booking__state__in=SEATED,
        day_on__in=around,
        state=DayState.PLANNED,
        check_in__isnull=True,
    ).select_related("placement__booking__offer__site")
    return {
        day.placement.booking_id: day
        for day in rows
        if day.day_on == day_at(now, zone_of(day.placement))
    }


def open_counts(bookings: Iterable[Booking], now: datetime) -> dict[int, tuple[str, int]]:
    """By booking its placement's address and how many days before today wait to be confirmed."""
    late = Count("days", filter=Q(days__state=DayState.PLANNED, days__day_on__lt=now.date()))
    rows = Placement.objects.filter(booking__in=list(bookings)).annotate(late=late)
    return {b: (pid, n) for b, pid, n in rows.values_list("booking", "public_id", "late")}


def objections() -> QuerySet[Objection]:
    around = [f"day__placement__{name}" for name in AROUND]
    return Objection.objects.select_related("day__check_in", *around)


def objections_of(placement: Placement) -> QuerySet[Objection]:
    return Objection.objects.filter(day__placement=placement).select_related("day")


def waiting_objection(day: Day) -> Objection | None:
    return Objection.objects.filter(day=day, state=ObjectionState.WAITING).first()


def zone_of(placement: Placement) -> str:
    zone: str = placement.booking.offer.site.time_zone
    return zone


def _placements() -> QuerySet[Placement]:
    return Placement.objects.select_related(*AROUND).filter(booking__state__in=BOOKED)


def _with_open_days(now: datetime) -> QuerySet[Placement]:
    """With their open days up to tomorrow by UTC; the site's own calendar decides, in `_begun`."""
    days = Day.objects.filter(state=DayState.PLANNED, day_on__lte=now.date() + timedelta(days=1))
    rows = _placements().filter(
        Exists(days.filter(placement=OuterRef("pk"))),
        booking__ends_on__gte=now.date() - timedelta(days=OPEN_DAYS),
    )
    shown = days.select_related("check_in").order_by("day_on")
    return rows.prefetch_related(Prefetch("days", shown, to_attr="open_days")).order_by(
        "booking__starts_on", "id"
    )


def _begun(rows: Iterable[Placement], now: datetime) -> list[Placement]:
    """Those with an open day that has come at the site, with these days in `open_days`."""
    found = []
    for placement in rows:
        today = day_at(now, zone_of(placement))
        waiting = [day for day in placement.open_days if day.day_on <= today]  # type: ignore[attr-defined]
        placement.open_days = waiting  # type: ignore[attr-defined]
        if waiting:
            found.append(placement)
    return found
