import pytest
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from pytest_django import Settings

from tests.factories.visits import client_of
from usce.accounts.models import User
from usce.guards import refuse_unsafe
from usce.middleware import PERMISSIONS, SecurityHeadersMiddleware, content_policy

COMMON = [
    "default-src 'none'", "script-src 'self'", "style-src 'self'", "img-src 'self' data:",
    "font-src 'self'", "connect-src 'self'", "base-uri 'none'", "object-src 'none'",
    "frame-ancestors 'none'",
]  # fmt: skip
STRIPE = "form-action 'self' https://checkout.stripe.com https://connect.stripe.com"


@pytest.mark.parametrize(
    ("has_devstack", "origin", "own"),
    [
        (False, "", ["frame-src 'none'", STRIPE]),
        (True, "http://127.0.0.1:9", ["frame-src 'self'", f"{STRIPE} http://127.0.0.1:9"]),
    ],
)
def test_policy_is_these_directives(
    settings: Settings, has_devstack: bool, origin: str, own: list[str]
) -> None:
    settings.HAS_DEVSTACK, settings.STRIPE_CHECKOUT_ORIGIN = has_devstack, origin
    assert sorted(content_policy().split("; ")) == sorted([*COMMON, *own])


def test_header_of_the_view_wins() -> None:
    def view(request: HttpRequest) -> HttpResponse:
        return HttpResponse(headers={"Content-Security-Policy": "sandbox"})

    response = SecurityHeadersMiddleware(view)(RequestFactory().get("/"))
    assert response["Content-Security-Policy"] == "sandbox"
    assert response["Permissions-Policy"] == PERMISSIONS


@pytest.mark.parametrize(("path", "status"), [("/staff/", 403), ("/nowhere", 404)])
def test_refusal_carries_the_headers_too(amina: User, path: str, status: int) -> None:
    response = client_of(amina).get(path)
    assert response.status_code == status
    assert response["X-Frame-Options"] == "DENY"
    assert response["Content-Security-Policy"] == content_policy()
    assert response["Cross-Origin-Resource-Policy"] == "same-origin"


def test_unknown_host_reads_that_its_request_could_not_be_read() -> None:
    response = Client().get("/", headers={"host": "elsewhere.test"})
    assert response.status_code == 400
    assert "This request could not be read" in response.content.decode()
    assert response["X-Frame-Options"] == "DENY"


def test_stranger_may_keep_a_public_page(db: None) -> None:
    assert "Cache-Control" not in Client().get("/healthz")


def test_every_unsafe_setting_is_named_at_once() -> None:
    values = {
        "environment": "production", "debug": True, "site_url": "http://x", "secret_key": "",
        "stripe_secret_key": "", "stripe_webhook_secrets": [], "stripe_api_base": "http://x",
        "files_kek": b"", "files_url": "", "clamav_address": "", "email_url": "",
    }  # fmt: skip
    with pytest.raises(ImproperlyConfigured) as refused:
        refuse_unsafe(values)
    told = str(refused.value).removesuffix(".").split(". ")
    assert [sentence.split()[0] for sentence in told] == [
        "DEBUG", "SECRET_KEY", "SITE_URL", "STRIPE_SECRET_KEY", "STRIPE_WEBHOOK_SECRET",
        "STRIPE_API_BASE", "FILES_KEK", "CLAMAV_ADDRESS", "EMAIL_URL",
    ]  # fmt: skip
