"""Every slice's pages by audience: at the root, under a provider's slug, under /staff/."""

from types import ModuleType

from django.conf import settings
from django.urls import URLPattern, URLResolver, include, path

from applicants.documents import urls as documents
from applicants.profiles import urls as profiles
from payments import urls as payments
from rotations.applications import urls as applications
from rotations.bookings import urls as bookings
from rotations.catalog import urls as catalog
from rotations.console import urls as console
from rotations.conversations import urls as conversations
from rotations.discovery import urls as discovery
from rotations.letters import urls as letters
from rotations.placements import urls as placements
from rotations.providers import urls as providers
from usce import views

SLICES: list[ModuleType] = [
    console,
    conversations,
    letters,
    placements,
    bookings,
    applications,
    payments,
    documents,
    discovery,
    providers,
    catalog,
    profiles,
]


def _mounted(slice_urls: ModuleType) -> URLResolver:
    pages: list[URLPattern | URLResolver] = [
        *getattr(slice_urls, "public", []),
        *getattr(slice_urls, "applicant", []),
        path("p/<slug:provider_slug>/", include(getattr(slice_urls, "provider", []))),
        path("staff/", include(getattr(slice_urls, "staff", []))),
    ]
    return path("", include((pages, slice_urls.app_name)))


urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", views.healthz, name="healthz"),
    path("readyz", views.readyz, name="readyz"),
    path("status", views.status, name="status"),
    path("accounts/", include("usce.accounts.urls")),
    path("api/", include("usce.api")),
    *(_mounted(urls) for urls in SLICES),
]

if settings.HAS_DEVSTACK:
    urlpatterns.append(path("dev/", include("usce.devstack.urls")))
