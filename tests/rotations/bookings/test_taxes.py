"""A tax that somebody entered: in the whole price, each invoice, the books, and each refund."""

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st

from payments.models import Account, CreditNote, InvoiceLine, Refund
from payments.queries import balances
from rotations.bookings.actions import Why, accept_offer, cancel_booking, plan_payouts
from rotations.bookings.models import Booking
from rotations.bookings.queries import booking_again
from rotations.bookings.reasons import Reason
from rotations.bookings.rules import Cut, lessened, parts_of
from rotations.catalog.models import Opening, Rotation
from rotations.catalog.rules import tax_cents
from rotations.catalog.terms import freeze_terms, tax_for
from tests.factories.bookings import CouponFactory
from tests.factories.reference import TaxRateFactory
from tests.factories.stories import an_offer
from tests.factories.visits import client_of
from tests.rotations.bookings.money import Till
from tests.support.pdf import text_of
from usce.accounts.models import User
from usce.money import Money
from usce.reference.actions import TABLES, _load
from usce.reference.models import TaxRate

RATE = Decimal("6.25")
LABEL = "Sales tax, Illinois, 6.25%"


@pytest.fixture
def rate(db: None) -> TaxRate:
    return TaxRateFactory(percent=RATE)


@pytest.fixture
def booked(rate: TaxRate, till: Till, opening: Opening, amina: User) -> Booking:
    """All paid, forty days before the start, when half comes back."""
    return till.booked(opening, amina, days_before=40, balance=None)


def as_now(opening: Opening) -> Rotation:
    return Rotation.objects.get(pk=opening.rotation_id)


def terms_with(tax: TaxRate | None, opening: Opening) -> dict[str, Any]:
    return freeze_terms(opening.rotation, opening, tax=tax)


def test_terms_without_a_rate_speak_of_no_tax(opening: Opening, now: dt.datetime) -> None:
    assert tax_for(opening.rotation, now) is None
    assert "tax_percent" not in terms_with(None, opening)


def test_tax_is_a_line_of_the_frozen_price(rate: TaxRate, opening: Opening) -> None:
    terms = terms_with(rate, opening)
    assert terms["lines"][-1] == {"label": LABEL, "amount_cents": 10_313, "payee": "tax"}
    assert terms["total_cents"] == 165_000 + 10_313
    assert terms["deposit_cents"] == 60_000 + 10_313 * 60_000 // 165_000
    assert terms["deposit_cents"] + terms["balance_cents"] == terms["total_cents"]
    assert terms["tax_percent"] == "6.25"


def test_price_paid_at_once_leaves_no_balance_of_tax(rate: TaxRate, opening: Opening) -> None:
    opening.rotation.deposit_cents = 165_000
    terms = terms_with(rate, opening)
    assert (terms["deposit_cents"], terms["balance_cents"]) == (175_313, 0)


def test_free_rotation_bears_no_tax(rate: TaxRate, opening: Opening) -> None:
    free = opening.rotation
    free.price_cents = free.platform_fee_cents = free.deposit_cents = 0
    terms = terms_with(rate, opening)
    assert [line["payee"] for line in terms["lines"]] == ["provider"]
    assert "tax_percent" not in terms


@pytest.mark.parametrize(
    ("fields", "is_taxed"),
    [
        ({}, True),
        ({"starts_on": dt.date(2026, 7, 2)}, False),
        ({"starts_on": dt.date(2026, 7, 1)}, True),
        ({"ends_on": dt.date(2026, 6, 30)}, False),
        ({"ends_on": dt.date(2026, 7, 1)}, True),
        ({"state__code": "OH", "state__name": "Ohio"}, False),
        ({"kind": "research"}, False),
    ],
)
def test_rate_counts_by_state_kind_and_day_at_the_site(
    fields: dict[str, Any], opening: Opening, *, is_taxed: bool
) -> None:
    TaxRateFactory(**fields)
    late_in_chicago = dt.datetime(2026, 7, 2, 4, 59, tzinfo=dt.UTC)
    assert (tax_for(as_now(opening), late_in_chicago) is not None) == is_taxed


def test_state_knows_whether_it_has_rates(rate: TaxRate, opening: Opening) -> None:
    assert as_now(opening).site.region.has_taxes
    _load(TABLES[0])
    assert as_now(opening).site.region.has_taxes
    rate.delete()
    assert not as_now(opening).site.region.has_taxes


def test_rate_of_the_kind_goes_before_one_for_all(opening: Opening, now: dt.datetime) -> None:
    TaxRateFactory()
    own = TaxRateFactory(kind=opening.rotation.kind, percent=Decimal(2))
    assert tax_for(as_now(opening), now) == own


def test_offer_keeps_its_tax_when_the_rate_changes(
    rate: TaxRate, opening: Opening, amina: User, bruno: User, now: dt.datetime
) -> None:
    offer = an_offer(opening, amina, now)
    TaxRate.objects.update(percent=Decimal(20))
    booking = accept_offer(offer, agreed=True, actor=amina, now=now)
    assert booking.deposit_invoice.total_cents == offer.terms["deposit_cents"] == 63_750


