"""Charges, fees, balance transactions and the balance they add up to."""

from usce.devstack.stripe_sandbox.store import Found, Store

FEE_PER_MILLE, FEE_FIXED_CENTS = 29, 30


def fee_of(amount: int) -> int:
    """2.9 % and 30 cents, as for a domestic card; half a cent is rounded up."""
    return (amount * FEE_PER_MILLE + 500) // 1000 + FEE_FIXED_CENTS


def book(
    store: Store, source: Found, *, kind: str, amount: int, fee: int, category: str = ""
) -> Found:
    details = [
        {"amount": fee, "currency": "usd", "type": "stripe_fee", "application": None,
         "description": "Stripe processing fees"}
    ]  # fmt: skip
    return store.add(
        "balance_transaction",
        "txn",
        amount=amount,
        available_on=store.now(),
        description=None,
        exchange_rate=None,
        fee=fee,
        net=amount - fee,
        currency="usd",
        reporting_category=category or kind,
        type=kind,
        source=source["id"],
        status="available",
        fee_details=details if fee else [],
    )


def total(store: Store) -> int:
    """What the platform holds, in cents."""
    return sum(row["net"] for row in store.all("balance_transaction"))


def balance(store: Store) -> Found:
    held = total(store)
    part = {"amount": held, "currency": "usd", "source_types": {"card": held}}
    return {
        "object": "balance",
        "livemode": False,
        "available": [part],
        "pending": [{"amount": 0, "currency": "usd", "source_types": {"card": 0}}],
    }
