"""Connected accounts, transfers, reversals and disputes as Stripe keeps them."""

from typing import Any
from urllib.parse import urlsplit

import pytest
import stripe  # noqa: TID251 -- the real client is what the sandbox must satisfy

from tests.support.http import Answer, Visitor
from tests.usce.devstack.stripe_sandbox.conftest import AGAIN, BACK, Platform


def press(url: str, **fields: str) -> Answer:
    """Open the hosted page, or with fields press a button on it."""
    place = urlsplit(url)
    visitor = Visitor(f"{place.scheme}://{place.netloc}")
    return visitor.post(place.path, **fields) if fields else visitor.get(place.path)


def test_provider_completes_the_account_on_the_hosted_page(platform: Platform) -> None:
    account = platform.account()
    before = platform.client.v1.accounts.retrieve(account)
    url = platform.link(account).url
    assert "Agree and submit" in press(url).body
    answer = press(url, do="complete")
    after = platform.client.v1.accounts.retrieve(account)
    assert (before.payouts_enabled, after.payouts_enabled) == (False, True)
    assert (answer.status, answer.location) == (303, BACK)
    assert platform.client.v1.events.list().data[0].to_dict()["account"] == account


def test_onboarding_can_be_left_and_its_link_serves_once(platform: Platform) -> None:
    account = platform.account()
    url = platform.link(account).url
    assert press(url, do="later").location == BACK
    assert not platform.client.v1.accounts.retrieve(account).details_submitted
    assert "This link has ended" in press(url).body
    assert press(url, do="complete").location == AGAIN


@pytest.mark.parametrize(
    "change", [{"type": "account_no"}, {"account": "acct_no"}, {"return_url": ""}]
)
def test_bad_link_is_refused(platform: Platform, change: dict[str, str]) -> None:
    params: Any = {"account": platform.account(), "type": "account_onboarding",
                   "refresh_url": AGAIN, "return_url": BACK, **change}  # fmt: skip
    with pytest.raises(stripe.StripeError):
        platform.client.v1.account_links.create(params)


def test_account_of_no_type_is_refused(platform: Platform) -> None:
    with pytest.raises(stripe.InvalidRequestError, match="Invalid type"):
        platform.client.v1.accounts.create({"country": "US"})


def test_link_nobody_made_is_not_found(platform: Platform) -> None:
    assert press(f"{platform.sandbox.base_url}/c/onboard/acctlink_no").status == 404


def test_transfer_waits_for_a_complete_account_and_for_money(platform: Platform) -> None:
    with pytest.raises(stripe.InvalidRequestError) as unready:
        platform.send(100, platform.account())
    with pytest.raises(stripe.InvalidRequestError) as poor:
        platform.send(100, platform.account(ready=True))
    assert [unready.value.code, poor.value.code] == [
        "insufficient_capabilities_for_transfer",
        "balance_insufficient",
    ]
    with pytest.raises(stripe.InvalidRequestError):
        platform.send(0, platform.account(ready=True))


def test_transfers_from_a_charge_never_exceed_it(platform: Platform) -> None:
    account, charge = platform.account(ready=True), platform.charge(10_000)
    platform.send(6_000, account, source_transaction=charge, transfer_group="booking")
    with pytest.raises(stripe.InvalidRequestError, match="cannot exceed"):
        platform.send(4_001, account, source_transaction=charge)
    with pytest.raises(stripe.InvalidRequestError):
        platform.send(1, account, source_transaction="ch_no")
    assert platform.client.v1.transfers.list({"transfer_group": "booking"}).data[0].amount == 6_000
    assert platform.balance() == 10_000 - 320 - 6_000


def test_reversal_needs_what_the_account_still_holds(platform: Platform) -> None:
    account = platform.account(ready=True)
    sent = platform.send(5_000, account, source_transaction=platform.charge())
    platform.sandbox.control("pay_out", amount=4_000, account=account)
    with pytest.raises(stripe.InvalidRequestError, match="Insufficient funds"):
        platform.client.v1.transfers.reversals.create(sent.id, {"amount": 1_001})
    platform.client.v1.transfers.reversals.create(sent.id, {"amount": 1_000})
    with pytest.raises(stripe.InvalidRequestError, match="must be between"):
        platform.client.v1.transfers.reversals.create(sent.id, {"amount": 4_001})
    assert platform.client.v1.transfers.reversals.list(sent.id).data[0].amount == 1_000
    assert platform.client.v1.transfers.retrieve(sent.id).amount_reversed == 1_000


