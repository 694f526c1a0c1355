"""A refund that Stripe refuses for good: asked more and more seldom, ended by two of finance."""

import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils import timezone

from payments import gateway
from payments.actions.endings import NoReason, agree_ending, ask_ending, refuse_ending
from payments.actions.new_details import NotToRepair, SamePerson
from payments.actions.refunds import refund_payment
from payments.models import Account, Refund, RefundEnding
from payments.queries import balances, owed_cents, unanswered_refunds
from payments.states import RefundState
from payments.tasks import send_promised_refund, sweep
from tests.factories.accounts import UserFactory
from tests.factories.visits import client_of, recent_client_of
from tests.payments.conftest import Desk
from tests.payments.house import House
from usce.accounts.models import StaffRole, User
from usce.audit.models import AuditEntry
from usce.cases.models import Case
from usce.jobs.models import Job
from usce.notifications.models import Mail
from usce.permissions import SYSTEM

WORDS = "After the dispute Stripe takes no refund; sent by bank, reference 7731."


@pytest.fixture
def house(desk: Desk, bruno: User) -> House:
    return House(desk, bruno)


@pytest.fixture
def finn(db: None) -> User:
    return UserFactory(full_name="Finn Moss", staff_roles=[StaffRole.FINANCE])


@pytest.fixture
def refused(house: House) -> Refund:
    """600 asked back while a bank takes 100 and keeps them: 500 are still owed."""
    payment = house.book()
    dispute = house.dispute(payment, amount=10_000)
    house.give_back(payment, 60_000)
    house.decide(dispute, "lost")
    refund = Refund.objects.select_related("payment__invoice", "payment__payer").get()
    assert (refund.state, bool(refund.refusals)) == (RefundState.PENDING, True)
    return refund


def test_each_refusal_doubles_the_pause_up_to_a_day(refused: Refund) -> None:
    pauses = []
    for _again in range(12):
        send_promised_refund(refused.pk)
        refused.refresh_from_db()
        assert refused.try_again_at is not None
        pauses.append((refused.try_again_at - timezone.now()).total_seconds() / 60)
    assert pauses[1] / pauses[0] == pytest.approx(2, rel=0.05)
    assert pauses[-1] == pytest.approx(24 * 60, rel=0.01)
    assert "charged back" in refused.refusal
    assert Case.objects.filter(kind="payments.refund_refused").count() == 1


def test_sweep_leaves_it_alone_during_the_pause_and_while_an_end_waits(
    refused: Refund, fay: User
) -> None:
    Refund.objects.update(created_at=timezone.now() - dt.timedelta(hours=1))
    Job.objects.all().delete()
    sweep()
    assert not Job.objects.filter(name="payments.send_refund").exists()
    later = timezone.now() + dt.timedelta(days=2)
    assert list(unanswered_refunds(later)) == [refused]
    ending = ask_ending(refused, words=WORDS, actor=fay, now=timezone.now())
    assert not unanswered_refunds(later).exists()
    refuse_ending(ending, actor=fay, now=timezone.now())
    assert list(unanswered_refunds(later)) == [refused]
    assert Job.objects.filter(name="payments.send_refund").exists()


def test_second_person_ends_it_and_the_books_say_that_the_bank_sent_it(
    refused: Refund, house: House, fay: User, finn: User
) -> None:
    assert owed_cents(refused) == 50_000
    ending = ask_ending(refused, words=WORDS, actor=fay, now=timezone.now())
    agree_ending(ending, actor=finn, now=timezone.now())
    refused.refresh_from_db()
    assert refused.state == RefundState.SUCCEEDED
    assert balances()[Account.BANK] == -50_000
    assert balances()[Account.REFUNDS_OWED] == 0
    assert owed_cents(refused) == 0
    house.agrees()
    assert Case.objects.get(kind="payments.refund_refused").decision == "ended"
    mail = Mail.objects.filter(event="payments.refund_done").latest("id")
    assert mail.facts["by_hand"] is True
    assert AuditEntry.objects.filter(action="payments.refund_ending.agreed").count() == 1


