"""A refund kept as credit at its payer's choice: given, spent, given back, sent to the card."""

from functools import partial

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.db.models import F
from django.urls import reverse
from django.utils import timezone

from payments import gateway
from payments.actions.checkout import Share, start_checkout
from payments.actions.credit import CreditChanged, NoCreditLeft, send_back_credit, use_credit
from payments.actions.invoices import void_invoice
from payments.actions.parties import payer_without_account
from payments.actions.refunds import RefundTooLarge, refund_invoices
from payments.models import (
    Account,
    Credit,
    CreditNote,
    Invoice,
    Payment,
    Payout,
    Refund,
    Transfer,
)
from payments.queries import balances, ledger_faults, left_cents
from payments.queries.credit import movements_of, usable_cents
from payments.rules import credit_for
from payments.states import InvoiceState, PaymentState, TransferState
from payments.tasks import send_promised_refund
from tests.factories.visits import client_of
from tests.payments.conftest import Desk
from tests.payments.house import House
from tests.support.pdf import text_of
from tests.support.races import at_once
from usce.accounts.models import User
from usce.notifications.models import Mail
from usce.permissions import SYSTEM


@pytest.fixture
def house(desk: Desk) -> House:
    return House(desk, User.objects.create_user("bruno@example.test"))


def keep(payment: Payment, cents: int) -> list[Refund]:
    return refund_invoices(
        [payment.invoice], cents, reason="canceled", actor=SYSTEM, now=timezone.now(),
        as_credit=True,
    )  # fmt: skip


def kept(house: House, cents: int = 60_000) -> Credit:
    payment = house.book(cents)
    keep(payment, cents)
    return Credit.objects.latest("id")


def spend(house: House, invoice: Invoice, cents: int) -> list[Payment]:
    return use_credit(invoice, cents, actor=house.desk.payer, now=timezone.now())


def send_back(house: House, credit: Credit) -> Refund:
    return send_back_credit(credit, actor=house.desk.payer, now=timezone.now())


def test_credit_is_owed_and_nothing_leaves_stripe(house: House) -> None:
    credit = kept(house)
    house.work()
    assert (credit.amount_cents, credit.left_cents) == (60_000, 60_000)
    assert balances()[Account.CREDIT] == -60_000
    assert house.sandbox.store.all("refund") == []
    assert CreditNote.objects.get().refund == credit.refund
    assert Mail.objects.filter(event="payments.refund_kept").count() == 1
    assert not Mail.objects.filter(event="payments.refund_started").exists()
    house.agrees()


def test_cash_is_the_default(house: House) -> None:
    payment = house.book()
    refund_invoices([payment.invoice], 60_000, reason="x", actor=SYSTEM, now=timezone.now())
    house.work()
    assert not Credit.objects.exists()
    assert len(house.sandbox.store.all("refund")) == 1


def test_what_somebody_else_paid_goes_back_to_that_payer(house: House) -> None:
    invoice, now = house.desk.owe(), timezone.now()
    parent = payer_without_account("Yusuf Rahmān", "yusuf@example.test")
    page = start_checkout(
        invoice,
        actor=SYSTEM,
        expires_at=now,
        success_path="/",
        cancel_path="/",
        now=now,
        share=Share(40_000, parent),
    )
    house.desk.pay(page)
    house.listen()
    house.desk.pay(house.desk.checkout(invoice))
    house.listen()
    keep(invoice.payments.latest("id"), 60_000)
    house.work()
    assert Credit.objects.get().amount_cents == 20_000
    assert [r["amount"] for r in house.sandbox.store.all("refund")] == [40_000]
    house.agrees()


def test_credit_pays_an_invoice_and_goes_out_to_its_provider(house: House) -> None:
    kept(house)
    house.onboard()
    invoice = house.desk.owe(60_000)
    spend(house, invoice, 60_000)
    invoice.refresh_from_db()
    assert (invoice.state, bool(invoice.number)) == (InvoiceState.PAID, True)
    assert balances()[Account.CREDIT] == 0
    house.plan(invoice)
    house.earn(invoice.payments.get())
    sent = Payout.objects.filter(transfer__payment__invoice=invoice)
    assert sent.count() == 3
    assert {payout.state for payout in sent} == {"paid"}
    sources = {t["source_transaction"] for t in house.sandbox.store.all("transfer")}
    assert sources == {None}
    house.agrees()


def test_credit_pays_a_part_and_a_card_the_rest(house: House) -> None:
    kept(house, 40_000)
    invoice = house.desk.owe(60_000)
    whole = house.desk.checkout(invoice)
    spend(house, invoice, 40_000)
    whole.refresh_from_db()
    assert whole.state == PaymentState.CANCELED
    assert left_cents(invoice) == 20_000
    house.desk.pay(house.desk.checkout(invoice))
    house.listen()
    invoice.refresh_from_db()
    assert invoice.state == InvoiceState.PAID
    house.agrees()
    said = text_of(
        client_of(house.desk.payer)
        .get(reverse("payments:invoice-pdf", args=[invoice.public_id]))
        .content
    )
    assert "$400.00" in said
    assert "credit on Rounds" in said


