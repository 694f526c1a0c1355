"""On a Friday each host hears who begins in the week to come."""

from datetime import datetime, timedelta

from django.db.models import Count

from rotations.bookings.models import Booking
from rotations.bookings.notifications import tell_roster
from rotations.bookings.states import SEATED
from rotations.providers.models import Provider

FRIDAY = 4
WEEK = timedelta(days=7)


def tell_rosters(now: datetime) -> None:
    """From Friday to Sunday, so that an outage on the Friday loses nothing; told once."""
    today = now.date()
    if today.weekday() < FRIDAY:
        return
    monday = today + timedelta(days=7 - today.weekday())
    starting = Booking.objects.filter(
        state__in=SEATED, starts_on__gte=monday, starts_on__lt=monday + WEEK
    )
    counts = starting.values_list("opening__rotation__provider").annotate(Count("pk")).order_by()
    number = dict(counts)
    for provider in Provider.objects.filter(pk__in=number).order_by("id"):
        tell_roster(provider, monday, number[provider.pk], now=now)
