"""What each home page shows, in a fixed number of queries."""

from collections.abc import MutableMapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Count, F, OuterRef, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce
from django.urls import reverse

from rotations.applications.guests import all_begun
from rotations.applications.models import Application
from rotations.applications.queries import rows_at
from rotations.applications.states import ApplicationState
from rotations.bookings.models import Booking, Offer
from rotations.bookings.states import BOOKED, LIVE, OfferState
from rotations.catalog.models import Opening, Rotation
from rotations.catalog.queries import returned_listings, rotations_for
from rotations.catalog.states import OpeningState
from rotations.letters.models import Letter
from rotations.letters.queries import to_look_for, unasked_of
from rotations.placements.models import Day
from rotations.placements.queries import todays_days
from rotations.providers.models import Provider
from rotations.providers.queries import returned_because
from usce.accounts.models import User

MOST_ROWS = 25
MOST_DATES = 7
SHOWN_STATES = (
    ApplicationState.FORWARDED,
    ApplicationState.WAITLISTED,
    ApplicationState.OFFERED,
    ApplicationState.ACCEPTED,
    ApplicationState.BOOKED,
    ApplicationState.DECLINED,
    ApplicationState.WITHDRAWN,
    ApplicationState.EXPIRED,
)


@dataclass(frozen=True)
class Row:
    """One application with the offer and the booking that it has by now.

    `today` is a day of the rotation on which nobody has checked in yet; `unasked` the address of
    a rotation that ends, or just has, without a letter asked for; `letter` one to look for.
    """

    application: Application
    offer: Offer | None
    booking: Booking | None
    today: Day | None = None
    unasked: str = ""
    letter: Letter | None = None


def rows_of(user: User, now: datetime) -> list[Row]:
    """The person's applications, newest first: six queries at most, however many there are."""
    applications = list(_with_place(Application.objects.filter(applicant=user))[:MOST_ROWS])
    wanted = [application.pk for application in applications]
    offers = Offer.objects.filter(
        application__in=wanted, state__in=(OfferState.LIVE, OfferState.ACCEPTED)
    ).select_related("opening")
    bookings = Booking.objects.filter(application__in=wanted, state__in=LIVE).select_related(
        "hold", "opening"
    )
    offer_of = {offer.application_id: offer for offer in offers}
    booking_of = {booking.application_id: booking for booking in bookings}
    return _rows(user, applications, offer_of, booking_of, now)


def _rows(
    user: User,
    applications: list[Application],
    offer_of: dict[int, Offer],
    booking_of: dict[int, Booking],
    now: datetime,
) -> list[Row]:
    known = [booking.pk for booking in booking_of.values()]
    days = todays_days(user, now) if known else {}
    unasked = unasked_of(user, known, now) if known else {}
    letters = to_look_for(user) if known else {}
    rows = []
    for one in applications:
        booking = booking_of.get(one.pk)
        pk = booking.pk if booking else 0
        told = (days.get(pk), unasked.get(pk, ""), letters.get(pk))
        rows.append(Row(one, offer_of.get(one.pk), booking, *told))
    return rows


def begun_rotations(user: User, session: MutableMapping[str, Any]) -> list[Rotation]:
    """What was begun before signing in and is no application yet, the last one first."""
    wanted = [begun.rotation for begun in all_begun(session)]
    if not wanted:
        return []
    found = {r.public_id: r for r in rotations_for(user).filter(public_id__in=wanted)}
    return [found[public_id] for public_id in wanted if public_id in found]


def waiting_at(provider: Provider) -> list[Application]:
    waiting = rows_at(provider).filter(state=ApplicationState.FORWARDED)
    return list(waiting.order_by("answer_due_at", "id")[:MOST_ROWS])


def learners_at(provider: Provider, today: date) -> list[Booking]:
    """Confirmed people whose last day has not passed, soonest first."""
    return list(bookings_at(provider, today)[:MOST_ROWS])


def rotations_at(provider: Provider, today: date) -> QuerySet[Rotation]:
    """The provider's listings with their next start, free seats and applicants who wait."""
    free = Opening.objects.filter(
        rotation=OuterRef("pk"), state=OpeningState.OPEN, starts_on__gt=today
    ).order_by("starts_on")
    seats = free.order_by().values("rotation").annotate(left=Sum(F("seats") - F("taken")))
    waiting = (
        Application.objects.filter(rotation=OuterRef("pk"), state=ApplicationState.FORWARDED)
        .order_by()
        .values("rotation")
        .annotate(count=Count("pk"))
    )
    return (
        Rotation.objects.filter(provider=provider)
        .select_related("specialty")
        .annotate(
            next_on=Subquery(free.values("starts_on")[:1]),
            seats_free=Coalesce(Subquery(seats.values("left")), 0),
            waiting=Coalesce(Subquery(waiting.values("count")), 0),
        )
        .order_by("-id")
    )


def bookings_at(provider: Provider, today: date) -> QuerySet[Booking]:
    """Confirmed people whose last day has not passed, by start."""
    return _confirmed_at(provider).filter(ends_on__gte=today).order_by("starts_on", "id")


def ended_at(provider: Provider, today: date) -> QuerySet[Booking]:
    """Confirmed people whose last day has passed, the last booked first."""
    return _confirmed_at(provider).filter(ends_on__lt=today).order_by("-id")


def _confirmed_at(provider: Provider) -> QuerySet[Booking]:
    return Booking.objects.filter(
        opening__rotation__provider=provider, state__in=BOOKED
    ).select_related("applicant", "application", "opening__rotation__site", "balance_invoice")


def seats_at(provider: Provider, today: date) -> list[Opening]:
    """The next openings, soonest first; all of them stand with their rotation."""
    return list(
        Opening.objects.filter(rotation__provider=provider, starts_on__gte=today)
        .select_related("rotation")
        .order_by("starts_on", "id")[:MOST_DATES]
    )


def returned_to(provider: Provider) -> list[tuple[str, str, str]]:
    """What staff returned to the team: its name, what to change, and its page if it has one."""
    listings = [
        (
            rotation.title,
            reason,
            reverse("catalog:page", args=[provider.slug, rotation.public_id]),
        )
        for rotation, reason in returned_listings(provider)
    ]
    reason = returned_because(provider)
    page = reverse("providers:team", args=[provider.slug])
    return [(provider.name, reason, page), *listings] if reason else listings


def workers_of(*roles: str) -> QuerySet[User]:
    """The staff who hold one of the roles themselves, not only as administrators."""
    return User.objects.filter(is_active=True, staff_roles__overlap=list(roles)).order_by("id")


def _with_place(applications: QuerySet[Application]) -> QuerySet[Application]:
    return applications.select_related("rotation__provider", "rotation__site", "opening").order_by(
        "-id"
    )
