import datetime as dt
import json

import pytest

from rotations.catalog.models import PricePer
from rotations.catalog.terms import freeze_terms, price_lines, refund_steps
from tests.factories.catalog import OpeningFactory, RequirementFactory, RotationFactory

pytestmark = pytest.mark.django_db


def test_terms_are_plain_and_add_up() -> None:
    opening = OpeningFactory()
    RequirementFactory(rotation=opening.rotation)
    terms = freeze_terms(opening.rotation, opening, tax=None)
    assert json.loads(json.dumps(terms)) == {
        "lines": [
            {"label": "Rotation", "amount_cents": 150_000, "payee": "provider"},
            {"label": "Rounds service fee", "amount_cents": 15_000, "payee": "platform"},
        ],
        "total_cents": 165_000,
        "deposit_cents": 60_000,
        "balance_cents": 105_000,
        "balance_due_on": "2026-08-21",
        "policy": {
            "key": "standard",
            "version": 1,
            "name": "Standard",
            "tiers": [[60, 100], [30, 50], [14, 25]],
            "visa_refusal_percent": 90,
            "visa_delay_percent": 75,
            "illness_percent": 50,
        },
        "requirements": [
            {"kind": "graduation_within_years", "params": {"years": 5}, "weight": "must"}
        ],
    }


def test_frozen_terms_do_not_follow_the_listing() -> None:
    opening = OpeningFactory()
    terms = freeze_terms(opening.rotation, opening, tax=None)
    opening.rotation.refund_policy.tiers = [[1, 0]]
    opening.rotation.price_cents = 1
    steps = refund_steps(terms, starts_on=opening.starts_on, zone="America/Chicago")
    assert steps[0].amount_cents == 165_000


def test_refund_of_what_was_paid_so_far() -> None:
    terms = freeze_terms((opening := OpeningFactory()).rotation, opening, tax=None)
    steps = refund_steps(terms, starts_on=dt.date(2026, 10, 5), zone="UTC", paid_cents=60_000)
    assert [step.amount_cents for step in steps] == [60_000, 30_000, 15_000, 0]


def test_free_rotation_has_one_line_of_zero() -> None:
    free = RotationFactory(price_cents=0, platform_fee_cents=0, deposit_cents=0)
    lines = price_lines(free, OpeningFactory(rotation=free), tax=None)
    assert [line["amount_cents"] for line in lines] == [0]


def test_price_by_the_week_follows_the_length_of_the_opening() -> None:
    weekly = RotationFactory(price_cents=40_000, price_per=PricePer.WEEK, deposit_cents=50_000)
    six = OpeningFactory(rotation=weekly, ends_on=dt.date(2026, 11, 13))
    terms = freeze_terms(weekly, six, tax=None)
    assert [(line["label"], line["amount_cents"]) for line in terms["lines"]] == [
        ("Rotation, 6 weeks", 240_000),
        ("Rounds service fee", 15_000),
    ]
    assert (terms["total_cents"], terms["balance_cents"]) == (255_000, 205_000)
