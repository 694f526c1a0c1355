"""Double entry: debits positive, credits negative, every transaction sums to zero."""

from django.db import models
from django.db.models import Q

from payments.models.party import Party


class Account(models.TextChoices):
    STRIPE_BALANCE = "stripe_balance", "What Stripe holds for us"
    STRIPE_FEES = "stripe_fees", "Fees taken by Stripe"
    HELD_FOR_PAYEES = "held_for_payees", "Held until attendance"
    PLATFORM_FEES = "platform_fees", "Our own fees"
    TAX_PAYABLE = "tax_payable", "Taxes collected for states"
    UNALLOCATED = "unallocated", "Received, but for nothing that is still open"
    REFUNDS_OWED = "refunds_owed", "Refunds asked for, not yet done"
    CREDIT = "credit", "Refunds kept here as credit, at their payers' choice"
    PAYOUTS_DUE = "payouts_due", "Released, on its way to providers"
    RECEIVABLES = "receivables", "Owed to us by providers"
    DISPUTED = "disputed", "Taken back by banks until they decide"
    BANK = "bank", "Our bank account"


class LedgerTransaction(models.Model):
    """One economic event. `unique_key` makes it happen once whoever tells of it again."""

    unique_key = models.CharField(max_length=120, unique=True)
    kind = models.CharField(max_length=40)
    at = models.DateTimeField()
    subject_type = models.CharField(max_length=60)
    subject_id = models.BigIntegerField()

    class Meta:
        indexes = [models.Index(fields=["at", "id"], name="ledger_at")]

    def __str__(self) -> str:
        return self.unique_key


class LedgerEntry(models.Model):
    transaction = models.ForeignKey(
        LedgerTransaction, on_delete=models.PROTECT, related_name="entries"
    )
    account = models.CharField(max_length=20, choices=Account)
    party = models.ForeignKey(Party, on_delete=models.PROTECT, null=True, related_name="+")
    amount_cents = models.BigIntegerField(help_text="debit positive, credit negative")

    class Meta:
        constraints = [
            models.CheckConstraint(name="entry_account", condition=Q(account__in=Account.values)),
            models.CheckConstraint(name="entry_amount", condition=~Q(amount_cents=0)),
        ]
        indexes = [models.Index(fields=["account", "party"], name="entry_account_party")]
        verbose_name_plural = "ledger entries"

    def __str__(self) -> str:
        return f"{self.account} {self.amount_cents}"
