"""Where the team sees its money, and who may turn it."""

from collections.abc import Iterator

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries, Settings

from payments.actions.parties import add_member
from payments.models import PartyMember, PayoutAccount, Transfer
from payments.states import PayoutState
from rotations.providers.actions import add_member as join
from rotations.providers.actions import change_role, remove_member
from rotations.providers.models import Provider, Role
from tests.factories.payments import PaymentFactory
from tests.factories.providers import MemberFactory
from tests.factories.visits import client_of, recent_client_of
from usce.accounts.models import User
from usce.devstack.stripe_sandbox import SandboxServer

HOME = "/p/lakeshore/payouts"


@pytest.fixture
def sandbox(settings: Settings) -> Iterator[SandboxServer]:
    with SandboxServer() as server:
        settings.STRIPE_SECRET_KEY = "sk_test_suite"
        settings.STRIPE_API_BASE = server.base_url
        yield server


@pytest.fixture
def owner(bruno: User, provider: Provider) -> User:
    provider.party.money_path = HOME
    provider.party.save()
    add_member(provider.party, bruno)
    return bruno


def a_tranche(provider: Provider, number: int = 1, **fields: object) -> Transfer:
    now = timezone.now()
    values = {"state": "scheduled", "amount_cents": 16_200} | fields
    return Transfer.objects.create(
        payment=PaymentFactory(state="succeeded", succeeded_at=now), payee=provider.party,
        subject_type="t", subject_id=number, label="R-1042: Cardiology", tranche="end",
        due_at=now, created_at=now, **values,
    )  # fmt: skip


@pytest.mark.parametrize("count", [1, 3])
def test_payouts_take_the_same_queries_for_any_number(
    owner: User, provider: Provider, count: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(count):
        a_tranche(provider, number)
    client = client_of(owner)
    client.get(HOME)
    with django_assert_num_queries(11):
        page = client.get(HOME).content.decode()
    assert page.count("R-1042: Cardiology") == count


def test_empty_page_says_what_comes(owner: User, provider: Provider) -> None:
    PayoutAccount.objects.create(
        party=provider.party, method="connect", opened_by=owner, opened_at=timezone.now()
    )
    page = client_of(owner).get(HOME).content.decode()
    assert "Sign out" in page
    assert "Finish payout details" in page


def test_page_without_anything_says_what_to_do(owner: User) -> None:
    page = client_of(owner).get(HOME).content.decode()
    assert "No booking was paid yet" in page
    assert "Payout details at Stripe" in page


def test_others_of_the_team_do_not_see_it(provider: Provider, dora: User) -> None:
    MemberFactory(provider=provider, user=dora, role=Role.SCHEDULER)
    assert client_of(dora).get(HOME).status_code == 403


def test_strangers_find_nothing(provider: Provider, dora: User) -> None:
    assert client_of(dora).get(HOME).status_code == 404


@pytest.mark.parametrize("path", ["details", "treasury"])
def test_who_turns_money_signs_in_once_more(owner: User, path: str) -> None:
    answer = client_of(owner).post(f"{HOME}/{path}", {"remit_to": "Treasury 6789"})
    assert (answer.status_code, "reauthenticate" in answer["Location"]) == (302, True)
    assert not PayoutAccount.objects.exists()


def test_owner_goes_to_stripe_and_comes_back_ready(
    owner: User, provider: Provider, sandbox: SandboxServer
) -> None:
    client = recent_client_of(owner)
    answer = client.post(f"{HOME}/details")
    assert answer["Location"].startswith(f"{sandbox.base_url}/c/onboard/")
    account = PayoutAccount.objects.get()
    assert "Not finished" in client.get(f"{HOME}?back=1").content.decode()
    sandbox.control("onboard", account=account.stripe_account_id)
    assert "To your bank account, by Stripe" in client.get(f"{HOME}?back=1").content.decode()
    sandbox.control("close_account", account=account.stripe_account_id)
    assert "has closed this account" in client.get(f"{HOME}?back=1").content.decode()


def test_stripe_that_is_away_is_said(owner: User, sandbox: SandboxServer) -> None:
    client = recent_client_of(owner)
    client.post(f"{HOME}/details")
    sandbox.control("fail", method="GET", path="/accounts/", kind="refuse")
    assert "Stripe does not answer" in client.get(f"{HOME}?back=1").content.decode()


def test_account_that_is_looked_at_says_so(owner: User, provider: Provider) -> None:
    PayoutAccount.objects.create(
        party=provider.party, method="connect", is_submitted=True, opened_by=owner,
        opened_at=timezone.now(),
    )  # fmt: skip
    assert "is looking at your details" in client_of(owner).get(HOME).content.decode()


def test_treasury_is_named_by_its_last_digits_only(owner: User) -> None:
    client = recent_client_of(owner)
    refused = client.post(f"{HOME}/treasury", {"remit_to": "Treasury 000123456789"})
    assert (refused.status_code, PayoutAccount.objects.count()) == (422, 0)
    client.post(f"{HOME}/treasury", {"remit_to": "Treasury, 6789"})
    assert "By bank transfer to Treasury, 6789" in client.get(HOME).content.decode()


def test_table_lists_what_was_paid_and_no_formula(owner: User, provider: Provider) -> None:
    now = timezone.now()
    tranche = a_tranche(provider, state="released", earned_at=now, released_at=now)
    tranche.label = "=HYPERLINK(1)"
    tranche.save()
    from payments.models import Payout  # noqa: PLC0415

    Payout.objects.create(
        transfer=tranche, payee=provider.party, amount_cents=16_200, state=PayoutState.PAID,
        paid_at=now, created_at=now, stripe_transfer_id="tr_1",
    )  # fmt: skip
    told = client_of(owner).get(f"{HOME}/paid-out.csv").getvalue().decode().splitlines()
    assert told[1] == f"{now.date()},'=HYPERLINK(1),end,16200,0,tr_1"


def test_money_follows_the_role(owner: User, provider: Provider, dora: User) -> None:
    now = timezone.now()
    mine = PartyMember.objects.filter(party=provider.party, user=dora)
    member = join(provider, dora, Role.FINANCE, actor=owner, now=now)
    assert mine.exists()
    change_role(member, Role.SCHEDULER, actor=owner, now=now)
    assert not mine.exists()
    change_role(member, Role.FINANCE, actor=owner, now=now)
    remove_member(member, actor=owner, now=now)
    assert not mine.exists()


@pytest.mark.parametrize(
    ("role", "is_there"),
    [(Role.OWNER, True), (Role.FINANCE, True), (Role.COORDINATOR, False), (Role.PRECEPTOR, False)],
)
def test_menu_leads_only_those_there_who_may_see_it(
    provider: Provider,
    dora: User,
    role: str,
    is_there: bool,
) -> None:
    MemberFactory(provider=provider, user=dora, role=role)
    page = client_of(dora).get("/p/lakeshore/").content.decode()
    assert "/p/lakeshore/team" in page
    assert (f'href="{HOME}"' in page) is is_there
