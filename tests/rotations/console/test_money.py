"""The books and the money on its way, as finance sees and works them."""

import datetime as dt
import io
import zipfile

import pytest
from django.utils import timezone

from payments.actions.ledger import Entry, post
from payments.models import (
    Account,
    BalanceTransaction,
    Difference,
    Dispute,
    MonthClose,
    Payout,
    Reversal,
    StripeEvent,
    Transfer,
)
from payments.models.party import PartyKind
from payments.rules import month_of
from tests.conftest import person
from tests.factories.payments import (
    InvoiceFactory,
    InvoiceLineFactory,
    PartyFactory,
    PaymentFactory,
)
from tests.factories.visits import client_of
from usce.accounts.models import StaffRole, User

LAST_MONTH = timezone.now().replace(day=1) - dt.timedelta(days=1)


@pytest.fixture
def gil(db: None) -> User:
    return person("gil@example.test", "Gil Marsh", staff_roles=[StaffRole.FINANCE])


def a_payout(**fields: object) -> Payout:
    now = timezone.now()
    payment = PaymentFactory(state="succeeded", succeeded_at=now)
    payee = PartyFactory(kind=PartyKind.PROVIDER, name="Lakeshore Medical Group")
    transfer = Transfer.objects.create(
        payment=payment, payee=payee, subject_type="t", subject_id=1, label="R-1042: Cardiology",
        tranche="half", amount_cents=21_600, state="released", due_at=now, created_at=now,
        earned_at=now, released_at=now,
    )  # fmt: skip
    return Payout.objects.create(
        transfer=transfer, payee=payee, amount_cents=21_600, created_at=now, **fields
    )


def a_difference() -> Difference:
    now = timezone.now()
    row = BalanceTransaction.objects.create(
        stripe_id="txn_1", kind="reserve_transaction", net_cents=-70, fee_cents=0, booked_at=now
    )
    return Difference.objects.create(
        kind="missing", balance_transaction=row, stripe_cents=-70, ledger_cents=0, found_at=now
    )


def an_entry(at: dt.datetime) -> None:
    entries = [Entry(Account.BANK, 500), Entry(Account.PLATFORM_FEES, -500)]
    post("test", "k", InvoiceFactory(), entries, now=at)


def test_money_says_that_nothing_waits(fay: User) -> None:
    page = client_of(fay).get("/staff/money").content.decode()
    assert "No bank disputes a charge" in page
    assert "Nothing failed, nothing waits, nobody owes" in page


def test_money_lists_what_waits(fay: User) -> None:
    payout = a_payout(state="failed", failure="No such charge")
    Reversal.objects.create(
        payout=payout, amount_cents=900, collected_cents=100, state="failed",
        created_at=timezone.now(),
    )  # fmt: skip
    a_difference()
    an_entry(LAST_MONTH)
    page = client_of(fay).get("/staff/money").content.decode()
    for words in ("No such charge", "$9.00", "$1.00 set off", "Close the month", "-$0.70"):
        assert words in page


@pytest.mark.parametrize("path", ["/staff/money", "/staff/webhooks", "/staff/money/tranches"])
def test_others_do_not_see_the_books(chen: User, path: str) -> None:
    assert client_of(chen).get(path).status_code == 403


def test_remittance_goes_through_two_people(fay: User, gil: User) -> None:
    from payments.models import PayoutAccount  # noqa: PLC0415

    payout = a_payout(method="remittance")
    PayoutAccount.objects.create(
        party=payout.payee, method="remittance", remit_to="Treasury 6789", opened_by=gil,
        opened_at=timezone.now(),
    )  # fmt: skip
    place = f"/staff/money/payouts/{payout.public_id}"
    client = client_of(fay)
    client.post(f"{place}/sent", {"bank_reference": ""})
    assert Payout.objects.get().recorded_by is None
    client.post(f"{place}/sent", {"bank_reference": "ACH 7", "sent_on": "2026-07-01"})
    assert client.post(f"{place}/approve").status_code == 409
    assert "Somebody else of finance approves" in client.get("/staff/money").content.decode()
    assert client_of(gil).post(f"{place}/approve").status_code == 302
    assert Payout.objects.get().state == "paid"


