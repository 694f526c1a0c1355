"""Connected accounts, transfers, disputes and balance transactions: the gateway's second half."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from payments.gateway import calling

PAGE = 100
ACTIVE = "active"


@dataclass(frozen=True)
class AccountAnswer:
    """A connected account as Stripe has it now."""

    id: str
    is_ready: bool
    is_submitted: bool
    closed_reason: str


@dataclass(frozen=True)
class TransferAnswer:
    id: str
    ref: str


@dataclass(frozen=True)
class DisputeAnswer:
    """A dispute as Stripe has it now; `moves` are (balance transaction, amount, fee) in cents."""

    id: str
    intent_id: str
    amount_cents: int
    reason: str
    status: str
    due_at: datetime | None
    moves: list[tuple[str, int, int]]


@dataclass(frozen=True)
class Booked:
    """A balance transaction; `ref` is what we wrote on the thing that it is about."""

    id: str
    kind: str
    net_cents: int
    fee_cents: int
    source_id: str
    ref: str
    booked_at: datetime


def create_account(*, email: str, name: str, party_ref: str, key: str) -> AccountAnswer:
    with calling() as client:
        made = client.v1.accounts.create(
            {
                "type": "express",
                "country": "US",
                "email": email,
                "business_profile": {"name": name},
                "capabilities": {"transfers": {"requested": True}},
                "metadata": {"party": party_ref},
            },
            {"idempotency_key": key},
        )
    return _account(made.to_dict())


def fetch_account(account_id: str) -> AccountAnswer:
    with calling() as client:
        found = client.v1.accounts.retrieve(account_id)
    return _account(found.to_dict())


def onboarding_url(account_id: str, *, return_url: str, refresh_url: str) -> str:
    """The hosted page on which the provider gives what Stripe asks; it serves once."""
    with calling() as client:
        made = client.v1.account_links.create(
            {
                "account": account_id,
                "type": "account_onboarding",
                "return_url": return_url,
                "refresh_url": refresh_url,
            }
        )
    return made.url


def charge_of(intent_id: str) -> str:
    """The charge that paid; a transfer from it moves as soon as its money is there."""
    with calling() as client:
        found = client.v1.payment_intents.retrieve(intent_id).to_dict()
    return str(found["latest_charge"])


def create_transfer(
    *, account_id: str, amount_cents: int, charge_id: str, group: str, ref: str, key: str
) -> TransferAnswer:
    """Without a charge it is taken from what our balance has by now."""
    asked: Any = {
        "amount": amount_cents,
        "currency": "usd",
        "destination": account_id,
        "transfer_group": group,
        "metadata": {"payout": ref},
    }
    if charge_id:
        asked["source_transaction"] = charge_id
    with calling() as client:
        made = client.v1.transfers.create(asked, {"idempotency_key": key})
    return TransferAnswer(made.id, ref)


def find_transfer(*, group: str, ref: str) -> TransferAnswer | None:
    """The transfer that we asked for before, if Stripe has it."""
    with calling() as client:
        found = client.v1.transfers.list({"transfer_group": group, "limit": PAGE})
    told = (row.to_dict() for row in found.data)
    ids = [r["id"] for r in told if (r.get("metadata") or {}).get("payout") == ref]
    return TransferAnswer(ids[0], ref) if ids else None


def create_reversal(*, transfer_id: str, amount_cents: int, ref: str, key: str) -> str:
    with calling() as client:
        made = client.v1.transfers.reversals.create(
            transfer_id,
            {"amount": amount_cents, "metadata": {"reversal": ref}},
            {"idempotency_key": key},
        )
    return made.id


def find_reversal(*, transfer_id: str, ref: str) -> str:
    """The reversal that we asked for before; empty when Stripe has none."""
    with calling() as client:
        found = client.v1.transfers.reversals.list(transfer_id, {"limit": PAGE})
    told = (row.to_dict() for row in found.data)
    return next((r["id"] for r in told if (r.get("metadata") or {}).get("reversal") == ref), "")


def fetch_dispute(dispute_id: str) -> DisputeAnswer:
    with calling() as client:
        found = client.v1.disputes.retrieve(dispute_id)
    return _dispute(found.to_dict())


def submit_evidence(dispute_id: str, evidence: dict[str, str], *, key: str) -> DisputeAnswer:
    """Send the pack to the bank, once; afterwards it cannot be changed."""
    told: Any = {"evidence": evidence, "submit": True}
    with calling() as client:
        found = client.v1.disputes.update(dispute_id, told, {"idempotency_key": key})
    return _dispute(found.to_dict())


def newer_than(stripe_id: str) -> tuple[list[Booked], bool]:
    """The balance transactions just after this one, oldest first, and whether more follow."""
    return _booked({"ending_before": stripe_id})


def older_than(stripe_id: str) -> tuple[list[Booked], bool]:
    """The page just before this one, or the newest page; oldest first."""
    return _booked({"starting_after": stripe_id} if stripe_id else {})


def _booked(where: dict[str, str]) -> tuple[list[Booked], bool]:
    asked: Any = {"limit": PAGE, "expand": ["data.source"], **where}
    with calling() as client:
        found = client.v1.balance_transactions.list(asked)
    rows = [_one_booked(row.to_dict()) for row in found.data]
    return rows[::-1], found.has_more


def _one_booked(found: dict[str, Any]) -> Booked:
    source = found.get("source")
    told = source if isinstance(source, dict) else {}
    words = told.get("metadata") or {}
    ref = next((words[n] for n in ("payment", "refund", "payout", "reversal") if n in words), "")
    return Booked(
        id=found["id"],
        kind=found["type"],
        net_cents=found["net"],
        fee_cents=found["fee"],
        source_id=told.get("id") or (source if isinstance(source, str) else ""),
        ref=ref,
        booked_at=datetime.fromtimestamp(found["created"], tz=UTC),
    )


def _account(found: dict[str, Any]) -> AccountAnswer:
    needs = found.get("requirements") or {}
    reason = needs.get("disabled_reason") or ""
    return AccountAnswer(
        id=found["id"],
        is_ready=(found.get("capabilities") or {}).get("transfers") == ACTIVE,
        is_submitted=bool(found.get("details_submitted")),
        closed_reason=reason if reason.startswith("rejected") else "",
    )


def _dispute(found: dict[str, Any]) -> DisputeAnswer:
    due = (found.get("evidence_details") or {}).get("due_by")
    return DisputeAnswer(
        id=found["id"],
        intent_id=found.get("payment_intent") or "",
        amount_cents=found["amount"],
        reason=found["reason"],
        status=found["status"],
        due_at=datetime.fromtimestamp(due, tz=UTC) if due else None,
        moves=[(row["id"], row["amount"], row["fee"]) for row in found["balance_transactions"]],
    )
