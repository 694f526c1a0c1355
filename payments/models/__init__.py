from payments.models.adjustments import CreditNote, NewDetails, RefundEnding
from payments.models.call import Call
from payments.models.card import SavedCard
from payments.models.credit import Credit
from payments.models.dispute import Dispute
from payments.models.event import StripeEvent
from payments.models.invoice import Invoice, InvoiceLine, LineKind, NumberSeries
from payments.models.ledger import Account, LedgerEntry, LedgerTransaction
from payments.models.party import Party, PartyMember
from payments.models.payment import Payment, Refund
from payments.models.payout import (
    Method,
    Payout,
    PayoutAccount,
    Reversal,
    Tranche,
    Transfer,
    TransferHold,
)
from payments.models.reconciliation import (
    BalanceTransaction,
    Difference,
    DifferenceKind,
    MonthClose,
    Repair,
)

__all__ = [
    "Account",
    "BalanceTransaction",
    "Call",
    "Credit",
    "CreditNote",
    "Difference",
    "DifferenceKind",
    "Dispute",
    "Invoice",
    "InvoiceLine",
    "LedgerEntry",
    "LedgerTransaction",
    "LineKind",
    "Method",
    "MonthClose",
    "NewDetails",
    "NumberSeries",
    "Party",
    "PartyMember",
    "Payment",
    "Payout",
    "PayoutAccount",
    "Refund",
    "RefundEnding",
    "Repair",
    "Reversal",
    "SavedCard",
    "StripeEvent",
    "Tranche",
    "Transfer",
    "TransferHold",
]
