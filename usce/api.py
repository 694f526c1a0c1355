"""The API's one door: every slice's addresses under /api/v1/, and their description."""

from typing import Any

from django.http import Http404
from django.urls import URLPattern, include, path
from drf_spectacular.utils import extend_schema
from drf_spectacular.views import SpectacularAPIView
from rest_framework.permissions import AllowAny
from rest_framework.request import Request

from rotations.applications import api as applications
from rotations.bookings import api as bookings
from rotations.catalog import api as catalog
from rotations.discovery import api as discovery
from usce.rest import ApiView

addresses: list[URLPattern] = [
    *discovery.addresses,
    *applications.addresses,
    *bookings.addresses,
    *catalog.addresses,
]


@extend_schema(exclude=True)
class Nothing(ApiView):
    """Where no address is: told in the API's own shape."""

    permission_classes = [AllowAny]

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        raise Http404


urlpatterns = [
    path("schema/", SpectacularAPIView.as_view(permission_classes=[AllowAny]), name="api-schema"),
    path("v1/", include((addresses, "v1"))),
    path("<path:rest>", Nothing.as_view(), name="api-nothing"),
]
