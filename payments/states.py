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


class TransferState(models.TextChoices):
    SCHEDULED = "scheduled"
    HELD = "held"
    RELEASED = "released"
    REVERSED = "reversed"


class PayoutState(models.TextChoices):
    PENDING = "pending"
    PAID = "paid"
    FAILED = "failed"


class ReversalState(models.TextChoices):
    PENDING = "pending"
    SUCCEEDED = "succeeded"
    FAILED = "failed"


class DisputeState(models.TextChoices):
    NEEDS_RESPONSE = "needs_response"
    UNDER_REVIEW = "under_review"
    WON = "won"
    LOST = "lost"


class DifferenceState(models.TextChoices):
    OPEN = "open"
    EXPLAINED = "explained"
    REPAIRED = "repaired"


class CallState(models.TextChoices):
    WAITING = "waiting"
    ANSWERED = "answered"
    GIVEN_UP = "given_up"


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
    EventState.IGNORED: frozenset({EventState.RECEIVED}),
}

# A tranche that was refunded before its release ends as reversed, with nothing left in it.
TRANSFER: Table = {
    TransferState.SCHEDULED: frozenset(
        {TransferState.HELD, TransferState.RELEASED, TransferState.REVERSED}
    ),
    TransferState.HELD: frozenset({TransferState.SCHEDULED, TransferState.REVERSED}),
    TransferState.RELEASED: frozenset({TransferState.REVERSED}),
    TransferState.REVERSED: frozenset(),
}

PAYOUT: Table = {
    PayoutState.PENDING: frozenset({PayoutState.PAID, PayoutState.FAILED}),
    PayoutState.FAILED: frozenset({PayoutState.PENDING}),
    PayoutState.PAID: frozenset(),
}

# A reversal that failed is owed to us, and may be tried again.
REVERSAL: Table = {
    ReversalState.PENDING: frozenset({ReversalState.SUCCEEDED, ReversalState.FAILED}),
    ReversalState.FAILED: frozenset({ReversalState.PENDING, ReversalState.SUCCEEDED}),
    ReversalState.SUCCEEDED: frozenset(),
}

# Events come in any order: what Stripe says now may skip a step.
DISPUTE: Table = {
    DisputeState.NEEDS_RESPONSE: frozenset(
        {DisputeState.UNDER_REVIEW, DisputeState.WON, DisputeState.LOST}
    ),
    DisputeState.UNDER_REVIEW: frozenset({DisputeState.WON, DisputeState.LOST}),
    DisputeState.WON: frozenset(),
    DisputeState.LOST: frozenset(),
}

DIFFERENCE: Table = {
    DifferenceState.OPEN: frozenset({DifferenceState.EXPLAINED, DifferenceState.REPAIRED}),
    DifferenceState.EXPLAINED: frozenset(),
    DifferenceState.REPAIRED: frozenset(),
}

CALL: Table = {
    CallState.WAITING: frozenset({CallState.ANSWERED, CallState.GIVEN_UP}),
    CallState.ANSWERED: frozenset(),
    CallState.GIVEN_UP: frozenset(),
}

OPEN_PAYMENT = (PaymentState.PENDING, PaymentState.REQUIRES_ACTION)
LIVE_DISPUTE = (DisputeState.NEEDS_RESPONSE, DisputeState.UNDER_REVIEW)
UNSENT_TRANSFER = (TransferState.SCHEDULED, TransferState.HELD)
