"""What Stripe says moved, held against the ledger; what differs; months that are closed."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from payments.models.ledger import Account, LedgerTransaction
from payments.models.party import Party
from payments.states import DIFFERENCE, DifferenceState
from usce.ids import PublicIdField
from usce.states import Stateful


class BalanceTransaction(models.Model):
    """A movement of our balance as Stripe booked it; only `matched_at` ever changes.

    `ledger_key` and `fee_key` are the keys under which the ledger must hold the same money.
    """

    stripe_id = models.CharField(max_length=60, unique=True)
    kind = models.CharField(max_length=40)
    net_cents = models.BigIntegerField()
    fee_cents = models.BigIntegerField()
    source_id = models.CharField(max_length=60, blank=True)
    ledger_key = models.CharField(max_length=120, blank=True)
    fee_key = models.CharField(max_length=120, blank=True)
    booked_at = models.DateTimeField()
    matched_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["booked_at", "id"], name="balance_booked"),
            models.Index(
                fields=["id"], name="balance_unmatched", condition=Q(matched_at__isnull=True)
            ),
            models.Index(fields=["ledger_key"], name="balance_ledger_key"),
            models.Index(fields=["fee_key"], name="balance_fee_key", condition=~Q(fee_key="")),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.stripe_id}"


class DifferenceKind(models.TextChoices):
    MISSING = "missing", "Stripe has it, the ledger does not"
    AMOUNT = "amount", "Stripe has another sum than the ledger"
    LEDGER_ONLY = "ledger_only", "The ledger has it, Stripe does not"


class Difference(Stateful):
    """Money on which Stripe and the ledger do not agree, until somebody has settled it."""

    transitions = DIFFERENCE

    public_id = PublicIdField()
    kind = models.CharField(max_length=11, choices=DifferenceKind)
    balance_transaction = models.OneToOneField(
        BalanceTransaction, on_delete=models.PROTECT, null=True, related_name="difference"
    )
    ledger_transaction = models.OneToOneField(
        LedgerTransaction, on_delete=models.PROTECT, null=True, related_name="difference"
    )
    stripe_cents = models.BigIntegerField()
    ledger_cents = models.BigIntegerField()
    state = models.CharField(max_length=9, choices=DifferenceState, default=DifferenceState.OPEN)
    note = models.TextField(blank=True)
    found_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="difference_state", condition=Q(state__in=DifferenceState.values)
            ),
            models.CheckConstraint(
                name="difference_about_one",
                condition=Q(balance_transaction__isnull=False, ledger_transaction__isnull=True)
                | Q(balance_transaction__isnull=True, ledger_transaction__isnull=False),
            ),
            models.CheckConstraint(
                name="difference_differs", condition=~Q(stripe_cents=F("ledger_cents"))
            ),
        ]

    def __str__(self) -> str:
        return self.public_id


class Repair(models.Model):
    """An entry that settles a difference: proposed by one person of finance, approved by another.

    Never an edit: the ledger is only added to.
    """

    public_id = PublicIdField()
    difference = models.ForeignKey(Difference, on_delete=models.PROTECT, related_name="repairs")
    account = models.CharField(max_length=20, choices=Account)
    party = models.ForeignKey(Party, on_delete=models.PROTECT, null=True, related_name="+")
    note = models.TextField()
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    proposed_at = models.DateTimeField()
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    approved_at = models.DateTimeField(null=True)
    dropped_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="repair_account",
                condition=Q(account__in=Account.values) & ~Q(account=Account.STRIPE_BALANCE),
            ),
            models.CheckConstraint(
                name="repair_two_people",
                condition=Q(approved_by__isnull=True) | ~Q(approved_by=F("proposed_by")),
            ),
            models.UniqueConstraint(
                name="repair_one_live",
                fields=["difference"],
                condition=Q(dropped_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return self.public_id


class MonthClose(models.Model):
    """A month whose books are shut: the database takes no ledger entry dated in it or before.

    `balances` is the statement at its end: account -> cents, debit positive.
    """

    month = models.DateField(unique=True, help_text="its first day, UTC")
    balances = models.JSONField()
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    closed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(name="month_first_day", condition=Q(month__day=1)),
            models.CheckConstraint(
                name="month_is_over", condition=Q(closed_at__date__gt=F("month"))
            ),
        ]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m}"
