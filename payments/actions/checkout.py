"""Paying: a row first, then Stripe, then the answer written down; each step can be taken again."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction

from payments import gateway
from payments.actions.cards import send_charge
from payments.actions.receipts import receive_money
from payments.actions.screening import screen_party
from payments.models import Invoice, Party, Payment
from payments.notifications import tell_declined
from payments.permissions import can_pay_invoice
from payments.queries import charged_lines, left_cents
from payments.states import OPEN_PAYMENT, InvoiceState, PaymentState
from usce.accounts.models import User
from usce.crashpoints import reach
from usce.errors import Refused
from usce.jobs.actions import enqueue
from usce.limits.actions import check
from usce.money import Money
from usce.permissions import SYSTEM, SystemActor, require
from usce.states import lock, transition

STRIPE_SHORTEST_PAGE = timedelta(minutes=30)
SHORTEST_PAGE = STRIPE_SHORTEST_PAGE + timedelta(minutes=1)
OLDEST_KEY = timedelta(hours=23)
LEAST_PART_CENTS = 200_00
TRIES, TRIES_WINDOW = 20, timedelta(minutes=10)


class InvoiceNotPayable(Refused):
    def __init__(self, *, paid: bool) -> None:
        super().__init__(
            "This is paid already; nothing more is due here."
            if paid
            else "This payment is no longer open. Nothing was charged."
        )


class BadPart(Refused):
    def __init__(self, left_cents: int) -> None:
        least, left = Money(LEAST_PART_CENTS), Money(left_cents)
        super().__init__(
            f"Pay all of {left}, or a part of at least {least} that leaves at least {least}."
            if left_cents >= 2 * LEAST_PART_CENTS
            else f"{left} is left; pay it in one."
        )


@dataclass(frozen=True)
class Share:
    """How much is paid (all that is left), by whom (who owes), and whether the card is kept."""

    cents: int | None = None
    payer: Party | None = None
    keeps_card: bool = False


WHOLE = Share()


def start_checkout(
    invoice: Invoice,
    *,
    actor: User | SystemActor,
    expires_at: datetime,
    success_path: str,
    cancel_path: str,
    now: datetime,
    share: Share = WHOLE,
) -> Payment:
    """A payment with an open Checkout page; asking again gives the same page.

    A payer in place of the one who owes comes through a link whose holder the caller has let in,
    and then alone the actor is the service. Raises BadPart.

    Call it outside a transaction. Stripe keeps a page open for 30 minutes at least, so the page
    may outlive `expires_at` when it is opened late; the invoice decides, not the page.
    Raises InvoiceNotPayable and PaymentsUnavailable.
    """
    payer = share.payer
    require(can_pay_invoice(actor, invoice) if payer is None else actor == SYSTEM)
    email = payer.email if payer is not None else str(getattr(actor, "email", ""))
    who = f"payer:{payer.pk}" if payer is not None else f"pay:{getattr(actor, 'pk', '')}"
    check(who, limit=TRIES, window=TRIES_WINDOW, now=now)
    closes_at = max(expires_at, now + SHORTEST_PAGE)
    payment = _reserve(invoice, share, closes_at, now)
    if payment.checkout_url:
        return payment
    try:
        session = gateway.create_session(
            customer=_customer_of(payment, email),
            lines=_charged(payment),
            payment_ref=payment.public_id,
            success_url=f"{settings.SITE_URL}{success_path}",
            cancel_url=f"{settings.SITE_URL}{cancel_path}",
            expires_at=payment.expires_at,
            key=payment.idempotency_key,
            keeps_card=share.keeps_card,
        )
    except gateway.AnswerKept:
        _give_up(payment, now)
        raise
    reach("checkout.after_call")
    return _note_page(payment, session)


def refresh(payment: Payment, *, now: datetime) -> None:
    """Ask Stripe how the payment's page stands, and write down what it says.

    A payment whose page nobody was ever told of is given up once that page has closed.
    """
    if payment.saved_card_id:
        send_charge(payment, now=now)
        return
    if payment.stripe_session_id:
        apply_session(payment, gateway.fetch_session(payment.stripe_session_id), now=now)
    elif payment.expires_at < now:
        _give_up(payment, now)


def apply_session(payment: Payment, session: gateway.Session, *, now: datetime) -> None:
    """What Stripe says now decides, not the order in which events arrived."""
    if session.is_paid:
        receive_money(payment, session, now=now)
        return
    with transaction.atomic():
        lock(payment.invoice)
        lock(payment)
        if payment.state not in OPEN_PAYMENT:
            return
        if session.status == "expired":
            transition(payment, PaymentState.CANCELED, actor=SYSTEM, now=now)
        elif session.failure_code and session.failure_code != payment.failure_code:
            payment.failure_code = session.failure_code[:60]
            payment.failure_message = session.failure_message[:300]
            payment.save(update_fields=["failure_code", "failure_message"])
            tell_declined(payment, now=now)


def close_checkout(payment: Payment) -> None:
    """Close the page of a payment that was given up."""
    if payment.stripe_session_id:
        gateway.expire_session(payment.stripe_session_id)


def _reserve(invoice: Invoice, share: Share, expires_at: datetime, now: datetime) -> Payment:
    payer = share.payer or invoice.payer
    with transaction.atomic():
        lock(invoice)
        if invoice.state != InvoiceState.OPEN:
            raise InvoiceNotPayable(paid=invoice.state == InvoiceState.PAID)
        amount_cents = _amount(left_cents(invoice), share.cents)
        known = invoice.payments.filter(state__in=OPEN_PAYMENT).first()
        same = known is not None and (known.amount_cents, known.payer_id, known.keeps_card) == (
            amount_cents,
            payer.pk,
            share.keeps_card,
        )
        if known is not None and same and _still_good(known, now):
            return known
        if known is not None:
            transition(known, PaymentState.CANCELED, actor=SYSTEM, now=now)
            enqueue("payments.close_checkout", payment_id=known.pk)
        payment = Payment(
            invoice=invoice,
            payer=payer,
            amount_cents=amount_cents,
            keeps_card=share.keeps_card,
            expires_at=expires_at,
            created_at=now,
        )
        payment.idempotency_key = f"checkout-{payment.public_id}"
        payment.save()
        if not Payment.objects.filter(payer=payer, state=PaymentState.SUCCEEDED).exists():
            screen_party(payer, "first payment", now=now)
    reach("checkout.before_call")
    return payment


def _still_good(payment: Payment, now: datetime) -> bool:
    """Open at Stripe, or not yet there and young enough for its key to be used again."""
    if payment.checkout_url:
        return payment.expires_at > now
    is_key_young = now - payment.created_at < OLDEST_KEY
    return is_key_young and payment.expires_at - now > STRIPE_SHORTEST_PAGE


def _give_up(payment: Payment, now: datetime) -> None:
    """A page of it may exist at Stripe, but nobody has its address; the next try is a new row."""
    with transaction.atomic():
        lock(payment.invoice)
        lock(payment)
        if payment.state in OPEN_PAYMENT and not payment.stripe_session_id:
            transition(payment, PaymentState.CANCELED, actor=SYSTEM, now=now, reason="no answer")


def _note_page(payment: Payment, session: gateway.Session) -> Payment:
    with transaction.atomic():
        lock(payment)
        payment.stripe_session_id = session.id
        payment.checkout_url = session.url
        payment.save(update_fields=["stripe_session_id", "checkout_url"])
        if payment.state not in OPEN_PAYMENT:
            enqueue("payments.close_checkout", payment_id=payment.pk)
    if payment.state not in OPEN_PAYMENT:
        raise InvoiceNotPayable(paid=payment.state == PaymentState.SUCCEEDED)
    return payment


def _amount(left: int, wanted: int | None) -> int:
    """All that is left, or a part that leaves no rest too small to be paid by itself."""
    if wanted is None or wanted == left:
        return left
    if not LEAST_PART_CENTS <= wanted <= left - LEAST_PART_CENTS:
        raise BadPart(left)
    return wanted


def _charged(payment: Payment) -> list[gateway.Line]:
    """The invoice's lines as Stripe's page shows them."""
    invoice = payment.invoice
    if payment.amount_cents < invoice.total_cents:
        return [gateway.Line(f"Part of {invoice.purpose}", payment.amount_cents)]
    return [gateway.Line(label, cents) for label, cents in charged_lines(invoice.lines.all())]


def _customer_of(payment: Payment, email: str) -> str:
    payer = payment.payer
    if not payer.stripe_customer_id:
        made = gateway.create_customer(
            name=payer.name, email=email, key=f"customer-{payment.public_id}"
        )
        Party.objects.filter(pk=payer.pk, stripe_customer_id="").update(stripe_customer_id=made)
        payer.refresh_from_db(fields=["stripe_customer_id"])
    return payer.stripe_customer_id
