"""The pages of coupons: given out, looked at, used once the offer is accepted."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from rotations.bookings.actions import accept_offer
from rotations.bookings.models import Booking, Coupon, Offer
from rotations.catalog.models import Opening
from rotations.providers.models import Provider
from tests.factories.bookings import CouponFactory
from tests.factories.catalog import RotationFactory
from tests.factories.providers import ProviderFactory
from tests.factories.stories import a_far_opening
from tests.factories.visits import client_of
from usce.accounts.models import User

HERE = "/p/lakeshore/coupons"
NEW = {
    "code": "alumni 27",
    "percent": "15",
    "starts_on": "2026-01-01",
    "ends_on": "2099-12-31",
    "most_uses": "20",
    "most_per_person": "1",
}


@pytest.fixture
def now() -> dt.datetime:
    return timezone.now()


@pytest.fixture
def opening(provider: Provider) -> Opening:
    return a_far_opening(provider)


@pytest.mark.parametrize("count", [1, 3])
def test_coupons_take_the_same_queries_for_any_number(
    bruno: User, provider: Provider, count: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    rotation = RotationFactory(provider=provider)
    for _each in range(count):
        CouponFactory(provider=provider, rotation=rotation)
    client = client_of(bruno)
    client.get(HERE)
    with django_assert_num_queries(8):
        assert client.get(HERE).content.decode().count("SPRING") == count


def test_owner_gives_one_out_and_ends_it(bruno: User, provider: Provider) -> None:
    client = client_of(bruno)
    assert "No coupon was given out yet" in client.get(HERE).content.decode()
    assert client.post(HERE, NEW).status_code == 302
    coupon = Coupon.objects.get()
    assert (coupon.code, coupon.percent, coupon.bearer) == ("ALUMNI27", 15, "provider")
    assert client.post(HERE, NEW).status_code == 422  # the code is taken
    assert client.post(f"{HERE}/{coupon.public_id}/end").status_code == 302
    assert "Ended" in client.get(HERE).content.decode()


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"dollars": "20"}, "one of the two"),
        ({"percent": ""}, "one of the two"),
        ({"code": "A-1"}, "4 to 20 letters"),
        ({"ends_on": "2025-01-01"}, "comes after the first"),
        ({"percent": "101"}, "less than or equal to 100"),
        ({"rotation": "999"}, "valid choice"),
        ({"ends_on": ""}, "required"),
    ],
)
def test_wrong_coupon_is_told_at_its_field(
    bruno: User, provider: Provider, wrong: dict[str, str], says: str
) -> None:
    answer = client_of(bruno).post(HERE, NEW | wrong)
    assert answer.status_code == 422
    assert says in answer.content.decode()
    assert not Coupon.objects.exists()


def test_fixed_sum_for_one_rotation(bruno: User, provider: Provider) -> None:
    rotation = RotationFactory(provider=provider)
    sent = NEW | {"percent": "", "dollars": "99.50", "rotation": str(rotation.pk)}
    assert client_of(bruno).post(HERE, sent).status_code == 302
    coupon = Coupon.objects.get()
    assert (coupon.cents, coupon.rotation) == (9_950, rotation)


def test_states_of_coupons_are_said(fay: User, provider: Provider, db: None) -> None:
    today = timezone.now().date()
    CouponFactory(ends_on=today - dt.timedelta(days=2))
    CouponFactory(starts_on=today + dt.timedelta(days=2))
    CouponFactory(uses=5)
    CouponFactory(provider=provider, bearer="platform", percent=None, cents=500)
    page = client_of(fay).get("/staff/coupons").content.decode()
    assert [w for w in ("Over", "To come", "Used up", "Counts", "$5.00") if w not in page] == []


def test_finance_gives_out_those_of_rounds(fay: User, provider: Provider) -> None:
    client, url = client_of(fay), "/staff/coupons"
    assert client.post(url, NEW | {"provider": "nowhere"}).status_code == 422
    assert client.post(url, NEW | {"provider": "lakeshore"}).status_code == 302
    assert client.post(url, NEW | {"code": "EVERY1"}).status_code == 302
    everywhere, here = Coupon.objects.order_by("-id")
    assert (here.provider, here.bearer, everywhere.provider) == (provider, "platform", None)
    assert client.post(f"{url}/{here.public_id}/end").status_code == 302


def test_coupon_of_another_house_is_not_there(bruno: User, provider: Provider) -> None:
    other = CouponFactory(provider=ProviderFactory(slug="other"))
    ours = CouponFactory(provider=provider, bearer="platform")
    for coupon in (other, ours):
        answer = client_of(bruno).post(f"{HERE}/{coupon.public_id}/end")
        assert answer.status_code == 404


def test_applicant_sees_the_price_before_the_code_is_used(
    offer: Offer, amina: User, provider: Provider
) -> None:
    coupon = CouponFactory(provider=provider, code="ALUMNI")
    client, url = client_of(amina), reverse("bookings:offer", args=[offer.public_id])
    assert "Use a coupon" in client.get(url).content.decode()
    looked = client.get(url, {"coupon": "alumni"}).content.decode()
    assert "-$150.00" in looked
    assert "$1,500.00" in looked
    assert 'name="coupon" value="alumni"' in looked
    assert "not known" in client.get(url, {"coupon": "NOSUCH"}).content.decode()
    assert client.get(url, {"coupon": ""}).status_code == 200
    coupon.refresh_from_db()
    assert coupon.uses == 0
    sent = {"answer": "accept", "agreed": "on", "coupon": "alumni"}
    booking = client.get(client.post(url, sent)["Location"]).content.decode()
    assert "Coupon ALUMNI, taken off the provider&#x27;s part" in booking
    assert "Deposit, $545.46" in booking
    paper = reverse("payments:invoice", args=[Booking.objects.get().deposit_invoice.public_id])
    assert "Taken from" in client.get(paper).content.decode()
    assert client.get(f"{paper}/paper.pdf").status_code == 200


def test_code_that_is_used_up_meanwhile_holds_nothing(
    offer: Offer, amina: User, provider: Provider
) -> None:
    CouponFactory(provider=provider, code="ALUMNI", uses=5)
    url = reverse("bookings:offer", args=[offer.public_id])
    sent = {"answer": "accept", "agreed": "on", "coupon": "ALUMNI"}
    answer = client_of(amina).post(url, sent)
    assert answer.status_code == 409
    assert "used as often as it may be" in answer.content.decode()
    assert not Booking.objects.exists()


def test_free_by_coupon_is_said(offer: Offer, amina: User, provider: Provider) -> None:
    terms = {**offer.terms, "lines": offer.terms["lines"][:1], "total_cents": 150_000,
             "balance_cents": 90_000}  # fmt: skip
    Offer.objects.update(terms=terms)
    CouponFactory(provider=provider, code="GUEST", percent=100)
    url = reverse("bookings:offer", args=[offer.public_id])
    page = client_of(amina).get(url, {"coupon": "GUEST"}).content.decode()
    assert "-$1,500.00" in page
    assert "Accepting takes the seat" in page


def test_api_tells_the_price_after_the_coupon(
    offer: Offer, amina: User, provider: Provider, now: dt.datetime
) -> None:
    CouponFactory(provider=provider, code="ALUMNI")
    accept_offer(offer, agreed=True, actor=amina, now=now, code="ALUMNI")
    told = client_of(amina).get("/api/v1/bookings").json()["results"][0]
    assert (told["total_cents"], told["deposit_cents"]) == (150_000, 54_546)
