"""One valid row of each stateful model, in the state asked for."""

import datetime as dt
from typing import Any

from django.db import connection

from applicants.documents.models import Document
from payments.models import (
    BalanceTransaction,
    Call,
    Difference,
    Dispute,
    Invoice,
    Payment,
    Payout,
    Refund,
    Reversal,
    StripeEvent,
    Transfer,
)
from rotations.applications.models import Application
from rotations.bookings.models import Booking, Cancellation, FeeWaiver, Hold, Offer, WaiverBudget
from rotations.catalog.models import Opening, Rotation
from rotations.letters.models import Letter
from rotations.placements.models import Day, Objection, Placement
from rotations.providers.models import Provider
from tests.factories.accounts import UserFactory
from tests.factories.applications import ApplicationFactory
from tests.factories.bookings import BookingFactory, HoldFactory, OfferFactory
from tests.factories.catalog import OpeningFactory, RotationFactory
from tests.factories.documents import BlobFactory, DocumentFactory
from tests.factories.payments import InvoiceFactory, PaymentFactory
from tests.factories.providers import ProviderFactory
from usce.cases.models import Case
from usce.files.models import Blob
from usce.notifications.models import Mail
from usce.states import Stateful

AT = dt.datetime(2026, 7, 1, 12, tzinfo=dt.UTC)


def _mail() -> Mail:
    return Mail.objects.create(
        event="test", address="a@example.test", unique_key="k", created_at=AT
    )


def _case() -> Case:
    return Case.objects.create(
        kind="test",
        title="t",
        queue="admin",
        subject_type="t",
        subject_id=1,
        due_at=AT,
        opened_at=AT,
    )


def _event() -> StripeEvent:
    return StripeEvent.objects.create(event_id="evt_1", kind="t", payload={}, received_at=AT)


def _refund() -> Refund:
    return Refund.objects.create(
        payment=PaymentFactory(), amount_cents=1, reason="t", idempotency_key="r", created_at=AT
    )


def _transfer() -> Transfer:
    payment = PaymentFactory()
    return Transfer.objects.create(
        payment=payment, payee=payment.invoice.payer, subject_type="t", subject_id=1, label="t",
        tranche="end", amount_cents=1, due_at=AT, created_at=AT,
    )  # fmt: skip


def _payout() -> Payout:
    transfer = _transfer()
    return Payout.objects.create(
        transfer=transfer, payee=transfer.payee, amount_cents=1, created_at=AT
    )


def _reversal() -> Reversal:
    return Reversal.objects.create(payout=_payout(), amount_cents=1, created_at=AT)


def _dispute() -> Dispute:
    return Dispute.objects.create(
        payment=PaymentFactory(), stripe_dispute_id="du_1", amount_cents=1, reason="t",
        opened_at=AT,
    )  # fmt: skip


def _call() -> Call:
    return Call.objects.create(
        kind="t", subject_type="t", subject_id=1, idempotency_key="k", made_at=AT
    )


def _difference() -> Difference:
    booked = BalanceTransaction.objects.create(
        stripe_id="txn_1", kind="charge", net_cents=1, fee_cents=0, booked_at=AT
    )
    return Difference.objects.create(
        kind="missing", balance_transaction=booked, stripe_cents=1, ledger_cents=0, found_at=AT
    )


def _day() -> Day:
    booking = BookingFactory()
    placement = Placement.objects.create(booking=booking, planned_at=AT)
    return Day.objects.create(
        placement=placement, day_on=booking.starts_on, planned_minutes=480, minutes=480,
        attending=booking.offer.preceptor,
    )  # fmt: skip


def _objection() -> Objection:
    return Objection.objects.create(day=_day(), words="t", asked_at=AT)


def _letter() -> Letter:
    booking = BookingFactory()
    return Letter.objects.create(
        learner=booking.applicant, writer_name="t", writer_email="t@example.test", target="eras",
        placement=Placement.objects.create(booking=booking, planned_at=AT), form="narrative",
        waived=True, signed_name="t", due_on=AT.date(), asked_at=AT,
    )  # fmt: skip


def _cancellation() -> Cancellation:
    return Cancellation.objects.create(booking=BookingFactory(), reason="changed_mind", asked_at=AT)


def _waiver() -> FeeWaiver:
    year = WaiverBudget.objects.create(year=2026, total_cents=1, set_by=UserFactory(), set_at=AT)
    return FeeWaiver.objects.create(
        offer=OfferFactory(), statement="t", cents=1, asked_at=AT, due_at=AT, budget=year
    )


MAKERS: dict[type[Stateful], Any] = {
    Application: ApplicationFactory,
    Blob: BlobFactory,
    Booking: BookingFactory,
    Call: _call,
    Cancellation: _cancellation,
    Case: _case,
    Day: _day,
    Difference: _difference,
    Dispute: _dispute,
    Document: DocumentFactory,
    FeeWaiver: _waiver,
    Hold: HoldFactory,
    Invoice: InvoiceFactory,
    Letter: _letter,
    Mail: _mail,
    Objection: _objection,
    Offer: OfferFactory,
    Opening: OpeningFactory,
    Payment: PaymentFactory,
    Payout: _payout,
    Provider: ProviderFactory,
    Refund: _refund,
    Reversal: _reversal,
    Rotation: RotationFactory,
    StripeEvent: _event,
    Transfer: _transfer,
}


# When a request for a letter was answered, submitted, seen or ended, as its state asks for.
MOMENTS = {
    "requested": (),
    "accepted": ("answered_at",),
    "declined": ("answered_at", "ended_at"),
    "withdrawn": ("ended_at",),
    "expired": ("ended_at",),
    "submitted": ("answered_at", "submitted_at"),
    "confirmed": ("answered_at", "submitted_at", "confirmed_at"),
}


def a_saved(model: type[Stateful], state: str) -> Stateful:
    """Put the row into `state` behind the gate's back: what is tested is the gate."""
    thing: Stateful = MAKERS[model]()
    is_paid = model in (Invoice, Payout) and state == "paid"
    extra = ", paid_at = now()" if is_paid else ""
    if model is Day and state != "planned":
        extra = ", settled_at = now()"
    if model is Letter:
        extra = "".join(f", {column} = now()" for column in MOMENTS[state])
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {model._meta.db_table} SET state = %s{extra} WHERE id = %s", [state, thing.pk]
        )
    return thing
