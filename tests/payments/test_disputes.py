"""A bank disputes a charge: in every order, twice, after payouts, won and lost."""

import datetime as dt
from itertools import permutations
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from payments import gateway
from payments.actions.disputes import AlreadyAnswered, apply_dispute, pack_of, submit_dispute
from payments.actions.refunds import RefundTooLarge
from payments.gateway import connect
from payments.models import Account, Dispute, LedgerTransaction, Refund, Reversal
from payments.queries.payouts import balance_with, transfers_of
from payments.states import DisputeState, RefundState, TransferState
from payments.tasks import send_promised_refund
from tests.payments.conftest import Desk
from tests.payments.house import House, held
from usce.accounts.models import User
from usce.cases.models import Case
from usce.notifications.models import Mail

KINDS = (
    "charge.dispute.created",
    "charge.dispute.funds_withdrawn",
    "charge.dispute.updated",
    "charge.dispute.closed",
)


@pytest.fixture
def house(desk: Desk, bruno: User) -> House:
    return House(desk, bruno)


def test_dispute_keeps_back_what_has_not_gone_out(house: House) -> None:
    payment = house.book()
    house.dispute(payment)
    assert {t.state for t in transfers_of(payment.invoice)} == {TransferState.HELD}
    assert held(Account.DISPUTED) == 60_000
    assert Case.objects.filter(kind="payments.dispute", state="open").count() == 1
    assert Mail.objects.filter(event="payments.disputed").count() == 1
    house.agrees()


@pytest.mark.parametrize("order", list(permutations(KINDS)))
def test_every_order_of_events_ends_alike(house: House, order: tuple[str, ...]) -> None:
    payment = house.book()
    found = house.sandbox.control("dispute", charge=house.charge_of(payment))
    params: Any = {"evidence": {"customer_name": "Amina"}, "submit": True}
    with gateway.calling() as client:
        client.v1.disputes.update(found["id"], params)
    house.sandbox.control("close_dispute", dispute=found["id"], status="lost")
    house.desk.hear_in(order)
    dispute = Dispute.objects.get()
    assert (dispute.state, held(Account.DISPUTED)) == (DisputeState.LOST, 0)
    assert LedgerTransaction.objects.filter(kind="dispute.moved").count() == 1
    house.agrees()


def test_won_dispute_brings_all_of_it_back_but_the_fee(house: House) -> None:
    payment = house.book()
    house.onboard()
    house.decide(house.dispute(payment), "won")
    assert {t.state for t in transfers_of(payment.invoice)} == {TransferState.SCHEDULED}
    assert held(Account.DISPUTED) == 0
    house.earn(payment)
    assert sum(row["amount"] for row in house.sandbox.store.all("transfer")) == 54_000
    assert Mail.objects.filter(event="payments.dispute_ended").count() == 1
    house.agrees()


def test_lost_dispute_after_the_transfers_is_taken_back(house: House) -> None:
    payment = house.book()
    house.onboard()
    house.earn(payment)
    house.decide(house.dispute(payment), "lost")
    assert {r.state for r in Reversal.objects.all()} == {"succeeded"}
    assert balance_with(house.party) == {"held": 0, "due": 0, "owed": 0}
    with pytest.raises(RefundTooLarge):
        house.give_back(payment, 1)
    house.agrees()


def test_lost_dispute_with_an_empty_account_is_owed(house: House) -> None:
    payment = house.book()
    house.onboard()
    house.earn(payment)
    house.empty_account()
    house.decide(house.dispute(payment), "lost")
    assert balance_with(house.party)["owed"] == 54_000
    house.agrees()


def test_refund_during_a_dispute_waits_and_is_sent_when_it_is_won(house: House) -> None:
    payment = house.book()
    dispute = house.dispute(payment)
    refund = house.give_back(payment, 20_000)
    assert Refund.objects.get().state == RefundState.PENDING
    house.decide(dispute, "won")
    assert Refund.objects.get(pk=refund.pk).state == RefundState.SUCCEEDED
    assert len(house.sandbox.store.all("refund")) == 1
    house.agrees()


def test_refund_during_a_lost_dispute_went_by_the_bank(house: House) -> None:
    payment = house.book()
    dispute = house.dispute(payment)
    house.give_back(payment, 20_000)
    house.decide(dispute, "lost")
    payment.refresh_from_db()
    assert (payment.refunded_cents, payment.lost_cents) == (20_000, 40_000)
    assert Refund.objects.get().state == RefundState.SUCCEEDED
    assert house.sandbox.store.all("refund") == []
    assert held(Account.REFUNDS_OWED) == held(Account.HELD_FOR_PAYEES) == 0
    house.agrees()


def test_partial_dispute_smaller_than_a_refund_leaves_the_refund_to_us(house: House) -> None:
    payment = house.book()
    dispute = house.dispute(payment, amount=10_000)
    house.give_back(payment, 20_000)
    house.decide(dispute, "lost")
    refund = Refund.objects.get()
    assert refund.state == RefundState.PENDING
    tried = refund.refusals
    send_promised_refund(refund.pk)
    refund.refresh_from_db()
    assert refund.refusals == tried + 1
    case = Case.objects.get(kind="payments.refund_refused")
    assert (case.state, case.subject_id, case.queue) == ("open", refund.pk, "finance")
    assert "charged back" in case.title
    house.agrees()


