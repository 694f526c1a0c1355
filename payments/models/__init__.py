from payments.models.adjustments import CreditNote, NewDetails
from payments.models.event import StripeEvent
from payments.models.invoice import Invoice, InvoiceLine, NumberSeries
from payments.models.ledger import Account, LedgerEntry, LedgerTransaction
from payments.models.party import Party, PartyMember
from payments.models.payment import Payment, Refund

__all__ = [
    "Account",
    "CreditNote",
    "Invoice",
    "InvoiceLine",
    "LedgerEntry",
    "LedgerTransaction",
    "NewDetails",
    "NumberSeries",
    "Party",
    "PartyMember",
    "Payment",
    "Refund",
    "StripeEvent",
]
