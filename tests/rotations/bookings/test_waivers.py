"""Fee waivers: two who know nothing of her or of each other, and a budget never overspent."""

import datetime as dt
from collections.abc import Callable

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils import timezone

from rotations.bookings.actions import (
    WaiverRefused,
    accept_offer,
    ask_for_waiver,
    decline_offer,
    lapse_waivers,
    release_expired_holds,
    review_waiver,
    set_waiver_budget,
)
from rotations.bookings.actions.waivers import _ask, _lapse_ended
from rotations.bookings.models import (
    Booking,
    FeeWaiver,
    Offer,
    Reduction,
    WaiverBudget,
    WaiverReview,
)
from rotations.bookings.rules import HOLD
from rotations.bookings.states import WaiverState
from rotations.bookings.tasks import sweep_waivers
from rotations.catalog.models import Opening
from rotations.providers.models import Provider
from tests.factories.accounts import UserFactory
from tests.factories.bookings import CouponFactory
from tests.factories.stories import a_named_applicant, an_offer, an_opening
from tests.factories.visits import client_of
from tests.support.races import at_once
from usce.accounts.models import StaffRole, User
from usce.cases.models import Case
from usce.notifications.models import Mail

WORDS = "My family lost its income this year and the fee is a month of it."
NOW = dt.datetime(2026, 7, 1, 12, tzinfo=dt.UTC)


def clerk(name: str = "Finn Moss") -> User:
    return UserFactory(full_name=name, staff_roles=[StaffRole.FINANCE])


def budget(cents: int, now: dt.datetime = NOW) -> WaiverBudget:
    return set_waiver_budget(now.year, cents, actor=clerk("Bea Hill"), now=now)


def asked(offer: Offer, now: dt.datetime = NOW) -> FeeWaiver:
    return ask_for_waiver(offer, statement=WORDS, actor=offer.application.applicant, now=now)


def say(waiver: FeeWaiver, voices: str, now: dt.datetime = NOW) -> FeeWaiver:
    """Each voice, + or -, by another person, in the order of the places."""
    for seat, voice in enumerate(voices, start=1):
        review = WaiverReview.objects.select_related("waiver__offer").get(waiver=waiver, seat=seat)
        is_for = voice == "+"
        review_waiver(review, is_for=is_for, note="", actor=clerk(f"Clerk {seat}"), now=now)
    return FeeWaiver.objects.get(pk=waiver.pk)


def test_two_who_agree_waive_the_fee(offer: Offer, now: dt.datetime) -> None:
    budget(100_000)
    waiver = say(asked(offer), "++")
    assert waiver.state == WaiverState.GRANTED
    assert WaiverBudget.objects.get().granted_cents == 15_000
    who = offer.application.applicant
    booking = accept_offer(Offer.objects.get(), agreed=True, actor=who, now=now)
    assert [(line.label, line.amount_cents) for line in booking.deposit_invoice.lines.all()] == [
        ("Rotation", 54_545),
        ("Rounds service fee", 5_455),
        ("Service fee waived", -5_455),
    ]
    assert Mail.objects.get(event="bookings.waiver_granted").recipient == who


def test_two_who_differ_ask_a_third(offer: Offer) -> None:
    budget(100_000)
    waiver = say(asked(offer), "+-")
    assert waiver.state == WaiverState.ASKED
    assert Case.objects.filter(kind="bookings.fee_waiver", state="open").count() == 1
    review = WaiverReview.objects.select_related("waiver__offer").get(seat=3)
    review_waiver(review, is_for=False, note="", actor=clerk("Third"), now=NOW)
    waiver.refresh_from_db()
    assert (waiver.state, waiver.is_short) == (WaiverState.DECLINED, False)
    assert Mail.objects.filter(event="bookings.waiver_declined").count() == 1


def test_one_person_has_one_place(offer: Offer, fay: User) -> None:
    waiver = asked(offer)
    first, second = WaiverReview.objects.select_related("waiver__offer")
    review_waiver(first, is_for=True, note="", actor=fay, now=NOW)
    with pytest.raises(WaiverRefused, match="decided about this request already"):
        review_waiver(second, is_for=True, note="", actor=fay, now=NOW)
    with pytest.raises(WaiverRefused, match="in the meantime"):
        review_waiver(first, is_for=False, note="", actor=clerk(), now=NOW)
    with pytest.raises(IntegrityError, match="waiver_review_two_people"), transaction.atomic():
        waiver.reviews.filter(seat=2).update(reviewer=fay, is_for=True, decided_at=NOW)


