"""Applications and bookings in every state, told once through the product's own actions."""

from datetime import date, datetime, timedelta

from applicants.documents.actions import add_document
from applicants.documents.kinds import DocumentKind
from applicants.documents.models import Document
from payments.actions.receipts import receive_money
from payments.actions.refunds import apply_refund
from payments.gateway import RefundAnswer, Session
from payments.models import Payment
from payments.states import PaymentState
from rotations.applications.actions import (
    begin_review,
    decline_application,
    forward_application,
    request_changes,
    save_draft,
    start_draft,
    submit_application,
    waitlist_application,
    withdraw_application,
)
from rotations.applications.models import Application
from rotations.bookings.actions import (
    accept_offer,
    confirm_paid_booking,
    decline_offer,
    expire_offers,
    make_coupon,
    make_offer,
    release_expired_holds,
    withdraw_offer,
)
from rotations.bookings.actions.coupons import Terms
from rotations.bookings.models import Bearer, Booking, Offer
from rotations.bookings.rules import offer_end
from rotations.catalog.models import Opening, Rotation
from rotations.conversations.actions import answer_question, ask_question
from usce.accounts.models import User
from usce.audit.actions import record_access
from usce.devstack.demo.catalogue import listing_id
from usce.devstack.demo.invented import demo_id, pick
from usce.devstack.demo.paper import a_cv
from usce.permissions import SYSTEM

CLINIC, HEART, INTRODUCTION, FREE = 0, 1, 26, 25  # listings: three of Bruno's, one of Clara's
OTHERS = (4, 6, 8, 13, 18, 20, 24)  # whose rules the invented applicants meet
WORDS = (
    "I want to see how a clinic here runs its day, from the first visit to the follow-up.",
    "My school taught me much about infections and little about chronic disease in clinic.",
    "I hope to learn how notes, orders and handovers are done before I apply for residency.",
)


