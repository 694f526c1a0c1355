"""What providers get, and when: planned at payment, earned by attendance, held, taken back."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import models, transaction

from payments.actions.ledger import Entry, post, shares_between
from payments.models import (
    Account,
    Invoice,
    Party,
    Payment,
    Payout,
    Reversal,
    Transfer,
    TransferHold,
)
from payments.models.party import PartyKind
from payments.notifications.payouts import tell_held
from payments.permissions import can_move_money
from payments.queries import counted_payments, gone_cents, paid_cents
from payments.queries.disputes import is_disputed
from payments.queries.payouts import (
    earned_transfers,
    live_reasons,
    receivables_of,
    transfers_of,
)
from payments.rules import AFTER_END, NEW_BOOKINGS, tranches_of
from payments.states import (
    UNSENT_TRANSFER,
    PayoutState,
    TransferState,
)
from usce.audit.actions import record
from usce.jobs.actions import enqueue
from usce.permissions import SYSTEM, Actor, require
from usce.states import lock, transition

DISPUTE_HOLD = "dispute"


@dataclass(frozen=True)
class Schedule:
    """When attendance can be confirmed: instants of the site's calendar."""

    first_day_at: datetime
    half_at: datetime
    end_at: datetime

    def due_at(self, tranche: str) -> datetime:
        """Before this nothing is released, whoever confirms what."""
        if tranche == "end":
            return self.end_at + AFTER_END
        return self.first_day_at if tranche == "first_day" else self.half_at


def plan_transfers(
    invoice: Invoice,
    subject: models.Model,
    *,
    label: str,
    schedule: Schedule,
    actor: Actor,
    now: datetime,
) -> int:
    """Write down what each provider of a paid invoice will get; how many tranches are new.

    Asked again it changes nothing. A provider in its first bookings gets all of it at the end.
    What keeps back the subject's money, or a dispute of the payment, keeps back the new ones too.
    """
    require(can_move_money(actor))
    made = before = 0
    with transaction.atomic():
        lock(invoice)
        for payment in counted_payments(invoice).order_by("succeeded_at", "id"):
            after = before + payment.amount_cents
            if not payment.transfers.exists():
                shares = _by_provider(shares_between(invoice, before, after))
                made += _plan(payment, shares, subject, label, schedule, now)
                _keep_back(payment, subject, now)
            before = after
        take_back(invoice, now=now)
    return made


def release_tranche(subject: models.Model, tranche: str, *, actor: Actor, now: datetime) -> int:
    """Attendance was confirmed: what is due goes out now, the rest by itself when it is due.

    How many tranches went out. What is held stays until its hold is lifted.
    """
    require(can_move_money(actor))
    rows = transfers_of(subject).filter(tranche=tranche, earned_at__isnull=True)
    with transaction.atomic():
        for transfer in rows.filter(state__in=UNSENT_TRANSFER):
            lock(transfer)
            transfer.earned_at = now
            transfer.save(update_fields=["earned_at"])
            record("payments.transfer.earned", transfer, actor=actor, now=now)
    mine = earned_transfers(now).filter(pk__in=transfers_of(subject).values("pk"))
    return sum(_release(transfer, actor, now) for transfer in mine)


def release_due(now: datetime) -> int:
    """Release what was earned earlier and is due by now."""
    return sum(_release(transfer, SYSTEM, now) for transfer in earned_transfers(now)[:200])


def hold_transfers(subject: models.Model, reason: str, *, actor: Actor, now: datetime) -> int:
    """Keep back what has not gone out yet, for one reason; several may stand side by side."""
    require(can_move_money(actor))
    return _hold(transfers_of(subject), reason, actor, now)


def release_hold(subject: models.Model, reason: str, *, actor: Actor, now: datetime) -> int:
    """Lift one reason; what no other reason keeps is scheduled again."""
    require(can_move_money(actor))
    return _lift(transfers_of(subject), reason, actor, now)


