"""A provider's own dates and seats."""

from typing import Any

from django.shortcuts import get_object_or_404
from django.urls import path
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from rotations.catalog.actions import (
    add_blocks,
    cancel_opening,
    close_opening,
    reopen_opening,
)
from rotations.catalog.models import Opening
from rotations.catalog.queries import listing_of, openings_at
from rotations.catalog.rules import MOST_BLOCKS, MOST_SEATS
from rotations.providers.models import Provider
from rotations.providers.permissions import can_manage_openings
from rotations.providers.queries import provider_for
from usce.accounts.models import User
from usce.paging import page_of
from usce.permissions import require
from usce.rest import ApiView, Problem, page_of_rows, page_schema

AFTER = OpenApiParameter("after", str, description="the cursor in `next`; a bad one is page one")
REFUSALS: dict[Any, Any] = {
    (code, "application/problem+json"): Problem for code in (400, 401, 403, 404, 409, 415)
}


class OpeningOut(serializers.Serializer[Opening]):
    id = serializers.CharField(source="public_id")
    starts_on = serializers.DateField()
    ends_on = serializers.DateField(help_text="the last day")
    weeks = serializers.IntegerField()
    seats = serializers.IntegerField()
    seats_left = serializers.IntegerField()


class OwnOpeningOut(OpeningOut):
    rotation = serializers.CharField(source="rotation.public_id")
    title = serializers.CharField(source="rotation.title")
    state = serializers.CharField()


class BlocksIn(serializers.Serializer[Any]):
    """Blocks of the listing's length, one after the other, from a Monday."""

    rotation = serializers.RegexField(r"^[0-9a-z]{16}$")
    first_on = serializers.DateField()
    blocks = serializers.IntegerField(min_value=1, max_value=MOST_BLOCKS)
    seats = serializers.IntegerField(min_value=1, max_value=MOST_SEATS)


class ReasonIn(serializers.Serializer[Any]):
    reason = serializers.CharField(max_length=2000, help_text="told to whoever applied")


def scheduled(request: Request, slug: str) -> tuple[User, Provider]:
    """404 to strangers, 403 to those of the team who change no dates."""
    user: Any = request.user
    provider = provider_for(user, slug)
    sentence = "Owners, coordinators and schedulers change dates."
    require(can_manage_openings(user, provider), sentence)
    return user, provider


class OwnOpenings(ApiView):
    @extend_schema(parameters=[AFTER], responses={200: page_schema(OwnOpeningOut), **REFUSALS})
    def get(self, request: Request, provider_slug: str) -> Response:
        """All of them, whatever became of them, newest first."""
        _user, provider = scheduled(request, provider_slug)
        page = page_of(openings_at(provider), request.query_params.get("after", ""))
        return page_of_rows(request, page, OwnOpeningOut)

    @extend_schema(request=BlocksIn, responses={201: OwnOpeningOut(many=True), **REFUSALS})
    def post(self, request: Request, provider_slug: str) -> Response:
        """Add dates: all of the blocks or none."""
        user, provider = scheduled(request, provider_slug)
        told = BlocksIn(data=request.data)
        told.is_valid(raise_exception=True)
        wanted = dict(told.validated_data)
        rotation = listing_of(provider, wanted.pop("rotation"))
        made = add_blocks(rotation, **wanted, actor=user, now=timezone.now())
        shown: Any = made
        return Response(OwnOpeningOut(shown, many=True).data, status=201)


class ChangeOpening(ApiView):
    """Close dates, or open closed ones again."""

    act = staticmethod(close_opening)

    @extend_schema(request=None, responses={200: OwnOpeningOut, **REFUSALS})
    def post(self, request: Request, provider_slug: str, public_id: str) -> Response:
        user, provider = scheduled(request, provider_slug)
        opening = get_object_or_404(openings_at(provider), public_id=public_id)
        self.act(opening, actor=user, now=timezone.now())
        return Response(OwnOpeningOut(opening).data)


class ReopenOpening(ChangeOpening):
    act = staticmethod(reopen_opening)


class CancelOpening(ApiView):
    @extend_schema(request=ReasonIn, responses={200: OwnOpeningOut, **REFUSALS})
    def post(self, request: Request, provider_slug: str, public_id: str) -> Response:
        """Withdraw dates with a reason; refused while learners hold seats."""
        user, provider = scheduled(request, provider_slug)
        opening = get_object_or_404(openings_at(provider), public_id=public_id)
        told = ReasonIn(data=request.data)
        told.is_valid(raise_exception=True)
        reason = told.validated_data["reason"]
        cancel_opening(opening, reason=reason, actor=user, now=timezone.now())
        return Response(OwnOpeningOut(opening).data)


_own = "providers/<slug:provider_slug>/openings"
addresses = [
    path(_own, OwnOpenings.as_view(), name="own-openings"),
    path(f"{_own}/<pid:public_id>/close", ChangeOpening.as_view(), name="close-opening"),
    path(f"{_own}/<pid:public_id>/reopen", ReopenOpening.as_view(), name="reopen-opening"),
    path(f"{_own}/<pid:public_id>/cancel", CancelOpening.as_view(), name="cancel-opening"),
]
