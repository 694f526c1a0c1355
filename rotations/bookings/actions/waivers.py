"""Fee waivers: asked for on an offer, seen blindly by two, paid from a budget that is locked.

Lock order: offer, waiver, budget. Cases follow from the rows.
"""

from datetime import datetime
from zoneinfo import ZoneInfo

from django.db import IntegrityError, transaction
from django.db.models import F

from rotations.bookings import notifications
from rotations.bookings.models import Bearer, FeeWaiver, Offer, WaiverBudget, WaiverReview
from rotations.bookings.permissions import (
    can_answer_offer,
    can_review_waivers,
    can_set_waiver_budget,
)
from rotations.bookings.queries import current_waiver, offer_ends_at, waivers_of_ended_offers
from rotations.bookings.rules import left_of
from rotations.bookings.states import OfferState, WaiverState
from usce.accounts.models import User
from usce.audit.actions import record
from usce.cases.actions import open_case, settle_case
from usce.cases.models import Queue
from usce.errors import Refused
from usce.money import Money
from usce.permissions import SYSTEM, require
from usce.reference.rules import business_deadline
from usce.states import lock, transition
from usce.text import clean_text

CASE = "bookings.fee_waiver"
DECISION_DAYS = 2
NEEDED = 2
ONCE = "waiver_once_per_offer"


class WaiverRefused(Refused):
    """It cannot be asked for, or decided; the message says why."""


def ask_for_waiver(offer: Offer, *, statement: str, actor: User, now: datetime) -> FeeWaiver:
    """Two of staff look at the statement, and see neither who wrote it nor for which offer.

    Raises WaiverRefused: no fee, the offer is over, asked before, or the words tell who she is.
    """
    require(can_answer_offer(actor, offer))
    said = clean_text(statement)
    if tells := _names_in(said, offer):
        raise WaiverRefused(f"Leave out {tells}: who decides does not learn who you are.")
    with transaction.atomic():
        lock(offer)
        cents = left_of(offer.terms, Bearer.PLATFORM, ())
        if offer.state != OfferState.LIVE or offer_ends_at(offer, now) <= now:
            raise WaiverRefused("This offer can no longer be accepted.")
        if not cents:
            raise WaiverRefused("There is no service fee in this price.")
        waiver = _ask(offer, said, cents, now)
        record("bookings.waiver.asked", waiver, actor=actor, now=now)
        for seat in range(1, NEEDED + 1):
            _open_seat(waiver, seat, now)
    return waiver


def review_waiver(
    review: WaiverReview, *, is_for: bool, note: str, actor: User, now: datetime
) -> WaiverReview:
    """One person's decision; once two agree it counts, and where two differ a third is asked.

    Raises WaiverRefused when the place is taken or the person has another place of it.
    """
    require(can_review_waivers(actor))
    waiver = review.waiver
    with transaction.atomic():
        lock(waiver.offer)
        lock(waiver)
        review = WaiverReview.objects.select_for_update(no_key=True).get(pk=review.pk)
        review.waiver = waiver
        if waiver.state != WaiverState.ASKED or review.decided_at is not None:
            raise WaiverRefused("This was decided in the meantime.")
        if waiver.reviews.filter(reviewer=actor).exists():
            raise WaiverRefused("You have decided about this request already; another one does.")
        review.reviewer, review.is_for, review.decided_at = actor, is_for, now
        review.note = clean_text(note)
        review.save(update_fields=["reviewer", "is_for", "note", "decided_at"])
        record("bookings.waiver.reviewed", review, actor=actor, now=now)
        settle_case(CASE, review, decision="seen", note="", actor=actor, now=now)
        _conclude(waiver, now)
    return review


def set_waiver_budget(year: int, total_cents: int, *, actor: User, now: datetime) -> WaiverBudget:
    """How much may be waived in a year; never less than is granted already."""
    require(can_set_waiver_budget(actor))
    with transaction.atomic():
        made = WaiverBudget(year=year, total_cents=0, set_by=actor, set_at=now)
        WaiverBudget.objects.bulk_create([made], ignore_conflicts=True)
        budget = WaiverBudget.objects.select_for_update(no_key=True).get(year=year)
        if total_cents < budget.granted_cents:
            raise WaiverRefused(f"{Money(budget.granted_cents)} of it is granted already.")
        changes = {"total_cents": (budget.total_cents, total_cents)}
        budget.total_cents, budget.set_by, budget.set_at = total_cents, actor, now
        budget.save(update_fields=["total_cents", "set_by", "set_at"])
        record("bookings.waiver_budget.set", budget, actor=actor, now=now, changes=changes)
    return budget


