"""End a confirmed booking: the seat is free, the refund of the terms is promised, people are told.

One transaction in the lock order: preceptor weeks, opening, application, booking, invoices,
payments, number series.
"""

from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction

from applicants.documents.actions import end_uses, use
from applicants.documents.models import Document
from applicants.documents.states import DocumentState
from payments.actions.invoices import void_invoice
from payments.actions.refunds import refund_invoices
from rotations.applications.actions import mark_ended
from rotations.applications.states import ApplicationState
from rotations.bookings import notifications
from rotations.bookings.actions.errors import CannotCancel, ProofMissing, SumChanged
from rotations.bookings.actions.seats import give_back_seat, lock_seat
from rotations.bookings.models import Booking, Cancellation
from rotations.bookings.permissions import (
    can_cancel_booking,
    can_cancel_for_host,
    can_cancel_for_rounds,
    can_decide_cancellation,
)
from rotations.bookings.queries import waiting_cancellation
from rotations.bookings.quotes import Quote, begins_at, day_that_counts, invoices_of, quote_for
from rotations.bookings.reasons import OWN, PROOF, Reason
from rotations.bookings.states import SEATED, BookingState, CancellationState
from usce.accounts.models import User
from usce.cases.actions import open_case, settle_case
from usce.cases.models import Queue
from usce.crashpoints import reach
from usce.permissions import SYSTEM, Actor, SystemActor, require
from usce.reference.rules import business_deadline
from usce.states import TransitionRefused, lock, transition
from usce.text import clean_text

CASE = "bookings.cancellation"
DECISION_DAYS = 2
ONE_WAITING = "cancellation_one_per_booking"


@dataclass(frozen=True)
class Why:
    """`expected_cents` is the refund that the person saw; another sum cancels nothing.

    `as_credit` is the applicant's own choice about what she paid herself.
    """

    reason: str
    words: str = ""
    expected_cents: int | None = None
    as_credit: bool = False


def cancel_booking(booking: Booking, why: Why, *, actor: User, now: datetime) -> Cancellation:
    """The applicant gives the seat up, and gets back what the frozen terms say.

    Raises SumChanged, CannotCancel once the rotation has begun, ProofMissing where the reason
    gives back more with a proof (`ask_to_cancel`).
    """
    require(can_cancel_booking(actor, booking))
    if why.reason not in OWN:
        raise CannotCancel("Choose one of the reasons.")
    with transaction.atomic():
        _lock(booking, now)
        quote = quote_for(booking, why.reason, at=day_that_counts(booking, now))
        if quote.asks_proof:
            raise ProofMissing("This reason is decided on a paper. Choose it first.")
        done = _asked(booking, why, actor=actor, now=now)
        _end(done, quote, why.expected_cents, actor=actor, now=now)
        notifications.tell_canceled(done, now=now)
        reach("cancel.before_commit")
    reach("cancel.after_commit")
    return done


def ask_to_cancel(
    booking: Booking, why: Why, proof: Document, *, actor: User, now: datetime
) -> Cancellation:
    """Staff look at the proof; the seat stays taken until then, and today counts as the day."""
    require(can_cancel_booking(actor, booking) and proof.owner_id == actor.pk)
    kind = PROOF[Reason(why.reason)][0] if why.reason in PROOF else None
    with transaction.atomic():
        _lock(booking, now)
        lock(proof)
        if proof.kind != kind or proof.state != DocumentState.ACCEPTED:
            raise ProofMissing("Choose a paper of the right kind that has passed its checks.")
        asked = _asked(booking, why, actor=actor, now=now, proof=proof)
        use(proof, by=asked, now=now)
        zone = booking.offer.site.time_zone
        due_at = business_deadline(now, DECISION_DAYS, zone)
        open_case(
            CASE,
            asked,
            title=f"{booking.application.reference}: {asked.get_reason_display()}",
            queue=Queue.REVIEWER,
            due_at=due_at,
            actor=actor,
            now=now,
        )
        notifications.tell_proof_received(asked, due_at=due_at, now=now)
    return asked


def withdraw_cancellation(cancellation: Cancellation, *, actor: User, now: datetime) -> None:
    """The person keeps the seat after all."""
    require(can_cancel_booking(actor, cancellation.booking))
    with transaction.atomic():
        lock(cancellation.booking)
        state = CancellationState.WITHDRAWN
        transition(cancellation, state, actor=actor, now=now, decided_at=now)
        settle_case(CASE, cancellation, decision="withdrawn", note="", actor=SYSTEM, now=now)
        end_uses(by=cancellation, on=now.date())


def accept_proof(
    cancellation: Cancellation, *, expected_cents: int, actor: User, now: datetime
) -> Cancellation:
    """The proof counts: the booking ends with the refund of the terms, by the day of asking."""
    require(can_decide_cancellation(actor, cancellation))
    booking = cancellation.booking
    with transaction.atomic():
        _lock(booking, now, even_begun=True)
        _still_waiting(cancellation)
        quote = quote_for(booking, cancellation.reason, at=cancellation.asked_at)
        settle_case(CASE, cancellation, decision="accepted", note="", actor=actor, now=now)
        _end(cancellation, quote, expected_cents, actor=actor, now=now)
        end_uses(by=cancellation, on=now.date())
        notifications.tell_canceled(cancellation, now=now)
    return cancellation


