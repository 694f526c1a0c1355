"""A refund that the bank sent back goes another way: two people of finance, one name, and a mail.

Stripe writes to the payer and asks where the money shall go; no bank detail ever touches us.
"""

import unicodedata
from datetime import datetime

from django.db import IntegrityError, transaction

from payments.models import NewDetails, Party, Refund
from payments.notifications import tell_refund_started
from payments.permissions import can_repair_refund
from payments.states import RefundState
from usce.accounts.models import User
from usce.audit.actions import record
from usce.cases.actions import settle_case
from usce.errors import Refused
from usce.jobs.actions import enqueue
from usce.permissions import require
from usce.states import lock

CASE = "payments.refund_failed"
ONE_LIVE = "new_details_one_live"


class OtherName(Refused):
    def __init__(self, payer: Party) -> None:
        super().__init__(
            f"The account has to be in the payer's own name, {payer.name}. Money of one person "
            "is never sent to another."
        )


class NotToRepair(Refused):
    """The refund has not failed, or is being taken care of already."""


class SamePerson(Refused):
    def __init__(self) -> None:
        super().__init__("Somebody else of finance has to agree to what you asked for.")


def ask_new_details(refund: Refund, *, holder: str, actor: User, now: datetime) -> NewDetails:
    """First person: the payer told whose account it is. Raises OtherName, NotToRepair."""
    require(can_repair_refund(actor))
    payer = refund.payment.payer
    if _plain(holder) != _plain(payer.name):
        raise OtherName(payer)
    with transaction.atomic():
        lock(refund.payment.invoice)
        _check_failed(refund)
        details = NewDetails(refund=refund, holder=holder, asked_by=actor, asked_at=now)
        try:
            with transaction.atomic():
                details.save(force_insert=True)
        except IntegrityError as error:
            if ONE_LIVE not in str(error):
                raise
            raise NotToRepair("Another way was asked for already.") from error
        record("payments.new_details.asked", refund, actor=actor, now=now)
    return details


def agree_new_details(details: NewDetails, *, actor: User, now: datetime) -> Refund:
    """Second person: the refund is asked for again, and Stripe writes to the payer."""
    require(can_repair_refund(actor))
    old = details.refund
    if details.asked_by_id == actor.pk:
        raise SamePerson
    with transaction.atomic():
        lock(old.payment.invoice)
        _check_failed(old)
        _live(details)
        details.agreed_by, details.agreed_at = actor, now
        details.save(update_fields=["agreed_by", "agreed_at"])
        again = Refund(
            payment=old.payment,
            amount_cents=old.amount_cents,
            reason=old.reason,
            replaces=old,
            of_credit=old.of_credit,
            mails_details_to=address_of(old.payment.payer),
            created_at=now,
        )
        again.idempotency_key = f"refund-{again.public_id}"
        again.save()
        record("payments.new_details.agreed", old, actor=actor, now=now)
        settle_case(CASE, old, decision="sent_again", note="", actor=actor, now=now)
        enqueue("payments.send_refund", refund_id=again.pk)
        tell_refund_started(again, now=now)
    return again


def refuse_new_details(details: NewDetails, *, actor: User, now: datetime) -> None:
    """Somebody of finance, also the one who asked, takes it back; another may be asked for."""
    require(can_repair_refund(actor))
    with transaction.atomic():
        lock(details.refund.payment.invoice)
        _live(details)
        details.refused_at = now
        details.save(update_fields=["refused_at"])
        record("payments.new_details.refused", details.refund, actor=actor, now=now)


def address_of(payer: Party) -> str:
    """Where Stripe writes to: the payer's address as we know it, never one that was typed in."""
    if payer.email:
        return payer.email
    member = payer.members.select_related("user").order_by("id").first()
    return member.user.email if member else ""


def _check_failed(refund: Refund) -> None:
    lock(refund)
    if refund.state != RefundState.FAILED or Refund.objects.filter(replaces=refund).exists():
        raise NotToRepair("This refund has not failed, or goes another way already.")


def _live(details: NewDetails) -> None:
    details.refresh_from_db()
    if details.agreed_at or details.refused_at:
        raise NotToRepair("This was decided in the meantime.")


def _plain(name: str) -> str:
    """Case, width and spaces of a name are no difference; a letter is."""
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())