def hold_payment(payment: Payment, *, now: datetime) -> int:
    """A dispute keeps back what this payment has not sent out."""
    return _hold(payment.transfers.all(), DISPUTE_HOLD, SYSTEM, now)


def lift_payment(payment: Payment, *, now: datetime) -> int:
    return _lift(payment.transfers.all(), DISPUTE_HOLD, SYSTEM, now)


def take_back(invoice: Invoice, *, now: datetime) -> None:
    """After a refund or a lost dispute: take it out of what providers were to get, or got.

    In the transaction that changed a payment of the invoice, which is locked. What has not gone
    out shrinks, the last tranche first; what has gone out is asked back.
    """
    rows = list(Transfer.objects.filter(payment__invoice=invoice).select_related("payee"))
    if not rows:
        return
    keeps = _by_provider(shares_between(invoice, gone_cents(invoice), paid_cents(invoice)))
    for payee_id in {row.payee_id for row in rows}:
        mine = [row for row in rows if row.payee_id == payee_id]
        excess = sum(t.amount_cents - t.reversed_cents for t in mine)
        excess -= keeps.get(payee_id, 0)
        for transfer in _unsent_and_last_first(mine):
            lock(transfer)
            part = min(excess, transfer.amount_cents - transfer.reversed_cents)
            if part > 0:
                _take(transfer, part, now)
                excess -= part


def _plan(
    payment: Payment,
    shares: dict[int, int],
    subject: models.Model,
    label: str,
    schedule: Schedule,
    now: datetime,
) -> int:
    rows = [
        Transfer(
            payment=payment,
            payee_id=payee_id,
            subject_type=_label(subject),
            subject_id=subject.pk,
            label=label[:200],
            tranche=tranche,
            amount_cents=part,
            due_at=schedule.due_at(tranche),
            created_at=now,
        )
        for payee_id, cents in shares.items()
        for tranche, part in tranches_of(cents, is_new=_is_new(payee_id, subject)).items()
    ]
    Transfer.objects.bulk_create(rows)
    return len(rows)


def _keep_back(payment: Payment, subject: models.Model, now: datetime) -> None:
    reasons = set(live_reasons(subject)) - {DISPUTE_HOLD}
    if is_disputed(payment.charged):
        reasons.add(DISPUTE_HOLD)
    for reason in sorted(reasons):
        _hold(payment.transfers.all(), reason, SYSTEM, now)


def _is_new(payee_id: int, subject: models.Model) -> bool:
    """Whether this is one of the payee's first bookings; one booking is never treated two ways."""
    mine = transfers_of(subject).filter(payee=payee_id)
    if mine.exists():
        return not mine.exclude(tranche="end").exists()
    others = Transfer.objects.filter(payee=payee_id).exclude(
        subject_type=_label(subject), subject_id=subject.pk
    )
    known = others.values("subject_type", "subject_id").distinct()[:NEW_BOOKINGS]
    return len(known) < NEW_BOOKINGS


def _by_provider(entries: list[Entry]) -> dict[int, int]:
    """The providers' part of credits to those an invoice is for, in cents by party."""
    shares: dict[int, int] = {}
    for entry in entries:
        party = entry.party
        if party is not None and party.kind == PartyKind.PROVIDER:
            shares[party.pk] = shares.get(party.pk, 0) - entry.amount_cents
    return {payee: cents for payee, cents in shares.items() if cents}


def _release(transfer: Transfer, actor: Actor, now: datetime) -> bool:
    """In the lock order: party, payment, tranche. Earlier debts of the payee are set off first."""
    with transaction.atomic():
        payee = Party.objects.select_for_update(no_key=True).get(pk=transfer.payee_id)
        lock(transfer.payment)
        if lock(transfer).state != TransferState.SCHEDULED:
            return False
        transition(transfer, TransferState.RELEASED, actor=actor, now=now, released_at=now)
        owed = _set_off(payee, transfer.amount_cents, now)
        left = transfer.amount_cents - owed
        payout = Payout.objects.create(
            transfer=transfer, payee=payee, amount_cents=left, created_at=now
        )
        entries = [
            Entry(Account.HELD_FOR_PAYEES, transfer.amount_cents, payee),
            Entry(Account.RECEIVABLES, -owed, payee),
            Entry(Account.PAYOUTS_DUE, -left, payee),
        ]
        key = f"transfer.released:{transfer.public_id}"
        post("transfer.released", key, transfer, entries, now=now)
        if left:
            enqueue("payments.send_payout", unique_key=payout.public_id, payout_id=payout.pk)
        else:
            transition(payout, PayoutState.PAID, actor=SYSTEM, now=now, paid_at=now)
    return True


