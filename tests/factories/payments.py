import datetime as dt

import factory
from factory.django import DjangoModelFactory

from payments.models import Invoice, InvoiceLine, Party, Payment
from payments.models.party import PartyKind

OPENED_AT = dt.datetime(2026, 7, 1, 12, tzinfo=dt.UTC)


class PartyFactory(DjangoModelFactory[Party]):
    class Meta:
        model = Party

    kind = PartyKind.PERSON
    name = factory.Sequence(lambda n: f"Party {n}")


class InvoiceFactory(DjangoModelFactory[Invoice]):
    class Meta:
        model = Invoice

    payer = factory.SubFactory(PartyFactory)
    payer_name = factory.SelfAttribute("payer.name")
    purpose = "Deposit"
    total_cents = 60_000
    opened_at = OPENED_AT
    due_at = OPENED_AT + dt.timedelta(hours=1)


class InvoiceLineFactory(DjangoModelFactory[InvoiceLine]):
    class Meta:
        model = InvoiceLine

    invoice = factory.SubFactory(InvoiceFactory)
    label = "Rotation"
    payee = factory.SubFactory(PartyFactory, kind=PartyKind.PROVIDER)
    payee_name = factory.SelfAttribute("payee.name")
    amount_cents = 60_000


class PaymentFactory(DjangoModelFactory[Payment]):
    class Meta:
        model = Payment

    invoice = factory.SubFactory(InvoiceFactory)
    payer = factory.SelfAttribute("invoice.payer")
    amount_cents = factory.SelfAttribute("invoice.total_cents")
    idempotency_key = factory.Sequence(lambda n: f"test-payment-{n}")
    created_at = OPENED_AT
    expires_at = OPENED_AT + dt.timedelta(minutes=35)
