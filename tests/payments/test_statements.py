"""A provider's month: whatever moved, its lines add up to what the ledger says, to the cent."""

import datetime as dt
from dataclasses import asdict

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from payments.actions.close import close_month
from payments.actions.ledger import Entry, post
from payments.actions.payouts import approve_remittance, record_remittance
from payments.models import Account, LedgerEntry, MonthClose, Party
from payments.models.party import PartyKind
from payments.papers import statement_pdf
from payments.queries.payouts import balance_with, remittances
from payments.queries.statements import (
    COLUMNS,
    Balance,
    Line,
    lines_of,
    statement_of,
    statements_of,
)
from payments.rules import month_after, month_of
from payments.tasks import tell_closed_statements
from tests.conftest import person
from tests.factories.payments import InvoiceFactory, PartyFactory
from tests.payments.conftest import Desk
from tests.payments.house import House
from tests.support.pdf import text_of
from usce.accounts.models import StaffRole, User
from usce.jobs.models import Job
from usce.notifications.models import Mail

NOW = dt.datetime(2026, 7, 1, 12, tzinfo=dt.UTC)
MOVES = st.lists(
    st.tuples(
        st.datetimes(dt.datetime(2026, 1, 1), dt.datetime(2026, 6, 30), timezones=st.just(dt.UTC)),  # noqa: DTZ001
        st.sampled_from(list(COLUMNS)),
        st.integers(-100_000, 100_000).filter(bool),
        st.booleans(),
    ),
    max_size=12,
)


@pytest.fixture
def house(desk: Desk, bruno: User) -> House:
    return House(desk, bruno)


def next_month() -> dt.datetime:
    return timezone.now() + dt.timedelta(days=32)


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(moves=MOVES, page=st.integers(1, 4))
@pytest.mark.django_db
def test_months_follow_from_each_other_and_end_at_the_ledger(
    moves: list[tuple[dt.datetime, Account, int, bool]], page: int
) -> None:
    party, other = (PartyFactory(kind=PartyKind.PROVIDER) for _ in range(2))
    subject = InvoiceFactory()
    for at, account, cents, is_mine in moves:
        entries = [
            Entry(account, cents, party if is_mine else other),
            Entry(Account.STRIPE_BALANCE, -cents),
        ]
        post("test", f"{party.pk}-{LedgerEntry.objects.count()}", subject, entries, now=at)
    months = statements_of(party, NOW)[::-1]
    left = Balance()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("payments.queries.statements.PAGE", page)
        for told in months:
            assert told.opening == left
            lines = list(lines_of(party, told.month))
            assert all(month_of(line.at) == told.month for line in lines)
            left = sum((line.change for line in lines), left)
            assert told.closing == left
    assert asdict(left) == balance_with(party)
    assert len(months) == len({month_of(at) for at, _a, _c, is_mine in moves if is_mine})


def told(house: House) -> list[Line]:
    return list(lines_of(house.party, month_of(timezone.now())))


def words(lines: list[Line]) -> list[tuple[str, str, int]]:
    return [(line.what, line.note, line.change.total) for line in lines]


def test_booking_is_told_from_its_share_to_the_bank(house: House) -> None:
    payment = house.book(60_000)
    house.onboard()
    house.earn(payment, "half")
    lines = told(house)
    sent = house.sandbox.store.all("transfer")[0]["id"]
    assert words(lines) == [
        ("Share of a payment", "$600.00 were paid, our fee $60.00", 54_000),
        ("Released", "Half attended", 0),
        ("Paid out", f"To a bank account, by Stripe, {sent}", -21_600),
    ]
    assert {line.label for line in lines} == {"Deposit: Internal Medicine observership"}


def test_refund_after_the_payout_is_told_as_debt_and_set_off(house: House) -> None:
    payment = house.book(60_000)
    house.onboard()
    house.earn(payment)
    house.empty_account()
    house.give_back(payment, 60_000)
    house.earn(house.book(100_000), "half")
    lines = words(told(house))
    assert ("Refund to the payer", "", -54_000) in lines
    assert [what for what, _note, _cents in lines].count("To be taken back") == 3
    assert ("Released", "Half attended; $376.00 set off against what was owed", 0) in lines


