"""Coupons: whose part they lessen, how often they count, and what stands when many ask at once."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, IntegrityError, transaction
from django.db.models import F
from hypothesis import given, settings
from hypothesis import strategies as st

from payments.actions.ledger import shares_of
from payments.models import Account, InvoiceLine
from payments.queries import balances, charged_lines
from rotations.bookings.actions import (
    CodeTaken,
    CouponRefused,
    DatesOverlap,
    Why,
    accept_offer,
    cancel_booking,
    confirm_paid_booking,
    end_coupon,
    look_at_coupon,
    make_coupon,
    plan_payouts,
    release_expired_holds,
)
from rotations.bookings.actions.coupons import TRIES, Terms
from rotations.bookings.models import Bearer, Booking, Coupon, Offer, Reduction
from rotations.bookings.queries import booking_again
from rotations.bookings.rules import HOLD, Cut, lessened, parts_of
from rotations.bookings.states import BookingState
from rotations.catalog.models import Opening
from rotations.providers.models import Preceptor, Provider, Role
from tests.factories.bookings import CouponFactory
from tests.factories.catalog import OpeningFactory, RotationFactory
from tests.factories.providers import MemberFactory, ProviderFactory
from tests.factories.stories import a_named_applicant, an_offer, an_opening, an_owner
from tests.rotations.bookings.money import Till
from tests.support.races import at_once
from usce.accounts.models import User
from usce.limits.actions import TooOften

TERMS: dict[str, Any] = {
    "lines": [
        {"label": "Rotation", "amount_cents": 150_000, "payee": "provider"},
        {"label": "Rounds service fee", "amount_cents": 15_000, "payee": "platform"},
    ],
    "total_cents": 165_000,
    "deposit_cents": 60_000,
    "balance_cents": 105_000,
}


def accept(offer: Offer, now: dt.datetime, code: str = "") -> Booking:
    who = offer.application.applicant
    return accept_offer(offer, agreed=True, actor=who, now=now, code=code)


def uses(coupon: Coupon) -> int:
    coupon.refresh_from_db()
    return coupon.uses


@pytest.fixture
def coupon(provider: Provider) -> Coupon:
    return CouponFactory(provider=provider, code="ALUMNI")


def test_cut_divides_over_deposit_and_balance() -> None:
    cut = Cut("provider", "Coupon ALUMNI", 15_000)
    after = lessened(TERMS, [cut])
    assert after["total_cents"] == 150_000
    assert after["deposit_cents"] == 60_000 - 15_000 * 54_545 // 150_000
    assert after["deposit_cents"] + after["balance_cents"] == after["total_cents"]
    assert lessened(TERMS, []) == TERMS


@settings(deadline=None)
@given(
    prices=st.tuples(st.integers(1, 10**7), st.integers(0, 10**6)),
    part=st.integers(0, 10**7),
    cuts=st.lists(st.tuples(st.integers(0, 1), st.integers(1, 10**7)), max_size=3),
)
def test_no_payee_ever_pays_for_a_cut(
    prices: tuple[int, int], part: int, cuts: list[tuple[int, int]]
) -> None:
    payees = ("provider", "platform")
    left = list(prices)
    fitting = []
    for place, wanted in cuts:
        if cents := min(wanted, left[place]):
            left[place] -= cents
            fitting.append(Cut(payees[place], "Cut", cents))
    named = zip(payees, prices, strict=True)
    lines = [{"label": p, "amount_cents": c, "payee": p} for p, c in named]
    parts = parts_of({"lines": lines, "deposit_cents": min(part, sum(prices))}, fitting)
    for payee, rest in zip(payees, left, strict=True):
        mine = [one for one in parts if one.payee == payee]
        assert sum(one.cents for one in mine) == rest
        assert 0 <= sum(one.deposit_cents for one in mine) <= rest


def test_provider_bears_its_own_coupon(offer: Offer, coupon: Coupon, now: dt.datetime) -> None:
    booking = accept(offer, now, "alumni ")
    lines = list(booking.deposit_invoice.lines.values_list("label", "amount_cents", "kind"))
    assert lines == [
        ("Rotation", 54_545, "price"),
        ("Coupon ALUMNI", -5_454, "discount"),
        ("Rounds service fee", 5_455, "price"),
    ]
    assert booking.deposit_invoice.total_cents == 54_546
    assert booking.reductions.get().cents == 15_000
    assert uses(coupon) == 1


def test_page_of_the_charge_shows_the_parts_and_what_was_taken_off_each(
    offer: Offer, coupon: Coupon, now: dt.datetime
) -> None:
    invoice = accept(offer, now, "ALUMNI").deposit_invoice
    lines = charged_lines(invoice.lines.all())
    assert lines == [
        ("Rotation, less Coupon ALUMNI $54.54", 49_091),
        ("Rounds service fee", 5_455),
    ]
    assert sum(cents for _label, cents in lines) == invoice.total_cents


def test_part_that_is_taken_off_whole_is_no_line(offer: Offer, now: dt.datetime) -> None:
    CouponFactory(code="FEEFREE", percent=100)
    invoice = accept(offer, now, "FEEFREE").deposit_invoice
    assert charged_lines(invoice.lines.all()) == [("Rotation", 54_545)]


def test_coupon_of_rounds_takes_from_the_fee_alone(offer: Offer, now: dt.datetime) -> None:
    CouponFactory(code="FEEFREE", percent=100)
    invoice = accept(offer, now, "FEEFREE").deposit_invoice
    shares = [(e.account, e.amount_cents) for e in shares_of(invoice, invoice.total_cents)]
    assert shares == [
        (Account.HELD_FOR_PAYEES, -54_545),
        (Account.PLATFORM_FEES, -5_455),
        (Account.PLATFORM_FEES, 5_455),
    ]


def test_fixed_sum_takes_no_more_than_there_is(offer: Offer, now: dt.datetime) -> None:
    CouponFactory(code="FIXED", percent=None, cents=99_999)
    assert look_at_coupon(offer, "FIXED", actor=offer.application.applicant, now=now) == Cut(
        "platform", "Coupon FIXED", 15_000
    )


def test_whole_way_agrees_to_the_cent(
    opening: Opening, amina: User, till: Till, provider: Provider
) -> None:
    CouponFactory(provider=provider, code="ALUMNI", percent=None, cents=33_333)
    now = dt.datetime.now(dt.UTC)
    start = now.date() + dt.timedelta(days=90)
    Opening.objects.update(starts_on=start, ends_on=start + dt.timedelta(days=25))
    opening.refresh_from_db()
    held = accept(an_offer(opening, amina, now, days=3), now, "ALUMNI")
    till.pay(held.deposit_invoice, amina)
    held.deposit_invoice.refresh_from_db()
    booking = confirm_paid_booking(held.deposit_invoice, now=now)
    assert booking is not None
    balance = booking.balance_invoice
    assert balance is not None
    assert held.deposit_invoice.total_cents + balance.total_cents == 165_000 - 33_333
    till.pay(balance, amina, 40_000)
    till.pay(balance, amina)
    for invoice in (held.deposit_invoice, balance):
        invoice.refresh_from_db()
        assert plan_payouts(invoice, now=now) > 0
    assert balances()[Account.HELD_FOR_PAYEES] == -(150_000 - 33_333)
    assert balances()[Account.PLATFORM_FEES] == -15_000
    cancel_booking(booking_again(booking), Why("changed_mind"), actor=amina, now=now)
    assert till.agrees()
    assert balances()[Account.HELD_FOR_PAYEES] == 0
    assert Coupon.objects.get().uses == 1  # what was paid for stays used


def test_price_of_nothing_settles_itself(offer: Offer, coupon: Coupon, now: dt.datetime) -> None:
    CouponFactory(provider=coupon.provider, code="GUEST", percent=100)
    Offer.objects.update(terms={**offer.terms, **TERMS, "lines": TERMS["lines"][:1],
                                "total_cents": 150_000, "balance_cents": 90_000})  # fmt: skip
    offer.refresh_from_db()
    invoice = accept(offer, now, "GUEST").deposit_invoice
    assert (invoice.total_cents, invoice.state) == (0, "paid")
    assert InvoiceLine.objects.filter(invoice=invoice).count() == 2


def test_lapsed_hold_gives_the_use_back(offer: Offer, coupon: Coupon, now: dt.datetime) -> None:
    accept(offer, now, "ALUMNI")
    release_expired_holds(now + HOLD)
    assert uses(coupon) == 0
    assert Reduction.objects.get().given_back_at == now + HOLD
    offer = Offer.objects.get()
    assert accept(offer, now + HOLD, "ALUMNI").deposit_invoice.total_cents == 54_546
    assert uses(coupon) == 1


def test_second_tab_with_another_code_gets_the_first_booking(
    offer: Offer, coupon: Coupon, now: dt.datetime
) -> None:
    other = CouponFactory(code="FEEFREE", percent=100)
    first = accept(offer, now, "ALUMNI")
    assert accept(Offer.objects.get(), now, "FEEFREE") == first
    assert (uses(coupon), uses(other)) == (1, 0)


def test_refused_acceptance_uses_nothing(
    offer: Offer, coupon: Coupon, amina: User, now: dt.datetime
) -> None:
    same = OpeningFactory(
        rotation=RotationFactory(provider=coupon.provider),
        starts_on=offer.opening.starts_on,
        ends_on=offer.opening.ends_on,
    )
    accept(offer, now)
    with pytest.raises(DatesOverlap):
        accept(an_offer(same, amina, now), now, "ALUMNI")
    assert uses(coupon) == 0


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"ended_at": dt.datetime(2026, 6, 1, tzinfo=dt.UTC)}, "no longer given out"),
        ({"starts_on": dt.date(2026, 7, 2)}, "counts from Thursday 2 July 2026 on"),
        ({"ends_on": dt.date(2026, 6, 30)}, "counted through Tuesday 30 June 2026"),
        ({"uses": 5}, "used as often as it may be"),
        ({"provider": None, "bearer": "platform", "percent": None, "cents": 14_990}, "too little"),
    ],
)
def test_code_that_does_not_count_says_why(
    offer: Offer, provider: Provider, now: dt.datetime, change: dict[str, object], says: str
) -> None:
    fee_only = [TERMS["lines"][1]]
    coupon = CouponFactory(**{"provider": provider, "code": "ALUMNI", **change})
    if coupon.cents:
        Offer.objects.update(terms={**offer.terms, "lines": fee_only, "total_cents": 15_000,
                                    "deposit_cents": 15_000, "balance_cents": 0})  # fmt: skip
        offer.refresh_from_db()
    with pytest.raises(CouponRefused, match=says):
        look_at_coupon(offer, "ALUMNI", actor=offer.application.applicant, now=now)
    with pytest.raises(CouponRefused, match=says):
        accept(offer, now, "ALUMNI")
    assert not Booking.objects.exists()


def test_code_of_another_house_or_rotation_is_unknown(
    offer: Offer, provider: Provider, now: dt.datetime
) -> None:
    CouponFactory(provider=ProviderFactory(slug="other"), code="OTHERS")
    CouponFactory(provider=provider, rotation=RotationFactory(provider=provider), code="ELSEWHERE")
    for code in ("OTHERS", "ELSEWHERE", "NOSUCH", "'; DROP", "\x00"):
        with pytest.raises(CouponRefused, match="not known for this rotation"):
            accept(offer, now, code)


def test_free_rotation_has_nothing_to_take_off(offer: Offer, now: dt.datetime) -> None:
    CouponFactory(code="FEEFREE", percent=100)
    Offer.objects.update(terms={**offer.terms, "lines": TERMS["lines"][:1]})
    offer.refresh_from_db()
    with pytest.raises(CouponRefused, match="nothing in this price"):
        accept(offer, now, "FEEFREE")


def test_person_uses_it_as_often_as_allowed(
    coupon: Coupon, opening: Opening, amina: User, now: dt.datetime
) -> None:
    accept(an_offer(opening, amina, now), now, "ALUMNI")
    later = OpeningFactory(
        rotation=RotationFactory(provider=coupon.provider),
        starts_on=opening.starts_on + dt.timedelta(days=100),
        ends_on=opening.ends_on + dt.timedelta(days=100),
    )
    second = an_offer(later, amina, now)
    with pytest.raises(CouponRefused, match="used this code already"):
        accept(second, now, "ALUMNI")
    assert uses(coupon) == 1


def test_codes_are_not_guessed(offer: Offer, now: dt.datetime) -> None:
    who = offer.application.applicant
    for _try in range(TRIES):
        with pytest.raises(CouponRefused):
            look_at_coupon(offer, "GUESS", actor=who, now=now)
    with pytest.raises(TooOften):
        accept(offer, now, "GUESS")


def test_stranger_looks_at_nothing(
    offer: Offer, dora: User, coupon: Coupon, now: dt.datetime
) -> None:
    with pytest.raises(PermissionDenied):
        look_at_coupon(offer, "ALUMNI", actor=dora, now=now)


def terms(code: str = "NEW1", **more: object) -> Terms:
    told = {"percent": 10, "cents": None, "most_uses": 1, **more}
    return Terms(code=code, starts_on=dt.date(2026, 7, 1), ends_on=dt.date(2026, 8, 1), **told)  # type: ignore[arg-type]


def test_owner_makes_and_ends_one(provider: Provider, bruno: User, now: dt.datetime) -> None:
    made = make_coupon(
        terms(), provider=provider, rotation=None, bearer=Bearer.PROVIDER, actor=bruno, now=now
    )
    for _twice in range(2):
        end_coupon(made, actor=bruno, now=now)
    made.refresh_from_db()
    assert made.ended_at == now
    with pytest.raises(CodeTaken):
        make_coupon(
            terms(), provider=provider, rotation=None, bearer=Bearer.PROVIDER, actor=bruno, now=now
        )


def test_provider_never_takes_from_the_fee(
    provider: Provider, bruno: User, fay: User, now: dt.datetime
) -> None:
    with pytest.raises(PermissionDenied):
        make_coupon(
            terms(), provider=provider, rotation=None, bearer=Bearer.PLATFORM, actor=bruno, now=now
        )
    ours = make_coupon(
        terms(), provider=provider, rotation=None, bearer=Bearer.PLATFORM, actor=fay, now=now
    )
    with pytest.raises(PermissionDenied):
        end_coupon(ours, actor=bruno, now=now)
    with pytest.raises(PermissionDenied):
        make_coupon(
            terms("NEW2"), provider=provider, rotation=None, bearer=Bearer.PROVIDER, actor=fay,
            now=now,
        )  # fmt: skip


@pytest.mark.parametrize("role", [Role.SCHEDULER, Role.FINANCE, Role.PRECEPTOR])
def test_others_of_the_team_make_none(provider: Provider, role: str, now: dt.datetime) -> None:
    member = MemberFactory(provider=provider, role=role).user
    with pytest.raises(PermissionDenied):
        make_coupon(
            terms(), provider=provider, rotation=None, bearer=Bearer.PROVIDER, actor=member, now=now
        )


def test_rotation_of_another_house_is_refused(
    provider: Provider, bruno: User, now: dt.datetime
) -> None:
    with pytest.raises(CouponRefused, match="own rotations"):
        make_coupon(
            terms(), provider=provider, rotation=RotationFactory(), bearer=Bearer.PROVIDER,
            actor=bruno, now=now,
        )  # fmt: skip


@pytest.mark.parametrize(
    "wrong",
    [
        {"percent": 101},
        {"percent": None},
        {"cents": 5},
        {"code": "ab"},
        {"ends_on": dt.date(2025, 1, 1)},
        {"uses": 6},
        {"most_per_person": 0},
        {"bearer": "provider"},
        {"bearer": "nobody"},
    ],
)
def test_database_refuses_a_coupon_of_nonsense(db: None, wrong: dict[str, object]) -> None:
    with pytest.raises(IntegrityError, match="coupon_"), transaction.atomic():
        CouponFactory(**wrong)


def test_refusals_of_the_database_reach_whoever_made_it(
    provider: Provider, bruno: User, now: dt.datetime
) -> None:
    with pytest.raises(IntegrityError, match="coupon_one_kind"):
        make_coupon(
            terms(percent=0), provider=provider, rotation=None, bearer=Bearer.PROVIDER,
            actor=bruno, now=now,
        )  # fmt: skip


@pytest.mark.parametrize("column", ["percent", "code", "most_uses", "ends_on"])
def test_terms_of_a_coupon_never_change(coupon: Coupon, column: str) -> None:
    with pytest.raises(DatabaseError, match="refused"), transaction.atomic():
        Coupon.objects.update(**{column: F(column)})
    with pytest.raises(DatabaseError, match="refused"), transaction.atomic():
        Coupon.objects.all().delete()


def test_booking_bears_one_coupon(offer: Offer, coupon: Coupon, now: dt.datetime) -> None:
    booking = accept(offer, now, "ALUMNI")
    with pytest.raises(IntegrityError, match="reduction_one_coupon"), transaction.atomic():
        Reduction.objects.create(
            booking=booking, coupon=coupon, bearer="provider", label="Twice", cents=1
        )
    with pytest.raises(DatabaseError, match="refused"), transaction.atomic():
        booking.reductions.update(cents=1)


def test_line_below_zero_is_a_discount(offer: Offer, coupon: Coupon, now: dt.datetime) -> None:
    invoice = accept(offer, now, "ALUMNI").deposit_invoice
    line = invoice.lines.first()
    assert line is not None
    with pytest.raises(IntegrityError, match="invoice_line_sign"), transaction.atomic():
        InvoiceLine.objects.create(
            invoice=invoice, label="x", payee=line.payee, payee_name="x", amount_cents=-1
        )


def fresh_accept(offer: Offer, code: str, now: dt.datetime) -> Callable[[], Booking]:
    pk = offer.pk

    def call() -> Booking:
        mine = Offer.objects.select_related("application__rotation__provider").get(pk=pk)
        return accept(mine, now, code)

    return call


@pytest.mark.race
def test_last_use_goes_to_one(clean_db: str, now: dt.datetime) -> None:
    opening = an_opening(seats=50)
    coupon = CouponFactory(code="LAST", provider=opening.rotation.provider, most_uses=3)

    Preceptor.objects.update(max_learners=50)
    offers = [an_offer(opening, a_named_applicant(), now) for _ in range(12)]
    counted = at_once(fresh_accept(offer, "LAST", now) for offer in offers)
    assert counted == {"Booking": 3, "CouponRefused": 9}
    assert uses(coupon) == 3
    assert Reduction.objects.count() == 3


@pytest.mark.race
def test_two_tabs_with_two_codes_apply_one(clean_db: str, now: dt.datetime) -> None:
    opening = an_opening(seats=2)
    house = opening.rotation.provider
    CouponFactory(code="ONE1", provider=house)
    CouponFactory(code="TWO2", provider=house)
    offer = an_offer(opening, a_named_applicant(), now)
    counted = at_once(fresh_accept(offer, code, now) for code in ["ONE1", "TWO2"] * 4)
    assert counted == {"Booking": 8}
    assert Booking.objects.get().state == BookingState.HELD
    assert Reduction.objects.count() == 1
    assert sum(Coupon.objects.values_list("uses", flat=True)) == 1


@pytest.mark.race
def test_one_person_at_once_with_two_offers_uses_it_once(clean_db: str, now: dt.datetime) -> None:
    opening = an_opening(seats=2)
    person = a_named_applicant()
    CouponFactory(code="ONCE", provider=opening.rotation.provider, most_uses=9)
    later = OpeningFactory(
        rotation=RotationFactory(provider=opening.rotation.provider),
        starts_on=opening.starts_on + dt.timedelta(days=100),
        ends_on=opening.ends_on + dt.timedelta(days=100),
    )
    offers = [an_offer(one, person, now) for one in (opening, later)]
    counted = at_once(fresh_accept(offer, "ONCE", now) for offer in offers)
    assert counted == {"Booking": 1, "CouponRefused": 1}
    assert an_owner(opening.rotation.provider)
    assert Coupon.objects.get().uses == 1
