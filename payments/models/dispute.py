from django.conf import settings
from django.db import models
from django.db.models import F, Q

from payments.models.payment import Payment
from payments.states import DISPUTE, DisputeState
from usce.ids import PublicIdField
from usce.states import Stateful


class Dispute(Stateful):
    """A cardholder's bank has taken a charge back until it decides.

    `pack` is the evidence as it was assembled: field of Stripe's -> text.
    """

    transitions = DISPUTE

    public_id = PublicIdField()
    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="disputes")
    stripe_dispute_id = models.CharField(max_length=60, unique=True)
    amount_cents = models.PositiveBigIntegerField()
    reason = models.CharField(max_length=60)
    state = models.CharField(
        max_length=14, choices=DisputeState, default=DisputeState.NEEDS_RESPONSE
    )
    pack = models.JSONField(default=dict)
    opened_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True, help_text="until when the bank hears us")
    submitted_at = models.DateTimeField(null=True)
    submitted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="dispute_state", condition=Q(state__in=DisputeState.values)
            ),
            models.CheckConstraint(name="dispute_amount", condition=Q(amount_cents__gt=0)),
            models.CheckConstraint(
                name="dispute_order",
                condition=Q(closed_at__isnull=True) | Q(closed_at__gte=F("opened_at")),
            ),
        ]

    def __str__(self) -> str:
        return self.public_id
