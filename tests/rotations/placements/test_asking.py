"""The weekly mails: once each, whoever is late, and to nobody who has nothing to do."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.conf import settings
from django.test import Client

from rotations.placements import tasks
from rotations.placements.actions import ask_hosts
from rotations.placements.models import Placement
from rotations.providers.models import Provider, Site
from tests.factories.placements import MONDAY, a_placement, days_of
from tests.rotations.placements.house import confirm
from usce.accounts.models import User
from usce.notifications.actions import deliver
from usce.notifications.models import Mail

CHICAGO = ZoneInfo("America/Chicago")
D, H = dt.timedelta(days=1), dt.timedelta(hours=1)
TO_CONFIRM, OPEN = "placements.days_to_confirm", "placements.days_still_open"


def at(day: dt.date, hour: int = 15) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(hour), CHICAGO).astimezone(dt.UTC)


def told(event: str) -> list[tuple[str, int]]:
    rows = Mail.objects.filter(event=event).order_by("id")
    return [(mail.address, mail.facts["count"]) for mail in rows]


def test_preceptor_is_asked_on_friday_once(placement: Placement) -> None:
    address = placement.booking.offer.preceptor.email
    friday = at(MONDAY + 4 * D)
    ask_hosts(friday - H)
    assert told(TO_CONFIRM) == []
    for later in range(0, 5 * 24, 7):
        ask_hosts(friday + later * H)
    assert told(TO_CONFIRM) == [(address, 5)]
    ask_hosts(friday + 7 * D)
    assert told(TO_CONFIRM) == [(address, 5), (address, 10)]


def test_friday_that_was_missed_is_made_good(placement: Placement) -> None:
    """The worker was away until Wednesday: that week's mail still goes, with that week's days."""
    with time_machine.travel(at(MONDAY + 9 * D)):
        tasks.ask_hosts()
    assert [count for _address, count in told(TO_CONFIRM)] == [5]


def test_team_hears_of_what_stayed_open(placement: Placement, bruno: User) -> None:
    tuesday = at(MONDAY + 8 * D, 9)
    ask_hosts(tuesday - H)
    assert told(OPEN) == []
    for _twice in range(2):
        ask_hosts(tuesday)
    assert told(OPEN) == [(bruno.email, 5)]


def test_settled_days_ask_nobody(placement: Placement, friday: dt.datetime) -> None:
    confirm(placement, days_of(placement)[:5], friday)
    ask_hosts(friday)
    ask_hosts(at(MONDAY + 8 * D, 10))
    assert Mail.objects.filter(event__startswith="placements.").count() == 0


def test_friday_is_that_of_the_site(placement: Placement, provider: Provider) -> None:
    Site.objects.update(time_zone="Pacific/Guam")
    guam = dt.datetime.combine(MONDAY + 4 * D, dt.time(15), ZoneInfo("Pacific/Guam"))
    ask_hosts(guam - H)
    assert told(TO_CONFIRM) == []
    ask_hosts(guam)
    assert len(told(TO_CONFIRM)) == 1


def test_two_months_after_the_end_nobody_is_asked(placement: Placement) -> None:
    ask_hosts(at(MONDAY + (25 + 62) * D))
    assert Mail.objects.filter(event__startswith="placements.").count() == 0


def test_mail_carries_a_door_that_is_minted_when_it_leaves(
    placement: Placement, friday: dt.datetime, mailoutbox: list[object]
) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    ask_hosts(friday)
    mail = Mail.objects.get(event=TO_CONFIRM)
    assert "token" not in str({k: v for k, v in mail.facts.items() if k != "grant"})
    deliver(mail, now=dt.datetime.now(dt.UTC))
    body = str(mailoutbox[0].body)  # type: ignore[attr-defined]
    path = body[body.index("/d/learners/") :].split(maxsplit=1)[0]
    assert Client().get(path).status_code == 200


@pytest.mark.parametrize("count", [1, 3])
def test_one_mail_for_all_learners_of_a_preceptor(
    provider: Provider, amina: User, dora: User, chen: User, count: int
) -> None:
    made = [a_placement(provider, who, at(MONDAY)) for who in (amina, dora, chen)[:count]]
    for one in made:
        offer = one.booking.offer
        type(offer).objects.filter(pk=offer.pk).update(preceptor=made[0].booking.offer.preceptor)
    ask_hosts(at(MONDAY + 4 * D))
    mail = Mail.objects.get(event=TO_CONFIRM)
    assert (mail.facts["learners"], mail.facts["count"]) == (count, 5 * count)
