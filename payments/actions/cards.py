"""A kept card: charged once, when it was said; let go in one step; never tried again blindly."""

from datetime import datetime

from django.db import transaction

from payments.actions.calls import begin_call, note_answer, trying
from payments.actions.receipts import receive_money
from payments.gateway import GatewayRefused, Session, cards
from payments.models import Call, Invoice, Payment, SavedCard
from payments.permissions import can_let_go_card
from payments.queries import left_cents
from payments.signals import card_refused
from payments.states import OPEN_PAYMENT, CallState, InvoiceState, PaymentState
from usce.audit.actions import record
from usce.crashpoints import reach
from usce.jobs.actions import enqueue
from usce.permissions import SYSTEM, Actor, require
from usce.states import lock, transition

CALL = "intent.create"
UNDECIDED = ("processing", "requires_capture")


def let_go_card(card: SavedCard, *, actor: Actor, now: datetime) -> None:
    """It is charged no more; asking twice changes nothing."""
    require(can_let_go_card(actor, card))
    with transaction.atomic():
        fresh = _locked(card)
        if fresh.removed_at is None:
            fresh.removed_at = now
            fresh.save(update_fields=["removed_at"])
            record("payments.card.let_go", fresh, actor=actor, now=now)
            enqueue("payments.let_go_card", card_id=fresh.pk)


def begin_charge(invoice: Invoice, card: SavedCard, *, now: datetime) -> Payment | None:
    """Charge what is left of the invoice; a job asks Stripe. None where it must not be.

    Not an invoice that is paid, given up or was charged so before; not while its payer is paying;
    not a card that was let go, or whose first charge a bank disputes or disputed.
    """
    with transaction.atomic():
        lock(invoice)
        left, fresh = left_cents(invoice), _locked(card)
        if not left or not _may_charge(invoice, fresh):
            return None
        payment = Payment(
            invoice=invoice,
            payer=fresh.payment.payer,
            saved_card=fresh,
            amount_cents=left,
            expires_at=now,
            created_at=now,
        )
        payment.idempotency_key = f"card-{payment.public_id}"
        payment.save()
        begin_call(CALL, payment, now=now)
        changes = {"amount_cents": (None, left)}
        record("payments.card.charged", payment, actor=SYSTEM, now=now, changes=changes)
        enqueue("payments.send_charge", unique_key=payment.public_id, payment_id=payment.pk)
    return payment


def send_charge(payment: Payment, *, now: datetime) -> None:
    """Ask Stripe, or find what an earlier attempt asked before it could write it down."""
    with transaction.atomic():
        lock(payment.invoice)
        if lock(payment).state not in OPEN_PAYMENT:
            _end_call(payment, payment.stripe_intent_id, now)
            return
        call = begin_call(CALL, payment, now=now)
    answer = refused = None
    if call.tries:
        answer = _find(payment)
    if answer is None and not _is_wanted(payment):
        _give_up(payment, now)
        return
    if answer is None:
        try:
            answer = _ask(payment, call, now)
        except (cards.CardRefused, GatewayRefused) as error:
            refused = error
    if refused is not None:
        _refuse(payment, refused.code, str(refused), now)
    elif answer is not None:
        apply_charge(payment, answer, now=now)


def refresh_charge(payment: Payment, *, now: datetime) -> None:
    """What Stripe says of it now."""
    answer = _find(payment)
    if answer is not None:
        apply_charge(payment, answer, now=now)


def apply_charge(payment: Payment, answer: Session, *, now: datetime) -> None:
    """Write down how the charge stands; telling it again changes nothing."""
    if answer.is_paid:
        receive_money(payment, answer, now=now)
        _end_call(payment, answer.intent_id, now)
    elif answer.status not in UNDECIDED:
        _refuse(payment, answer.failure_code, answer.failure_message, now)


def _may_charge(invoice: Invoice, card: SavedCard) -> bool:
    tried = invoice.payments.filter(saved_card__isnull=False) | invoice.payments.filter(
        state__in=OPEN_PAYMENT
    )
    return not (card.removed_at or tried.exists() or card.payment.disputes.exists())


def _is_wanted(payment: Payment) -> bool:
    card = SavedCard.objects.get(charges=payment)
    invoice = Invoice.objects.get(pk=payment.invoice.pk)
    return invoice.state == InvoiceState.OPEN and card.removed_at is None


def _ask(payment: Payment, call: Call, now: datetime) -> Session:
    card = SavedCard.objects.get(charges=payment)
    reach("card.before_call")
    with trying(call, now=now):
        answer = cards.charge(
            customer=payment.payer.stripe_customer_id,
            method_id=card.stripe_method_id,
            amount_cents=payment.amount_cents,
            payment_ref=payment.public_id,
            purpose=payment.invoice.purpose,
            key=call.idempotency_key,
        )
    reach("card.after_call")
    return answer


def _find(payment: Payment) -> Session | None:
    customer = payment.payer.stripe_customer_id
    return cards.find_charge(customer=customer, payment_ref=payment.public_id)


def _give_up(payment: Payment, now: datetime) -> None:
    with transaction.atomic():
        lock(payment.invoice)
        if lock(payment).state in OPEN_PAYMENT:
            why = "no longer wanted"
            transition(payment, PaymentState.CANCELED, actor=SYSTEM, now=now, reason=why)
        _end_call(payment, "", now)


def _refuse(payment: Payment, code: str, message: str, now: datetime) -> None:
    """Its owner is asked to pay; the card is charged no more."""
    with transaction.atomic():
        lock(payment.invoice)
        if lock(payment).state not in OPEN_PAYMENT:
            return
        transition(
            payment,
            PaymentState.FAILED,
            actor=SYSTEM,
            now=now,
            failure_code=code[:60],
            failure_message=message[:300],
        )
        _end_call(payment, "", now)
        let_go_card(SavedCard.objects.get(charges=payment), actor=SYSTEM, now=now)
        transaction.on_commit(
            lambda: card_refused.send_robust(sender=Payment, invoice_id=payment.invoice_id)
        )


def _end_call(payment: Payment, stripe_id: str, now: datetime) -> None:
    waiting = Call.objects.filter(
        kind=CALL,
        subject_type="payments.payment",
        subject_id=payment.pk,
        state=CallState.WAITING,
    )
    with transaction.atomic():
        for call in waiting:
            note_answer(call, stripe_id, now=now)


def _locked(card: SavedCard) -> SavedCard:
    rows = SavedCard.objects.select_for_update(no_key=True, of=("self",))
    return rows.select_related("payment__invoice", "payment__payer").get(pk=card.pk)
