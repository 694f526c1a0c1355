"""Events of the other mode, of strangers' accounts and of kinds that nobody knows are kept."""

import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone
from pytest_django import Settings

from payments.actions.events import replay_event, store_event
from payments.gateway import Event
from payments.handlers import process_event
from payments.models import StripeEvent
from payments.states import EventState
from tests.payments.conftest import Desk
from tests.payments.house import House
from usce.accounts.models import User
from usce.states import TransitionRefused


def told(kind: str, *, live: bool = False, **more: object) -> StripeEvent:
    payload = {"id": f"evt_{kind}", "livemode": live, "data": {"object": {"id": "x"}}, **more}
    store_event(Event(f"evt_{kind}", kind, "x", live, payload), now=timezone.now())
    return StripeEvent.objects.get(event_id=f"evt_{kind}")


@pytest.mark.parametrize(
    ("kind", "live", "more"),
    [
        ("charge.dispute.created", True, {}),
        ("plan.created", False, {}),
        ("account.updated", False, {}),
        ("account.updated", False, {"account": "acct_stranger"}),
        ("payout.paid", False, {"account": "acct_stranger"}),
    ],
)
def test_what_is_none_of_ours_is_kept_and_ignored(
    desk: Desk, kind: str, live: bool, more: dict[str, object]
) -> None:
    event = told(kind, live=live, **more)
    process_event(event, now=timezone.now())
    assert event.state == EventState.IGNORED


def test_live_event_is_ours_under_a_live_key(desk: Desk, settings: Settings) -> None:
    settings.STRIPE_SECRET_KEY = "sk_live_x"
    event = told("charge.updated", live=True)
    event.payload["data"]["object"]["metadata"] = {}
    process_event(event, now=timezone.now())
    assert event.state == EventState.IGNORED
    other = told("checkout.session.expired", live=False)
    process_event(other, now=timezone.now())
    assert other.state == EventState.IGNORED


def test_account_event_days_late_asks_how_it_stands_now(desk: Desk, bruno: User) -> None:
    house = House(desk, bruno)
    house.book()
    house.open_account()
    stale = [e for e in desk.events() if e.kind == "account.updated"]
    house.sandbox.control("onboard", account=house.account.stripe_account_id)
    for event in stale * 2:
        store_event(event, now=timezone.now() + dt.timedelta(days=3))
        process_event(StripeEvent.objects.get(event_id=event.id), now=timezone.now())
    assert house.account.is_ready


def test_replay_is_for_finance_and_for_what_did_not_succeed(
    desk: Desk, fay: User, bruno: User
) -> None:
    event = told("plan.created")
    process_event(event, now=timezone.now())
    with pytest.raises(PermissionDenied):
        replay_event(event, actor=bruno, now=timezone.now())
    replay_event(event, actor=fay, now=timezone.now())
    with pytest.raises(TransitionRefused):
        replay_event(event, actor=fay, now=timezone.now())
