import datetime as dt
from collections import Counter

import pytest
from django.core.management import call_command

from payments.models import Payment, Refund
from rotations.applications.models import Application
from rotations.applications.states import ApplicationState
from rotations.bookings.models import Booking, Offer
from rotations.bookings.states import LIVE, BookingState, OfferState
from rotations.catalog.models import Opening
from rotations.conversations.models import Question
from tests.factories.visits import client_of
from usce.accounts.models import User
from usce.audit.models import AccessLog, AuditEntry
from usce.audit.sealing import seal
from usce.cases.models import Case, Queue
from usce.cases.states import CaseState
from usce.devstack.demo.seed import seed

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("few")]
Now = dt.datetime


def test_people_in_every_state(now: Now) -> None:
    assert {*Application.objects.values_list("state", flat=True)} == set(ApplicationState.values)
    assert {*Booking.objects.values_list("state", flat=True)} == set(BookingState.values)
    assert {*Offer.objects.values_list("state", flat=True)} == set(OfferState.values)
    assert Booking.objects.filter(starts_on__lt=now.date()).exists()
    assert Question.objects.filter(answered_at=None).count() == 1
    assert AccessLog.objects.count() > 10
    waiting = Counter(Case.objects.filter(state=CaseState.OPEN).values_list("queue", flat=True))
    assert waiting[Queue.REVIEWER] == 12
    assert waiting[Queue.VERIFIER] >= 2
    _check_seats()
    _check_sums(now)
    _check_pages()
    before = (Application.objects.count(), AuditEntry.objects.count(), User.objects.count())
    seed(now + dt.timedelta(days=1), rotations=30, openings_each=20)
    after = (Application.objects.count(), AuditEntry.objects.count(), User.objects.count())
    assert after == before


def _check_sums(now: Now) -> None:
    call_command("check_ledger", "--offline")
    seal(now)
    call_command("verify_audit")
    paid = Payment.objects.get()
    assert paid.refunded_cents == paid.amount_cents == Refund.objects.get().amount_cents


def _check_seats() -> None:
    live = Booking.objects.filter(state__in=LIVE)
    held = Counter(live.values_list("opening", flat=True))
    opened = Opening.objects.filter(pk__in=Booking.objects.values("opening"))
    assert {o.pk: o.taken for o in opened if o.taken} == held


PAGES = (
    ("amina.demo@rounds.example", "/home", "Cardiology observership"),
    ("bruno.demo@rounds.example", "/p/lantern-row/", "(demo)"),
    ("chen.demo@rounds.example", "/staff/", "observership"),
)


def _check_pages() -> None:
    for email, path, words in PAGES:
        page = client_of(User.objects.get(email=email)).get(path)
        assert page.status_code == 200
        assert words in page.content.decode()
