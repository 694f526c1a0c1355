"""What people are told about their money. A confirmed seat is told by bookings."""

from datetime import datetime

from django.urls import reverse

import payments.notifications.payouts  # noqa: F401 -- its mails register themselves
from payments.models import PartyMember, Payment, Refund
from usce.accounts.models import User
from usce.notifications.actions import notify
from usce.notifications.events import Event, MailClass, register

SAMPLE = {
    "purpose": "Deposit, R-7K2M9Q: Inpatient cardiology",
    "amount_cents": 60_000,
    "bank_says": "The card has too little left.",
    "due_at": "2026-07-09T22:00:00+00:00",
    "reason": "late",
    "left_cents": 40_000,
    "card": "Visa ending 4242",
    "note_number": "C2026-000007",
    "payer": "Yusuf Rahmān",
    "path": "/invoices/sample",
}

RECEIVED = register(
    Event(
        "payments.received",
        "payer",
        MailClass.TRANSACTIONAL,
        "{{ amount_cents|money }} received: {{ purpose|truncatechars:50 }}",
        "emails/payments/received",
        SAMPLE,
    )
)
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
REFUND_KEPT = register(
    Event(
        "payments.refund_kept",
        "payer",
        MailClass.TRANSACTIONAL,
        "{{ amount_cents|money }} is kept for you as credit",
        "emails/payments/refund_kept",
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


def tell_received(payment: Payment, *, left_cents: int, now: datetime) -> None:
    """To whoever owes; and to whoever paid in her place."""
    invoice = payment.invoice
    if not invoice.mails_receipts and payment.payer_id == invoice.payer_id:
        return
    facts = {
        "purpose": invoice.purpose,
        "amount_cents": payment.amount_cents,
        "left_cents": left_cents,
        "due_at": invoice.due_at.isoformat(),
        "card": payment.card,
        "payer": payment.payer.name if payment.payer_id != invoice.payer_id else "",
        "path": reverse("payments:invoice", args=[invoice.public_id]),
    }
    _tell(RECEIVED, payment, facts, f"payments.received:{payment.public_id}", now)


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


def tell_refund_done(refund: Refund, *, by_hand: bool = False, now: datetime) -> None:
    """`by_hand`: by a transfer of our bank, for Stripe refused to send it."""
    facts = {**_facts(refund), "by_hand": by_hand}
    _tell(REFUND_DONE, refund.payment, facts, f"refund.done:{refund.public_id}", now)


def tell_refund_kept(refund: Refund, *, now: datetime) -> None:
    """Her own choice, or what she had paid with credit; it never leaves the house."""
    facts = {**_facts(refund), "path": reverse("payments:credit")}
    _tell(REFUND_KEPT, refund.payment, facts, f"refund.kept:{refund.public_id}", now)


def tell_refund_failed(refund: Refund, *, now: datetime) -> None:
    _tell(REFUND_FAILED, refund.payment, _facts(refund), f"refund.failed:{refund.public_id}", now)


def _facts(refund: Refund) -> dict[str, object]:
    invoice = refund.payment.invoice
    return {
        "purpose": invoice.purpose,
        "amount_cents": refund.amount_cents,
        "reason": refund.reason,
        "card": refund.payment.card,
        "asks_details": bool(refund.mails_details_to),
        "path": reverse("payments:invoice", args=[invoice.public_id]),
    }


def _tell(
    event: Event, payment: Payment, facts: dict[str, object], key: str, now: datetime
) -> None:
    """Whoever owes has an account; a payer in her place may have an address alone."""
    payers = {payment.payer_id, payment.invoice.payer_id}
    owing = PartyMember.objects.filter(party__in=payers).values_list("user_id", flat=True)
    for person in User.objects.filter(pk__in=owing):
        notify(event.name, to=person, facts=facts, unique_key=f"{key}:{person.pk}", now=now)
    if payment.payer.email:
        told = {**facts, "path": "", "to_payer": True}
        notify(event.name, to=payment.payer.email, facts=told, unique_key=f"{key}:payer", now=now)
