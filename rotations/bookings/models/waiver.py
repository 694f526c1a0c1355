"""Fee waivers: asked for by the applicant, seen blindly by two of staff, paid from a budget."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from rotations.bookings.models.booking import Offer
from rotations.bookings.states import WAIVER, WaiverState
from usce.ids import PublicIdField
from usce.states import Stateful


class WaiverBudget(models.Model):
    """What Rounds gives up of its service fees in one year (UTC); never overspent."""

    year = models.PositiveSmallIntegerField(unique=True)
    total_cents = models.PositiveBigIntegerField()
    granted_cents = models.PositiveBigIntegerField(default=0)
    set_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    set_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="waiver_budget_bound", condition=Q(granted_cents__lte=F("total_cents"))
            ),
        ]

    def __str__(self) -> str:
        return str(self.year)

    @property
    def left_cents(self) -> int:
        return self.total_cents - self.granted_cents


class FeeWaiver(Stateful):
    """That the service fee of one offer be waived. Granted, its sum is kept in the budget.

    It lapses when the offer ends or is accepted before an answer; the budget then has it back.
    """

    transitions = WAIVER

    public_id = PublicIdField()
    offer = models.ForeignKey(Offer, on_delete=models.PROTECT, related_name="waivers")
    statement = models.TextField()
    cents = models.PositiveBigIntegerField(help_text="the fee, as the offer froze it")
    state = models.CharField(max_length=8, choices=WaiverState, default=WaiverState.ASKED)
    is_short = models.BooleanField(default=False, help_text="declined because the budget is used")
    budget = models.ForeignKey(
        WaiverBudget, on_delete=models.PROTECT, null=True, related_name="waivers"
    )
    asked_at = models.DateTimeField()
    due_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(name="waiver_state", condition=Q(state__in=WaiverState.values)),
            models.CheckConstraint(name="waiver_cents", condition=Q(cents__gt=0)),
            models.CheckConstraint(
                name="waiver_granted_from_budget",
                condition=~Q(state=WaiverState.GRANTED) | Q(budget__isnull=False),
            ),
            models.UniqueConstraint(
                name="waiver_once_per_offer",
                fields=["offer"],
                condition=~Q(state=WaiverState.LAPSED),
            ),
        ]

    def __str__(self) -> str:
        return self.public_id


class WaiverReview(models.Model):
    """One place in the blind review: who takes it sees the statement and the sum, nothing else.

    A third place is opened only when the first two differ.
    """

    public_id = PublicIdField()
    waiver = models.ForeignKey(FeeWaiver, on_delete=models.PROTECT, related_name="reviews")
    seat = models.PositiveSmallIntegerField()
    reviewer = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    is_for = models.BooleanField(null=True)
    note = models.TextField(blank=True)
    decided_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["seat"]
        constraints = [
            models.CheckConstraint(name="waiver_review_seat", condition=Q(seat__range=(1, 3))),
            models.UniqueConstraint(name="waiver_review_seat_once", fields=["waiver", "seat"]),
            models.UniqueConstraint(
                name="waiver_review_two_people",
                fields=["waiver", "reviewer"],
                condition=Q(reviewer__isnull=False),
            ),
            models.CheckConstraint(
                name="waiver_review_whole",
                condition=Q(reviewer__isnull=True, is_for__isnull=True, decided_at__isnull=True)
                | Q(reviewer__isnull=False, is_for__isnull=False, decided_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.public_id