def decline_proof(
    cancellation: Cancellation, *, answer: str, actor: User, now: datetime
) -> Cancellation:
    """The proof does not count: the seat stays, and for a week the day of asking still counts."""
    require(can_decide_cancellation(actor, cancellation))
    said = clean_text(answer)
    if not said:
        raise ProofMissing("Say why: the applicant reads this sentence.")
    with transaction.atomic():
        lock(cancellation.booking)
        _still_waiting(cancellation)
        settle_case(CASE, cancellation, decision="declined", note=said, actor=actor, now=now)
        transition(
            cancellation,
            CancellationState.DECLINED,
            actor=actor,
            now=now,
            decided_by=actor,
            decided_at=now,
            answer=said,
        )
        end_uses(by=cancellation, on=now.date())
        notifications.tell_proof_declined(cancellation, now=now)
    return cancellation


def cancel_for_host(booking: Booking, why: Why, *, actor: User, now: datetime) -> Cancellation:
    """The provider, or Rounds, cannot keep the booking: everything that was paid goes back."""
    is_host = can_cancel_for_host(actor, booking)
    require(is_host or can_cancel_for_rounds(actor))
    said = clean_text(why.words)
    if not said:
        raise CannotCancel("Say why: the applicant reads this sentence.")
    reason = Reason.PROVIDER if is_host else Reason.PLATFORM
    return _at_once(booking, Why(reason, said, why.expected_cents), actor=actor, now=now)


def release_unpaid(booking: Booking, *, actor: SystemActor, now: datetime) -> Cancellation:
    """The balance was not paid in time: the terms decide what comes back of the rest."""
    return _at_once(booking, Why(Reason.NOT_PAID), actor=actor, now=now)


def _at_once(booking: Booking, why: Why, *, actor: Actor, now: datetime) -> Cancellation:
    """A request for proof that waits is settled by it."""
    with transaction.atomic():
        _lock(booking, now, even_begun=True)
        if (waiting := waiting_cancellation(booking)) is not None:
            ended = CancellationState.WITHDRAWN
            transition(waiting, ended, actor=SYSTEM, now=now, decided_at=now)
            settle_case(CASE, waiting, decision="overtaken", note="", actor=SYSTEM, now=now)
            end_uses(by=waiting, on=now.date())
        quote = quote_for(booking, why.reason, at=now)
        done = _asked(booking, why, actor=actor, now=now)
        _end(done, quote, why.expected_cents, actor=actor, now=now)
        notifications.tell_canceled(done, now=now)
    return done


def _lock(booking: Booking, now: datetime, *, even_begun: bool = False) -> None:
    lock_seat(booking.offer)
    lock(booking.application)
    if lock(booking).state not in SEATED:
        raise TransitionRefused(booking, BookingState.CANCELED)
    if begins_at(booking) <= now and not even_begun:
        raise CannotCancel("The rotation has begun. Write to us instead: we look at it together.")
    for invoice in invoices_of(booking):
        lock(invoice)


def _asked(
    booking: Booking, why: Why, *, actor: Actor, now: datetime, proof: Document | None = None
) -> Cancellation:
    asked = Cancellation(
        booking=booking,
        reason=why.reason,
        words=clean_text(why.words),
        proof=proof,
        as_credit=why.as_credit,
        asked_by=actor if isinstance(actor, User) else None,
        asked_at=now,
    )
    try:
        with transaction.atomic():
            asked.save(force_insert=True)
    except IntegrityError as error:
        if ONE_WAITING not in str(error):
            raise
        raise CannotCancel("A request for this booking waits for our staff already.") from error
    return asked


def _still_waiting(cancellation: Cancellation) -> None:
    if lock(cancellation).state != CancellationState.WAITING:
        raise TransitionRefused(cancellation, CancellationState.DONE)


def _end(
    cancellation: Cancellation,
    quote: Quote,
    expected_cents: int | None,
    *,
    actor: Actor,
    now: datetime,
) -> None:
    booking, reason = cancellation.booking, cancellation.reason
    if expected_cents is not None and expected_cents != quote.back_cents:
        raise SumChanged(quote.back_cents)
    if booking.balance_invoice is not None:
        void_invoice(booking.balance_invoice, actor=SYSTEM, now=now, reason=reason)
    if quote.back_cents:
        refund_invoices(
            invoices_of(booking),
            quote.back_cents,
            reason=reason,
            actor=SYSTEM,
            now=now,
            as_credit=cancellation.as_credit,
        )
    give_back_seat(booking.offer)
    canceled = BookingState.CANCELED
    transition(booking, canceled, actor=actor, now=now, cancel_reason=reason, canceled_at=now)
    ended = ENDS.get(Reason(reason), ApplicationState.WITHDRAWN)
    said = cancellation.words or cancellation.get_reason_display()
    mark_ended(booking.application, ended, reason=said, actor=actor, now=now)
    transition(
        cancellation,
        CancellationState.DONE,
        actor=actor,
        now=now,
        paid_cents=quote.paid_cents,
        back_cents=quote.back_cents,
        decided_by=actor if isinstance(actor, User) else None,
        decided_at=now,
    )


ENDS = {
    Reason.PROVIDER: ApplicationState.DECLINED,
    Reason.PLATFORM: ApplicationState.DECLINED,
    Reason.NOT_PAID: ApplicationState.EXPIRED,
}
