"""Make an offer, take it back, decline it, let it end."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction

from rotations.applications.actions import mark_ended, mark_offered
from rotations.applications.models import Application
from rotations.applications.notifications import DECLINED, on_site
from rotations.applications.states import ApplicationState
from rotations.bookings import notifications
from rotations.bookings.actions.errors import BadExpiry, NoSeat
from rotations.bookings.models import Offer
from rotations.bookings.permissions import can_answer_offer, can_make_offer, can_withdraw_offer
from rotations.bookings.queries import (
    due_offers,
    offer_ends_at,
    offers_ending,
    offers_on_canceled_dates,
)
from rotations.bookings.rules import OFFER_DAYS, days_open
from rotations.bookings.states import OfferState
from rotations.catalog.states import OpeningState
from rotations.catalog.terms import freeze_terms, tax_for
from rotations.providers.states import ProviderState
from usce.accounts.models import User
from usce.audit.actions import record
from usce.permissions import SYSTEM, Actor, require
from usce.states import TransitionRefused, lock, transition
from usce.text import clean_text

REMIND_BEFORE = timedelta(hours=24)


def make_offer(
    application: Application, *, expires_at: datetime, actor: User, now: datetime
) -> Offer:
    """Offer the dates asked for at the price, refunds, site and preceptor of this moment.

    Raises BadExpiry outside 2 to 14 days, NoSeat when no seat could be had today.
    """
    require(can_make_offer(actor, application))
    rotation, opening = application.rotation, application.opening
    _check_expiry(application, expires_at, now)
    if rotation.provider.state != ProviderState.VERIFIED:
        raise NoSeat("Offers can be made once our staff have verified the organization.")
    if opening.state != OpeningState.OPEN or not opening.seats_left:
        raise NoSeat("No seat is left on these dates. Add seats or decline the application.")
    with transaction.atomic():
        mark_offered(application, until=expires_at, actor=actor, now=now)
        offer = Offer.objects.create(
            application=application,
            opening=opening,
            preceptor=rotation.preceptor,
            site=rotation.site,
            made_by=actor,
            terms=freeze_terms(rotation, opening, tax=tax_for(rotation, now)),
            made_at=now,
            expires_at=expires_at,
        )
        record("bookings.offer.live", offer, actor=actor, now=now)
        notifications.tell_applicant(
            notifications.OFFERED,
            offer,
            path=notifications.offer_path(offer),
            key=str(offer.pk),
            now=now,
            until_at=expires_at.isoformat(),
            until_on=on_site(expires_at, application),
            total_cents=offer.terms["total_cents"],
            deposit_cents=offer.terms["deposit_cents"],
        )
    return offer


def decline_offer(offer: Offer, *, actor: User, now: datetime, reason: str = "") -> Offer:
    """The applicant says no; the application ends with it and nothing is due."""
    require(can_answer_offer(actor, offer))
    with transaction.atomic():
        _end(offer, OfferState.DECLINED, ApplicationState.WITHDRAWN, reason, actor, now)
        _tell_provider(offer, "declined", now)
    return offer


def withdraw_offer(offer: Offer, *, reason: str, actor: User, now: datetime) -> Offer:
    """The provider takes back an offer that nobody accepted yet, and says why."""
    require(can_withdraw_offer(actor, offer))
    said = clean_text(reason) or "The provider withdrew the offer."
    with transaction.atomic():
        _end(offer, OfferState.WITHDRAWN, ApplicationState.DECLINED, said, actor, now)
        notifications.tell_applicant(
            DECLINED,
            offer,
            path=notifications.offer_path(offer),
            key=str(offer.pk),
            now=now,
            reason=said,
            by=offer.application.rotation.provider.name,
        )
    return offer


def withdraw_from_canceled(now: datetime) -> int:
    """The dates were canceled while the applicant decided: the offer ends, and says so."""
    return sum(_withdraw_canceled(offer, now) for offer in offers_on_canceled_dates())


def _withdraw_canceled(offer: Offer, now: datetime) -> bool:
    reason = f"The provider canceled these dates. {offer.opening.cancel_reason}".strip()
    try:
        with transaction.atomic():
            _end(offer, OfferState.WITHDRAWN, ApplicationState.DECLINED, reason, SYSTEM, now)
            notifications.tell_applicant(
                DECLINED,
                offer,
                path=notifications.offer_path(offer),
                key=str(offer.pk),
                now=now,
                reason=reason,
                by=offer.application.rotation.provider.name,
            )
    except TransitionRefused:
        return False  # accepted or ended in the same moment
    return True


def expire_offers(now: datetime) -> int:
    """End the offers whose time is over, outages added."""
    ended = 0
    for offer in due_offers(now):
        if offer_ends_at(offer, now) <= now:
            ended += _expire(offer, now)
    return ended


def remind_of_offers(now: datetime) -> None:
    """Say once of each offer that it ends within a day, outages added."""
    for offer in offers_ending(now, within=REMIND_BEFORE):
        until = offer_ends_at(offer, now)
        if now < until <= now + REMIND_BEFORE:
            notifications.tell_applicant(
                notifications.OFFER_ENDING,
                offer,
                path=notifications.offer_path(offer),
                key=str(offer.pk),
                now=now,
                until_at=until.isoformat(),
            )


def _expire(offer: Offer, now: datetime) -> bool:
    try:
        with transaction.atomic():
            _end(offer, OfferState.EXPIRED, ApplicationState.EXPIRED, "", SYSTEM, now)
            tell_ended(offer, now)
    except TransitionRefused:
        return False  # answered in the same moment
    return True


def tell_ended(offer: Offer, now: datetime) -> None:
    """To both: the time of the offer is over."""
    path = notifications.offer_path(offer)
    notifications.tell_applicant(
        notifications.OFFER_EXPIRED, offer, path=path, key=str(offer.pk), now=now
    )
    _tell_provider(offer, "not accepted in time", now)


def _tell_provider(offer: Offer, outcome: str, now: datetime) -> None:
    notifications.tell_provider(
        notifications.OFFER_CLOSED, offer, key=str(offer.pk), now=now, outcome=outcome
    )


def _end(
    offer: Offer, to: str, application_to: str, reason: str, actor: Actor, now: datetime
) -> None:
    """The application's row is locked first: accepting takes the two in the same order."""
    lock(offer.application)
    if lock(offer).state != OfferState.LIVE:
        raise TransitionRefused(offer, to)
    transition(offer, to, actor=actor, now=now)
    mark_ended(offer.application, application_to, reason=reason, actor=actor, now=now)


def _check_expiry(application: Application, expires_at: datetime, now: datetime) -> None:
    zone = application.rotation.site.time_zone
    if days_open(now, expires_at, zone) not in OFFER_DAYS:
        raise BadExpiry("An offer stays open for 2 to 14 days. Choose a day in between.")
    if application.opening.starts_on <= expires_at.astimezone(ZoneInfo(zone)).date():
        raise BadExpiry("An offer ends before the rotation starts.")
