"""Charging a card that its owner let us keep, without the owner; and letting go of it."""

import stripe

from payments.gateway import Session, calling, charge_of

EXPANDED = "latest_charge.balance_transaction"
MOST = 100


class CardRefused(Exception):  # noqa: N818 -- the bank's word, kept with the payment
    """The bank said no, or asks for the person: `code` is Stripe's word for which."""

    def __init__(self, message: str, code: str) -> None:
        super().__init__(message)
        self.code = code


def charge(
    *, customer: str, method_id: str, amount_cents: int, payment_ref: str, purpose: str, key: str
) -> Session:
    """Charge the card now, its owner away. Raises CardRefused."""
    with calling() as client:
        try:
            made = client.v1.payment_intents.create(
                {
                    "amount": amount_cents,
                    "currency": "usd",
                    "customer": customer,
                    "payment_method": method_id,
                    "off_session": True,
                    "confirm": True,
                    "description": purpose,
                    "metadata": {"payment": payment_ref},
                    "expand": [EXPANDED],
                },
                {"idempotency_key": key},
            )
        except stripe.CardError as error:
            told = error.error
            code = (told.decline_code if told else "") or error.code or ""
            raise CardRefused(error.user_message or str(error), code) from error
    return charge_of(made.to_dict(), payment_ref)


def find_charge(*, customer: str, payment_ref: str) -> Session | None:
    """The charge that we asked for before, if Stripe has it."""
    with calling() as client:
        found = client.v1.payment_intents.list(
            {"customer": customer, "limit": MOST, "expand": [f"data.{EXPANDED}"]}
        )
    for intent in (one.to_dict() for one in found.data):
        if (intent.get("metadata") or {}).get("payment") == payment_ref:
            return charge_of(intent, payment_ref)
    return None


def let_go(method_id: str) -> None:
    """Stripe charges the card no more; one that was let go already stays so."""
    with calling() as client:
        try:
            client.v1.payment_methods.detach(method_id)
        except stripe.InvalidRequestError:
            return
