import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import PermissionDenied

from rotations.applications.models import Decision
from rotations.applications.states import ApplicationState
from rotations.bookings.actions import (
    BadExpiry,
    NoSeat,
    accept_offer,
    decline_offer,
    expire_offers,
    make_offer,
    remind_of_offers,
    withdraw_offer,
)
from rotations.bookings.actions.offers import _expire
from rotations.bookings.models import Offer
from rotations.bookings.rules import offer_end
from rotations.bookings.states import OfferState
from rotations.catalog.models import Opening, Rotation
from rotations.providers.models import Provider, Role
from tests.factories.providers import MemberFactory
from tests.factories.stories import an_application, an_offer, an_opening
from usce.accounts.models import User
from usce.jobs.models import Outage
from usce.notifications.models import Mail
from usce.states import TransitionRefused

WEEK = dt.timedelta(days=7)


def mails(event: str) -> list[str]:
    return list(Mail.objects.filter(event=event).order_by("id").values_list("address", flat=True))


def test_offer_freezes_terms_site_and_preceptor(offer: Offer) -> None:
    Rotation.objects.update(price_cents=999, deposit_cents=0, title="Changed")
    frozen = Offer.objects.get(pk=offer.pk)
    assert frozen.terms["total_cents"] == 165_000
    assert frozen.terms["balance_due_on"] == "2026-08-21"
    assert (frozen.site, frozen.preceptor) == (offer.site, offer.preceptor)


def test_offer_moves_the_application_and_tells_the_applicant(offer: Offer, amina: User) -> None:
    assert offer.application.state == ApplicationState.OFFERED
    assert offer.application.answer_due_at == offer.expires_at
    assert mails("bookings.offered") == [amina.email]


@pytest.mark.parametrize("days", [0, 1, 15, 40])
def test_offer_outside_2_to_14_days_is_refused(
    days: int, opening: Opening, amina: User, bruno: User, now: dt.datetime
) -> None:
    with pytest.raises(BadExpiry):
        an_offer(opening, amina, now, days=days)


@pytest.mark.parametrize("days", [2, 14])
def test_offer_of_2_and_of_14_days_is_made(
    days: int, opening: Opening, amina: User, bruno: User, now: dt.datetime
) -> None:
    assert an_offer(opening, amina, now, days=days).state == OfferState.LIVE


def test_offer_beyond_the_start_is_refused(
    opening: Opening, amina: User, bruno: User, now: dt.datetime
) -> None:
    Opening.objects.update(starts_on=now.date() + dt.timedelta(days=5))
    opening.refresh_from_db()
    with pytest.raises(BadExpiry, match="before the rotation starts"):
        an_offer(opening, amina, now)


def test_offer_without_a_seat_is_refused(
    opening: Opening, amina: User, bruno: User, now: dt.datetime
) -> None:
    Opening.objects.update(taken=2)
    opening.refresh_from_db()
    with pytest.raises(NoSeat):
        an_offer(opening, amina, now)


def test_offer_of_an_unverified_provider_is_refused(
    opening: Opening, amina: User, bruno: User, now: dt.datetime
) -> None:
    Provider.objects.update(state="draft")
    application = an_application(Opening.objects.get(), amina)
    with pytest.raises(NoSeat, match="verified"):
        make_offer(application, expires_at=now + WEEK, actor=bruno, now=now)


def test_second_offer_is_refused(offer: Offer, bruno: User, now: dt.datetime) -> None:
    with pytest.raises(TransitionRefused):
        make_offer(offer.application, expires_at=now + WEEK, actor=bruno, now=now)
    assert Offer.objects.count() == 1


@pytest.mark.parametrize("role", [Role.SCHEDULER, Role.PRECEPTOR, Role.FINANCE])
def test_offer_by_the_wrong_role_is_forbidden(
    role: str, opening: Opening, amina: User, dora: User, now: dt.datetime
) -> None:
    MemberFactory(provider=opening.rotation.provider, user=dora, role=role)
    with pytest.raises(PermissionDenied):
        make_offer(an_application(opening, amina), expires_at=now + WEEK, actor=dora, now=now)


@pytest.mark.parametrize("who", ["dora", "amina", "chen"])
def test_offer_by_a_stranger_is_forbidden(
    who: str, opening: Opening, amina: User, now: dt.datetime, request: pytest.FixtureRequest
) -> None:
    actor = request.getfixturevalue(who)
    with pytest.raises(PermissionDenied):
        make_offer(an_application(opening, amina), expires_at=now + WEEK, actor=actor, now=now)


def test_decline_ends_the_application_and_tells_the_provider(
    offer: Offer, amina: User, bruno: User, now: dt.datetime
) -> None:
    decline_offer(offer, actor=amina, now=now)
    assert offer.state == OfferState.DECLINED
    assert offer.application.state == ApplicationState.WITHDRAWN
    assert mails("bookings.offer_closed") == [bruno.email]


