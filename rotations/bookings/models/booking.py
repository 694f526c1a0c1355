"""From the offer to the confirmed seat."""

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Func, Q, Value

from applicants.documents.models import Document
from payments.models import Invoice, Party
from rotations.applications.models import Application
from rotations.bookings.reasons import Reason
from rotations.bookings.states import (
    BOOKING,
    CANCELLATION,
    HOLD,
    LIVE,
    OFFER,
    BookingState,
    CancellationState,
    HoldState,
    OfferState,
)
from rotations.catalog.models import Opening
from rotations.providers.models import Preceptor, Site
from usce.ids import PublicIdField
from usce.states import Stateful


class Offer(Stateful):
    """What the provider offers until when, where and with whom.

    `terms` is frozen: price lines, policy, requirements. So are site and preceptor: they are named
    here before any payment, whatever the listing says later.
    """

    transitions = OFFER

    public_id = PublicIdField()
    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="+")
    opening = models.ForeignKey(Opening, on_delete=models.PROTECT, related_name="+")
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    preceptor = models.ForeignKey(Preceptor, on_delete=models.PROTECT, related_name="+")
    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="+")
    terms = models.JSONField()
    state = models.CharField(max_length=9, choices=OfferState, default=OfferState.LIVE)
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(name="offer_state", condition=Q(state__in=OfferState.values)),
            models.CheckConstraint(name="offer_forward", condition=Q(expires_at__gt=F("made_at"))),
            models.UniqueConstraint(
                name="offer_one_live",
                fields=["application"],
                condition=Q(state__in=(OfferState.LIVE, OfferState.ACCEPTED)),
            ),
        ]

    def __str__(self) -> str:
        return self.public_id


class Booking(Stateful):
    """A seat of an opening for one person, held and then confirmed by money."""

    transitions = BOOKING

    public_id = PublicIdField()
    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="+")
    offer = models.ForeignKey(Offer, on_delete=models.PROTECT, related_name="+")
    opening = models.ForeignKey(Opening, on_delete=models.PROTECT, related_name="+")
    applicant = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    starts_on = models.DateField()
    ends_on = models.DateField()
    in_person = models.BooleanField()
    deposit_invoice = models.OneToOneField(Invoice, on_delete=models.PROTECT, related_name="+")
    balance_invoice = models.OneToOneField(
        Invoice, on_delete=models.PROTECT, null=True, related_name="+"
    )
    state = models.CharField(max_length=10, choices=BookingState, default=BookingState.HELD)
    cancel_reason = models.CharField(max_length=40, blank=True)
    canceled_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="booking_state", condition=Q(state__in=BookingState.values)
            ),
            models.UniqueConstraint(
                name="booking_one_live_per_application",
                fields=["application"],
                condition=Q(state__in=LIVE),
            ),
            ExclusionConstraint(
                name="booking_no_overlap",
                expressions=[
                    ("applicant", RangeOperators.EQUAL),
                    (
                        Func(F("starts_on"), F("ends_on"), Value("[]"), function="daterange"),
                        RangeOperators.OVERLAPS,
                    ),
                ],
                condition=Q(state__in=LIVE, in_person=True),
            ),
        ]

    def __str__(self) -> str:
        return self.public_id


class Hold(Stateful):
    """A seat kept for 35 minutes from the first attempt to pay; retries never extend it."""

    transitions = HOLD

    booking = models.OneToOneField(Booking, on_delete=models.PROTECT, related_name="hold")
    state = models.CharField(max_length=8, choices=HoldState, default=HoldState.LIVE)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(name="hold_state", condition=Q(state__in=HoldState.values)),
        ]
        indexes = [
            models.Index(fields=["expires_at"], name="hold_due", condition=Q(state=HoldState.LIVE)),
        ]

    def __str__(self) -> str:
        return f"hold of {self.booking_id}"


class Cancellation(Stateful):
    """That a booking is to end, and why; with a proof that counts, staff decide about it.

    The sums are those of the moment of the decision, by the terms frozen in the offer; the day
    that counts is the day on which it was asked.
    """

    transitions = CANCELLATION

    public_id = PublicIdField()
    booking = models.ForeignKey(Booking, on_delete=models.PROTECT, related_name="cancellations")
    reason = models.CharField(max_length=15, choices=Reason)
    words = models.TextField(blank=True)
    proof = models.ForeignKey(Document, on_delete=models.PROTECT, null=True, related_name="+")
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    asked_at = models.DateTimeField()
    state = models.CharField(
        max_length=9, choices=CancellationState, default=CancellationState.WAITING
    )
    as_credit = models.BooleanField(
        default=False, help_text="the applicant asked to have her refund kept as credit"
    )
    paid_cents = models.PositiveBigIntegerField(default=0)
    back_cents = models.PositiveBigIntegerField(default=0)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    decided_at = models.DateTimeField(null=True)
    answer = models.TextField(blank=True, help_text="why the proof does not count")

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="cancellation_state", condition=Q(state__in=CancellationState.values)
            ),
            models.CheckConstraint(
                name="cancellation_reason", condition=Q(reason__in=Reason.values)
            ),
            models.CheckConstraint(
                name="cancellation_refund_bound", condition=Q(back_cents__lte=F("paid_cents"))
            ),
            models.UniqueConstraint(
                name="cancellation_one_per_booking",
                fields=["booking"],
                condition=Q(state__in=(CancellationState.WAITING, CancellationState.DONE)),
            ),
        ]

    def __str__(self) -> str:
        return self.public_id


class PayerRequest(models.Model):
    """Somebody else is asked to pay what a booking asks for; `payer` is told by mail alone."""

    public_id = PublicIdField()
    booking = models.ForeignKey(Booking, on_delete=models.PROTECT, related_name="payer_requests")
    invoice = models.ForeignKey(Invoice, on_delete=models.PROTECT, related_name="+")
    payer = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="+")
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    asked_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="payer_request_one_open",
                fields=["invoice"],
                condition=Q(closed_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return self.public_id


class SentPaper(models.Model):
    """A version of a paper that the applicant chose to send to the host."""

    public_id = PublicIdField()
    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="+")
    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="+")
    sent_at = models.DateTimeField()
    taken_back_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="sent_paper_once", fields=["application", "document"]),
            models.CheckConstraint(
                name="sent_paper_order",
                condition=Q(taken_back_at__isnull=True) | Q(taken_back_at__gte=F("sent_at")),
            ),
        ]

    def __str__(self) -> str:
        return f"paper {self.document_id} of application {self.application_id}"