def _set_off(payee: Party, most: int, now: datetime) -> int:
    """What the payee owes us comes out of what it gets, the oldest debt first."""
    total = 0
    for reversal in receivables_of(payee):
        lock(reversal)
        part = min(most - total, reversal.amount_cents - reversal.collected_cents)
        if part:
            reversal.collected_cents += part
            reversal.save(update_fields=["collected_cents"])
            changes = {"collected_cents": (None, part)}
            record("payments.reversal.set_off", reversal, actor=SYSTEM, now=now, changes=changes)
            total += part
    return total


def _take(transfer: Transfer, cents: int, now: datetime) -> None:
    if transfer.state in UNSENT_TRANSFER:
        transfer.amount_cents -= cents
        transfer.save(update_fields=["amount_cents"])
        changes = {"amount_cents": (transfer.amount_cents + cents, transfer.amount_cents)}
        record("payments.transfer.reduced", transfer, actor=SYSTEM, now=now, changes=changes)
        if not transfer.amount_cents:
            transition(transfer, TransferState.REVERSED, actor=SYSTEM, now=now)
        return
    transfer.reversed_cents += cents
    transfer.save(update_fields=["reversed_cents"])
    reversal = Reversal.objects.create(payout=transfer.payout, amount_cents=cents, created_at=now)
    entries = [
        Entry(Account.RECEIVABLES, cents, transfer.payee),
        Entry(Account.HELD_FOR_PAYEES, -cents, transfer.payee),
    ]
    post("reversal.asked", f"reversal.asked:{reversal.public_id}", reversal, entries, now=now)
    if transfer.reversed_cents == transfer.amount_cents:
        transition(transfer, TransferState.REVERSED, actor=SYSTEM, now=now)
    enqueue("payments.send_reversal", unique_key=reversal.public_id, reversal_id=reversal.pk)


def _unsent_and_last_first(rows: list[Transfer]) -> list[Transfer]:
    return sorted(rows, key=lambda t: (t.state not in UNSENT_TRANSFER, -t.due_at.timestamp()))


def _hold(rows: Any, reason: str, actor: Actor, now: datetime) -> int:
    held = 0
    with transaction.atomic():
        for transfer in _in_order(rows):
            lock(transfer)
            if transfer.state not in UNSENT_TRANSFER:
                continue
            made = TransferHold(transfer=transfer, reason=reason[:40], placed_at=now)
            TransferHold.objects.bulk_create([made], ignore_conflicts=True)
            if transfer.state == TransferState.SCHEDULED:
                transition(transfer, TransferState.HELD, actor=actor, now=now, reason=reason)
                tell_held(transfer, reason, now=now)
                held += 1
    return held


def _lift(rows: Any, reason: str, actor: Actor, now: datetime) -> int:
    freed = 0
    with transaction.atomic():
        for transfer in _in_order(rows):
            lock(transfer)
            holds = transfer.holds.filter(lifted_at__isnull=True)
            lifted = holds.filter(reason=reason).update(lifted_at=now)
            if lifted and transfer.state == TransferState.HELD and not holds.exists():
                transition(transfer, TransferState.SCHEDULED, actor=actor, now=now)
                freed += 1
    return freed


def _in_order(rows: Any) -> Iterable[Transfer]:
    found: Iterable[Transfer] = rows.select_related("payee", "payment").order_by("id")
    return found


def _label(subject: models.Model) -> str:
    return subject._meta.label_lower  # noqa: SLF001 -- Django's documented model API