def test_coupon_lessens_the_tax_too(
    rate: TaxRate, opening: Opening, amina: User, bruno: User, now: dt.datetime
) -> None:
    offer = an_offer(opening, amina, now)
    CouponFactory(provider=opening.rotation.provider, code="ALUMNI")
    page = client_of(amina).get(f"/offers/{offer.public_id}?coupon=ALUMNI").content.decode()
    assert f"${tax_cents(150_000, RATE) / 100:.2f}" in page
    booking = accept_offer(offer, agreed=True, actor=amina, now=now, code="ALUMNI")
    lines = list(booking.deposit_invoice.lines.values_list("label", "kind", "amount_cents"))
    assert [(label, kind) for label, kind, _cents in lines] == [
        ("Rotation", "price"),
        ("Coupon ALUMNI", "discount"),
        ("Rounds service fee", "price"),
        (LABEL, "tax"),
    ]
    net = sum(cents for _label, kind, cents in lines if kind != "tax")
    assert abs(lines[-1][2] - net * RATE / 100) <= 1


@settings(deadline=None)
@given(
    prices=st.tuples(st.integers(1, 10**7), st.integers(0, 10**6)),
    part=st.integers(0, 10**7),
    percent=st.decimals(min_value="0.001", max_value=25, places=3),
    cut=st.tuples(st.sampled_from(["provider", "platform"]), st.integers(1, 10**7)),
)
def test_tax_after_a_cut_is_that_of_what_is_left(
    prices: tuple[int, int], part: int, percent: Decimal, cut: tuple[str, int]
) -> None:
    net = sum(prices)
    tax, deposit = tax_cents(net, percent), min(part, net)
    lines = [
        {"label": payee, "amount_cents": cents, "payee": payee}
        for payee, cents in zip(("provider", "platform", "tax"), (*prices, tax), strict=True)
    ]
    terms = {
        "lines": lines,
        "deposit_cents": deposit + tax * deposit // net,
        "tax_percent": str(percent),
    }
    bearer, wanted = cut
    cents = min(wanted, prices[bearer == "platform"])
    parts = parts_of(terms, [Cut(bearer, "Cut", cents)] if cents else [])
    last = parts[-1]
    assert last.cents == tax_cents(net - cents, percent)
    assert 0 <= last.deposit_cents <= last.cents
    whole = lessened(terms, [])
    assert whole["deposit_cents"] == terms["deposit_cents"]
    assert whole["total_cents"] == net + tax


def test_tax_stands_apart_in_the_books_and_no_provider_gets_it(booked: Booking, till: Till) -> None:
    for invoice in (booked.deposit_invoice, booked.balance_invoice):
        assert invoice is not None
        invoice.refresh_from_db()
        plan_payouts(invoice, now=timezone.now())
    taxed = InvoiceLine.objects.filter(kind="tax").values_list("amount_cents", flat=True)
    assert sum(taxed) == 10_313
    assert balances()[Account.TAX_PAYABLE] == -10_313
    assert abs(balances()[Account.HELD_FOR_PAYEES] + 150_000) <= 1
    assert till.agrees()


def test_tax_goes_back_in_proportion_and_the_credit_note_says_so(
    booked: Booking, till: Till, amina: User
) -> None:
    done = cancel_booking(booked, Why(Reason.CHANGED_MIND), actor=amina, now=timezone.now())
    assert done.back_cents == 87_657  # half of 1,753.13, half a cent rounded up
    assert abs(balances()[Account.TAX_PAYABLE] + 10_313 / 2) <= 1
    assert till.agrees()
    said = ""
    for note in CreditNote.objects.select_related("refund__payment__invoice"):
        invoice = note.refund.payment.invoice
        url = reverse("payments:credit-note", args=[invoice.public_id, note.number])
        said += text_of(client_of(amina).get(url).content)
    assert "Tax on it" in said
    assert Refund.objects.count() == CreditNote.objects.count()


def test_pages_and_papers_name_the_tax(booked: Booking, amina: User) -> None:
    client, invoice = client_of(amina), booking_again(booked).deposit_invoice
    page = client.get(f"/invoices/{invoice.public_id}").content.decode()
    assert LABEL in page
    assert "Rounds, for the state" in page
    said = text_of(client.get(f"/invoices/{invoice.public_id}/paper.pdf").content)
    tax = Money(invoice.lines.get(kind="tax").amount_cents)
    assert f"{LABEL}: {tax}, collected for the state" in said
    assert "none is contained" not in said
    assert LABEL in client.get(f"/offers/{booked.offer.public_id}").content.decode()


def test_rotation_page_and_search_show_the_taxed_price(booked: Booking, client: Client) -> None:
    rotation = booked.application.rotation
    page = client.get(f"/rotations/{rotation.public_id}-{rotation.slug}").content.decode()
    assert "$1,753.13" in page
    assert LABEL in page
    assert "$103.13, to Rounds, for the state" in page
    assert "$637.50 of the whole price" in page
    assert "$1,753.13" in client.get("/rotations").content.decode()
