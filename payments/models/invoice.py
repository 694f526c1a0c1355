from django.db import models
from django.db.models import Q

from payments.models.party import Party
from payments.states import INVOICE, InvoiceState
from usce.ids import PublicIdField
from usce.states import Stateful


class Invoice(Stateful):
    """What one party owes, and to whom. Its lines and sums never change."""

    transitions = INVOICE

    public_id = PublicIdField()
    number = models.CharField(max_length=20, blank=True, help_text="receipt number, once paid")
    payer = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="invoices")
    payer_name = models.CharField(max_length=200, help_text="as it was when it was opened")
    purpose = models.CharField(max_length=200, help_text="one line, as on the card statement page")
    currency = models.CharField(max_length=3, default="usd")
    total_cents = models.PositiveBigIntegerField()
    state = models.CharField(max_length=4, choices=InvoiceState, default=InvoiceState.OPEN)
    mails_receipts = models.BooleanField(
        default=True, help_text="each payment is told; where not, another mail says it"
    )
    due_at = models.DateTimeField()
    opened_at = models.DateTimeField()
    paid_at = models.DateTimeField(null=True)
    voided_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="invoice_state", condition=Q(state__in=InvoiceState.values)
            ),
            models.CheckConstraint(name="invoice_usd", condition=Q(currency="usd")),
            models.CheckConstraint(
                name="invoice_paid_at",
                condition=Q(state=InvoiceState.PAID, paid_at__isnull=False)
                | (~Q(state=InvoiceState.PAID) & Q(paid_at__isnull=True)),
            ),
            models.UniqueConstraint(
                name="invoice_number", fields=["number"], condition=~Q(number="")
            ),
        ]

    def __str__(self) -> str:
        return self.number or self.public_id


class LineKind(models.TextChoices):
    PRICE = "price"
    DISCOUNT = "discount"
    TAX = "tax"


class InvoiceLine(models.Model):
    """A part of the price and the party it is for; a discount is taken from what its payee gets.

    A tax is for a state: its payee only collects it.
    """

    invoice = models.ForeignKey(Invoice, on_delete=models.PROTECT, related_name="lines")
    label = models.CharField(max_length=120)
    payee = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="+")
    payee_name = models.CharField(max_length=200, help_text="as it was when it was opened")
    kind = models.CharField(max_length=8, choices=LineKind, default=LineKind.PRICE)
    amount_cents = models.BigIntegerField(help_text="negative for a discount, and only there")

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                name="invoice_line_sign",
                condition=Q(kind__in=(LineKind.PRICE, LineKind.TAX), amount_cents__gte=0)
                | Q(kind=LineKind.DISCOUNT, amount_cents__lt=0),
            ),
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def goes_to(self) -> str:
        taken = "Taken from " if self.kind == LineKind.DISCOUNT else ""
        kept = ", for the state" if self.kind == LineKind.TAX else ""
        return f"{taken}{self.payee_name}{kept}"


class NumberSeries(models.Model):
    """Numbers without gaps: taken under the row's lock, in the transaction that uses them."""

    name = models.CharField(max_length=20, primary_key=True)
    next_number = models.PositiveIntegerField(default=1)

    def __str__(self) -> str:
        return self.name
