from django.db import models
from django.db.models import Q

from payments.models.payment import Payment
from usce.ids import PublicIdField


class SavedCard(models.Model):
    """A card that its owner lets us charge once more, for the balance of what `payment` was for.

    Kept as Stripe's id and how the owner knows the card again; no number is ever here.
    """

    public_id = PublicIdField()
    payment = models.OneToOneField(Payment, on_delete=models.PROTECT, related_name="kept_card")
    stripe_method_id = models.CharField(max_length=60)
    card = models.CharField(max_length=40, help_text="as 'Visa ending 4242'")
    saved_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="saved_card_method",
                fields=["stripe_method_id"],
                condition=~Q(stripe_method_id=""),
            ),
        ]
        indexes = [
            models.Index(
                fields=["id"], name="saved_card_live", condition=Q(removed_at__isnull=True)
            )
        ]

    def __str__(self) -> str:
        return self.public_id