def test_budget_that_is_used_declines(offer: Offer) -> None:
    budget(14_999)
    waiver = say(asked(offer), "++")
    assert (waiver.state, waiver.is_short) == (WaiverState.DECLINED, True)
    assert WaiverBudget.objects.get().granted_cents == 0


def test_year_without_a_budget_waives_nothing(offer: Offer) -> None:
    assert say(asked(offer), "++").is_short


def test_budget_never_falls_below_what_is_granted(offer: Offer, fay: User) -> None:
    budget(20_000)
    say(asked(offer), "++")
    with pytest.raises(WaiverRefused, match=r"\$150.00 of it is granted"):
        set_waiver_budget(2026, 14_999, actor=fay, now=NOW)
    with pytest.raises(IntegrityError, match="waiver_budget_bound"), transaction.atomic():
        WaiverBudget.objects.update(granted_cents=20_001)


def test_offer_that_ends_gives_the_sum_back(offer: Offer, amina: User) -> None:
    budget(20_000)
    say(asked(offer), "++")
    decline_offer(offer, actor=amina, now=NOW)
    sweep_waivers()
    assert lapse_waivers(NOW) == 0
    assert WaiverBudget.objects.get().granted_cents == 0
    assert FeeWaiver.objects.get().state == WaiverState.LAPSED


def test_two_sweeps_give_the_sum_back_once(offer: Offer, amina: User) -> None:
    budget(20_000)
    waiver = say(asked(offer), "++")
    decline_offer(offer, actor=amina, now=NOW)
    assert [_lapse_ended(waiver, NOW) for _twice in range(2)] == [True, False]
    assert WaiverBudget.objects.get().granted_cents == 0


def test_other_refusals_of_the_database_are_no_second_request(offer: Offer) -> None:
    with pytest.raises(IntegrityError, match="waiver_cents"):
        _ask(offer, WORDS, 0, NOW)


def test_request_of_an_ended_offer_needs_no_decision(offer: Offer, amina: User, fay: User) -> None:
    asked(offer)
    decline_offer(offer, actor=amina, now=NOW)
    assert lapse_waivers(NOW) == 1
    assert not Case.objects.filter(kind="bookings.fee_waiver", state="open").exists()
    review = WaiverReview.objects.select_related("waiver__offer").first()
    assert review is not None
    with pytest.raises(WaiverRefused, match="in the meantime"):
        review_waiver(review, is_for=True, note="", actor=fay, now=NOW)


def test_accepting_before_the_answer_pays_the_fee(offer: Offer, amina: User) -> None:
    asked(offer)
    booking = accept_offer(offer, agreed=True, actor=amina, now=NOW)
    assert booking.deposit_invoice.total_cents == 60_000
    assert FeeWaiver.objects.get().state == WaiverState.LAPSED
    release_expired_holds(NOW + HOLD)
    assert asked(Offer.objects.get(), NOW + HOLD).state == WaiverState.ASKED


def test_lapsed_hold_keeps_the_waiver(offer: Offer, amina: User, provider: Provider) -> None:
    budget(20_000)
    say(asked(offer), "++")
    coupon = CouponFactory(provider=provider, code="ALUMNI")
    for _each in range(2):
        mine = Offer.objects.get()
        booking = accept_offer(mine, agreed=True, actor=amina, now=NOW, code="ALUMNI")
        assert booking.deposit_invoice.total_cents == 60_000 - 5_455 - 5_454
        assert Reduction.objects.filter(given_back_at__isnull=True).count() == 2
        release_expired_holds(NOW + HOLD)
    coupon.refresh_from_db()
    assert (coupon.uses, WaiverBudget.objects.get().granted_cents) == (0, 15_000)


def test_coupon_on_a_waived_fee_takes_nothing(offer: Offer, amina: User) -> None:
    budget(20_000)
    say(asked(offer), "++")
    CouponFactory(code="FEEFREE", percent=100)
    with pytest.raises(Exception, match="nothing in this price"):
        accept_offer(offer, agreed=True, actor=amina, now=NOW, code="FEEFREE")
    assert not Booking.objects.exists()


