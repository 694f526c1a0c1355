"""The team's statements: who sees them, what they say, and that they end where the ledger does."""

import csv
import datetime as dt
import io

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from payments.actions.ledger import Entry, post
from payments.models import Account, MonthClose
from payments.rules import month_of
from rotations.providers.models import Provider, Role
from tests.factories.payments import InvoiceFactory
from tests.factories.providers import MemberFactory
from tests.factories.visits import client_of
from tests.support.pdf import text_of
from usce.accounts.models import User

HOME = "/p/lakeshore/payouts/statements"
THIS = month_of(timezone.now())


def months_ago(count: int) -> dt.datetime:
    months = THIS.year * 12 + THIS.month - 1 - count
    return dt.datetime(months // 12, months % 12 + 1, 5, 12, tzinfo=dt.UTC)


def move(provider: Provider, cents: int, at: dt.datetime, label: str = "Deposit") -> None:
    invoice = InvoiceFactory(purpose=label)
    entries = [
        Entry(Account.HELD_FOR_PAYEES, -cents, provider.party),
        Entry(Account.STRIPE_BALANCE, cents),
    ]
    post("payment.received", f"k{invoice.pk}", invoice, entries, now=at)


@pytest.mark.parametrize("count", [1, 3])
def test_list_takes_the_same_queries_for_any_number_of_months(
    bruno: User, provider: Provider, count: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(1, count + 1):
        move(provider, 10_000, months_ago(number))
    client = client_of(bruno)
    client.get(HOME)
    with django_assert_num_queries(9):
        page = client.get(HOME).content.decode()
    assert page.count("Not closed yet") == count
    assert f"${count * 100}.00" in page


def test_closed_month_is_final_and_the_running_one_is_not_there(
    bruno: User, provider: Provider, fay: User
) -> None:
    then = months_ago(1)
    move(provider, 10_000, then)
    move(provider, 10_000, timezone.now())
    MonthClose.objects.create(
        month=month_of(then), balances={}, closed_by=fay, closed_at=timezone.now()
    )
    page = client_of(bruno).get(HOME).content.decode()
    assert page.count("Final") == 1
    assert f"{then:%B %Y}" in page
    assert f"{THIS:%Y-%m}.pdf" not in page


def test_without_a_month_the_page_says_so(bruno: User, provider: Provider) -> None:
    assert "No month with money of yours is over yet" in client_of(bruno).get(HOME).content.decode()


def test_table_and_paper_end_at_the_closing_balance(bruno: User, provider: Provider) -> None:
    move(provider, 10_000, months_ago(2))
    move(provider, 5_050, months_ago(1), "=HYPERLINK(1)")
    move(provider, -2_000, months_ago(1))
    url, client = f"{HOME}/{months_ago(1):%Y-%m}", client_of(bruno)
    rows = list(csv.DictReader(io.StringIO(client.get(f"{url}.csv").getvalue().decode())))
    assert [row["balance"] for row in rows] == ["100.00", "150.50", "130.50"]
    assert sum(float(row["held"]) for row in rows) == 130.5
    answer = client.get(f"{url}.pdf")
    assert answer["Content-Type"] == "application/pdf"
    assert "$130.50" in text_of(answer.content)


@pytest.mark.parametrize("end", ["", "/2026-01.pdf", "/2026-01.csv"])
def test_others_of_the_team_and_strangers_see_none(
    provider: Provider, dora: User, amina: User, end: str
) -> None:
    MemberFactory(provider=provider, user=dora, role=Role.COORDINATOR)
    assert client_of(dora).get(HOME + end).status_code == 403
    assert client_of(amina).get(HOME + end).status_code == 404


@pytest.mark.parametrize("month", ["2020-01", "2020-13", "x", f"{THIS:%Y-%m}"])
@pytest.mark.parametrize("form", ["pdf", "csv"])
def test_month_without_a_statement_is_not_there(
    bruno: User, provider: Provider, month: str, form: str
) -> None:
    move(provider, 100, timezone.now())
    assert client_of(bruno).get(f"{HOME}/{month}.{form}").status_code == 404
