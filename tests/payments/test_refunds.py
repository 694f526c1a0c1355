import datetime as dt
import itertools
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from django.core.management import CommandError, call_command
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.db.models import Sum
from django.test import Client
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from payments import gateway
from payments.actions.ledger import Entry, post, shares_of
from payments.actions.refunds import (
    RefundTooLarge,
    apply_refund,
    refresh_refund,
    refund_payment,
)
from payments.models import Account, Invoice, LedgerEntry, LedgerTransaction, Payment, Refund
from payments.queries import balances, ledger_faults
from payments.states import RefundState
from payments.tasks import LedgerDisagrees, check_ledger, send_promised_refund, sweep
from tests.factories.payments import InvoiceFactory, InvoiceLineFactory, PaymentFactory
from tests.payments.conftest import Desk
from usce.accounts.models import User
from usce.audit.models import AuditEntry
from usce.cases.models import Case
from usce.jobs.models import Job
from usce.jobs.tasks import drain
from usce.money import Money
from usce.notifications.models import Mail
from usce.permissions import SYSTEM, Actor


@pytest.fixture
def paid(live_desk: Desk) -> Payment:
    live_desk.pay(live_desk.checkout(live_desk.owe()))
    live_desk.hear()
    drain()
    return Payment.objects.get()


def give_back(payment: Payment, cents: int, actor: Actor = SYSTEM) -> Refund:
    return refund_payment(payment, cents, reason="canceled", actor=actor, now=timezone.now())


def test_part_goes_back_from_those_it_was_for(paid: Payment, live_desk: Desk) -> None:
    give_back(paid, 20_000)
    drain()
    assert Refund.objects.get().state == RefundState.SUCCEEDED
    assert balances()["held_for_payees"] == -54_000 + 18_000
    assert balances()["platform_fees"] == -6_000 + 2_000
    assert ledger_faults(gateway.balance_cents()) == []


def test_more_than_was_paid_is_refused(paid: Payment) -> None:
    give_back(paid, 50_000)
    with pytest.raises(RefundTooLarge, match=r"At most \$100.00"):
        give_back(paid, 10_001)


def test_database_refuses_more_than_was_paid(paid: Payment) -> None:
    with pytest.raises(IntegrityError, match="payment_refund_bound"):
        Payment.objects.update(refunded_cents=60_001)


def test_unpaid_payment_refunds_nothing(db: None) -> None:
    payment = PaymentFactory()
    with pytest.raises(RefundTooLarge, match=r"\$0.00"):
        give_back(payment, 1)


def test_only_finance_and_the_service_refund(paid: Payment, live_desk: Desk) -> None:
    with pytest.raises(PermissionDenied):
        give_back(paid, 1, live_desk.payer)
    clerk = User.objects.create_user("clerk@example.test", staff_roles=["finance"])
    assert give_back(paid, 1, clerk).amount_cents == 1


@pytest.mark.parametrize("kind", ["refuse", "error_after", "timeout_after"])
def test_unsure_call_refunds_once(paid: Payment, live_desk: Desk, kind: str) -> None:
    live_desk.sandbox.control("fail", method="POST", path="/refunds$", kind=kind)
    refund = give_back(paid, 60_000)
    drain()
    for _twice in range(2):
        send_promised_refund(refund.pk)
    refund.refresh_from_db()
    assert refund.state == RefundState.SUCCEEDED
    assert len(live_desk.sandbox.store.all("refund")) == 1
    assert Mail.objects.filter(event="payments.refund_done").count() == 1
    assert ledger_faults(gateway.balance_cents()) == []


def test_refund_the_bank_returns_is_owed_again_and_opens_a_case(
    paid: Payment, live_desk: Desk
) -> None:
    refund = give_back(paid, 60_000)
    drain()
    refund.refresh_from_db()
    live_desk.sandbox.control("fail_refund", refund=refund.stripe_refund_id)
    live_desk.hear()
    drain()
    refund.refresh_from_db()
    assert (refund.state, refund.failure_reason) == ("failed", "expired_or_canceled_card")
    assert Case.objects.get().queue == "finance"
    assert Mail.objects.filter(event="payments.refund_failed").count() == 1
    assert balances()["refunds_owed"] == -60_000
    assert ledger_faults(gateway.balance_cents()) == []


def test_refund_that_fails_at_once_is_owed_and_never_leaves_the_balance(
    paid: Payment, live_desk: Desk
) -> None:
    refund = give_back(paid, 60_000)
    refresh_refund(refund, now=timezone.now())
    assert refund.state == RefundState.PENDING
    answer = gateway.create_refund(
        intent_id=paid.stripe_intent_id,
        amount_cents=60_000,
        refund_ref=refund.public_id,
        key="k",
    )
    live_desk.sandbox.control("fail_refund", refund=answer.id)
    refresh_refund(refund, now=timezone.now())
    assert (refund.state, balances()["refunds_owed"]) == (RefundState.FAILED, -60_000)
    assert ledger_faults(gateway.balance_cents()) == []


def test_refund_still_under_way_at_stripe_stays_pending(paid: Payment) -> None:
    refund = give_back(paid, 100)
    answer = gateway.RefundAnswer("re_1", "pending", refund.public_id, "")
    apply_refund(refund, answer, now=timezone.now())
    assert (refund.state, refund.stripe_refund_id) == (RefundState.PENDING, "re_1")


RETURNED = ("refund.created", "charge.refunded", "refund.failed")


