"""Every mail of both slices, with the worst words people can have."""

import datetime as dt

import pytest

from rotations.bookings.models import Booking, Hold, Offer
from usce.accounts.models import User
from usce.notifications.events import Event, all_events
from usce.notifications.models import Mail
from usce.notifications.rendering import render

WORST = "<b>{{7*7}}</b> \u202egnp.exe =1+1 " + "x" * 200
AT = "2026-07-08T22:00:00+00:00"
FACTS = {
    **dict.fromkeys(["rotation", "provider", "applicant", "reason", "by", "outcome"], WORST),
    **dict.fromkeys(["site", "city", "preceptor"], WORST),
    **dict.fromkeys(
        ["starts_on", "ends_on", "answer_on", "until_on", "forwarded_on"], "2026-10-05"
    ),
    **dict.fromkeys(["answer_at", "until_at", "balance_due_at"], AT),
    **dict.fromkeys(["total_cents", "deposit_cents", "balance_cents"], 60_000),
    "reference": "R-1042",
    "receipt_path": "/invoices/x",
    "site_zone": "America/Chicago",
    "stands": True,
}
EVENTS = [e for e in all_events() if e.name.startswith(("applications.", "bookings."))]


@pytest.mark.parametrize("event", EVENTS, ids=lambda e: e.name)
def test_mail_shows_the_worst_words_as_words(event: Event, amina: User) -> None:
    facts = {**event.sample, **{name: FACTS[name] for name in FACTS if name in event.sample}}
    mail = Mail(event=event.name, recipient=amina, facts=facts)
    shown = render(mail, url="https://rounds.example/x", secret={})
    assert "<b>{{" not in shown.html
    assert "reference" not in event.sample or "R-1042" in shown.text
    assert "\n" not in shown.subject
    assert "{%" not in shown.text + shown.html


def test_every_mail_of_the_two_slices_is_walked() -> None:
    assert len(EVENTS) == 36


def test_rows_say_what_they_are(offer: Offer, now: dt.datetime) -> None:
    booking = Booking(public_id="abc")
    assert [str(offer), str(booking)] == [offer.public_id, "abc"]
    assert str(Hold(booking_id=7)) == "hold of 7"