def test_decline_by_somebody_else_is_forbidden(offer: Offer, dora: User, now: dt.datetime) -> None:
    with pytest.raises(PermissionDenied):
        decline_offer(offer, actor=dora, now=now)


def test_decline_of_an_accepted_offer_is_refused(
    offer: Offer, amina: User, now: dt.datetime
) -> None:
    accept_offer(offer, agreed=True, actor=amina, now=now)
    with pytest.raises(TransitionRefused):
        decline_offer(offer, actor=amina, now=now)


def test_withdrawn_offer_declines_the_application_with_the_reason(
    offer: Offer, amina: User, bruno: User, now: dt.datetime
) -> None:
    withdraw_offer(offer, reason="The clinic closes.", actor=bruno, now=now)
    assert offer.application.state == ApplicationState.DECLINED
    assert Decision.objects.get().reason == "The clinic closes."
    assert mails("applications.declined") == [amina.email]


def test_withdraw_by_the_applicant_is_forbidden(
    offer: Offer, amina: User, now: dt.datetime
) -> None:
    with pytest.raises(PermissionDenied):
        withdraw_offer(offer, reason="x", actor=amina, now=now)


def test_withdraw_of_an_accepted_offer_is_refused(
    offer: Offer, amina: User, bruno: User, now: dt.datetime
) -> None:
    accept_offer(offer, agreed=True, actor=amina, now=now)
    with pytest.raises(TransitionRefused):
        withdraw_offer(offer, reason="", actor=bruno, now=now)


def test_expiry_ends_offer_and_application_once(
    offer: Offer, amina: User, now: dt.datetime
) -> None:
    late = now + WEEK
    assert [expire_offers(late), expire_offers(late)] == [1, 0]
    offer.refresh_from_db()
    assert offer.state == OfferState.EXPIRED
    assert offer.application.state == ApplicationState.EXPIRED
    assert mails("bookings.offer_expired") == [amina.email]


def test_expiry_before_the_deadline_does_nothing(offer: Offer, now: dt.datetime) -> None:
    assert expire_offers(now + WEEK - dt.timedelta(seconds=1)) == 0


def test_offer_is_remembered_once_on_its_last_day(
    offer: Offer, amina: User, now: dt.datetime
) -> None:
    remind_of_offers(now + WEEK - dt.timedelta(hours=24, seconds=1))
    assert mails("bookings.offer_ending") == []
    remind_of_offers(now + WEEK - dt.timedelta(hours=24))
    remind_of_offers(now + WEEK - dt.timedelta(hours=1))
    assert mails("bookings.offer_ending") == [amina.email]


def test_reminder_counts_the_time_lost_in_an_outage(offer: Offer, now: dt.datetime) -> None:
    began = now + dt.timedelta(days=1)
    Outage.objects.create(began_at=began, ended_at=began + dt.timedelta(hours=3), reason="test")
    remind_of_offers(now + WEEK - dt.timedelta(hours=22))
    assert mails("bookings.offer_ending") == []
    remind_of_offers(now + WEEK + dt.timedelta(hours=2))
    until_at = Mail.objects.get(event="bookings.offer_ending").facts["until_at"]
    assert until_at == (now + WEEK + dt.timedelta(hours=3)).isoformat()


def test_answered_offer_and_ended_offer_are_not_remembered(
    offer: Offer, amina: User, now: dt.datetime
) -> None:
    remind_of_offers(now + WEEK)
    decline_offer(offer, actor=amina, now=now)
    remind_of_offers(now + WEEK - dt.timedelta(hours=1))
    assert mails("bookings.offer_ending") == []


def test_expiry_waits_for_the_time_lost_in_an_outage(offer: Offer, now: dt.datetime) -> None:
    began = now + dt.timedelta(days=1)
    Outage.objects.create(began_at=began, ended_at=began + dt.timedelta(hours=3), reason="test")
    assert expire_offers(now + WEEK + dt.timedelta(hours=2)) == 0
    assert expire_offers(now + WEEK + dt.timedelta(hours=3)) == 1


def test_expiry_beside_an_answer_in_the_same_moment_is_skipped(
    offer: Offer, amina: User, now: dt.datetime
) -> None:
    stale = Offer.objects.get(pk=offer.pk)
    decline_offer(offer, actor=amina, now=now)
    assert _expire(stale, now + WEEK) is False


def test_offer_ends_at_five_on_the_sites_clock(provider: Provider) -> None:
    ends = offer_end(dt.date(2026, 7, 8), an_opening(provider).rotation.site.time_zone)
    assert ends.astimezone(ZoneInfo("America/Chicago")).hour == 17
