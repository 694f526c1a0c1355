from django.db import models
from django.db.models import F, Q

from payments.models.invoice import Invoice
from payments.models.party import Party
from payments.states import OPEN_PAYMENT, PAYMENT, REFUND, PaymentState, RefundState
from usce.ids import PublicIdField
from usce.states import Stateful


class Payment(Stateful):
    """One attempt to pay an invoice, or a part of it, through a hosted Checkout page.

    With `saved_card` it is charged without the person and has no page; an invoice gets that once.
    With `credit` it is paid out of what was kept here, and Stripe knows nothing of it.
    `payer` pays; the invoice's own payer owes. A refund goes back to where the money came from.
    """

    transitions = PAYMENT

    public_id = PublicIdField()
    invoice = models.ForeignKey(Invoice, on_delete=models.PROTECT, related_name="payments")
    payer = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="+")
    amount_cents = models.PositiveBigIntegerField()
    refunded_cents = models.PositiveBigIntegerField(default=0, help_text="asked for or done")
    is_late = models.BooleanField(default=False, help_text="it came for nothing that was open")
    lost_cents = models.PositiveBigIntegerField(default=0, help_text="taken by a lost dispute")
    state = models.CharField(max_length=15, choices=PaymentState, default=PaymentState.PENDING)
    idempotency_key = models.CharField(max_length=60, unique=True)
    stripe_session_id = models.CharField(max_length=100, blank=True)
    stripe_intent_id = models.CharField(max_length=60, blank=True)
    checkout_url = models.TextField(blank=True)
    card = models.CharField(max_length=40, blank=True, help_text="as 'Visa ending 4242'")
    keeps_card = models.BooleanField(default=False, help_text="its payer ticked that")
    saved_card = models.ForeignKey(
        "payments.SavedCard", on_delete=models.PROTECT, null=True, related_name="charges"
    )
    credit = models.ForeignKey(
        "payments.Credit", on_delete=models.PROTECT, null=True, related_name="payments"
    )
    failure_code = models.CharField(max_length=60, blank=True)
    failure_message = models.CharField(max_length=300, blank=True)
    expires_at = models.DateTimeField(help_text="when its Checkout page closes")
    created_at = models.DateTimeField()
    succeeded_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="payment_state", condition=Q(state__in=PaymentState.values)
            ),
            models.CheckConstraint(name="payment_amount", condition=Q(amount_cents__gt=0)),
            models.CheckConstraint(
                name="payment_refund_bound",
                condition=Q(refunded_cents__lte=F("amount_cents") - F("lost_cents")),
            ),
            models.UniqueConstraint(
                name="payment_one_open_per_invoice",
                fields=["invoice"],
                condition=Q(state__in=OPEN_PAYMENT),
            ),
            models.UniqueConstraint(
                name="payment_charged_once",
                fields=["invoice"],
                condition=Q(saved_card__isnull=False),
            ),
            models.CheckConstraint(
                name="payment_credit_is_no_charge",
                condition=Q(credit__isnull=True)
                | Q(
                    stripe_session_id="",
                    stripe_intent_id="",
                    saved_card__isnull=True,
                    is_late=False,
                ),
            ),
            models.UniqueConstraint(
                name="payment_session",
                fields=["stripe_session_id"],
                condition=~Q(stripe_session_id=""),
            ),
            models.UniqueConstraint(
                name="payment_intent",
                fields=["stripe_intent_id"],
                condition=~Q(stripe_intent_id=""),
            ),
        ]

    def __str__(self) -> str:
        return self.public_id

    @property
    def charged(self) -> "Payment":
        """The payment whose charge brought the money: itself, unless it was paid with credit."""
        return self if self.credit is None else self.credit.refund.payment


class Refund(Stateful):
    """Money on its way back to where it came from.

    With `is_credit` it is kept here as its payer chose, and done at once. With `of_credit` it is
    such money that she wants on her card after all; the payment was refunded before it.
    """

    transitions = REFUND

    public_id = PublicIdField()
    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="refunds")
    amount_cents = models.PositiveBigIntegerField()
    reason = models.CharField(max_length=40, help_text="late, canceled, ...")
    replaces = models.OneToOneField(
        "self",
        on_delete=models.PROTECT,
        null=True,
        related_name="replaced_by",
        help_text="the refund that came back, now sent by another way",
    )
    mails_details_to = models.EmailField(
        blank=True, help_text="Stripe asks there where the money shall go"
    )
    is_credit = models.BooleanField(default=False, help_text="kept here, not sent")
    of_credit = models.ForeignKey(
        "payments.Credit", on_delete=models.PROTECT, null=True, related_name="sent_back"
    )
    state = models.CharField(max_length=9, choices=RefundState, default=RefundState.PENDING)
    idempotency_key = models.CharField(max_length=60, unique=True)
    stripe_refund_id = models.CharField(max_length=60, blank=True)
    failure_reason = models.CharField(max_length=120, blank=True)
    refusals = models.PositiveSmallIntegerField(
        default=0, help_text="how often Stripe refused to take it"
    )
    refusal = models.CharField(max_length=200, blank=True, help_text="why, in Stripe's words")
    try_again_at = models.DateTimeField(null=True, help_text="after a refusal, not before then")
    created_at = models.DateTimeField()
    succeeded_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(name="refund_state", condition=Q(state__in=RefundState.values)),
            models.CheckConstraint(name="refund_amount", condition=Q(amount_cents__gt=0)),
            models.CheckConstraint(
                name="refund_credit_one_way",
                condition=Q(is_credit=False) | Q(of_credit__isnull=True, stripe_refund_id=""),
            ),
            models.UniqueConstraint(
                name="refund_stripe_id",
                fields=["stripe_refund_id"],
                condition=~Q(stripe_refund_id=""),
            ),
        ]

    def __str__(self) -> str:
        return self.public_id