@pytest.mark.parametrize(
    "words", ["I am Amina, please.", "Write to amina@example.test", "It is about {reference}."]
)
def test_words_that_name_her_are_refused(offer: Offer, amina: User, words: str) -> None:
    said = words.format(reference=offer.application.reference)
    with pytest.raises(WaiverRefused, match="Leave out"):
        ask_for_waiver(offer, statement=said, actor=amina, now=NOW)
    assert not FeeWaiver.objects.exists()


def test_it_is_asked_once_while_the_offer_stands(offer: Offer, amina: User, dora: User) -> None:
    with pytest.raises(PermissionDenied):
        ask_for_waiver(offer, statement=WORDS, actor=dora, now=NOW)
    waiver = say(asked(offer), "--")
    assert waiver.state == WaiverState.DECLINED
    with pytest.raises(WaiverRefused, match="asked for this already"):
        asked(offer)
    with pytest.raises(WaiverRefused, match="no longer be accepted"):
        asked(offer, NOW + dt.timedelta(days=30))


def test_price_without_a_fee_waives_none(offer: Offer) -> None:
    Offer.objects.update(terms={**offer.terms, "lines": offer.terms["lines"][:1]})
    with pytest.raises(WaiverRefused, match="no service fee"):
        asked(Offer.objects.get())


def test_only_finance_decides_and_sets(offer: Offer, chen: User, amina: User) -> None:
    asked(offer)
    review = WaiverReview.objects.select_related("waiver__offer").first()
    assert review is not None
    for person in (chen, amina):
        with pytest.raises(PermissionDenied):
            review_waiver(review, is_for=True, note="", actor=person, now=NOW)
        with pytest.raises(PermissionDenied):
            set_waiver_budget(2026, 1, actor=person, now=NOW)


@pytest.mark.parametrize(
    "wrong",
    [{"is_for": True}, {"decided_at": NOW}, {"seat": 4}],
)
def test_database_refuses_half_a_decision(offer: Offer, wrong: dict[str, object]) -> None:
    asked(offer)
    with pytest.raises(IntegrityError, match="waiver_review"), transaction.atomic():
        WaiverReview.objects.filter(seat=2).update(**wrong)


def test_database_refuses_a_grant_without_a_budget(offer: Offer) -> None:
    asked(offer)
    with pytest.raises(IntegrityError, match="waiver_granted_from_budget"), transaction.atomic():
        FeeWaiver._base_manager.update(state="granted")


def test_refusal_of_the_database_is_no_second_request(offer: Offer) -> None:
    Offer.objects.update(terms={**offer.terms, "deposit_cents": 60_000})
    waiver = asked(Offer.objects.get())
    with pytest.raises(IntegrityError, match="reduction_one_reason"), transaction.atomic():
        Reduction.objects.create(
            booking=accept_offer(
                Offer.objects.get(), agreed=True, actor=offer.application.applicant, now=NOW
            ),
            bearer="platform", label="x", cents=1,
        )  # fmt: skip
    assert waiver.cents == 15_000


def grant_now(review_id: int) -> Callable[[], WaiverReview]:
    who = clerk(f"Clerk of {review_id}")

    def call() -> WaiverReview:
        review = WaiverReview.objects.select_related("waiver__offer").get(pk=review_id)
        return review_waiver(review, is_for=True, note="", actor=who, now=NOW)

    return call


@pytest.mark.race
def test_budget_for_three_is_granted_to_three(clean_db: str) -> None:
    budget(45_000 + 14_999)
    opening = an_opening(seats=20)
    waivers = [asked(an_offer(opening, a_named_applicant(), NOW)) for _ in range(8)]
    for waiver in waivers:
        grant_now(waiver.reviews.get(seat=1).pk)()
    at_once([grant_now(waiver.reviews.get(seat=2).pk) for waiver in waivers])
    states = list(FeeWaiver.objects.values_list("state", flat=True))
    assert states.count("granted") == 3
    assert states.count("declined") == 5
    assert WaiverBudget.objects.get().granted_cents == 45_000


