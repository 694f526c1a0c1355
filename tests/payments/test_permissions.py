import pytest
from django.db.models import Model
from django.test import Client

from payments.actions.events import finish_event
from payments.actions.ledger import Entry, post
from payments.actions.parties import ensure_party_for, platform_party, rename_party
from payments.models import (
    Account,
    LedgerTransaction,
    NumberSeries,
    PartyMember,
    Refund,
    StripeEvent,
)
from payments.permissions import can_pay_invoice
from payments.queries import invoices_for
from payments.states import EventState
from tests.factories.payments import InvoiceFactory, InvoiceLineFactory, PaymentFactory
from usce.accounts.models import User
from usce.permissions import SYSTEM


def test_only_a_member_of_the_payer_pays(amina: User, dora: User) -> None:
    invoice = InvoiceFactory(payer=ensure_party_for(amina))
    assert [can_pay_invoice(who, invoice) for who in (amina, dora, SYSTEM)] == [True, False, False]


def test_invoices_show_to_their_payer_and_to_finance(
    amina: User, dora: User, fay: User, chen: User
) -> None:
    InvoiceFactory(payer=ensure_party_for(amina))
    assert [invoices_for(who).count() for who in (amina, dora, fay, chen)] == [1, 0, 1, 0]


def test_person_has_one_party_under_her_new_name(amina: User) -> None:
    party = ensure_party_for(amina)
    rename_party(party, "Amina Rahmān-Levi")
    assert (ensure_party_for(amina), str(ensure_party_for(amina))) == (party, "Amina Rahmān-Levi")


def test_receipt_in_the_open_says_by_when_it_is_due(amina: User, client: Client) -> None:
    invoice = InvoiceFactory(payer=ensure_party_for(amina))
    client.force_login(amina)
    assert "Due" in client.get(f"/invoices/{invoice.public_id}").content.decode()


def test_same_event_is_posted_once(db: None) -> None:
    invoice = InvoiceFactory()
    entries = [Entry(Account.STRIPE_BALANCE, 5), Entry(Account.STRIPE_FEES, -5)]
    told = [post("test", "k", invoice, entries, now=invoice.opened_at) for _twice in range(2)]
    assert (told, LedgerTransaction.objects.get().entries.count()) == ([True, False], 2)


def test_finished_event_stays_as_it_is(db: None) -> None:
    invoice = InvoiceFactory()
    event = StripeEvent.objects.create(
        event_id="evt_1", kind="k", payload={}, received_at=invoice.opened_at
    )
    for to in (EventState.PROCESSED, EventState.FAILED):
        finish_event(event, to, now=invoice.opened_at)
    assert event.state == EventState.PROCESSED


@pytest.fixture
def rows(amina: User) -> list[Model]:
    invoice = InvoiceFactory(payer=ensure_party_for(amina), number="2026-000001")
    entries = [Entry(Account.STRIPE_BALANCE, 5), Entry(Account.STRIPE_FEES, -5)]
    post("test", "key", invoice, entries, now=invoice.opened_at)
    told = LedgerTransaction.objects.get()
    return [
        invoice,
        InvoiceLineFactory(invoice=invoice, label="Rotation"),
        PaymentFactory(invoice=invoice, public_id="0123456789abcdef"),
        Refund(public_id="fedcba9876543210"),
        NumberSeries(name="receipt-2026"),
        told,
        told.entries.order_by("id")[0],
        PartyMember.objects.get(party=invoice.payer),
        platform_party(),
        StripeEvent(kind="k", event_id="evt_1"),
    ]


def test_rows_name_themselves_for_staff(rows: list[Model], amina: User) -> None:
    member = f"{amina.pk} of {rows[0].payer_id}"  # type: ignore[attr-defined]
    assert [str(row) for row in rows] == [
        *("2026-000001", "Rotation", "0123456789abcdef", "fedcba9876543210", "receipt-2026"),
        *("key", "stripe_balance 5"),
        *(member, "Rounds", "k evt_1"),
    ]
