"""A cardholder's bank takes the money back until it has decided."""

from typing import Any

from usce.devstack.stripe_sandbox.errors import ApiError, missing
from usce.devstack.stripe_sandbox.events import emit
from usce.devstack.stripe_sandbox.resources.money import book
from usce.devstack.stripe_sandbox.store import Found, Store

TEXTS = (
    *("access_activity_log", "billing_address", "cancellation_policy_disclosure"),
    *("cancellation_rebuttal", "customer_email_address", "customer_name", "customer_purchase_ip"),
    *("product_description", "refund_policy_disclosure", "refund_refusal_explanation"),
    *("service_date", "uncategorized_text"),
)
ALL_EVIDENCE = (
    *TEXTS,
    *("cancellation_policy", "customer_communication", "customer_signature"),
    *("duplicate_charge_documentation", "duplicate_charge_explanation", "duplicate_charge_id"),
    *("receipt", "refund_policy", "service_documentation", "shipping_address", "shipping_carrier"),
    *("shipping_date", "shipping_documentation", "shipping_tracking_number", "uncategorized_file"),
)
KNOWN = frozenset({"submit", "metadata[*]", *(f"evidence[{name}]" for name in TEXTS)})
FEE_CENTS = 1_500
DAYS_TO_ANSWER = 9
LONGEST_EVIDENCE = 150_000
OPEN = ("needs_response", "under_review")
# What Stripe's test mode decides by itself when it reads these words.
VERDICTS = {"winning_evidence": "won", "losing_evidence": "lost"}


def open_on(
    store: Store, charge_id: str, *, reason: str = "fraudulent", amount: int | None = None
) -> Found:
    charge = store.get("charge", charge_id)
    if charge is None:
        raise missing("charge", charge_id)
    left = charge["amount_captured"] - charge["amount_refunded"]
    sum_ = left if amount is None else amount
    if charge["disputed"] or not 0 < sum_ <= left:
        raise ApiError(400, f"Charge {charge_id} cannot be disputed for {sum_}.")
    made = store.add(
        "dispute",
        "du",
        amount=sum_,
        balance_transactions=[],
        charge=charge_id,
        currency=charge["currency"],
        evidence=dict.fromkeys(ALL_EVIDENCE),
        evidence_details={
            "due_by": store.now() + DAYS_TO_ANSWER * 24 * 3600,
            "has_evidence": False,
            "past_due": False,
            "submission_count": 0,
        },
        is_charge_refundable=False,
        metadata={},
        payment_intent=charge["payment_intent"],
        reason=reason,
        status="needs_response",
    )
    charge["disputed"] = True
    store.save(charge)
    _book(store, made, -sum_, FEE_CENTS)
    emit(store, "charge.dispute.created", made)
    emit(store, "charge.dispute.funds_withdrawn", made)
    return made


def find(store: Store, identifier: str) -> Found:
    found = store.get("dispute", identifier)
    if found is None:
        raise missing("dispute", identifier)
    return found


def is_open_on(store: Store, charge_id: str) -> bool:
    """Whether the bank holds the charge's money: open, or decided against us."""
    held = (*OPEN, "lost")
    return any(row["charge"] == charge_id and row["status"] in held for row in store.all("dispute"))


def update(store: Store, identifier: str, params: dict[str, Any], key: str | None) -> Found:
    dispute = find(store, identifier)
    if dispute["status"] != "needs_response":
        raise ApiError(400, "This dispute is already closed or has been answered.",
                       code="dispute_already_submitted")  # fmt: skip
    told = params.get("evidence", {})
    if sum(len(value) for value in told.values()) > LONGEST_EVIDENCE:
        raise ApiError(400, "The combined character count of the evidence is too high.")
    dispute["evidence"] |= told
    dispute["metadata"] |= params.get("metadata", {})
    details = dispute["evidence_details"]
    details["has_evidence"] = any(dispute["evidence"].values())
    if params.get("submit", "true") == "true":
        details["submission_count"] += 1
        dispute["status"] = "under_review"
    store.save(dispute)
    emit(store, "charge.dispute.updated", dispute, key)
    verdict = VERDICTS.get(told.get("uncategorized_text", ""))
    return close(store, identifier, verdict) if verdict else dispute


def close(store: Store, identifier: str, status: str) -> Found:
    """The bank has decided; a dispute that is won brings the money back, not the fee."""
    dispute = find(store, identifier)
    if dispute["status"] not in OPEN or status not in ("won", "lost"):
        raise ApiError(400, f"This dispute is {dispute['status']}.")
    dispute["status"] = status
    store.save(dispute)
    if status == "won":
        _book(store, dispute, dispute["amount"], 0)
        emit(store, "charge.dispute.funds_reinstated", dispute)
    emit(store, "charge.dispute.closed", dispute)
    return dispute


def _book(store: Store, dispute: Found, amount: int, fee: int) -> None:
    entry = book(store, dispute, kind="adjustment", amount=amount, fee=fee, category="dispute")
    dispute["balance_transactions"].append(entry)
    store.save(dispute)