@pytest.mark.race
def test_two_at_once_for_one_place_decide_once(clean_db: str) -> None:
    budget(45_000)
    waiver = asked(an_offer(an_opening(), a_named_applicant(), NOW))
    seat = waiver.reviews.get(seat=1).pk
    counted = at_once([grant_now(seat) for _ in range(6)])
    assert counted == {"WaiverReview": 1, "WaiverRefused": 5}


@pytest.fixture
def today(opening: Opening, amina: User) -> Offer:
    """An offer for pages, which read the clock themselves."""
    Opening.objects.update(starts_on="2099-10-05", ends_on="2099-10-30")
    opening.refresh_from_db()
    return an_offer(opening, amina, timezone.now())


def test_pages_walk_from_the_request_to_the_lower_price(
    today: Offer, amina: User, fay: User
) -> None:
    page = client_of(amina)
    offer_url, ask_url = f"/offers/{today.public_id}", f"/offers/{today.public_id}/waiver"
    assert ask_url in page.get(offer_url).content.decode()
    assert "$150.00" in page.get(ask_url).content.decode()
    assert page.post(ask_url, {"text": ""}).status_code == 422
    assert page.post(ask_url, {"text": "I am Amina."}).status_code == 409
    assert page.post(ask_url, {"text": WORDS}).status_code == 302
    assert "is being looked at" in page.get(ask_url).content.decode()
    assert "is being looked at" in page.get(offer_url).content.decode()
    first, second = WaiverReview.objects.all()
    desk, other = client_of(fay), client_of(clerk())
    assert desk.post("/staff/waivers", {"year": "2020", "dollars": "x"}).status_code == 422
    year = str(timezone.now().year)
    assert desk.post("/staff/waivers", {"year": year, "dollars": "1000"}).status_code == 302
    shown = desk.get(f"/staff/waivers/{first.public_id}").content.decode()
    assert WORDS in shown
    assert "$1,000.00" in shown
    hidden = (amina.full_name, today.application.reference, today.application.rotation.title)
    assert [word for word in hidden if word in shown] == []
    sent = {"decision": "waive", "note": "A month of income."}
    assert desk.post(f"/staff/waivers/{first.public_id}", {}).status_code == 422
    assert desk.post(f"/staff/waivers/{first.public_id}", sent).status_code == 302
    assert desk.post(f"/staff/waivers/{second.public_id}", sent).status_code == 409
    blind = other.get(f"/staff/waivers/{first.public_id}").content.decode()
    assert "This place is decided" in blind
    assert "A month of income" not in blind
    assert other.post(f"/staff/waivers/{second.public_id}", sent).status_code == 302
    assert "You decided: waive it" in desk.get(f"/staff/waivers/{first.public_id}").content.decode()
    lower = page.get(offer_url).content.decode()
    assert "The service fee is waived" in lower
    assert "-$150.00" in lower
    assert "$150.00" in desk.get("/staff/waivers").content.decode()
    assert desk.post("/staff/waivers", {"year": year, "dollars": "149"}).status_code == 409
    done = page.post(offer_url, {"answer": "accept", "agreed": "on"})
    assert "Service fee waived" in page.get(done["Location"]).content.decode()
    assert "no service fee to be waived" not in page.get(ask_url).content.decode()


def test_page_says_why_it_was_not_waived(today: Offer, amina: User) -> None:
    say(asked(today, timezone.now()), "++", now=timezone.now())
    shown = client_of(amina).get(f"/offers/{today.public_id}").content.decode()
    assert "budget for waivers is used" in shown


def test_page_of_an_accepted_offer_asks_nothing(today: Offer, amina: User) -> None:
    accept_offer(today, agreed=True, actor=amina, now=timezone.now())
    shown = client_of(amina).get(f"/offers/{today.public_id}/waiver").content.decode()
    assert "no service fee to be waived here now" in shown


def test_strangers_and_other_staff_see_no_request(
    today: Offer, dora: User, chen: User, amina: User
) -> None:
    review = asked(today, timezone.now()).reviews.all()[0]
    assert client_of(dora).get(f"/offers/{today.public_id}/waiver").status_code == 404
    for person in (dora, chen, amina):
        assert client_of(person).get(f"/staff/waivers/{review.public_id}").status_code == 403
        assert client_of(person).get("/staff/waivers").status_code == 403