def test_page_for_the_whole_that_is_paid_after_the_credit_goes_back(house: House) -> None:
    kept(house, 40_000)
    invoice = house.desk.owe(60_000)
    whole = house.desk.checkout(invoice)
    house.desk.pay(whole)
    spend(house, invoice, 40_000)
    house.listen()
    house.work()
    whole.refresh_from_db()
    assert (whole.is_late, left_cents(invoice)) == (True, 20_000)
    house.agrees()


def test_refund_of_a_mixed_invoice_gives_each_share_back_where_it_came_from(house: House) -> None:
    credit = kept(house, 40_000)
    invoice = house.desk.owe(60_000)
    spend(house, invoice, 40_000)
    house.desk.pay(house.desk.checkout(invoice))
    house.listen()
    refund_invoices([invoice], 50_000, reason="canceled", actor=SYSTEM, now=timezone.now())
    house.work()
    credit.refresh_from_db()
    assert credit.left_cents == 30_000
    assert [r["amount"] for r in house.sandbox.store.all("refund")] == [20_000]
    with pytest.raises(RefundTooLarge):
        refund_invoices([invoice], 10_001, reason="x", actor=SYSTEM, now=timezone.now())
    refund_invoices([invoice], 10_000, reason="x", actor=SYSTEM, now=timezone.now())
    credit.refresh_from_db()
    assert (credit.left_cents, Credit.objects.count()) == (40_000, 1)
    house.agrees()


def test_oldest_credit_is_spent_first(house: House) -> None:
    first, second = kept(house, 30_000), kept(house, 50_000)
    invoice = house.desk.owe(60_000)
    made = spend(house, invoice, 60_000)
    assert [(p.credit, p.amount_cents) for p in made] == [(first, 30_000), (second, 30_000)]
    house.agrees()


def test_rest_goes_to_the_card_at_any_time(house: House) -> None:
    credit = kept(house)
    invoice = house.desk.owe(25_000)
    spend(house, invoice, 25_000)
    refund = send_back(house, credit)
    house.work()
    refund.refresh_from_db()
    credit.refresh_from_db()
    assert (refund.state, refund.amount_cents, credit.left_cents) == ("succeeded", 35_000, 0)
    assert [r["amount"] for r in house.sandbox.store.all("refund")] == [35_000]
    assert CreditNote.objects.count() == 1
    assert balances()[Account.REFUNDS_OWED] == 0
    house.agrees()


def test_sent_back_twice_goes_once(house: House) -> None:
    credit = kept(house)
    refund = send_back(house, credit)
    with pytest.raises(NoCreditLeft):
        send_back(house, credit)
    for _twice in range(2):
        send_promised_refund(refund.pk)
    house.work()
    assert len(house.sandbox.store.all("refund")) == 1
    house.agrees()


def test_what_the_bank_returns_of_it_is_owed_as_any_refund(house: House) -> None:
    refund = send_back(house, kept(house))
    house.work()
    refund.refresh_from_db()
    house.sandbox.control("fail_refund", refund=refund.stripe_refund_id)
    house.listen()
    refund.refresh_from_db()
    assert refund.state == "failed"
    assert (balances()[Account.REFUNDS_OWED], balances()[Account.CREDIT]) == (-60_000, 0)
    house.agrees()


def test_sum_that_was_not_seen_uses_nothing(house: House) -> None:
    kept(house, 40_000)
    invoice = house.desk.owe(60_000)
    for cents in (0, 39_999, 40_001, 60_000):
        with pytest.raises(CreditChanged, match=r"\$400.00"):
            spend(house, invoice, cents)
    assert left_cents(invoice) == 60_000
    assert Payment.objects.filter(credit__isnull=False).count() == 0


def test_invoice_that_was_given_up_or_paid_takes_no_credit(house: House) -> None:
    kept(house)
    gone, paid = house.desk.owe(10_000), house.desk.owe(20_000)
    void_invoice(gone, actor=SYSTEM, now=timezone.now(), reason="x")
    spend(house, paid, 20_000)
    for invoice, cents in ((gone, 10_000), (paid, 20_000)):
        with pytest.raises(CreditChanged, match=r"\$0.00"):
            spend(house, invoice, cents)


def test_nobody_else_spends_it_or_sends_it_back(house: House, dora: User, fay: User) -> None:
    credit = kept(house)
    invoice, now = house.desk.owe(), timezone.now()
    for person in (dora, fay):
        with pytest.raises(PermissionDenied):
            use_credit(invoice, 60_000, actor=person, now=now)
        with pytest.raises(PermissionDenied):
            send_back_credit(credit, actor=person, now=now)
        page = client_of(person).post(reverse("payments:credit-send-back", args=[credit.public_id]))
        assert page.status_code == 404
        assert "$600" not in client_of(person).get(reverse("payments:credit")).content.decode()
    with pytest.raises(PermissionDenied):
        send_back_credit(credit, actor=SYSTEM, now=now)  # type: ignore[arg-type]