@pytest.mark.parametrize("order", list(itertools.permutations(RETURNED)), ids=lambda o: o[0])
def test_every_order_of_a_returned_refund_ends_alike(
    paid: Payment, live_desk: Desk, order: tuple[str, ...]
) -> None:
    refund = give_back(paid, 60_000)
    send_promised_refund(refund.pk)
    refund.refresh_from_db()
    live_desk.sandbox.control("fail_refund", refund=refund.stripe_refund_id)
    live_desk.hear_in(order)
    refund.refresh_from_db()
    assert (refund.state, Case.objects.count()) == (RefundState.FAILED, 1)
    assert ledger_faults(gateway.balance_cents()) == []


def test_refund_asked_is_audited_with_its_ledger(paid: Payment) -> None:
    refund = give_back(paid, 100)
    entry = AuditEntry.objects.get(action="payments.refund.asked")
    assert (entry.target_id, entry.changes) == (refund.pk, {"amount_cents": [None, 100]})
    assert LedgerTransaction.objects.filter(unique_key__endswith=refund.public_id).count() == 1


def test_many_small_refunds_take_from_each_his_share(db: None) -> None:
    invoice = InvoiceFactory(total_cents=100)
    lines = [InvoiceLineFactory(invoice=invoice, amount_cents=cents) for cents in (33, 33, 34)]
    payment = PaymentFactory(invoice=invoice, amount_cents=100, state="succeeded")
    for _time in range(20):
        give_back(payment, 5)
    back = [LedgerEntry.objects.filter(party=line.payee).aggregate(s=Sum("amount_cents"))["s"]
            for line in lines]  # fmt: skip
    assert back == [33, 33, 34]


def test_sweep_takes_up_a_refund_nobody_answered(paid: Payment) -> None:
    refund = give_back(paid, 100)
    Job.objects.filter(name="payments.send_refund").delete()
    Refund.objects.update(created_at=timezone.now() - dt.timedelta(minutes=5))
    sweep()
    drain()
    refund.refresh_from_db()
    assert refund.state == RefundState.SUCCEEDED


def test_check_ledger_agrees_and_names_what_does_not(paid: Payment, live_desk: Desk) -> None:
    call_command("check_ledger")
    live_desk.sandbox.store.add("balance_transaction", "txn", net=-1, type="mystery")
    with pytest.raises(CommandError, match="The ledger holds 58230 cents at Stripe, Stripe 58229"):
        call_command("check_ledger")
    Payment.objects.update(refunded_cents=5)
    with pytest.raises(CommandError, match="refunds another sum"):
        call_command("check_ledger", "--offline")


def test_nightly_look_fails_where_staff_see_it(paid: Payment, live_desk: Desk) -> None:
    check_ledger()
    live_desk.sandbox.store.add("balance_transaction", "txn", net=-1, type="mystery")
    with pytest.raises(LedgerDisagrees, match="Stripe 58229"):
        check_ledger()


@pytest.mark.parametrize("table", ["ledgerentry", "ledgertransaction", "invoiceline"])
@pytest.mark.parametrize("verb", ["UPDATE payments_{} SET id = id", "DELETE FROM payments_{}"])
def test_history_of_money_is_only_added_to(paid: Payment, table: str, verb: str) -> None:
    with pytest.raises(DatabaseError, match="rows are only added"):
        connection.cursor().execute(verb.format(table))


def test_ledger_out_of_balance_is_refused_at_commit(db: None) -> None:
    invoice = InvoiceFactory()

    def write() -> None:
        with transaction.atomic():
            entries = [Entry(Account.STRIPE_BALANCE, 5), Entry(Account.STRIPE_FEES, -4)]
            post("test", "k", invoice, entries, now=timezone.now())
            connection.cursor().execute("SET CONSTRAINTS ALL IMMEDIATE")

    with pytest.raises(DatabaseError, match="out of balance by 1 cents"):
        write()


@pytest.mark.parametrize("change", ["total_cents = 1", "currency = 'eur'"])
def test_invoice_never_changes_its_sum(db: None, change: str) -> None:
    InvoiceFactory()
    with pytest.raises(DatabaseError):
        connection.cursor().execute(f"UPDATE payments_invoice SET {change}")


def test_paid_without_its_moment_is_refused(db: None) -> None:
    InvoiceFactory()
    with pytest.raises(IntegrityError, match="invoice_paid_at"):
        connection.cursor().execute("UPDATE payments_invoice SET state = 'paid'")


def test_second_open_payment_of_an_invoice_is_refused(db: None) -> None:
    payment = PaymentFactory()
    with pytest.raises(IntegrityError, match="payment_one_open_per_invoice"):
        PaymentFactory(invoice=payment.invoice)


@given(cents=st.integers(-(10**12), 10**12))
def test_money_reads_as_dollars(cents: int) -> None:
    text = str(Money(cents))
    assert int(text.replace("$", "").replace(",", "").replace(".", "")) == cents


@given(st.integers(0, 10**9), st.integers(0, 100))
def test_percent_is_within_half_a_cent(cents: int, rate: int) -> None:
    share = Money(cents).percent(Decimal(rate))
    assert abs(share.cents * 100 - cents * rate) <= 50


def test_receipt_shows_to_its_payer_alone(live_desk: Desk, paid: Payment, client: Client) -> None:
    url = f"/invoices/{Invoice.objects.get().public_id}"
    client.force_login(live_desk.payer)
    page = client.get(url)
    assert page.status_code == 200
    assert "Receipt 20" in page.content.decode()
    stranger = User.objects.create_user("dora@example.test")
    client.force_login(stranger)
    assert client.get(url).status_code == 404


def test_shares_take_the_last_cent(db: None) -> None:
    invoice = InvoiceFactory(total_cents=100)
    for cents in (33, 33, 34):
        InvoiceLineFactory(invoice=invoice, amount_cents=cents)
    assert [entry.amount_cents for entry in shares_of(invoice, 50)] == [-16, -16, -18]
