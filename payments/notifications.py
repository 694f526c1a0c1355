"""What people are told about their money. A confirmed seat is told by bookings."""

from datetime import datetime

from django.urls import reverse

from payments.models import Payment, Refund
from usce.accounts.models import User
from usce.notifications.actions import notify
from usce.notifications.events import Event, MailClass, register

SAMPLE = {
    "purpose": "Deposit, R-7K2M9Q: Inpatient cardiology",
    "amount_cents": 60_000,
    "bank_says": "The card has too little left.",
    "due_at": "2026-07-09T22:00:00+00:00",
    "reason": "late",
    "path": "/invoices/sample",
}

DECLINED = register(
    Event(
        "payments.declined",
        "payer",
        MailClass.TRANSACTIONAL,
        "Card declined: {{ purpose|truncatechars:50 }}",
        "emails/payments/declined",
        SAMPLE,
    )
)
REFUND_STARTED = register(
    Event(
        "payments.refund_started",
        "payer",
        MailClass.TRANSACTIONAL,
        "{{ amount_cents|money }} is on its way back to you",
        "emails/payments/refund_started",
        SAMPLE,
    )
)
REFUND_DONE = register(
    Event(
        "payments.refund_done",
        "payer",
        MailClass.TRANSACTIONAL,
        "{{ amount_cents|money }} went back to you",
        "emails/payments/refund_done",
        SAMPLE,
    )
)
REFUND_FAILED = register(
    Event(
        "payments.refund_failed",
        "payer",
        MailClass.TRANSACTIONAL,
        "Your bank returned the refund of {{ amount_cents|money }}",
        "emails/payments/refund_failed",
        SAMPLE,
    )
)


def tell_declined(payment: Payment, *, now: datetime) -> None:
    facts = {
        "purpose": payment.invoice.purpose,
        "amount_cents": payment.amount_cents,
        "bank_says": payment.failure_message,
        "due_at": payment.invoice.due_at.isoformat(),
        "path": reverse("payments:invoice", args=[payment.invoice.public_id]),
    }
    key = f"payments.declined:{payment.public_id}:{payment.failure_code}"
    _tell(DECLINED, payment, facts, key, now)


def tell_refund_started(refund: Refund, *, now: datetime) -> None:
    _tell(REFUND_STARTED, refund.payment, _facts(refund), f"refund:{refund.public_id}", now)


def tell_refund_done(refund: Refund, *, now: datetime) -> None:
    _tell(REFUND_DONE, refund.payment, _facts(refund), f"refund.done:{refund.public_id}", now)


def tell_refund_failed(refund: Refund, *, now: datetime) -> None:
    _tell(REFUND_FAILED, refund.payment, _facts(refund), f"refund.failed:{refund.public_id}", now)


def _facts(refund: Refund) -> dict[str, object]:
    invoice = refund.payment.invoice
    return {
        "purpose": invoice.purpose,
        "amount_cents": refund.amount_cents,
        "reason": refund.reason,
        "path": reverse("payments:invoice", args=[invoice.public_id]),
    }


def _tell(
    event: Event, payment: Payment, facts: dict[str, object], key: str, now: datetime
) -> None:
    members = User.objects.filter(
        pk__in=payment.invoice.payer.members.values_list("user_id", flat=True)
    )
    for person in members:
        notify(event.name, to=person, facts=facts, unique_key=f"{key}:{person.pk}", now=now)
