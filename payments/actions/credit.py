"""A refund kept here at its payer's own choice: it pays for a later invoice, or goes to her card.

In the lock order credit comes after payments and before number series.
"""

from datetime import datetime

from django.db import transaction
from django.db.models import F

from payments.actions.invoices import settle
from payments.actions.ledger import Entry, post, shares_between
from payments.models import Account, Credit, Dispute, Invoice, Payment, Refund
from payments.notifications import tell_received, tell_refund_kept, tell_refund_started
from payments.permissions import can_pay_invoice, can_send_back_credit
from payments.queries import left_cents, paid_cents
from payments.queries.credit import left_of, unspent_of
from payments.rules import credit_for
from payments.states import OPEN_PAYMENT, PaymentState, RefundState
from usce.accounts.models import User
from usce.audit.actions import record
from usce.errors import Refused
from usce.jobs.actions import enqueue
from usce.money import Money
from usce.permissions import SYSTEM, require
from usce.states import lock, transition

CARD = "credit on Rounds"
SENT_BACK = "credit"


class CreditChanged(Refused):
    def __init__(self, cents: int) -> None:
        super().__init__(
            f"Your credit or what is due has changed since this page was opened: {Money(cents)} "
            "can be used now. Nothing was used; look at it once more."
        )


class NoCreditLeft(Refused):
    def __init__(self) -> None:
        super().__init__("Nothing is left of this credit: it was used or sent back already.")


def use_credit(invoice: Invoice, cents: int, *, actor: User, now: datetime) -> list[Payment]:
    """Pay the invoice, or a part of it, with its payer's credit, the oldest first.

    `cents` is the sum that the person saw; another one uses nothing (CreditChanged). A payment
    page that was open for the whole is given up, as the sum is another now.
    """
    require(can_pay_invoice(actor, invoice))
    with transaction.atomic():
        lock(invoice)
        for payment in invoice.payments.filter(state__in=OPEN_PAYMENT):
            transition(payment, PaymentState.CANCELED, actor=actor, now=now, reason="credit")
            enqueue("payments.close_checkout", payment_id=payment.pk)
        mine = list(unspent_of(invoice.payer_id).select_for_update(no_key=True, of=("self",)))
        most = credit_for(left_cents(invoice), left_of(mine))
        if not most or cents != most:
            raise CreditChanged(most)
        made = []
        for credit in mine:
            if part := min(cents, credit.left_cents):
                made.append(_pay(invoice, credit, part, actor, now))
                cents -= part
    return made


def send_back_credit(credit: Credit, *, actor: User, now: datetime) -> Refund:
    """All that is left goes to the card that was charged for it; a job asks Stripe.

    What Stripe refuses is owed as any refund that it refuses. Raises NoCreditLeft.
    """
    require(can_send_back_credit(actor, credit))
    payment = credit.refund.payment
    with transaction.atomic():
        lock(payment.invoice)
        lock(payment)
        fresh = Credit.objects.select_for_update(no_key=True).get(pk=credit.pk)
        left = fresh.left_cents
        if not left:
            raise NoCreditLeft
        _use(fresh, left)
        refund = Refund(
            payment=payment,
            amount_cents=left,
            reason=SENT_BACK,
            of_credit=fresh,
            created_at=now,
        )
        refund.idempotency_key = f"refund-{refund.public_id}"
        refund.save()
        entries = [
            Entry(Account.CREDIT, left, fresh.party),
            Entry(Account.REFUNDS_OWED, -left, payment.payer),
        ]
        post("refund.asked", f"refund.asked:{refund.public_id}", refund, entries, now=now)
        changes = {"amount_cents": (None, left)}
        record("payments.credit.sent_back", fresh, actor=actor, now=now, changes=changes)
        enqueue("payments.send_refund", refund_id=refund.pk)
        tell_refund_started(refund, now=now)
    return refund


def keep_refund(refund: Refund, *, now: datetime) -> None:
    """The promised refund becomes credit; of what was paid with credit, that credit again.

    In the transaction that promised it, which locked its payment.
    """
    payment, payer, cents = refund.payment, refund.payment.payer, refund.amount_cents
    transition(refund, RefundState.SUCCEEDED, actor=SYSTEM, now=now, succeeded_at=now)
    if payment.credit_id:
        Credit.objects.filter(pk=payment.credit_id).update(used_cents=F("used_cents") - cents)
    else:
        Credit.objects.create(party=payer, refund=refund, amount_cents=cents, given_at=now)
    entries = [Entry(Account.REFUNDS_OWED, cents, payer), Entry(Account.CREDIT, -cents, payer)]
    post("credit.kept", f"refund.done:{refund.public_id}", refund, entries, now=now)
    tell_refund_kept(refund, now=now)


def take_by_bank(dispute: Dispute, most: int, *, now: datetime) -> int:
    """The bank gave the money of a charge back by itself: so much less is kept of it here."""
    taken = 0
    kept = Credit.objects.filter(refund__payment=dispute.payment).order_by("id")
    for credit in kept.select_for_update(no_key=True, of=("self",)):
        if part := min(most - taken, credit.left_cents):
            _use(credit, part)
            entries = [
                Entry(Account.CREDIT, part, credit.party),
                Entry(Account.DISPUTED, -part, dispute.payment.payer),
            ]
            key = f"credit.by_bank:{dispute.public_id}:{credit.public_id}"
            post("credit.by_bank", key, dispute, entries, now=now)
            taken += part
    return taken


def _pay(invoice: Invoice, credit: Credit, cents: int, actor: User, now: datetime) -> Payment:
    before = paid_cents(invoice)
    after = before + cents
    _use(credit, cents)
    payment = Payment(
        invoice=invoice,
        payer=credit.party,
        amount_cents=cents,
        credit=credit,
        card=CARD,
        expires_at=now,
        created_at=now,
    )
    payment.idempotency_key = f"credit-{payment.public_id}"
    payment.save()
    transition(payment, PaymentState.SUCCEEDED, actor=actor, now=now, succeeded_at=now)
    entries = [Entry(Account.CREDIT, cents, credit.party), *shares_between(invoice, before, after)]
    post("payment.received", f"payment:{payment.public_id}", payment, entries, now=now)
    if after == invoice.total_cents:
        settle(invoice, actor=actor, now=now)
    tell_received(payment, left_cents=invoice.total_cents - after, now=now)
    return payment


def _use(credit: Credit, cents: int) -> None:
    """The database refuses to go below zero, whoever forgot to look."""
    Credit.objects.filter(pk=credit.pk).update(used_cents=F("used_cents") + cents)