class Storyteller:
    """Tells each story with times counted back from `now`."""

    def __init__(self, *, owner: User, free_owner: User, staff: User, now: datetime) -> None:
        self.owners = {CLINIC: owner, HEART: owner, INTRODUCTION: owner, FREE: free_owner}
        self.staff = staff
        self.now = now

    def draft(self, user: User, number: int, *, ago: timedelta, date: int = 3) -> Application:
        rotation, at = self.rotation(number), self.now - ago
        opening = self.opening(rotation, at, date)
        draft = start_draft(rotation, opening=opening, actor=user, now=at)
        return save_draft(
            draft,
            opening=opening,
            statement=pick(WORDS, user.email),
            cv=self._cv(user, at),
            actor=user,
            now=at,
        )

    def submitted(self, user: User, number: int, *, ago: timedelta, date: int = 3) -> Application:
        draft = self.draft(user, number, ago=ago, date=date)
        return submit_application(draft, actor=user, now=self.now - ago)

    def in_review(self, user: User, number: int, *, ago: timedelta, date: int = 3) -> Application:
        sent = self.submitted(user, number, ago=ago, date=date)
        return begin_review(sent, actor=SYSTEM, now=self.now - ago)

    def sent_back(self, user: User, number: int) -> Application:
        it = self.in_review(user, number, ago=timedelta(days=2))
        reason = "The second page of your CV is cut off. Add it once more, whole."
        return request_changes(
            it, reason=reason, actor=self.staff, now=self.now - timedelta(days=1)
        )

    def refused(self, user: User, number: int) -> Application:
        it = self.in_review(user, number, ago=timedelta(days=5))
        reason = "The graduation year told and the one in your CV differ by six years."
        at = self.now - timedelta(days=4)
        return decline_application(it, reason=reason, actor=self.staff, now=at)

    def forwarded(self, user: User, number: int, *, days: int = 3, date: int = 3) -> Application:
        it = self.in_review(user, number, ago=timedelta(days=days), date=date)
        at = self.now - timedelta(days=days) + timedelta(hours=3)
        forward_application(it, actor=self.staff, now=at)
        if it.cv is not None:
            record_access("CV opened", it.cv, viewer=self.staff, subject=user, now=at)
        return it

    def waitlisted(self, user: User, number: int) -> Application:
        it = self.forwarded(user, number, days=6)
        reason = "We would like to have you; every seat of these dates is taken."
        at = self.now - timedelta(days=4)
        return waitlist_application(it, reason=reason, actor=self.owners[number], now=at)

    def declined(self, user: User, number: int) -> Application:
        it = self.forwarded(user, number, days=6)
        reason = "We keep these dates for learners who have done an inpatient month before."
        at = self.now - timedelta(days=4)
        return decline_application(it, reason=reason, actor=self.owners[number], now=at)

    def withdrawn(self, user: User, number: int) -> Application:
        it = self.forwarded(user, number, days=6)
        return withdraw_application(it, actor=user, now=self.now - timedelta(days=4))

    def offered(
        self, user: User, number: int, *, days: int = 3, date: int = 3, stands: int = 8
    ) -> Offer:
        it = self.forwarded(user, number, days=days + 1, date=date)
        at = self.now - timedelta(days=days)
        owner = self.owners[number]
        if it.cv is not None:
            record_access("CV opened", it.cv, viewer=owner, subject=user, now=at)
        until = offer_end((at + timedelta(days=stands)).date(), it.rotation.site.time_zone)
        return make_offer(it, expires_at=until, actor=owner, now=at)

    def offer_declined(self, user: User, number: int) -> Offer:
        offer = self.offered(user, number)
        return decline_offer(offer, actor=user, now=self.now - timedelta(days=1))

    def offer_taken_back(self, user: User, number: int) -> Offer:
        offer = self.offered(user, number)
        reason = "Our physician is away in these weeks."
        at = self.now - timedelta(days=1)
        return withdraw_offer(offer, reason=reason, actor=self.owners[number], now=at)

    def offer_expired(self, user: User, number: int) -> None:
        self.offered(user, number, days=9, stands=5)
        expire_offers(self.now - timedelta(days=2))

    def held(self, user: User, number: int) -> Booking:
        """The clock of 35 minutes runs from the moment of seeding."""
        offer = self.offered(user, number, date=4)
        return accept_offer(offer, agreed=True, actor=user, now=self.now)

    def booked(self, user: User, number: int, *, days: int, date: int) -> Booking:
        """A free seat: its invoice of zero settles itself."""
        offer = self.offered(user, number, days=days, date=date)
        at = self.now - timedelta(days=days - 1)
        booking = accept_offer(offer, agreed=True, actor=user, now=at)
        confirm_paid_booking(booking.deposit_invoice, now=at)
        return booking

    def paid_too_late(self, user: User, number: int) -> None:
        """The hold lapsed, the money came an hour after it and went back by itself.

        Nothing stays at Stripe, so that the sandbox's balance and the ledger agree.
        """
        offer = self.offered(user, number, days=4, date=5)
        at = self.now - timedelta(days=3)
        booking = accept_offer(offer, agreed=True, actor=user, now=at)
        release_expired_holds(at + timedelta(hours=1))
        payment = self._late_payment(booking, at)
        receive_money(payment, _session(payment), now=at + timedelta(hours=2))
        refund = payment.refunds.get()
        answer = RefundAnswer(f"re_demo_{demo_id(user.email)}", "succeeded", refund.public_id, "")
        apply_refund(refund, answer, now=at + timedelta(hours=3))

    def questions(self, first: User, second: User) -> None:
        rotation, owner = self.rotation(CLINIC), self.owners[CLINIC]
        asked = ask_question(
            rotation,
            "Is the clinic reached by public transport?",
            actor=first,
            now=self.now - timedelta(days=3),
        )
        answer_question(
            asked,
            "Yes, the train stops two blocks away.",
            is_public=True,
            actor=owner,
            now=self.now - timedelta(days=2),
        )
        ask_question(
            rotation,
            "May I attend the noon conference of the partner hospital?",
            actor=second,
            now=self.now - timedelta(hours=20),
        )

    def coupon(self) -> None:
        """The host of Amina's offer gave one out."""
        year, owner = self.now.year, self.owners[HEART]
        terms = Terms(
            code=f"ALUMNI{year}",
            percent=10,
            cents=None,
            starts_on=date(year, 1, 1),
            ends_on=date(year + 1, 12, 31),
            most_uses=20,
        )
        make_coupon(
            terms,
            provider=self.rotation(HEART).provider,
            rotation=None,
            bearer=Bearer.PROVIDER,
            actor=owner,
            now=self.now,
        )

    def rotation(self, number: int) -> Rotation:
        related = ("provider", "site", "preceptor", "refund_policy")
        return Rotation.objects.select_related(*related).get(public_id=listing_id(number))

    def opening(self, rotation: Rotation, at: datetime, place: int) -> Opening:
        """The opening at that place among those which were ahead at `at`."""
        ahead = rotation.openings.filter(starts_on__gt=at.date() + timedelta(days=1))
        return ahead.order_by("starts_on")[place]

    def _cv(self, user: User, at: datetime) -> Document:
        known = Document.objects.filter(owner=user, kind=DocumentKind.CV).first()
        return known or add_document(
            DocumentKind.CV, a_cv(user.full_name), owner=user, actor=user, now=at
        )

    def _late_payment(self, booking: Booking, at: datetime) -> Payment:
        invoice = booking.deposit_invoice
        public_id = demo_id(f"payment/{booking.applicant.email}")
        return Payment.objects.create(
            public_id=public_id,
            invoice=invoice,
            payer=invoice.payer,
            amount_cents=invoice.total_cents,
            state=PaymentState.CANCELED,
            idempotency_key=f"checkout-{public_id}",
            expires_at=at + timedelta(minutes=35),
            created_at=at,
        )


def _session(payment: Payment) -> Session:
    return Session(
        id=f"cs_demo_{payment.public_id}",
        url="",
        status="complete",
        is_paid=True,
        payment_ref=payment.public_id,
        amount_cents=payment.amount_cents,
        currency="usd",
        intent_id=f"pi_demo_{payment.public_id}",
        fee_cents=0,
        failure_code="",
        failure_message="",
    )
