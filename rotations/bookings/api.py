"""One's own offers and bookings; terms are those that were frozen."""

from typing import Any

from django.shortcuts import get_object_or_404
from django.urls import path
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from rotations.bookings.actions import decline_offer
from rotations.bookings.models import Booking, Offer
from rotations.bookings.queries import bookings_for, offers_for, terms_of
from rotations.catalog.api import AFTER, REFUSALS, OpeningOut
from usce.paging import page_of
from usce.rest import ApiView, page_of_rows, page_schema


class OfferOut(serializers.Serializer[Offer]):
    id = serializers.CharField(source="public_id")
    state = serializers.CharField()
    application = serializers.CharField(source="application.public_id")
    opening = OpeningOut()
    expires_at = serializers.DateTimeField()
    total_cents = serializers.IntegerField(source="terms.total_cents")
    deposit_cents = serializers.IntegerField(source="terms.deposit_cents")
    balance_cents = serializers.IntegerField(source="terms.balance_cents")


class BookingOut(serializers.Serializer[Booking]):
    id = serializers.CharField(source="public_id")
    state = serializers.CharField()
    application = serializers.CharField(source="application.public_id")
    title = serializers.CharField(source="application.rotation.title")
    provider = serializers.CharField(source="application.rotation.provider.name")
    starts_on = serializers.DateField()
    ends_on = serializers.DateField(help_text="the last day")
    total_cents = serializers.SerializerMethodField()
    deposit_cents = serializers.SerializerMethodField()
    balance_cents = serializers.SerializerMethodField()
    confirmed_at = serializers.DateTimeField(allow_null=True)

    def get_total_cents(self, booking: Booking) -> int:
        return int(terms_of(booking)["total_cents"])

    def get_deposit_cents(self, booking: Booking) -> int:
        return int(terms_of(booking)["deposit_cents"])

    def get_balance_cents(self, booking: Booking) -> int:
        return int(terms_of(booking)["balance_cents"])


class Offers(ApiView):
    @extend_schema(parameters=[AFTER], responses={200: page_schema(OfferOut), **REFUSALS})
    def get(self, request: Request) -> Response:
        user: Any = request.user
        rows = offers_for(user).order_by("-id")
        return page_of_rows(request, page_of(rows, request.query_params.get("after", "")), OfferOut)


class DeclineOffer(ApiView):
    @extend_schema(request=None, responses={200: OfferOut, **REFUSALS})
    def post(self, request: Request, public_id: str) -> Response:
        """Accepting is done on the page: it leads to the payment."""
        user: Any = request.user
        offer = get_object_or_404(offers_for(user), public_id=public_id)
        decline_offer(offer, actor=user, now=timezone.now())
        return Response(OfferOut(offer).data)


class Bookings(ApiView):
    @extend_schema(
        operation_id="bookings_list",
        parameters=[AFTER],
        responses={200: page_schema(BookingOut), **REFUSALS},
    )
    def get(self, request: Request) -> Response:
        user: Any = request.user
        page = page_of(bookings_for(user).order_by("-id"), request.query_params.get("after", ""))
        return page_of_rows(request, page, BookingOut)


class OneBooking(ApiView):
    @extend_schema(responses={200: BookingOut, **REFUSALS})
    def get(self, request: Request, public_id: str) -> Response:
        user: Any = request.user
        return Response(BookingOut(get_object_or_404(bookings_for(user), public_id=public_id)).data)


addresses = [
    path("offers", Offers.as_view(), name="offers"),
    path("offers/<pid:public_id>/decline", DeclineOffer.as_view(), name="decline-offer"),
    path("bookings", Bookings.as_view(), name="bookings"),
    path("bookings/<pid:public_id>", OneBooking.as_view(), name="booking"),
]
