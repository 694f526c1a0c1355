import datetime as dt

import factory
from factory.django import DjangoModelFactory

from rotations.bookings.models import Booking, Coupon, Hold, Offer
from tests.factories.accounts import UserFactory
from tests.factories.applications import ApplicationFactory
from tests.factories.payments import OPENED_AT, InvoiceFactory


class OfferFactory(DjangoModelFactory[Offer]):
    class Meta:
        model = Offer

    application = factory.SubFactory(ApplicationFactory)
    opening = factory.SelfAttribute("application.opening")
    preceptor = factory.SelfAttribute("opening.rotation.preceptor")
    site = factory.SelfAttribute("opening.rotation.site")
    made_by = factory.SubFactory(UserFactory)
    terms = factory.LazyFunction(dict)
    made_at = OPENED_AT
    expires_at = OPENED_AT + dt.timedelta(days=7)


class BookingFactory(DjangoModelFactory[Booking]):
    class Meta:
        model = Booking

    offer = factory.SubFactory(OfferFactory)
    application = factory.SelfAttribute("offer.application")
    opening = factory.SelfAttribute("offer.opening")
    applicant = factory.SelfAttribute("application.applicant")
    starts_on = factory.SelfAttribute("opening.starts_on")
    ends_on = factory.SelfAttribute("opening.ends_on")
    in_person = True
    deposit_invoice = factory.SubFactory(InvoiceFactory)
    created_at = OPENED_AT


class HoldFactory(DjangoModelFactory[Hold]):
    class Meta:
        model = Hold

    booking = factory.SubFactory(BookingFactory)
    created_at = OPENED_AT
    expires_at = OPENED_AT + dt.timedelta(minutes=35)


class CouponFactory(DjangoModelFactory[Coupon]):
    """Of a provider where one is given, else of Rounds; a tenth, through 2099."""

    class Meta:
        model = Coupon

    code = factory.Sequence(lambda n: f"SPRING{n}")
    bearer = factory.LazyAttribute(lambda o: "provider" if o.provider else "platform")
    provider = None
    percent = 10
    starts_on = dt.date(2026, 1, 1)
    ends_on = dt.date(2099, 12, 31)
    most_uses = 5
    made_by = factory.SubFactory(UserFactory)
    made_at = OPENED_AT
