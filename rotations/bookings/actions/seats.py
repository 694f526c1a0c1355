"""Take and give back a seat and its weeks, in the lock order: preceptor weeks, then the opening."""

from django.db.models import F, QuerySet

from rotations.bookings.actions.errors import PreceptorFull, SeatTaken
from rotations.bookings.models import Offer
from rotations.bookings.rules import mondays
from rotations.catalog.models import Opening, PreceptorWeek
from rotations.catalog.states import OpeningState


def take_seat(offer: Offer) -> None:
    """One place in each week of the preceptor and one seat, or the refusal that says why not.

    Each is one conditional UPDATE: under READ COMMITTED it waits for whoever is before us and then
    looks again, so nobody can oversell; the CHECKs stand behind it.
    """
    _take_weeks(offer)
    taken = Opening.objects.filter(
        pk=offer.opening_id, state=OpeningState.OPEN, taken__lt=F("seats")
    ).update(taken=F("taken") + 1)
    if not taken:
        raise SeatTaken("The last seat on these dates has just been taken. Nothing was charged.")


def lock_seat(offer: Offer) -> None:
    """Lock what `give_back_seat` will change, before anything that comes later in the order."""
    _lock_weeks(offer)
    list(Opening.objects.select_for_update(no_key=True).filter(pk=offer.opening_id))


def give_back_seat(offer: Offer) -> None:
    _weeks(offer).update(taken=F("taken") - 1)
    Opening.objects.filter(pk=offer.opening_id).update(taken=F("taken") - 1)


def _take_weeks(offer: Offer) -> None:
    days = mondays(offer.opening.starts_on, offer.opening.ends_on)
    cap = offer.preceptor.max_learners
    PreceptorWeek.objects.bulk_create(
        [PreceptorWeek(preceptor=offer.preceptor, monday=day, cap=cap) for day in days],
        ignore_conflicts=True,
    )
    _lock_weeks(offer)
    # The cap is what the preceptor states now, not what it was when the week's row was made.
    taken = _weeks(offer).filter(taken__lt=cap).update(taken=F("taken") + 1, cap=cap)
    if taken < len(days):
        raise PreceptorFull(
            "The preceptor already has as many learners in one of these weeks as agreed. "
            "Nothing was charged."
        )


def _lock_weeks(offer: Offer) -> None:
    """In the order of time, so that two overlapping stays never wait for each other crosswise."""
    list(_weeks(offer).select_for_update(no_key=True).order_by("monday"))


def _weeks(offer: Offer) -> QuerySet[PreceptorWeek]:
    days = mondays(offer.opening.starts_on, offer.opening.ends_on)
    return PreceptorWeek.objects.filter(preceptor=offer.preceptor_id, monday__in=days)
