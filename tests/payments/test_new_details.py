"""A refund that came back: two people of finance, the payer's own name, Stripe's own mail."""

import time

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from payments import gateway
from payments.actions.new_details import (
    NotToRepair,
    OtherName,
    SamePerson,
    agree_new_details,
    ask_new_details,
    refuse_new_details,
)
from payments.models import NewDetails, Refund
from payments.queries import ledger_faults
from payments.states import RefundState
from payments.tasks import send_promised_refund
from tests.factories.accounts import UserFactory
from tests.factories.visits import client_of, recent_client_of
from tests.payments.conftest import Desk
from tests.payments.test_refunds import give_back
from usce.accounts.models import StaffRole, User
from usce.cases.models import Case
from usce.notifications.models import Mail

NAME = "Amina Rahmān"


@pytest.fixture
def finn() -> User:
    """The second person of finance."""
    return UserFactory(full_name="Finn Moss", staff_roles=[StaffRole.FINANCE])


@pytest.fixture
def returned(desk: Desk) -> Refund:
    """Sent, and days later sent back by the bank."""
    payment = desk.checkout(desk.owe())
    desk.pay(payment)
    desk.hear_all()
    payment.refresh_from_db()
    refund = give_back(payment, payment.amount_cents)
    send_promised_refund(refund.pk)
    refund.refresh_from_db()
    desk.sandbox.control("fail_refund", refund=refund.stripe_refund_id)
    desk.hear_all()
    refund.refresh_from_db()
    assert refund.state == RefundState.FAILED
    return refund


def asked(refund: Refund, fay: User, holder: str = NAME) -> NewDetails:
    return ask_new_details(refund, holder=holder, actor=fay, now=timezone.now())


def test_refund_goes_another_way_once_a_second_person_agrees(
    returned: Refund, desk: Desk, fay: User, finn: User
) -> None:
    again = agree_new_details(asked(returned, fay), actor=finn, now=timezone.now())
    send_promised_refund(again.pk)
    again.refresh_from_db()
    assert (again.state, again.mails_details_to) == (RefundState.PENDING, "amina@example.test")
    assert ledger_faults(gateway.balance_cents()) == []
    desk.sandbox.control("give_details", refund=again.stripe_refund_id)
    desk.hear_all()
    again.refresh_from_db()
    assert again.state == RefundState.SUCCEEDED
    assert again.payment.refunded_cents == returned.amount_cents
    assert ledger_faults(gateway.balance_cents()) == []
    assert Case.objects.get(kind="payments.refund_failed").decision == "sent_again"
    assert Mail.objects.filter(event="payments.refund_done").count() == 2


@pytest.mark.parametrize("holder", ["Amina Rahman", "Yusuf Rahmān", "", "Rahmān Amina"])
def test_account_of_another_name_is_refused(returned: Refund, fay: User, holder: str) -> None:
    with pytest.raises(OtherName, match=NAME):
        asked(returned, fay, holder)


def test_case_and_spaces_of_a_name_are_no_difference(returned: Refund, fay: User) -> None:
    assert asked(returned, fay, "  amina   RAHMĀN ").asked_by == fay


def test_one_person_cannot_agree_with_herself(returned: Refund, fay: User) -> None:
    details = asked(returned, fay)
    with pytest.raises(SamePerson):
        agree_new_details(details, actor=fay, now=timezone.now())


def test_two_staff_at_once_send_it_once(
    returned: Refund, fay: User, finn: User, chen: User
) -> None:
    details = asked(returned, fay)
    with pytest.raises(NotToRepair):
        asked(returned, finn)
    agree_new_details(details, actor=finn, now=timezone.now())
    with pytest.raises(NotToRepair):
        agree_new_details(details, actor=finn, now=timezone.now())
    with pytest.raises(NotToRepair):
        refuse_new_details(details, actor=finn, now=timezone.now())
    assert Refund.objects.count() == 2
    with pytest.raises(PermissionDenied):
        asked(returned, chen)


def test_taken_back_it_can_be_asked_anew(returned: Refund, fay: User, finn: User) -> None:
    refuse_new_details(asked(returned, fay), actor=fay, now=timezone.now())
    assert asked(returned, finn).refused_at is None


def test_refund_that_has_not_failed_is_not_repaired(desk: Desk, fay: User) -> None:
    payment = desk.checkout(desk.owe())
    desk.pay(payment)
    desk.hear_all()
    payment.refresh_from_db()
    with pytest.raises(NotToRepair):
        asked(give_back(payment, 100), fay)


def test_page_walks_through_both_people(returned: Refund, fay: User, finn: User) -> None:
    url = reverse("payments:refund", args=[returned.public_id])
    first, second = recent_client_of(fay), recent_client_of(finn)
    assert first.post(url, {"step": "ask", "holder": ""}).status_code == 422
    assert first.post(url, {"step": "ask", "holder": "Bo"}).status_code == 409
    assert first.post(url, {"step": "ask", "holder": NAME}).status_code == 302
    assert "Somebody else of finance" in first.get(url).content.decode()
    assert first.post(url, {"step": "refuse"}).status_code == 302
    assert first.post(url, {"step": "ask", "holder": NAME}).status_code == 302
    assert first.post(url, {"step": "agree"}).status_code == 409
    assert second.post(url, {"step": "agree"}).status_code == 302
    assert "It goes another way" in second.get(url).content.decode()


def long_ago(user: User) -> Client:
    """Signed in by a second factor, hours ago."""
    client = client_of(user)
    session = client.session
    session["account_authentication_methods"] = [{"method": "mfa", "at": time.time() - 7200}]
    session.save()
    return client


def test_money_goes_elsewhere_only_after_signing_in_again(
    returned: Refund, fay: User, finn: User
) -> None:
    url = reverse("payments:refund", args=[returned.public_id])
    first, second = long_ago(fay), long_ago(finn)
    answer = first.post(url, {"step": "ask", "holder": NAME})
    assert (answer.status_code, "reauthenticate" in answer["Location"]) == (302, True)
    assert not NewDetails.objects.exists()
    details = asked(returned, fay)
    answer = second.post(url, {"step": "agree"})
    assert (answer.status_code, "reauthenticate" in answer["Location"]) == (302, True)
    details.refresh_from_db()
    assert details.agreed_at is None
    assert first.get(url).status_code == 200
    assert first.post(url, {"step": "refuse"}).status_code == 302
    details.refresh_from_db()
    assert details.refused_at is not None
    assert first.post(url, {"step": "nothing"}).status_code == 422
