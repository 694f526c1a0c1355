"""Many workers and two sweeps at once: three mails leave, and one digest."""

import datetime as dt
from functools import partial

import pytest

from tests.factories.accounts import UserFactory
from tests.support.races import at_once
from usce.notifications.actions import deliver, notify
from usce.notifications.digest import send_digests
from usce.notifications.events import DIGEST
from usce.notifications.models import Mail

pytestmark = pytest.mark.race

NOON = dt.datetime(2026, 7, 1, 12, tzinfo=dt.UTC)
MORNING = dt.datetime(2026, 7, 2, 8, tzinfo=dt.UTC)
FACTS = {"amount_cents": 100, "due_on": "2026-07-09"}


def test_eight_workers_let_three_go(clean_db: str) -> None:
    person = UserFactory(time_zone="UTC")
    for number in range(8):
        facts = FACTS | {"name": str(number)}
        notify("test.hello", to=person, facts=facts, unique_key=str(number), now=NOON)
    mails = Mail.objects.select_related("recipient").filter(recipient=person)
    at_once([partial(deliver, mail, now=NOON) for mail in mails])
    states = sorted(Mail.objects.values_list("state", flat=True))
    assert states == ["folded"] * 5 + ["sent"] * 3
    swept = at_once([partial(send_digests, MORNING) for _ in range(4)])
    assert swept == {"int": 4}
    (digest,) = Mail.objects.filter(event=DIGEST)
    assert digest.facts["count"] == 5