def test_dispute_of_late_money_takes_it_from_nobody_else(house: House) -> None:
    house.book()
    invoice = house.desk.owe(10_000)
    first = house.desk.checkout(invoice)
    from payments.actions.invoices import void_invoice  # noqa: PLC0415
    from usce.permissions import SYSTEM  # noqa: PLC0415

    void_invoice(invoice, actor=SYSTEM, now=timezone.now(), reason="test")
    house.desk.pay(first)
    first.refresh_from_db()
    house.listen_to("checkout.session.completed")
    found = house.sandbox.control("dispute", charge=house.charge_of(first))
    apply_dispute(connect.fetch_dispute(found["id"]), now=timezone.now())
    house.decide(found["id"], "lost")
    assert held(Account.UNALLOCATED) == 0
    house.agrees()


def test_charge_of_somebody_else_is_none_of_ours(house: House) -> None:
    answer = connect.DisputeAnswer("du_x", "pi_x", 1, "fraudulent", "won", None, [])
    assert apply_dispute(answer, now=timezone.now()) is None


def test_pack_holds_the_receipt_and_is_sent_once(house: House, fay: User, bruno: User) -> None:
    payment = house.book()
    house.dispute(payment)
    dispute = Dispute.objects.get()
    assert "Receipt" in pack_of(dispute)["uncategorized_text"]
    now = timezone.now()
    with pytest.raises(PermissionDenied):
        submit_dispute(dispute, rebuttal="x", actor=bruno, now=now)
    submit_dispute(dispute, rebuttal="She attended.", actor=fay, now=now)
    assert (dispute.state, dispute.submitted_by) == (DisputeState.UNDER_REVIEW, fay)
    sent = house.sandbox.store.all("dispute")[0]["evidence"]
    assert sent["cancellation_rebuttal"] == "She attended."
    with pytest.raises(AlreadyAnswered):
        submit_dispute(dispute, rebuttal="", actor=fay, now=now)


@pytest.mark.parametrize("kind", ["refuse", "error_after", "timeout_after"])
def test_answer_that_got_lost_is_found_again(house: House, fay: User, kind: str) -> None:
    payment = house.book()
    house.dispute(payment)
    dispute = Dispute.objects.get()
    house.sandbox.control("fail", method="POST", path="/disputes/", kind=kind)
    with pytest.raises(gateway.PaymentsUnavailable):
        submit_dispute(dispute, rebuttal="x", actor=fay, now=timezone.now())
    submit_dispute(dispute, rebuttal="x", actor=fay, now=timezone.now())
    assert dispute.state == DisputeState.UNDER_REVIEW
    assert house.sandbox.store.all("dispute")[0]["evidence_details"]["submission_count"] == 1


def test_dispute_heard_days_late_is_booked_alike(house: House) -> None:
    payment = house.book()
    found = house.sandbox.control("dispute", charge=house.charge_of(payment))
    answer = connect.fetch_dispute(found["id"])
    for _twice in range(2):
        apply_dispute(answer, now=timezone.now() + dt.timedelta(days=3))
    assert held(Account.DISPUTED) == 60_000
    house.agrees()


def test_dispute_before_the_tranches_are_planned_keeps_them_back(house: House) -> None:
    invoice = house.desk.owe(60_000)
    house.desk.pay(house.desk.checkout(invoice))
    house.listen()
    payment = invoice.payments.get()
    dispute = house.dispute(payment)
    house.plan(invoice)
    assert {t.state for t in transfers_of(invoice)} == {TransferState.HELD}
    house.decide(dispute, "won")
    assert {t.state for t in transfers_of(invoice)} == {TransferState.SCHEDULED}
    house.agrees()


def test_lost_dispute_of_a_refund_that_came_back_pays_that_refund(house: House) -> None:
    payment = house.book()
    refund = house.give_back(payment, 60_000)
    refund.refresh_from_db()
    house.sandbox.control("fail_refund", refund=refund.stripe_refund_id)
    house.listen()
    assert held(Account.REFUNDS_OWED) == -60_000
    house.decide(house.dispute(payment), "lost")
    assert (held(Account.REFUNDS_OWED), held(Account.DISPUTED)) == (0, 0)
    told = Refund.objects.order_by("id").values_list("state", "replaces")
    assert list(told) == [(RefundState.FAILED, None), (RefundState.SUCCEEDED, refund.pk)]
    assert not Case.objects.filter(kind="payments.refund_failed", state="open").exists()
    house.agrees()


def test_lost_part_of_what_is_to_be_refunded_is_owed_no_more(house: House) -> None:
    payment = house.book()
    dispute = house.dispute(payment, amount=10_000)
    house.give_back(payment, 60_000)
    house.decide(dispute, "lost")
    assert (held(Account.REFUNDS_OWED), held(Account.DISPUTED)) == (-50_000, 0)
    assert held(Account.HELD_FOR_PAYEES) == 0
    house.agrees()
