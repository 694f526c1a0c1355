from django.db import models

from usce.states import Table


class InvoiceState(models.TextChoices):
    OPEN = "open"
    PAID = "paid"
    VOID = "void"


class PaymentState(models.TextChoices):
    PENDING = "pending"
    REQUIRES_ACTION = "requires_action"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELED = "canceled"


class RefundState(models.TextChoices):
    PENDING = "pending"
    SUCCEEDED = "succeeded"
    FAILED = "failed"


class EventState(models.TextChoices):
    RECEIVED = "received"
    PROCESSED = "processed"
    IGNORED = "ignored"
    FAILED = "failed"


INVOICE: Table = {
    InvoiceState.OPEN: frozenset({InvoiceState.PAID, InvoiceState.VOID}),
    InvoiceState.PAID: frozenset(),
    InvoiceState.VOID: frozenset(),
}

# Money that arrives after a payment was given up is still money: it is recorded, then refunded.
PAYMENT: Table = {
    PaymentState.PENDING: frozenset(
        {
            PaymentState.REQUIRES_ACTION,
            PaymentState.SUCCEEDED,
            PaymentState.FAILED,
            PaymentState.CANCELED,
        }
    ),
    PaymentState.REQUIRES_ACTION: frozenset(
        {PaymentState.SUCCEEDED, PaymentState.FAILED, PaymentState.CANCELED, PaymentState.PENDING}
    ),
    PaymentState.SUCCEEDED: frozenset(),
    PaymentState.FAILED: frozenset({PaymentState.SUCCEEDED}),
    PaymentState.CANCELED: frozenset({PaymentState.SUCCEEDED}),
}

REFUND: Table = {
    RefundState.PENDING: frozenset({RefundState.SUCCEEDED, RefundState.FAILED}),
    RefundState.SUCCEEDED: frozenset({RefundState.FAILED}),
    RefundState.FAILED: frozenset({RefundState.PENDING}),
}

EVENT: Table = {
    EventState.RECEIVED: frozenset({EventState.PROCESSED, EventState.IGNORED, EventState.FAILED}),
    EventState.FAILED: frozenset({EventState.PROCESSED, EventState.IGNORED, EventState.RECEIVED}),
    EventState.PROCESSED: frozenset(),
    EventState.IGNORED: frozenset(),
}

OPEN_PAYMENT = (PaymentState.PENDING, PaymentState.REQUIRES_ACTION)
