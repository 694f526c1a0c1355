"""What is owed to providers, in tranches, and how it reaches them."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from payments.models.party import Party
from payments.models.payment import Payment
from payments.states import (
    PAYOUT,
    REVERSAL,
    TRANSFER,
    PayoutState,
    ReversalState,
    TransferState,
)
from usce.ids import PublicIdField
from usce.states import Stateful


class Method(models.TextChoices):
    CONNECT = "connect", "To a bank account, by Stripe"
    REMITTANCE = "remittance", "To the treasury, by bank remittance"


class PayoutAccount(models.Model):
    """Where a provider's money goes. Bank details lie with Stripe or our own bank, never here."""

    public_id = PublicIdField()
    party = models.OneToOneField(Party, on_delete=models.PROTECT, related_name="payout_account")
    method = models.CharField(max_length=10, choices=Method)
    stripe_account_id = models.CharField(max_length=60, blank=True)
    is_ready = models.BooleanField(default=False, help_text="money can be sent there now")
    is_submitted = models.BooleanField(default=False, help_text="the hosted form was completed")
    closed_reason = models.CharField(max_length=80, blank=True)
    remit_to = models.CharField(max_length=120, blank=True, help_text="name and last four digits")
    opened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    opened_at = models.DateTimeField()
    checked_at = models.DateTimeField(null=True, help_text="when Stripe last said how it stands")

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="payout_account_method", condition=Q(method__in=Method.values)
            ),
            models.CheckConstraint(
                name="payout_account_remittance",
                condition=Q(method=Method.CONNECT) | ~Q(remit_to=""),
            ),
            models.UniqueConstraint(
                name="payout_account_stripe",
                fields=["stripe_account_id"],
                condition=~Q(stripe_account_id=""),
            ),
        ]

    def __str__(self) -> str:
        return f"payouts of {self.party_id}"


class Tranche(models.TextChoices):
    FIRST_DAY = "first_day", "First day attended"
    HALF = "half", "Half attended"
    END = "end", "After the end"


class Transfer(Stateful):
    """A part of one payment that a payee gets once attendance says so.

    `earned_at` is when attendance was confirmed; the money is released then, but never before
    `due_at`. What was refunded comes out of `amount_cents` before the release, and out of
    `reversed_cents` after it.
    """

    transitions = TRANSFER

    public_id = PublicIdField()
    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="transfers")
    payee = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="transfers")
    subject_type = models.CharField(max_length=60)
    subject_id = models.BigIntegerField()
    label = models.CharField(max_length=200, help_text="what it is for, as statements say it")
    tranche = models.CharField(max_length=9, choices=Tranche)
    amount_cents = models.PositiveBigIntegerField()
    reversed_cents = models.PositiveBigIntegerField(default=0)
    state = models.CharField(max_length=9, choices=TransferState, default=TransferState.SCHEDULED)
    due_at = models.DateTimeField()
    earned_at = models.DateTimeField(null=True)
    released_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="transfer_state", condition=Q(state__in=TransferState.values)
            ),
            models.CheckConstraint(
                name="transfer_tranche", condition=Q(tranche__in=Tranche.values)
            ),
            models.CheckConstraint(
                name="transfer_reversed_bound",
                condition=Q(reversed_cents__lte=F("amount_cents")),
            ),
            models.CheckConstraint(
                name="transfer_earned_before_released",
                condition=Q(released_at__isnull=True) | Q(earned_at__isnull=False),
            ),
            models.UniqueConstraint(name="transfer_once", fields=["payment", "payee", "tranche"]),
        ]
        indexes = [
            models.Index(fields=["subject_type", "subject_id"], name="transfer_subject"),
            models.Index(
                fields=["due_at"],
                name="transfer_earned",
                condition=Q(state=TransferState.SCHEDULED, earned_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.public_id


class TransferHold(models.Model):
    """A reason for which a tranche waits; it is scheduled again when none is left."""

    transfer = models.ForeignKey(Transfer, on_delete=models.PROTECT, related_name="holds")
    reason = models.CharField(max_length=40, help_text="incident, dispute, ...")
    placed_at = models.DateTimeField()
    lifted_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="transfer_hold_once",
                fields=["transfer", "reason"],
                condition=Q(lifted_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.reason} on {self.transfer_id}"


class Payout(Stateful):
    """The money of a released tranche on its way: one Stripe transfer, or one bank remittance.

    A remittance is recorded by one person of finance and approved by another.
    """

    transitions = PAYOUT

    public_id = PublicIdField()
    transfer = models.OneToOneField(Transfer, on_delete=models.PROTECT, related_name="payout")
    payee = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="payouts")
    amount_cents = models.PositiveBigIntegerField()
    method = models.CharField(max_length=10, choices=Method, blank=True, help_text="once known")
    state = models.CharField(max_length=7, choices=PayoutState, default=PayoutState.PENDING)
    stripe_transfer_id = models.CharField(max_length=60, blank=True)
    failure = models.CharField(max_length=200, blank=True)
    bank_reference = models.CharField(max_length=80, blank=True)
    sent_on = models.DateField(null=True)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    created_at = models.DateTimeField()
    paid_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(name="payout_state", condition=Q(state__in=PayoutState.values)),
            models.CheckConstraint(
                name="payout_method", condition=Q(method__in=["", *Method.values])
            ),
            models.CheckConstraint(
                name="payout_two_people",
                condition=Q(approved_by__isnull=True) | ~Q(approved_by=F("recorded_by")),
            ),
            models.CheckConstraint(
                name="payout_remittance_approved",
                condition=~Q(state=PayoutState.PAID, method=Method.REMITTANCE)
                | Q(approved_by__isnull=False, recorded_by__isnull=False),
            ),
            models.CheckConstraint(
                name="payout_paid_at",
                condition=Q(state=PayoutState.PAID, paid_at__isnull=False)
                | (~Q(state=PayoutState.PAID) & Q(paid_at__isnull=True)),
            ),
            models.UniqueConstraint(
                name="payout_stripe_id",
                fields=["stripe_transfer_id"],
                condition=~Q(stripe_transfer_id=""),
            ),
        ]
        indexes = [models.Index(fields=["payee", "-id"], name="payout_of_payee")]

    def __str__(self) -> str:
        return self.public_id


class Reversal(Stateful):
    """Money to be taken back from a provider: from the account at Stripe, or else owed to us.

    One that failed is a receivable; `collected_cents` of it came back out of later payouts.
    """

    transitions = REVERSAL

    public_id = PublicIdField()
    payout = models.ForeignKey(Payout, on_delete=models.PROTECT, related_name="reversals")
    amount_cents = models.PositiveBigIntegerField()
    collected_cents = models.PositiveBigIntegerField(default=0)
    state = models.CharField(max_length=9, choices=ReversalState, default=ReversalState.PENDING)
    stripe_reversal_id = models.CharField(max_length=60, blank=True)
    failure = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="reversal_state", condition=Q(state__in=ReversalState.values)
            ),
            models.CheckConstraint(name="reversal_amount", condition=Q(amount_cents__gt=0)),
            models.CheckConstraint(
                name="reversal_collected_bound",
                condition=Q(collected_cents__lte=F("amount_cents")),
            ),
        ]

    def __str__(self) -> str:
        return self.public_id
