from django.db import models
from django.db.models import F, Q

from payments.models.party import Party
from payments.models.payment import Refund
from usce.ids import PublicIdField


class Credit(models.Model):
    """A refund that its payer chose to keep here; it stays tied to the charge it came from.

    It has no end. What is left pays for a later invoice, or goes back to that charge's card.
    """

    public_id = PublicIdField()
    party = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="credits")
    refund = models.OneToOneField(Refund, on_delete=models.PROTECT, related_name="credit")
    currency = models.CharField(max_length=3, default="usd")
    amount_cents = models.PositiveBigIntegerField()
    used_cents = models.PositiveBigIntegerField(
        default=0, help_text="paid with, sent back, or taken by a bank; what came back left out"
    )
    given_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(name="credit_usd", condition=Q(currency="usd")),
            models.CheckConstraint(name="credit_amount", condition=Q(amount_cents__gt=0)),
            models.CheckConstraint(
                name="credit_never_below_zero", condition=Q(used_cents__lte=F("amount_cents"))
            ),
        ]
        indexes = [
            models.Index(
                fields=["party", "id"],
                name="credit_left",
                condition=Q(used_cents__lt=F("amount_cents")),
            )
        ]

    def __str__(self) -> str:
        return self.public_id

    @property
    def left_cents(self) -> int:
        return self.amount_cents - self.used_cents
