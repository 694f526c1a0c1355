"""Cards that a page was told to keep: charged without the person, refused, and let go."""

import pytest
import stripe  # noqa: TID251 -- the real client is what the sandbox must satisfy

from tests.usce.devstack.stripe_sandbox.conftest import BACK, Platform

ASKS_ONCE, ASKS_ALWAYS = "4000002500003155", "4000002760003184"


@pytest.mark.parametrize("number", ["4242424242424242", ASKS_ONCE])
def test_card_that_was_set_up_is_charged_without_the_person(
    platform: Platform, number: str
) -> None:
    customer, card = platform.kept_card(number)
    made = platform.charge_alone(customer, card)
    assert (made.status, made.payment_method) == ("succeeded", card)
    found = platform.client.v1.payment_methods.retrieve(card)
    assert found.card is not None
    assert (found.customer, found.card.last4) == (customer, number[-4:])


def test_bank_that_always_asks_refuses_without_the_person(platform: Platform) -> None:
    customer, card = platform.kept_card(ASKS_ALWAYS)
    with pytest.raises(stripe.CardError) as refused:
        platform.charge_alone(customer, card)
    assert refused.value.code == "authentication_required"
    newest = platform.client.v1.payment_intents.list({"customer": customer}).data[0]
    assert newest.status == "requires_payment_method"


def test_card_that_ran_empty_is_declined(platform: Platform) -> None:
    customer, card = platform.kept_card()
    platform.sandbox.control("turn_card", payment_method=card, number="4000000000009995")
    with pytest.raises(stripe.CardError) as refused:
        platform.charge_alone(customer, card)
    assert refused.value.code == "card_declined"
    assert refused.value.error is not None
    assert refused.value.error.decline_code == "insufficient_funds"


def test_card_is_nobodys_once_let_go_and_never_anothers(platform: Platform) -> None:
    customer, card = platform.kept_card()
    other, _card = platform.kept_card()
    with pytest.raises(stripe.InvalidRequestError):
        platform.charge_alone(other, card)
    platform.client.v1.payment_methods.detach(card)
    for act in (
        lambda: platform.charge_alone(customer, card),
        lambda: platform.client.v1.payment_methods.detach(card),
        lambda: platform.client.v1.payment_methods.retrieve("pm_none"),
        lambda: platform.charge_alone(customer, "pm_none"),
    ):
        with pytest.raises(stripe.InvalidRequestError):
            act()
    assert "payment_method.detached" in platform.kinds()


def test_page_keeps_a_card_for_a_customer_alone(platform: Platform) -> None:
    with pytest.raises(stripe.InvalidRequestError):
        platform.client.v1.checkout.sessions.create(
            {"mode": "payment", "success_url": BACK,
             "payment_intent_data": {"setup_future_usage": "off_session"},
             "line_items": [{"quantity": 1, "price_data": {
                 "currency": "usd", "unit_amount": 500, "product_data": {"name": "Deposit"}}}]}
        )  # fmt: skip
