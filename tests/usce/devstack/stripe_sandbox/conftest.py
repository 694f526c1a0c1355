"""A platform with Stripe's own client, and what its tests do again and again."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
import stripe  # noqa: TID251 -- the real client is what the sandbox must satisfy

from usce.devstack.stripe_sandbox import SandboxServer

BACK = "http://127.0.0.1/back"
AGAIN = "http://127.0.0.1/again"


@dataclass
class Platform:
    """A platform with Stripe's own client, and what its tests do again and again."""

    sandbox: SandboxServer
    client: stripe.StripeClient = field(init=False)

    def __post_init__(self) -> None:
        self.client = stripe.StripeClient(
            "sk_test_x", base_addresses={"api": self.sandbox.base_url}, max_network_retries=0,
            http_client=stripe.RequestsClient(timeout=5),
        )  # fmt: skip

    def account(self, *, ready: bool = False) -> str:
        made = self.client.v1.accounts.create(
            {"type": "express", "country": "US", "email": "b@example.test",
             "capabilities": {"transfers": {"requested": True}}}
        )  # fmt: skip
        if ready:
            self.sandbox.control("onboard", account=made.id)
        return made.id

    def link(self, account: str) -> stripe.AccountLink:
        return self.client.v1.account_links.create(
            {"account": account, "type": "account_onboarding",
             "refresh_url": AGAIN, "return_url": BACK}
        )  # fmt: skip

    def charge(self, amount: int = 10_000, method: str = "pm_card_visa") -> str:
        made = self.client.v1.payment_intents.create(
            {"amount": amount, "currency": "usd", "confirm": True, "payment_method": method}
        )
        return str(made.to_dict()["latest_charge"])

    def send(self, amount: int, account: str, **more: Any) -> stripe.Transfer:
        params: Any = {"amount": amount, "currency": "usd", "destination": account, **more}
        return self.client.v1.transfers.create(params)

    def kept_card(self, number: str = "4242424242424242") -> tuple[str, str]:
        """A customer and the card that a page was told to keep for later."""
        customer = self.client.v1.customers.create({"name": "Amina"}).id
        session = self.client.v1.checkout.sessions.create(
            {"mode": "payment", "success_url": BACK, "customer": customer,
             "payment_intent_data": {"setup_future_usage": "off_session"},
             "line_items": [{"quantity": 1, "price_data": {
                 "currency": "usd", "unit_amount": 500, "product_data": {"name": "Deposit"}}}]}
        )  # fmt: skip
        self.sandbox.control("pay", session=session.id, card=number, authenticated=True)
        intents = self.client.v1.payment_intents.list({"customer": customer})
        return customer, str(intents.data[0].payment_method)

    def charge_alone(self, customer: str, card: str) -> stripe.PaymentIntent:
        """Without the person."""
        return self.client.v1.payment_intents.create(
            {"amount": 900, "currency": "usd", "customer": customer, "payment_method": card,
             "off_session": True, "confirm": True}
        )  # fmt: skip

    def disputed(self) -> stripe.Dispute:
        self.charge(method="pm_card_createDispute")
        return self.client.v1.disputes.list().data[0]

    def balance(self) -> int:
        return self.client.v1.balance.retrieve().available[0].amount

    def kinds(self) -> list[str]:
        """The events' kinds, newest first."""
        return [event.type for event in self.client.v1.events.list({"limit": 100}).data]

    def live_a_little(self) -> None:
        """One of each thing, by the ways that lead to them."""
        account = self.account(ready=True)
        session = self.client.v1.checkout.sessions.create(
            {"mode": "payment", "success_url": BACK,
             "customer": self.client.v1.customers.create({"name": "Amina"}).id,
             "line_items": [{"quantity": 1, "price_data": {
                 "currency": "usd", "unit_amount": 500, "product_data": {"name": "Deposit"}}}]}
        )  # fmt: skip
        self.sandbox.control("pay", session=session.id)
        self.kept_card()
        charge = self.charge()
        sent = self.send(5_000, account, source_transaction=charge)
        self.client.v1.transfers.reversals.create(sent.id, {"amount": 100})
        refund = self.client.v1.refunds.create({"charge": charge, "amount": 100})
        self.sandbox.control("fail_refund", refund=refund.id)
        self.sandbox.control("pay_out", amount=50)
        self.disputed()


@pytest.fixture
def platform() -> Iterator[Platform]:
    with SandboxServer() as server:
        yield Platform(server)
