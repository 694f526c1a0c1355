"""The sandbox held to Stripe's published API description: what it answers and what it takes."""

import re

import pytest

from tests.usce.devstack.stripe_sandbox.conftest import Platform
from tests.usce.devstack.stripe_sandbox.published import (
    CUT,
    faults_of,
    parameters_of,
    published,
)
from usce.devstack.stripe_sandbox.routes import IDENTIFIER, ROUTES

# Ours alone, never answered; and a session's lines, which it answers only when they are asked for.
OWN = ("account_link", "connected_transaction")
KEPT = {"payment_intent_data", "line_items"}
# Made for an answer, and not kept.
ANSWERED = {"balance", "account_link", "dispute_evidence", "dispute_evidence_details"}


def test_all_that_is_kept_is_shaped_as_published(platform: Platform) -> None:
    platform.live_a_little()
    store = platform.sandbox.store
    kinds = {row[0] for row in store.db.execute("SELECT DISTINCT kind FROM objects")} - set(OWN)
    met: set[str] = set()
    for kind in sorted(kinds):
        for thing in store.all(kind):
            kept = KEPT if kind == "checkout.session" else set()
            met |= set(faults_of({k: v for k, v in thing.items() if k not in kept}, kind))
    assert sorted(met) == []
    assert kinds == {
        *("account", "balance_transaction", "charge", "checkout.session", "customer", "dispute"),
        *(
            "event",
            "payment_intent",
            "payment_method",
            "payout",
            "refund",
            "transfer",
            "transfer_reversal",
        ),
    }


def test_what_is_made_for_the_answer_is_too(platform: Platform) -> None:
    dispute = platform.disputed().to_dict()
    answers = {
        "account_link": platform.link(platform.account()).to_dict(),
        "balance": platform.client.v1.balance.retrieve().to_dict(),
        "dispute_evidence": dispute["evidence"],
        "dispute_evidence_details": dispute["evidence_details"],
    }
    assert set(answers) == ANSWERED
    assert [fault for kind, it in answers.items() for fault in faults_of(it, kind)] == []


def posts() -> list[tuple[str, frozenset[str]]]:
    return [(path, known) for method, path, (known, _call) in ROUTES if method == "POST"]


@pytest.mark.parametrize(("path", "known"), posts(), ids=lambda v: v if isinstance(v, str) else "")
def test_parameters_that_are_taken_are_published(path: str, known: frozenset[str]) -> None:
    wanted = re.escape(f"/v1/{path}").replace(re.escape(IDENTIFIER), r"\{\w+\}")
    place = next(place for place in published()["paths"] if re.fullmatch(wanted, place))
    assert sorted(known - parameters_of(place)) == []


def test_what_is_not_published_is_found() -> None:
    thing = {"id": 7, "object": "refund", "amount": 1, "charge": None, "surprise": True}
    assert sorted(faults_of(thing, "refund"))[-2:] == [
        "refund.id is integer, published as ['string']",
        "refund.surprise is not published",
    ]
    assert "refund.object is x" in set(faults_of({**thing, "object": "x"}, "refund"))
    assert "refund lacks created" in set(faults_of(thing, "refund"))


def test_cut_says_where_it_comes_from_and_stays_small() -> None:
    assert CUT.with_name("LICENSE.stripe").read_text().count("MIT License") == 1
    assert CUT.stat().st_size < 300_000
