"""A confirmed rotation as it is lived: its days, who was there, and what was said about it."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from rotations.bookings.models import Booking
from rotations.placements.rules import LATE
from rotations.placements.states import DAY, OBJECTION, DayState, ObjectionState
from rotations.providers.models import Preceptor
from usce.ids import PublicIdField
from usce.states import Stateful


class Placement(models.Model):
    """One for each confirmed booking; the booking's state is the rotation's."""

    public_id = PublicIdField()
    booking = models.OneToOneField(Booking, on_delete=models.PROTECT, related_name="+")
    planned_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"placement of booking {self.booking_id}"


class Day(Stateful):
    """A day of the site's calendar; `minutes` are those confirmed, beside the attending.

    Who said so is a person of the team, or the preceptor by the mailed link.
    """

    transitions = DAY

    public_id = PublicIdField()
    placement = models.ForeignKey(Placement, on_delete=models.PROTECT, related_name="days")
    day_on = models.DateField()
    is_make_up = models.BooleanField(default=False)
    state = models.CharField(max_length=9, choices=DayState, default=DayState.PLANNED)
    planned_minutes = models.PositiveSmallIntegerField()
    minutes = models.PositiveSmallIntegerField(null=True)
    attending = models.ForeignKey(Preceptor, on_delete=models.PROTECT, null=True, related_name="+")
    why = models.TextField(blank=True, help_text="it was missed; the applicant reads it")
    settled_at = models.DateTimeField(null=True)
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    settled_by_preceptor = models.ForeignKey(
        Preceptor, on_delete=models.PROTECT, null=True, related_name="+"
    )

    class Meta:
        ordering = ["day_on"]
        verbose_name = "day"
        constraints = [
            models.CheckConstraint(name="day_state", condition=Q(state__in=DayState.values)),
            models.UniqueConstraint(fields=["placement", "day_on"], name="day_once"),
            models.CheckConstraint(
                name="day_settled",
                condition=Q(state=DayState.PLANNED, settled_at__isnull=True)
                | (~Q(state=DayState.PLANNED) & Q(settled_at__isnull=False)),
            ),
            models.CheckConstraint(
                name="day_confirmed_by_whom",
                condition=~Q(state=DayState.CONFIRMED)
                | Q(minutes__isnull=False, attending__isnull=False),
            ),
            models.CheckConstraint(
                name="day_minutes",
                condition=Q(planned_minutes__range=(1, 1440))
                & (Q(minutes__isnull=True) | Q(minutes__range=(1, 1440))),
            ),
        ]
        indexes = [
            models.Index(
                fields=["day_on"], name="day_to_settle", condition=Q(state=DayState.PLANNED)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.day_on}"

    @property
    def hours(self) -> float:
        return (self.minutes or 0) / 60


class CheckIn(models.Model):
    """The learner came at `arrived_at` by her own clock, and told us at `told_at`; once a day."""

    day = models.OneToOneField(Day, on_delete=models.PROTECT, related_name="check_in")
    arrived_at = models.DateTimeField()
    told_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="check_in_order", condition=Q(told_at__gte=F("arrived_at"))
            ),
        ]

    def __str__(self) -> str:
        return f"check-in of day {self.day_id}"

    @property
    def is_late(self) -> bool:
        """Told afterwards, so that only the learner's own clock speaks for the time."""
        return self.told_at - self.arrived_at > LATE


class Objection(Stateful):
    """The learner says that a day was recorded wrongly; staff decide."""

    transitions = OBJECTION

    public_id = PublicIdField()
    day = models.ForeignKey(Day, on_delete=models.PROTECT, related_name="objections")
    words = models.TextField()
    asked_at = models.DateTimeField()
    state = models.CharField(max_length=8, choices=ObjectionState, default=ObjectionState.WAITING)
    answer = models.TextField(blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    decided_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="objection_state", condition=Q(state__in=ObjectionState.values)
            ),
            models.UniqueConstraint(
                name="objection_one_waiting",
                fields=["day"],
                condition=Q(state=ObjectionState.WAITING),
            ),
        ]

    def __str__(self) -> str:
        return self.public_id
