"""One's own applications."""

from typing import Any

from django.shortcuts import get_object_or_404
from django.urls import path
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from rotations.applications.actions import withdraw_application
from rotations.applications.models import Application
from rotations.applications.queries import own_applications
from rotations.catalog.api import AFTER, REFUSALS, OpeningOut
from usce.paging import page_of
from usce.rest import ApiView, page_of_rows, page_schema


class ApplicationOut(serializers.Serializer[Application]):
    id = serializers.CharField(source="public_id")
    reference = serializers.CharField()
    state = serializers.CharField()
    rotation = serializers.CharField(source="rotation.public_id")
    title = serializers.CharField(source="rotation.title")
    provider = serializers.CharField(source="rotation.provider.name")
    opening = OpeningOut()
    created_at = serializers.DateTimeField()
    submitted_at = serializers.DateTimeField(allow_null=True)
    answer_due_at = serializers.DateTimeField(allow_null=True, help_text="for whoever acts now")
    ended_at = serializers.DateTimeField(allow_null=True)


class Applications(ApiView):
    @extend_schema(
        operation_id="applications_list",
        parameters=[AFTER],
        responses={200: page_schema(ApplicationOut), **REFUSALS},
    )
    def get(self, request: Request) -> Response:
        user: Any = request.user
        page = page_of(own_applications(user), request.query_params.get("after", ""))
        return page_of_rows(request, page, ApplicationOut)


class OneApplication(ApiView):
    @extend_schema(responses={200: ApplicationOut, **REFUSALS})
    def get(self, request: Request, public_id: str) -> Response:
        return Response(ApplicationOut(_own(request, public_id)).data)


class Withdraw(ApiView):
    @extend_schema(request=None, responses={200: ApplicationOut, **REFUSALS})
    def post(self, request: Request, public_id: str) -> Response:
        """Take it back; nothing is due."""
        user: Any = request.user
        found = _own(request, public_id)
        withdraw_application(found, actor=user, now=timezone.now())
        return Response(ApplicationOut(found).data)


def _own(request: Request, public_id: str) -> Application:
    user: Any = request.user
    return get_object_or_404(own_applications(user), public_id=public_id)


addresses = [
    path("applications", Applications.as_view(), name="applications"),
    path("applications/<pid:public_id>", OneApplication.as_view(), name="application"),
    path("applications/<pid:public_id>/withdraw", Withdraw.as_view(), name="withdraw"),
]
