import datetime as dt

import pytest
from django.utils import timezone

from payments.actions.screening import screen_party
from tests.factories.payments import PartyFactory
from tests.payments.conftest import Desk
from usce.cases.models import Case
from usce.reference.models import SanctionedName
from usce.reference.queries import sanctioned_like
from usce.reference.rules import name_key

INVENTED = "Vélimir, DRAGOSLAV of Nowhere"


@pytest.fixture
def listed(db: None) -> SanctionedName:
    return SanctionedName.objects.create(
        entry="DEMO-1", name=INVENTED, key=name_key(INVENTED), source="invented",
        checked_on=dt.date(2026, 11, 1),
    )  # fmt: skip


@pytest.mark.parametrize(
    "name", ["Dragoslav of Nowhere Velimir", "VELIMIR dragoslav  of-nowhere", INVENTED]
)
def test_name_is_found_whatever_its_case_accents_and_order(
    listed: SanctionedName, name: str
) -> None:
    assert sanctioned_like(name) == listed


@pytest.mark.parametrize("name", ["Dragoslav", "", "...", "Amina Rahmān"])
def test_other_names_are_not(listed: SanctionedName, name: str) -> None:
    assert sanctioned_like(name) is None


def test_first_payment_of_a_listed_name_opens_a_case_and_goes_on(
    desk: Desk, listed: SanctionedName
) -> None:
    desk.payer.full_name = INVENTED
    desk.payer.save()
    payment = desk.checkout(desk.owe())
    assert payment.checkout_url
    case = Case.objects.get(kind="payments.sanctions_match")
    assert case.title.endswith("(first payment)")


def test_two_looks_open_one_case(listed: SanctionedName) -> None:
    party = PartyFactory(name=INVENTED)
    told = [screen_party(party, "payout", now=timezone.now()) for _twice in range(2)]
    assert (told, Case.objects.count()) == ([True, True], 1)
