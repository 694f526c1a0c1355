"""Where a person sees her credit, and what else knows of it."""

import pytest
from django.urls import reverse
from django.utils import timezone

from payments.models import Refund
from payments.queries.credit import credits_for
from tests.factories.visits import client_of
from tests.payments.conftest import Desk
from tests.payments.house import House
from tests.payments.test_credit import kept, send_back
from tests.support.pdf import text_of
from usce.accounts.models import User
from usce.rights.portability import holds_of

QUERIES = 7


@pytest.fixture
def house(desk: Desk) -> House:
    return House(desk, User.objects.create_user("bruno@example.test"))


def test_credit_keeps_an_account_from_ending(house: House) -> None:
    credit = kept(house)
    said = "$600.00 of credit is yours. Have it sent to your card first."
    assert said in holds_of(house.desk.payer, timezone.now())
    send_back(house, credit)
    assert said not in holds_of(house.desk.payer, timezone.now())


def test_credit_note_says_that_it_is_kept(house: House) -> None:
    refund = kept(house).refund
    path = reverse(
        "payments:credit-note", args=[refund.payment.invoice.public_id, refund.credit_note.number]
    )
    assert "credit on Rounds" in text_of(client_of(house.desk.payer).get(path).content)


@pytest.mark.parametrize("count", [1, 3])
def test_page_tells_what_is_left_and_how_it_moved(
    house: House, django_assert_num_queries: object, count: int
) -> None:
    for _one in range(count):
        kept(house, 40_000)
    client, path = client_of(house.desk.payer), reverse("payments:credit")
    client.get(path)
    with django_assert_num_queries(QUERIES):  # type: ignore[operator]
        said = client.get(path).content.decode()
    assert f"${400 * count:,}.00 is yours." in said
    assert said.count("Send it to the card") == count
    assert said.count("Kept as credit") == count


def test_send_back_by_the_page_and_once_more(house: House) -> None:
    credit = kept(house)
    client = client_of(house.desk.payer)
    path = reverse("payments:credit-send-back", args=[credit.public_id])
    said = client.post(path, follow=True).content.decode()
    assert "$600.00 is on its way back to the card." in said
    again = client.post(path)
    assert again.status_code == 409
    assert "Nothing is left of this credit" in again.content.decode()
    assert Refund.objects.filter(of_credit=credit).count() == 1


def test_page_without_credit_says_so(desk: Desk) -> None:
    assert "You have no credit." in client_of(desk.payer).get(reverse("payments:credit")).text


def test_credits_of_another_are_not_seen(house: House, dora: User) -> None:
    kept(house)
    assert list(credits_for(dora)) == []
    assert credits_for(house.desk.payer).count() == 1
