"""An invoice paid in parts, with several cards, by several pages; and given back."""

import datetime as dt

import pytest
from django.utils import timezone

from payments import gateway
from payments.actions.checkout import BadPart, Share, start_checkout
from payments.actions.invoices import void_invoice
from payments.actions.refunds import RefundTooLarge, refund_invoices
from payments.models import CreditNote, Invoice, LedgerEntry, Payment, Refund
from payments.queries import ledger_faults, left_cents, paid_cents
from payments.states import InvoiceState, PaymentState
from payments.tasks import send_promised_refund
from tests.payments.conftest import Desk
from usce.notifications.models import Mail
from usce.permissions import SYSTEM


def part_of(desk: Desk, invoice: Invoice, cents: int | None) -> Payment:
    now = timezone.now()
    return start_checkout(
        invoice,
        actor=desk.payer,
        expires_at=now + dt.timedelta(hours=2),
        success_path="/done",
        cancel_path="/back",
        now=now,
        share=Share(cents),
    )


def paid_part(desk: Desk, invoice: Invoice, cents: int | None, **how: object) -> Payment:
    payment = part_of(desk, invoice, cents)
    desk.pay(payment, **how)
    desk.hear_all()
    payment.refresh_from_db()
    return payment


def shares() -> dict[str, int]:
    sums: dict[str, int] = {}
    for entry in LedgerEntry.objects.all():
        sums[entry.account] = sums.get(entry.account, 0) + entry.amount_cents
    return sums


def test_parts_add_up_and_the_last_one_settles(desk: Desk) -> None:
    invoice = desk.owe(100_001, fee_cents=9_999)
    paid_part(desk, invoice, 20_000)
    invoice.refresh_from_db()
    assert (invoice.state, left_cents(invoice)) == (InvoiceState.OPEN, 80_001)
    paid_part(desk, invoice, 33_333)
    last = paid_part(desk, invoice, None)
    invoice.refresh_from_db()
    assert invoice.state == InvoiceState.PAID
    assert last.card == "Visa ending 4242"
    assert shares()["platform_fees"] == -9_999
    assert ledger_faults(gateway.balance_cents()) == []
    told = Mail.objects.filter(event="payments.received").order_by("id")
    assert [mail.facts["left_cents"] for mail in told] == [80_001, 46_668, 0]


@pytest.mark.parametrize("cents", [0, 1, 19_999, 40_001, 59_999, 60_001])
def test_part_too_small_or_leaving_too_little_is_refused(desk: Desk, cents: int) -> None:
    with pytest.raises(BadPart, match="at least"):
        part_of(desk, desk.owe(60_000), cents)


def test_small_rest_is_paid_in_one(desk: Desk) -> None:
    with pytest.raises(BadPart, match=r"\$390.00 is left; pay it in one"):
        part_of(desk, desk.owe(39_000), 20_000)


def test_another_sum_closes_the_page_that_was_open(desk: Desk) -> None:
    invoice = desk.owe()
    first = part_of(desk, invoice, 20_000)
    assert part_of(desk, invoice, 20_000) == first
    assert part_of(desk, invoice, 25_000) != first
    first.refresh_from_db()
    assert first.state == PaymentState.CANCELED


def test_two_tabs_that_pay_too_much_give_the_second_back(desk: Desk) -> None:
    invoice = desk.owe(60_000)
    first = part_of(desk, invoice, 40_000)
    second = part_of(desk, invoice, None)
    desk.pay(second)
    desk.pay(first)  # its page was still open in the other tab
    desk.hear_all()
    first.refresh_from_db()
    assert (first.is_late, first.refunded_cents) == (True, 40_000)
    assert not CreditNote.objects.exists()
    send_promised_refund(Refund.objects.get().pk)
    assert ledger_faults(gateway.balance_cents()) == []


def test_part_of_an_abandoned_page_still_counts_when_it_fits(desk: Desk) -> None:
    invoice = desk.owe(60_000)
    first = part_of(desk, invoice, 20_000)
    part_of(desk, invoice, 40_000)
    desk.pay(first)
    desk.hear_all()
    assert paid_cents(invoice) == 20_000


def test_part_that_arrives_after_the_invoice_was_given_up_goes_back(desk: Desk) -> None:
    invoice = desk.owe()
    payment = part_of(desk, invoice, 20_000)
    assert void_invoice(invoice, actor=SYSTEM, now=timezone.now(), reason="canceled")
    desk.pay(payment)
    desk.hear_all()
    payment.refresh_from_db()
    assert (payment.is_late, paid_cents(invoice)) == (True, 0)


@pytest.mark.parametrize("order", [(0, 1, 2, 3), (3, 2, 1, 0), (2, 3, 0, 1)])
def test_parts_are_the_same_in_every_order_each_told_twice(
    desk: Desk, order: tuple[int, ...]
) -> None:
    invoice = desk.owe(90_001, fee_cents=10_000)
    for cents in (20_000, 30_000, None):
        desk.pay(part_of(desk, invoice, cents))
        desk.hear_all(order)
    invoice.refresh_from_db()
    assert invoice.state == InvoiceState.PAID
    assert shares()["platform_fees"] == -10_000
    assert ledger_faults(gateway.balance_cents()) == []


def test_refund_takes_the_newest_charge_first_over_two_invoices(desk: Desk) -> None:
    deposit, balance = desk.owe(60_000), desk.owe(80_000)
    charges = [
        paid_part(desk, deposit, None),
        paid_part(desk, balance, 30_000),
        paid_part(desk, balance, None),
    ]
    refunds = refund_invoices(
        [deposit, balance], 70_000, reason="changed_mind", actor=SYSTEM, now=timezone.now()
    )
    assert [(r.payment_id, r.amount_cents) for r in refunds] == [
        (charges[2].pk, 50_000),
        (charges[1].pk, 20_000),
    ]
    numbers = CreditNote.objects.order_by("id").values_list("number", flat=True)
    year = timezone.now().year
    assert list(numbers) == [f"C{year}-000001", f"C{year}-000002"]
    for refund in refunds:
        send_promised_refund(refund.pk)
    assert ledger_faults(gateway.balance_cents()) == []


def test_refund_of_everything_clears_each_share_to_the_cent(desk: Desk) -> None:
    invoice = desk.owe(100_003, fee_cents=9_997)
    for cents in (20_001, 33_333, None):
        paid_part(desk, invoice, cents)
    for cents in (1, 33_332, 66_670):
        refund_invoices([invoice], cents, reason="provider", actor=SYSTEM, now=timezone.now())
    sums = shares()
    assert (sums["platform_fees"], sums["held_for_payees"]) == (0, 0)


def test_refund_never_exceeds_what_was_paid(desk: Desk) -> None:
    invoice = desk.owe(60_000)
    paid_part(desk, invoice, 20_000)
    with pytest.raises(RefundTooLarge, match=r"\$200.00"):
        refund_invoices([invoice], 20_001, reason="provider", actor=SYSTEM, now=timezone.now())
    assert not Refund.objects.exists()