def test_database_refuses_a_balance_below_zero_and_another_sum(house: House) -> None:
    credit = kept(house)
    mine = Credit.objects.filter(pk=credit.pk)
    with pytest.raises(IntegrityError, match="credit_never_below_zero"), transaction.atomic():
        mine.update(used_cents=F("used_cents") + 60_001)
    with pytest.raises(IntegrityError, match="used_cents"), transaction.atomic():
        mine.update(used_cents=F("used_cents") - 1)
    with pytest.raises(IntegrityError, match="rows are only added"), transaction.atomic():
        mine.update(amount_cents=1)
    with pytest.raises(IntegrityError, match="payment_credit_is_no_charge"), transaction.atomic():
        Payment.objects.update(credit=credit)
    with pytest.raises(IntegrityError, match="refund_credit_one_way"), transaction.atomic():
        Refund.objects.update(of_credit=credit)


def test_books_say_when_credit_and_ledger_differ(house: House) -> None:
    credit = kept(house)
    Credit.objects.update(used_cents=1)
    faults = ledger_faults(gateway.balance_cents())
    assert faults == [f"Credit of party {credit.party.public_id} is of another sum in the ledger."]


def test_disputed_money_is_not_kept_nor_spent(house: House) -> None:
    payment = house.book()
    keep(payment, 30_000)
    house.dispute(payment, amount=20_000)
    keep(payment, 10_000)
    assert Credit.objects.get().amount_cents == 30_000
    assert usable_cents(house.desk.owe(), 60_000) == 0


def test_bank_that_gives_the_charge_back_takes_the_credit(house: House) -> None:
    payment = house.book()
    keep(payment, 60_000)
    invoice = house.desk.owe(45_000)
    spend(house, invoice, 45_000)
    house.plan(invoice)
    found = house.dispute(payment)
    assert {t.state for t in Transfer.objects.filter(payment__invoice=invoice)} == {
        TransferState.HELD
    }
    house.sandbox.control("close_dispute", dispute=found, status="lost")
    house.listen()
    credit, spent = Credit.objects.get(), invoice.payments.get()
    assert (credit.left_cents, spent.lost_cents) == (0, 45_000)
    lakeshore = Transfer.objects.filter(payment=spent, state=TransferState.SCHEDULED)
    assert not lakeshore.exists()
    held = balances()
    assert (held[Account.CREDIT], held[Account.DISPUTED], held[Account.REFUNDS_OWED]) == (0, 0, 0)
    house.agrees()
    assert [line.what for line in movements_of(credit.party, 9)] == [
        "Given back by your bank after a dispute",
        "Paid with credit",
        "Kept as credit",
    ]


def test_dispute_that_is_won_frees_what_was_paid_with_the_credit(house: House) -> None:
    payment = house.book()
    keep(payment, 60_000)
    invoice = house.desk.owe(20_000)
    spend(house, invoice, 20_000)
    found = house.dispute(payment)
    house.plan(invoice)
    mine = Transfer.objects.filter(payment__invoice=invoice)
    assert {t.state for t in mine} == {TransferState.HELD}
    house.sandbox.control("close_dispute", dispute=found, status="won")
    house.listen()
    assert {t.state for t in mine.all()} == {TransferState.SCHEDULED}
    assert usable_cents(house.desk.owe(), 60_000) == 40_000
    house.agrees()


@pytest.mark.parametrize(
    ("left", "credit", "used"),
    [(60_000, 0, 0), (60_000, 60_000, 60_000), (60_000, 70_000, 60_000), (60_000, 59_950, 59_900),
     (60_000, 59_900, 59_900), (50, 20, 0), (0, 500, 0)],
)  # fmt: skip
def test_no_rest_is_too_small_for_a_card(left: int, credit: int, used: int) -> None:
    assert credit_for(left, credit) == used


@pytest.fixture
def live(live_desk: Desk) -> House:
    return House(live_desk, User.objects.create_user("bruno@example.test"))


@pytest.mark.race
def test_two_tabs_spend_the_same_credit_once(live: House) -> None:
    kept(live)
    invoices = [live.desk.owe(60_000), live.desk.owe(60_000)]

    def use(invoice: Invoice) -> object:
        return spend(live, Invoice.objects.get(pk=invoice.pk), 60_000)

    assert at_once(partial(use, one) for one in invoices) == {"list": 1, "CreditChanged": 1}
    assert Payment.objects.filter(credit__isnull=False).count() == 1
    live.agrees()


@pytest.mark.race
def test_credit_that_is_spent_and_sent_back_at_once_goes_one_way(live: House) -> None:
    credit = kept(live)
    invoice = live.desk.owe(60_000)
    told = at_once(
        [
            lambda: spend(live, Invoice.objects.get(pk=invoice.pk), 60_000),
            lambda: send_back(live, Credit.objects.get(pk=credit.pk)),
        ]
    )
    assert told in ({"list": 1, "NoCreditLeft": 1}, {"Refund": 1, "CreditChanged": 1})
    live.work()
    live.agrees()