def test_failed_payout_and_debt_are_tried_again(fay: User) -> None:
    payout = a_payout(state="failed")
    debt = Reversal.objects.create(
        payout=payout, amount_cents=9, state="failed", created_at=timezone.now()
    )
    client = client_of(fay)
    client.post(f"/staff/money/payouts/{payout.public_id}/retry")
    client.post(f"/staff/money/debts/{debt.public_id}/retry")
    assert (Payout.objects.get().state, Reversal.objects.get().state) == ("pending", "pending")


def test_difference_is_repaired_by_two(fay: User, gil: User) -> None:
    found = a_difference()
    place = f"/staff/money/differences/{found.public_id}"
    client = client_of(fay)
    assert client.post(f"{place}/repair", {}).status_code == 422
    client.post(f"{place}/repair", {"account": "stripe_fees", "note": "A reserve."})
    assert "Somebody else of finance approves it" in client.get(place).content.decode()
    assert client.post(f"{place}/approve").status_code == 409
    other = client_of(gil)
    assert "Approve and write the entry" in other.get(place).content.decode()
    other.post(f"{place}/approve")
    found.refresh_from_db()
    assert found.state == "repaired"
    assert "Approve" not in other.get(place).content.decode()


def test_difference_can_be_explained(fay: User) -> None:
    found = a_difference()
    place = f"/staff/money/differences/{found.public_id}"
    client = client_of(fay)
    assert client.post(f"{place}/explain", {}).status_code == 422
    client.post(f"{place}/explain", {"note": "Stripe undid it."})
    assert "Stripe undid it." in client.get(place).content.decode()


def test_dispute_shows_what_the_bank_will_read(fay: User) -> None:
    now = timezone.now()
    line = InvoiceLineFactory(invoice=InvoiceFactory(purpose="Deposit, R-1042"))
    payment = PaymentFactory(invoice=line.invoice, state="succeeded", succeeded_at=now)
    found = Dispute.objects.create(
        payment=payment, stripe_dispute_id="du_1", amount_cents=60_000, reason="fraudulent",
        opened_at=now, due_at=now,
    )  # fmt: skip
    page = client_of(fay).get(f"/staff/money/disputes/{found.public_id}").content.decode()
    assert "Receipt" in page
    assert "Send to the bank" in page


def test_month_is_closed_and_exported(fay: User) -> None:
    an_entry(LAST_MONTH)
    month = f"{LAST_MONTH:%Y-%m}"
    client = client_of(fay)
    response = client.get(f"/staff/money/months/{month}.csv")
    told = response.getvalue().decode()
    assert told.splitlines()[1].endswith(",500")
    sheet = client.get(f"/staff/money/months/{month}.xlsx")
    assert f"ledger-{month}.xlsx" in sheet["Content-Disposition"]
    assert zipfile.ZipFile(io.BytesIO(sheet.getvalue())).testzip() is None
    client.post(f"/staff/money/months/{month}/close")
    assert MonthClose.objects.get().month == month_of(LAST_MONTH)
    assert client.post(f"/staff/money/months/{month}/close").status_code == 409
    assert client.get("/staff/money/months/nonsense.csv").status_code == 404
    assert "closed by" in client.get("/staff/money").content.decode()


def test_tranches_are_listed_by_state(fay: User) -> None:
    a_payout()
    client = client_of(fay)
    assert "On its way" in client.get("/staff/money/tranches?state=released").content.decode()
    assert "No tranche" in client.get("/staff/money/tranches?state=held").content.decode()


def test_event_that_failed_is_processed_again(fay: User) -> None:
    event = StripeEvent.objects.create(
        event_id="evt_1", kind="charge.updated", payload={}, received_at=timezone.now(),
        state="failed", error="boom",
    )  # fmt: skip
    client = client_of(fay)
    assert "boom" in client.get("/staff/webhooks?state=failed").content.decode()
    client.post(f"/staff/webhooks/{event.event_id}/replay")
    event.refresh_from_db()
    assert event.state == "received"
    assert client.post(f"/staff/webhooks/{event.event_id}/replay").status_code == 409
