"""What corrects money that was invoiced or went astray; never an edit of what was written."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from payments.models.payment import Refund
from usce.ids import PublicIdField


class CreditNote(models.Model):
    """The paper that corrects a paid invoice: written once with its refund, never changed."""

    refund = models.OneToOneField(Refund, on_delete=models.PROTECT, related_name="credit_note")
    number = models.CharField(max_length=20, unique=True)
    issued_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.number


class NewDetails(models.Model):
    """A refund that came back goes another way: one person of finance asks, another agrees.

    Stripe itself asks the payer by mail where the money shall go; no bank detail touches us.
    """

    public_id = PublicIdField()
    refund = models.ForeignKey(Refund, on_delete=models.PROTECT, related_name="new_details")
    holder = models.CharField(max_length=200, help_text="of the new account, as the payer told")
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    asked_at = models.DateTimeField()
    agreed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    agreed_at = models.DateTimeField(null=True)
    refused_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name_plural = "new details"
        constraints = [
            models.UniqueConstraint(
                name="new_details_one_live",
                fields=["refund"],
                condition=Q(refused_at__isnull=True),
            ),
            models.CheckConstraint(
                name="new_details_two_people",
                condition=Q(agreed_by__isnull=True) | ~Q(agreed_by=F("asked_by")),
            ),
            models.CheckConstraint(
                name="new_details_one_end",
                condition=Q(agreed_at__isnull=True) | Q(refused_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return self.public_id


class RefundEnding(models.Model):
    """A refund that Stripe refuses is ended: one person of finance says why, another agrees.

    What is still owed has then left our bank account by a transfer that was made by hand.
    """

    public_id = PublicIdField()
    refund = models.ForeignKey(Refund, on_delete=models.PROTECT, related_name="endings")
    words = models.CharField(max_length=300, help_text="why, and the bank's reference")
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    asked_at = models.DateTimeField()
    agreed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    agreed_at = models.DateTimeField(null=True)
    refused_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="refund_ending_one_live",
                fields=["refund"],
                condition=Q(refused_at__isnull=True),
            ),
            models.CheckConstraint(
                name="refund_ending_two_people",
                condition=Q(agreed_by__isnull=True) | ~Q(agreed_by=F("asked_by")),
            ),
            models.CheckConstraint(
                name="refund_ending_one_end",
                condition=Q(agreed_at__isnull=True) | Q(refused_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return self.public_id
