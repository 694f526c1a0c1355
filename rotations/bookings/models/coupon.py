"""What makes a booking cost less, and who bears it."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from rotations.bookings.models.booking import Booking
from rotations.bookings.models.waiver import FeeWaiver
from rotations.catalog.models import Rotation
from rotations.providers.models import Provider
from usce.ids import PublicIdField


class Bearer(models.TextChoices):
    """Whose part of the price is smaller; the values are the payees of price lines."""

    PROVIDER = "provider", "The provider's part"
    PLATFORM = "platform", "The Rounds service fee"


class Coupon(models.Model):
    """A code that takes something off the bearer's part of the price.

    Its terms never change (a trigger refuses it); it can only end. `uses` counts bookings that
    hold or have paid a seat with it.
    """

    public_id = PublicIdField()
    code = models.CharField(max_length=20, unique=True, help_text="in capitals")
    provider = models.ForeignKey(
        Provider, on_delete=models.PROTECT, null=True, related_name="+", help_text="none: of all"
    )
    rotation = models.ForeignKey(
        Rotation, on_delete=models.PROTECT, null=True, related_name="+", help_text="none: all"
    )
    bearer = models.CharField(max_length=8, choices=Bearer)
    percent = models.PositiveSmallIntegerField(null=True)
    cents = models.PositiveBigIntegerField(null=True)
    starts_on = models.DateField(help_text="first day, at the rotation's site")
    ends_on = models.DateField(help_text="last day, at the rotation's site")
    uses = models.PositiveIntegerField(default=0)
    most_uses = models.PositiveIntegerField()
    most_per_person = models.PositiveSmallIntegerField(default=1)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    made_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(name="coupon_bearer", condition=Q(bearer__in=Bearer.values)),
            models.CheckConstraint(
                name="coupon_code", condition=Q(code__regex=r"^[A-Z0-9]{4,20}$")
            ),
            models.CheckConstraint(
                name="coupon_one_kind",
                condition=Q(percent__isnull=False, percent__range=(1, 100), cents__isnull=True)
                | Q(percent__isnull=True, cents__isnull=False, cents__gt=0),
            ),
            models.CheckConstraint(
                name="coupon_bearer_is_scope",
                condition=Q(bearer=Bearer.PLATFORM) | Q(provider__isnull=False),
            ),
            models.CheckConstraint(
                name="coupon_rotation_of_provider",
                condition=Q(rotation__isnull=True) | Q(provider__isnull=False),
            ),
            models.CheckConstraint(name="coupon_days", condition=Q(ends_on__gte=F("starts_on"))),
            models.CheckConstraint(name="coupon_uses", condition=Q(uses__lte=F("most_uses"))),
            models.CheckConstraint(
                name="coupon_caps", condition=Q(most_uses__gt=0, most_per_person__gt=0)
            ),
        ]

    def __str__(self) -> str:
        return self.code


class Reduction(models.Model):
    """What one booking costs less, frozen when its offer was accepted.

    `given_back_at`: the deposit was never paid, so what took it off may do so again.
    """

    booking = models.ForeignKey(Booking, on_delete=models.PROTECT, related_name="reductions")
    coupon = models.ForeignKey(
        Coupon, on_delete=models.PROTECT, null=True, related_name="reductions"
    )
    waiver = models.ForeignKey(
        FeeWaiver, on_delete=models.PROTECT, null=True, related_name="reductions"
    )
    bearer = models.CharField(max_length=8, choices=Bearer)
    label = models.CharField(max_length=80)
    cents = models.PositiveBigIntegerField()
    given_back_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(name="reduction_bearer", condition=Q(bearer__in=Bearer.values)),
            models.CheckConstraint(name="reduction_cents", condition=Q(cents__gt=0)),
            models.CheckConstraint(
                name="reduction_one_reason",
                condition=Q(coupon__isnull=False, waiver__isnull=True)
                | Q(coupon__isnull=True, waiver__isnull=False),
            ),
            models.UniqueConstraint(
                name="reduction_one_coupon",
                fields=["booking"],
                condition=Q(coupon__isnull=False),
            ),
            models.UniqueConstraint(
                name="reduction_one_waiver",
                fields=["booking"],
                condition=Q(waiver__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.label} of {self.booking_id}"
