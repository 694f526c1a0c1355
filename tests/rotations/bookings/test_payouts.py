"""A paid booking plans its provider's tranches, and shows a bank what was agreed."""

import datetime as dt
from zoneinfo import ZoneInfo

from django.db import transaction

from payments.actions.disputes import pack_of
from payments.actions.invoices import settle
from payments.models import Dispute, Invoice, Payment, Transfer
from rotations.bookings.actions import accept_offer, confirm_paid_booking, plan_payouts
from rotations.bookings.models import Booking, Offer
from rotations.bookings.queries import paid_but_unplanned
from rotations.bookings.rules import attendance_days
from rotations.bookings.tasks import confirm_paid_invoice, sweep_payouts
from tests.factories.payments import InvoiceFactory, PaymentFactory
from usce.accounts.models import User
from usce.permissions import SYSTEM


def paid(offer: Offer, amina: User, now: dt.datetime) -> tuple[Booking, Payment]:
    booking = accept_offer(offer, agreed=True, actor=amina, now=now)
    invoice = booking.deposit_invoice
    payment = PaymentFactory(
        invoice=invoice, payer=invoice.payer, state="succeeded", succeeded_at=now,
        stripe_intent_id="pi_1",
    )  # fmt: skip
    with transaction.atomic():
        settle(invoice, actor=SYSTEM, now=now)
    return booking, payment


def test_days_end_with_the_sites_calendar() -> None:
    first, half, last = attendance_days(
        dt.date(2026, 7, 6), dt.date(2026, 7, 31), "America/Chicago"
    )
    days = [at.astimezone(ZoneInfo("America/Chicago")).date() for at in (first, half, last)]
    assert days[1] - days[0] == dt.timedelta(days=12)
    assert first < half < last


def test_confirmed_deposit_plans_the_providers_share(
    offer: Offer, amina: User, now: dt.datetime
) -> None:
    booking, payment = paid(offer, amina, now)
    confirm_paid_invoice(booking.deposit_invoice_id)
    tranche = Transfer.objects.get()
    assert (tranche.payment, tranche.tranche) == (payment, "end")
    assert tranche.label.startswith(booking.application.reference)
    assert tranche.payee == booking.application.rotation.provider.party


def test_nothing_is_planned_before_the_seat_is_confirmed(
    offer: Offer, amina: User, now: dt.datetime
) -> None:
    booking, _payment = paid(offer, amina, now)
    assert plan_payouts(booking.deposit_invoice, now=now) == 0
    assert plan_payouts(InvoiceFactory(), now=now) == 0


def test_lost_signal_loses_no_tranche(offer: Offer, amina: User, now: dt.datetime) -> None:
    booking, _payment = paid(offer, amina, now)
    confirm_paid_booking(booking.deposit_invoice, now=now)
    assert [i.pk for i in paid_but_unplanned()] == [booking.deposit_invoice_id]
    sweep_payouts()
    assert (Transfer.objects.count(), len(paid_but_unplanned())) == (1, 0)


def test_pack_shows_terms_dates_and_place(offer: Offer, amina: User, now: dt.datetime) -> None:
    booking, payment = paid(offer, amina, now)
    confirm_paid_booking(booking.deposit_invoice, now=now)
    dispute = Dispute.objects.create(
        payment=payment, stripe_dispute_id="du_1", amount_cents=1, reason="general", opened_at=now
    )
    pack = pack_of(dispute)
    assert offer.site.name in pack["product_description"]
    assert "agreed to by a tick" in pack["refund_policy_disclosure"]
    assert "the seat confirmed" in pack["access_activity_log"]
    assert pack["customer_email_address"] == amina.email


def test_pack_of_money_that_is_no_bookings_is_the_receipt_alone(now: dt.datetime, db: None) -> None:
    payment = PaymentFactory(invoice=InvoiceFactory(), state="succeeded", succeeded_at=now)
    dispute = Dispute.objects.create(
        payment=payment, stripe_dispute_id="du_1", amount_cents=1, reason="general", opened_at=now
    )
    assert set(pack_of(dispute)) == {"uncategorized_text"}
    assert Invoice.objects.count() == 1
