"""Coupons: made by who bears them, taken when an offer is accepted, given back unpaid."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.db import IntegrityError, transaction
from django.db.models import F

from rotations.bookings.models import Bearer, Booking, Coupon, FeeWaiver, Offer, Reduction
from rotations.bookings.permissions import can_answer_offer, can_make_coupon
from rotations.bookings.queries import coupon_for, current_waiver, granted_cut, uses_of
from rotations.bookings.rules import LEAST_CHARGE_CENTS, Cut, left_of, lessened
from rotations.catalog.models import Rotation
from rotations.providers.models import Provider
from usce.accounts.models import User
from usce.audit.actions import record
from usce.errors import Refused
from usce.limits.actions import check
from usce.money import Money
from usce.permissions import require
from usce.text import clean_line
from usce.ui.dates import day

USED_UP = "This code has been used as often as it may be."
TRIES, TRIES_WINDOW = 20, timedelta(minutes=10)


class CouponRefused(Refused):
    """The code takes nothing off this offer; the message says why."""


class CodeTaken(Refused):
    def __init__(self) -> None:
        super().__init__("This code is in use already. Choose another one.")


@dataclass(frozen=True)
class Terms:
    """What a coupon takes off, when, and how often: `percent` of the bearer's part, or `cents`."""

    code: str
    percent: int | None
    cents: int | None
    starts_on: date
    ends_on: date
    most_uses: int
    most_per_person: int = 1


def make_coupon(
    terms: Terms,
    *,
    provider: Provider | None,
    rotation: Rotation | None,
    bearer: Bearer,
    actor: User,
    now: datetime,
) -> Coupon:
    """A provider bears its own coupons, Rounds those of its staff. Raises CodeTaken."""
    require(can_make_coupon(actor, provider if bearer == Bearer.PROVIDER else None))
    if rotation is not None and rotation.provider_id != getattr(provider, "pk", None):
        raise CouponRefused("Choose one of the provider's own rotations.")
    coupon = Coupon(
        code=terms.code,
        percent=terms.percent,
        cents=terms.cents,
        starts_on=terms.starts_on,
        ends_on=terms.ends_on,
        most_uses=terms.most_uses,
        most_per_person=terms.most_per_person,
        provider=provider,
        rotation=rotation,
        bearer=bearer,
        made_by=actor,
        made_at=now,
    )
    try:
        with transaction.atomic():
            coupon.save()
            record("bookings.coupon.made", coupon, actor=actor, now=now)
    except IntegrityError as error:
        if Coupon.objects.filter(code=terms.code).exists():
            raise CodeTaken from error
        raise
    return coupon


def end_coupon(coupon: Coupon, *, actor: User, now: datetime) -> None:
    """Nobody can use it any more; bookings that have used it keep their price."""
    provider = coupon.provider if coupon.bearer == Bearer.PROVIDER else None
    require(can_make_coupon(actor, provider))
    with transaction.atomic():
        if Coupon.objects.filter(pk=coupon.pk, ended_at__isnull=True).update(ended_at=now):
            record("bookings.coupon.ended", coupon, actor=actor, now=now)


def look_at_coupon(offer: Offer, code: str, *, actor: User, now: datetime) -> Cut:
    """What the code would take off this offer now; nothing is used. Raises CouponRefused."""
    require(can_answer_offer(actor, offer))
    check_tries(actor, now)
    coupon = _find(offer, code)
    _check(coupon, offer, actor, now)
    if coupon.uses >= coupon.most_uses:
        raise CouponRefused(USED_UP)
    return _cut(coupon, offer, granted_cut(current_waiver(offer)))


def check_tries(actor: User, now: datetime) -> None:
    """Codes are not to be guessed. Raises TooOften."""
    check(f"coupon:{actor.pk}", limit=TRIES, window=TRIES_WINDOW, now=now)


def take_coupon(
    offer: Offer, code: str, cuts: Sequence[Cut], *, actor: User, now: datetime
) -> tuple[Coupon, Cut]:
    """Use it once more, in the transaction that accepts the offer. Raises CouponRefused.

    `cuts` are taken off before it.

    The one statement that counts keeps the row until the end, so nobody else counts meanwhile.
    """
    coupon = _find(offer, code)
    free = Coupon.objects.filter(pk=coupon.pk, uses__lt=F("most_uses"), ended_at__isnull=True)
    is_taken = free.update(uses=F("uses") + 1)
    coupon.refresh_from_db()
    _check(coupon, offer, actor, now)
    if not is_taken:
        raise CouponRefused(USED_UP)
    return coupon, _cut(coupon, offer, cuts)


def note_reduction(
    booking: Booking, cut: Cut, *, coupon: Coupon | None = None, waiver: FeeWaiver | None = None
) -> None:
    """With the booking: frozen, and no second coupon or waiver beside it."""
    Reduction.objects.create(
        booking=booking,
        coupon=coupon,
        waiver=waiver,
        bearer=cut.bearer,
        label=cut.label,
        cents=cut.cents,
    )


def give_back_reductions(booking: Booking, *, now: datetime) -> None:
    """The deposit's invoice is void: what was used may be used again. In its transaction."""
    for reduction in booking.reductions.filter(given_back_at__isnull=True):
        Coupon.objects.filter(reductions=reduction).update(uses=F("uses") - 1)
        reduction.given_back_at = now
        reduction.save(update_fields=["given_back_at"])


def _find(offer: Offer, code: str) -> Coupon:
    coupon = coupon_for(offer, clean_line(code).upper())
    if coupon is None:
        raise CouponRefused("This code is not known for this rotation.")
    return coupon


def _check(coupon: Coupon, offer: Offer, actor: User, now: datetime) -> None:
    today = now.astimezone(ZoneInfo(offer.site.time_zone)).date()
    if coupon.ended_at is not None:
        raise CouponRefused("This code is no longer given out.")
    if today < coupon.starts_on:
        raise CouponRefused(f"This code counts from {day(coupon.starts_on)} on.")
    if today > coupon.ends_on:
        raise CouponRefused(f"This code counted through {day(coupon.ends_on)}.")
    if uses_of(coupon, actor) >= coupon.most_per_person:
        raise CouponRefused("You have used this code already.")


def _cut(coupon: Coupon, offer: Offer, cuts: Sequence[Cut]) -> Cut:
    there = left_of(offer.terms, coupon.bearer, cuts)
    asked = coupon.cents or Money(there).percent(Decimal(coupon.percent or 0)).cents
    cut = Cut(coupon.bearer, f"Coupon {coupon.code}", min(asked, there))
    if not cut.cents:
        raise CouponRefused("There is nothing in this price that the code could take off.")
    after = lessened(offer.terms, [*cuts, cut])
    for cents in (after["deposit_cents"], after["balance_cents"]):
        if 0 < cents < LEAST_CHARGE_CENTS:
            raise CouponRefused("With this code too little is left for a card to be charged.")
    return cut
