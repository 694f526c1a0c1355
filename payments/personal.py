"""What is held about a person's money: kept, for the books are; pseudonymous once she is gone."""

from datetime import datetime
from typing import Any

from django.db.models import F, Q, QuerySet, Sum, Value
from django.db.models.functions import Concat

from payments.models import (
    Credit,
    CreditNote,
    Dispute,
    Invoice,
    InvoiceLine,
    LedgerEntry,
    MonthClose,
    NewDetails,
    Party,
    PartyMember,
    Payment,
    Payout,
    PayoutAccount,
    Refund,
    RefundEnding,
    Repair,
    SavedCard,
    StripeEvent,
    Transfer,
)
from payments.models.party import PartyKind
from payments.states import OPEN_PAYMENT, InvoiceState, RefundState
from usce.accounts.models import User
from usce.money import Money
from usce.rights.portability import Holding, Part, register

BOOKS = "books are kept; it names nobody"
STRIPE = "an id of Stripe, by which a refund or a dispute finds its payment"


def _parties(person: User) -> QuerySet[Party]:
    return Party.objects.filter(kind=PartyKind.PERSON, members__user=person)


def _invoices(person: User) -> QuerySet[Invoice]:
    return Invoice.objects.filter(payer__in=_parties(person))


def _payments(person: User) -> QuerySet[Payment]:
    return Payment.objects.filter(invoice__payer__in=_parties(person))


def _refunds(person: User) -> QuerySet[Refund]:
    return Refund.objects.filter(payment__invoice__payer__in=_parties(person))


def _disputes(person: User) -> QuerySet[Dispute]:
    return Dispute.objects.filter(payment__in=_payments(person))


def _events(person: User) -> QuerySet[StripeEvent]:
    """What Stripe told about her: by the customer, the page or the charge that it names."""
    payments = _payments(person)
    customers = _parties(person).exclude(stripe_customer_id="").values("stripe_customer_id")
    place = "payload__data__object__"
    ids: list[str] = []
    for column in ("stripe_session_id", "stripe_intent_id"):
        ids += payments.exclude(**{column: ""}).values_list(column, flat=True)
    known = [row["stripe_customer_id"] for row in customers]
    return StripeEvent.objects.filter(
        Q(**{f"{place}id__in": ids})
        | Q(**{f"{place}payment_intent__in": ids})
        | Q(**{f"{place}customer__in": known})
    )


def _holds(person: User, now: datetime) -> list[str]:  # noqa: ARG001 -- every slice is asked alike
    found = []
    owed: Any = _invoices(person).filter(state=InvoiceState.OPEN).aggregate(Sum("total_cents"))
    if owed["total_cents__sum"]:
        found.append(f"{Money(owed['total_cents__sum'])} is not settled yet.")
    if _payments(person).filter(state__in=OPEN_PAYMENT).exists():
        found.append("A payment of yours is on its way.")
    if _refunds(person).exclude(state=RefundState.SUCCEEDED).exists():
        found.append("A refund to you has not arrived yet.")
    kept = Credit.objects.filter(party__in=_parties(person))
    left: Any = kept.aggregate(cents=Sum(F("amount_cents") - F("used_cents"), default=0))
    if left["cents"]:
        found.append(f"{Money(left['cents'])} of credit is yours. Have it sent to your card first.")
    if _disputes(person).filter(closed_at__isnull=True).exists():
        found.append("A bank still decides about a payment of yours.")
    return found


register(
    Part(
        name="payments",
        holdings=(
            Holding(
                StripeEvent,
                _events,
                untold="Stripe's own copy of payments that stand here",
                emptied={"payload": {}, "error": ""},
                kept={"event_id": STRIPE, "kind": BOOKS, "api_version": BOOKS},
            ),
            Holding(
                NewDetails,
                lambda person: NewDetails.objects.filter(refund__in=_refunds(person)),
                told=("holder", "asked_at", "agreed_at", "refused_at"),
                emptied={"holder": ""},
            ),
            Holding(
                RefundEnding,
                lambda person: RefundEnding.objects.filter(refund__in=_refunds(person)),
                told=("asked_at", "agreed_at", "refused_at"),
                emptied={"words": ""},
            ),
            Holding(
                Credit,
                lambda person: Credit.objects.filter(party__in=_parties(person)),
                told=("public_id", "amount_cents", "used_cents", "given_at"),
                emptied={},
                kept={"currency": BOOKS},
            ),
            Holding(
                CreditNote,
                lambda person: CreditNote.objects.filter(refund__in=_refunds(person)),
                told=("number", "issued_at"),
                emptied={},
                kept={"number": BOOKS},
            ),
            Holding(
                Dispute,
                _disputes,
                told=("amount_cents", "reason", "state", "pack", "opened_at", "closed_at"),
                emptied={"pack": {}},
                kept={"stripe_dispute_id": STRIPE, "reason": "one of Stripe's own words"},
            ),
            Holding(
                Refund,
                _refunds,
                told=("amount_cents", "reason", "state", "created_at", "succeeded_at"),
                emptied={"mails_details_to": ""},
                kept={
                    "reason": BOOKS,
                    "idempotency_key": "a random key",
                    "stripe_refund_id": STRIPE,
                    "failure_reason": "one of Stripe's own words",
                    "refusal": "one of Stripe's own words",
                },
            ),
            Holding(
                SavedCard,
                lambda person: SavedCard.objects.filter(payment__in=_payments(person)),
                told=("card", "saved_at", "removed_at"),
                emptied={"card": "", "stripe_method_id": ""},
            ),
            Holding(
                Payment,
                _payments,
                told=(
                    *("amount_cents", "refunded_cents", "state", "card", "failure_message"),
                    *("created_at", "succeeded_at"),
                ),
                emptied={"checkout_url": "", "failure_message": "", "card": ""},
                kept={
                    "idempotency_key": "a random key",
                    "stripe_session_id": STRIPE,
                    "stripe_intent_id": STRIPE,
                    "failure_code": "one of Stripe's own words",
                },
            ),
            Holding(
                InvoiceLine,
                lambda person: InvoiceLine.objects.filter(invoice__payer__in=_parties(person)),
                told=("invoice__public_id", "label", "amount_cents"),
                emptied={},
                kept={"label": BOOKS, "payee_name": "the provider's, or ours"},
            ),
            Holding(
                Invoice,
                _invoices,
                told=(
                    "public_id",
                    "number",
                    "purpose",
                    "total_cents",
                    "state",
                    "due_at",
                    "paid_at",
                ),
                emptied={"payer_name": Concat(Value("Former member "), F("public_id"))},
                kept={"number": BOOKS, "purpose": BOOKS, "currency": BOOKS},
            ),
            Holding(
                Party,
                _parties,
                told=("public_id", "name", "email"),
                emptied={
                    "name": Concat(Value("Former member "), F("public_id")),
                    "email": "",
                },
                kept={"stripe_customer_id": STRIPE, "money_path": "one of our own words"},
            ),
            Holding(
                PartyMember,
                lambda person: PartyMember.objects.filter(user=person),
                untold="the tie between her account and her party",
                emptied={},
            ),
        ),
        others={
            LedgerEntry: "double entry: sums and ids, kept whole",
            MonthClose: "the month's balances; who closed it is staff",
            Payout: "what a provider was paid; who recorded it is staff",
            PayoutAccount: "a provider's account at Stripe",
            Repair: "a correction of the books by staff",
            Transfer: "a provider's share of a payment",
        },
        holds=_holds,
    )
)