def test_what_never_left_is_told_as_taken_back_before_it_was_sent(house: House) -> None:
    payment = house.book(60_000)
    house.earn(payment, "half")
    house.give_back(payment, 60_000)
    assert ("Taken back", "Before it was sent", 0) in words(told(house))


def test_reversal_lost_dispute_and_remittance_have_their_lines(
    house: House, fay: User, gil: User
) -> None:
    from payments.actions.accounts import choose_remittance  # noqa: PLC0415

    now = timezone.now()
    payment = house.book(60_000)
    choose_remittance(house.party, remit_to="Treasury, 6789", actor=house.owner, now=now)
    house.earn(payment, "half")
    payout = remittances().get()
    record_remittance(payout, bank_reference="ACH 1", sent_on=now.date(), actor=fay, now=now)
    approve_remittance(payout, actor=gil, now=now)
    house.decide(house.dispute(payment), "lost")
    lines = words(told(house))
    assert ("Paid out", "To the treasury, by bank remittance, ACH 1", -21_600) in lines
    assert ("Lost to a bank's decision", "", -54_000) in lines


def test_paper_says_what_the_lines_say(house: House) -> None:
    payment = house.book(60_000)
    house.onboard()
    house.earn(payment, "half")
    found = statement_of(house.party, month_of(timezone.now()), next_month())
    assert found is not None
    said = text_of(statement_pdf(found, house.party))
    for part in (f"Statement for {found.month:%B %Y}", house.party.name, "Opening balance",
                 "Half attended", "-$216.00", "$324.00", "not closed yet"):  # fmt: skip
        assert part in said


def test_running_month_has_no_statement_yet(house: House) -> None:
    house.book()
    assert statements_of(house.party, timezone.now()) == []


@pytest.fixture
def gil(db: None) -> User:
    return person("gil@example.test", "Gil Marsh", staff_roles=[StaffRole.FINANCE])


def a_move(party: Party, cents: int, at: dt.datetime) -> None:
    entries = [Entry(Account.HELD_FOR_PAYEES, -cents, party), Entry(Account.BANK, cents)]
    post("something.new", f"k{party.pk}", InvoiceFactory(), entries, now=at)


def test_closing_a_month_tells_each_provider_once(house: House, fay: User) -> None:
    house.book()
    june = NOW - dt.timedelta(days=20)
    for cents, name in ((5_000, "Owed to"), (-700, "Owes")):
        payee = PartyFactory(kind=PartyKind.PROVIDER, name=name, money_path="/p/x/payouts")
        from payments.actions.parties import add_member  # noqa: PLC0415

        add_member(payee, house.owner)
        a_move(payee, cents, june)
    close_month(month_of(june), actor=fay, now=NOW)
    job = Job.objects.get(name="payments.tell_statements")
    for _twice in range(2):
        tell_closed_statements(**job.args)
    facts = Mail.objects.filter(event="payments.statement_ready").order_by("id")
    assert [(mail.facts["amount_cents"], mail.facts["owes"]) for mail in facts] == [
        (5_000, False), (700, True),
    ]  # fmt: skip
    assert {mail.facts["path"] for mail in facts} == {"/p/x/payouts/statements"}


def test_month_is_final_once_it_is_closed(fay: User) -> None:
    party = PartyFactory(kind=PartyKind.PROVIDER)
    june = NOW - dt.timedelta(days=20)
    a_move(party, 100, june)
    month = month_of(june)
    before = statement_of(party, month, NOW)
    MonthClose.objects.create(month=month, balances={}, closed_by=fay, closed_at=NOW)
    after = statement_of(party, month, NOW)
    assert before is not None
    assert after is not None
    assert (before.is_final, after.is_final) == (False, True)
    assert statement_of(party, month_after(month), NOW) is None
    (line,) = lines_of(party, month)
    assert (line.what, line.label) == ("Other", "")