def test_nothing_owed_any_more_writes_nothing(
    refused: Refund, house: House, fay: User, finn: User
) -> None:
    """Another refund of the same payment that still waits takes what is owed first."""
    other = Refund.objects.create(
        payment=refused.payment, amount_cents=50_000, reason="canceled", created_at=timezone.now(),
        idempotency_key="other",
    )  # fmt: skip
    assert (owed_cents(refused), owed_cents(other)) == (0, 0)
    agree_ending(
        ask_ending(refused, words=WORDS, actor=fay, now=timezone.now()),
        actor=finn,
        now=timezone.now(),
    )
    assert balances()[Account.BANK] == 0


def test_who_asked_cannot_agree(refused: Refund, fay: User) -> None:
    ending = ask_ending(refused, words=WORDS, actor=fay, now=timezone.now())
    with pytest.raises(SamePerson):
        agree_ending(ending, actor=fay, now=timezone.now())
    with pytest.raises(IntegrityError), transaction.atomic():
        RefundEnding.objects.update(agreed_by=fay)


def test_end_is_asked_once_with_a_reason(refused: Refund, fay: User, finn: User) -> None:
    with pytest.raises(NoReason):
        ask_ending(refused, words="  ", actor=fay, now=timezone.now())
    ending = ask_ending(refused, words=WORDS, actor=fay, now=timezone.now())
    with pytest.raises(NotToRepair):
        ask_ending(refused, words=WORDS, actor=finn, now=timezone.now())
    refuse_ending(ending, actor=finn, now=timezone.now())
    with pytest.raises(NotToRepair):
        agree_ending(ending, actor=finn, now=timezone.now())
    with pytest.raises(IntegrityError), transaction.atomic():
        RefundEnding.objects.update(agreed_by=finn, agreed_at=timezone.now())


def test_refund_that_stripe_sent_after_all_is_not_paid_twice(
    house: House, fay: User, finn: User
) -> None:
    payment = house.book()
    refund = refund_payment(payment, 20_000, reason="x", actor=SYSTEM, now=timezone.now())
    Refund.objects.update(refusals=1)
    ending = ask_ending(refund, words=WORDS, actor=fay, now=timezone.now())
    house.sandbox.control("fail", method="POST", path="refunds", kind="timeout_after")
    with pytest.raises(gateway.PaymentsUnavailable):
        send_promised_refund(refund.pk)
    with pytest.raises(NotToRepair):
        agree_ending(ending, actor=finn, now=timezone.now())
    assert balances()[Account.BANK] == 0
    house.agrees()


def test_refund_that_was_not_refused_is_not_ended(house: House, fay: User) -> None:
    refund = house.give_back(house.book(), 10_000)
    with pytest.raises(NotToRepair):
        ask_ending(refund, words=WORDS, actor=fay, now=timezone.now())


@pytest.mark.parametrize("role", ["reviewer", "verifier", "trust"])
def test_others_of_staff_end_nothing(refused: Refund, fay: User, role: str) -> None:
    other = UserFactory(staff_roles=[role])
    with pytest.raises(PermissionDenied):
        ask_ending(refused, words=WORDS, actor=other, now=timezone.now())
    ending = ask_ending(refused, words=WORDS, actor=fay, now=timezone.now())
    for act in (agree_ending, refuse_ending):
        with pytest.raises(PermissionDenied):
            act(ending, actor=other, now=timezone.now())


def test_page_leads_both_people_through(refused: Refund, fay: User, finn: User) -> None:
    url = f"/staff/refunds/{refused.public_id}"
    first, second = recent_client_of(fay), recent_client_of(finn)
    page = first.get(url).content.decode()
    assert "Stripe refuses this refund" in page
    assert "$500.00" in page
    assert first.post(url, {"step": "end", "words": ""}).status_code == 422
    assert first.post(url, {"step": "end", "words": WORDS}).status_code == 302
    assert "Somebody else of finance has to agree" in first.get(url).content.decode()
    assert first.post(url, {"step": "agree_end"}).status_code == 409
    assert client_of(finn).post(url, {"step": "agree_end"}).status_code == 302
    refused.refresh_from_db()
    assert refused.state == RefundState.PENDING  # the password was asked for first
    assert second.post(url, {"step": "refuse_end"}).status_code == 302
    assert second.post(url, {"step": "agree_end"}).status_code == 422
    assert second.post(url, {"step": "end", "words": WORDS}).status_code == 302
    assert first.post(url, {"step": "agree_end"}).status_code == 302
    assert "It was ended by hand" in first.get(url).content.decode()