def test_closed_account_takes_no_money(platform: Platform) -> None:
    account = platform.account(ready=True)
    platform.sandbox.control("close_account", account=account)
    with pytest.raises(stripe.InvalidRequestError, match="capabilities"):
        platform.send(1, account, source_transaction=platform.charge())


@pytest.mark.parametrize(
    ("words", "status", "left"),
    [("winning_evidence", "won", 10_000 - 320 - 1_500), ("losing_evidence", "lost", -1_820)],
)
def test_dispute_takes_the_money_until_it_is_decided(
    platform: Platform, words: str, status: str, left: int
) -> None:
    dispute = platform.disputed()
    assert (dispute.status, platform.balance()) == ("needs_response", -320 - 1_500)
    platform.client.v1.disputes.update(dispute.id, {"evidence": {"uncategorized_text": words}})
    assert platform.client.v1.disputes.retrieve(dispute.id).status == status
    assert platform.balance() == left
    assert platform.kinds()[0] == "charge.dispute.closed"


def test_dispute_is_answered_once(platform: Platform) -> None:
    dispute = platform.disputed()
    platform.client.v1.disputes.update(
        dispute.id, {"evidence": {"customer_name": "A"}, "submit": False}
    )
    answered = platform.client.v1.disputes.update(dispute.id, {"metadata": {"a": "b"}})
    assert (answered.status, answered.evidence_details.has_evidence) == ("under_review", True)
    with pytest.raises(stripe.InvalidRequestError, match="already"):
        platform.client.v1.disputes.update(dispute.id, {"submit": True})


def test_evidence_has_a_length(platform: Platform) -> None:
    with pytest.raises(stripe.InvalidRequestError, match="too high"):
        platform.client.v1.disputes.update(
            platform.disputed().id, {"evidence": {"uncategorized_text": "x" * 150_001}}
        )


def test_disputed_charge_is_not_refunded_until_it_is_won(platform: Platform) -> None:
    dispute = platform.disputed()
    charge = str(dispute.charge)
    with pytest.raises(stripe.InvalidRequestError, match="charged back"):
        platform.client.v1.refunds.create({"charge": charge})
    platform.sandbox.control("close_dispute", dispute=dispute.id, status="won")
    assert platform.client.v1.refunds.create({"charge": charge}).status == "succeeded"


def test_things_that_do_not_exist_are_refused(platform: Platform) -> None:
    for path in ("disputes/du_no", "transfers/tr_no", "payouts/po_no", "accounts/acct_no"):
        with pytest.raises(stripe.StripeError):
            platform.client.raw_request("get", f"/v1/{path}")


def test_control_refuses_what_cannot_be(platform: Platform) -> None:
    dispute = platform.disputed()
    for call in (
        ("dispute", {"charge": "ch_no"}),
        ("dispute", {"charge": str(dispute.charge)}),
        ("close_dispute", {"dispute": dispute.id, "status": "maybe"}),
    ):
        with pytest.raises(OSError, match="HTTP Error"):
            platform.sandbox.control(call[0], **call[1])


def test_balance_transactions_carry_what_they_are_about(platform: Platform) -> None:
    platform.live_a_little()
    listed = platform.client.v1.balance_transactions.list(
        {"limit": 100, "expand": ["data.source"]}
    ).data
    about = {row.type: row.to_dict()["source"]["object"] for row in listed}
    assert about == {
        "charge": "charge",
        "transfer": "transfer",
        "transfer_refund": "transfer_reversal",
        "refund": "refund",
        "refund_failure": "refund",
        "payout": "payout",
        "adjustment": "dispute",
    }
    assert sum(row.net for row in listed) == platform.balance()