def waiver_on_acceptance(offer: Offer, *, now: datetime) -> FeeWaiver | None:
    """The granted waiver of the locked offer; a request without an answer lapses."""
    waiver = current_waiver(offer)
    if waiver is None or lock(waiver).state == WaiverState.DECLINED:
        return None
    if waiver.state == WaiverState.ASKED:
        _lapse(waiver, now)
        return None
    return waiver


def lapse_waivers(now: datetime) -> int:
    """Of offers that ended: nobody needs to decide any more, and the budget has the sum back."""
    return sum(_lapse_ended(waiver, now) for waiver in waivers_of_ended_offers())


def _lapse_ended(waiver: FeeWaiver, now: datetime) -> bool:
    """False when another sweep, or the second decision, was there first."""
    with transaction.atomic():
        lock(waiver.offer)
        if lock(waiver).state not in (WaiverState.ASKED, WaiverState.GRANTED):
            return False
        _lapse(waiver, now)
    return True


def _ask(offer: Offer, said: str, cents: int, now: datetime) -> FeeWaiver:
    due_at = business_deadline(now, DECISION_DAYS, offer.site.time_zone)
    waiver = FeeWaiver(offer=offer, statement=said, cents=cents, asked_at=now, due_at=due_at)
    try:
        with transaction.atomic():
            waiver.save()
    except IntegrityError as error:
        if ONCE not in str(error):
            raise
        raise WaiverRefused("You have asked for this already.") from error
    return waiver


def _open_seat(waiver: FeeWaiver, seat: int, now: datetime) -> None:
    review = WaiverReview.objects.create(waiver=waiver, seat=seat)
    open_case(
        CASE,
        review,
        title=f"Service fee of {Money(waiver.cents)}",
        queue=Queue.FINANCE,
        due_at=waiver.due_at,
        actor=SYSTEM,
        now=now,
    )


def _conclude(waiver: FeeWaiver, now: datetime) -> None:
    voices = list(waiver.reviews.values_list("is_for", flat=True))
    if voices.count(True) == NEEDED:
        _grant(waiver, now)
    elif voices.count(False) == NEEDED:
        _decline(waiver, now, is_short=False)
    elif None not in voices:
        _open_seat(waiver, NEEDED + 1, now)


def _grant(waiver: FeeWaiver, now: datetime) -> None:
    """The one statement that takes from the budget is refused when too little is left."""
    year = now.astimezone(ZoneInfo("UTC")).year
    enough = WaiverBudget.objects.filter(
        year=year, total_cents__gte=F("granted_cents") + waiver.cents
    )
    if not enough.update(granted_cents=F("granted_cents") + waiver.cents):
        _decline(waiver, now, is_short=True)
        return
    budget = WaiverBudget.objects.get(year=year)
    granted = WaiverState.GRANTED
    transition(waiver, granted, actor=SYSTEM, now=now, decided_at=now, budget=budget)
    notifications.tell_waiver(waiver, now=now)


def _decline(waiver: FeeWaiver, now: datetime, *, is_short: bool) -> None:
    declined = WaiverState.DECLINED
    transition(waiver, declined, actor=SYSTEM, now=now, decided_at=now, is_short=is_short)
    notifications.tell_waiver(waiver, now=now)


def _lapse(waiver: FeeWaiver, now: datetime) -> None:
    was = waiver.state
    transition(waiver, WaiverState.LAPSED, actor=SYSTEM, now=now)
    if was == WaiverState.GRANTED:
        row = WaiverBudget.objects.filter(waivers=waiver)
        row.update(granted_cents=F("granted_cents") - waiver.cents)
    for review in waiver.reviews.filter(decided_at__isnull=True):
        settle_case(CASE, review, decision="lapsed", note="", actor=SYSTEM, now=now)


def _names_in(said: str, offer: Offer) -> str:
    """Which of her names, addresses and references stand in the words; empty when none does."""
    application = offer.application
    person = application.applicant
    words = {word.strip(".,;:()'\"").casefold() for word in said.split()}
    known = [*str(person.full_name).split(), person.email, application.reference]
    met = [name for name in known if len(name) > 2 and name.casefold() in words]
    return ", ".join(f"“{name}”" for name in met)
