"""A refund that Stripe refuses for good is ended: two people of finance, a reason, the ledger."""

from datetime import datetime

from django.db import IntegrityError, transaction

from payments.actions.ledger import Entry, post
from payments.actions.new_details import NotToRepair, SamePerson
from payments.actions.refunds import REFUSED, refresh_refund
from payments.models import Account, Refund, RefundEnding
from payments.notifications import tell_refund_done
from payments.permissions import can_repair_refund
from payments.queries import owed_cents
from payments.states import RefundState
from usce.accounts.models import User
from usce.audit.actions import record
from usce.cases.actions import settle_case
from usce.errors import Refused
from usce.jobs.actions import enqueue
from usce.permissions import require
from usce.states import lock, transition
from usce.text import clean_line

ONE_LIVE = "refund_ending_one_live"


class NoReason(Refused):
    def __init__(self) -> None:
        super().__init__("Say why it ends, and give the bank's reference where money was sent.")


def ask_ending(refund: Refund, *, words: str, actor: User, now: datetime) -> RefundEnding:
    """First person: why it ends. Stripe is not asked again meanwhile. Raises NotToRepair."""
    require(can_repair_refund(actor))
    said = clean_line(words)
    if not said:
        raise NoReason
    with transaction.atomic():
        lock(refund.payment.invoice)
        _check_refused(refund)
        ending = RefundEnding(refund=refund, words=said[:300], asked_by=actor, asked_at=now)
        try:
            with transaction.atomic():
                ending.save(force_insert=True)
        except IntegrityError as error:
            if ONE_LIVE not in str(error):
                raise
            raise NotToRepair("Its end was asked for already.") from error
        record("payments.refund_ending.asked", refund, actor=actor, now=now)
    return ending


def agree_ending(ending: RefundEnding, *, actor: User, now: datetime) -> Refund:
    """Second person: what is still owed has left our bank account, and the refund is over.

    Stripe is looked at first, for it may have sent the money after all. Call it outside a
    transaction. Raises SamePerson, NotToRepair, PaymentsUnavailable.
    """
    require(can_repair_refund(actor))
    if ending.asked_by_id == actor.pk:
        raise SamePerson
    refund = ending.refund
    refresh_refund(refund, now=now)
    with transaction.atomic():
        lock(refund.payment.invoice)
        _check_refused(refund)
        _live(ending)
        ending.agreed_by, ending.agreed_at = actor, now
        ending.save(update_fields=["agreed_by", "agreed_at"])
        if owed := owed_cents(refund):
            entries = [
                Entry(Account.REFUNDS_OWED, owed, refund.payment.payer),
                Entry(Account.BANK, -owed),
            ]
            post("refund.by_hand", f"refund.by_hand:{refund.public_id}", refund, entries, now=now)
        transition(refund, RefundState.SUCCEEDED, actor=actor, now=now, succeeded_at=now)
        record("payments.refund_ending.agreed", refund, actor=actor, now=now)
        settle_case(REFUSED, refund, decision="ended", note=ending.words, actor=actor, now=now)
        tell_refund_done(refund, by_hand=True, now=now)
    return refund


def refuse_ending(ending: RefundEnding, *, actor: User, now: datetime) -> None:
    """Somebody of finance, also the one who asked, takes it back; Stripe is asked again."""
    require(can_repair_refund(actor))
    refund = ending.refund
    with transaction.atomic():
        lock(refund.payment.invoice)
        _live(ending)
        ending.refused_at = now
        ending.save(update_fields=["refused_at"])
        record("payments.refund_ending.refused", refund, actor=actor, now=now)
        enqueue("payments.send_refund", unique_key=refund.public_id, refund_id=refund.pk)


def _check_refused(refund: Refund) -> None:
    if lock(refund).state != RefundState.PENDING or not refund.refusals:
        raise NotToRepair("Stripe has not refused this refund, or it is over already.")


def _live(ending: RefundEnding) -> None:
    ending.refresh_from_db()
    if ending.agreed_at or ending.refused_at:
        raise NotToRepair("This was decided in the meantime.")
