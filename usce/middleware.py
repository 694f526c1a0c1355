"""What every request and every answer carries."""

import ipaddress
from collections.abc import Callable

import structlog
from django.conf import settings
from django.db import DatabaseError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme

from usce.errors import Refused
from usce.limits.actions import TooOften
from usce.requestinfo import new_request_id, request_id

Next = Callable[[HttpRequest], HttpResponse]
log = structlog.get_logger()

LOCK_TIMEOUT, STATEMENT_TIMEOUT = "55P03", "57014"
FORM_TARGETS = ("https://checkout.stripe.com", "https://connect.stripe.com")
PERMISSIONS = "camera=(), geolocation=(), microphone=(), payment=(), usb=()"


def content_policy() -> str:
    """No inline script or style, nothing from elsewhere; forms may lead to the payment page."""
    targets = [*FORM_TARGETS, settings.STRIPE_CHECKOUT_ORIGIN]
    return "; ".join(
        [
            "default-src 'none'",
            "script-src 'self'",
            "style-src 'self'",
            "img-src 'self' data:",
            "font-src 'self'",
            "connect-src 'self'",
            "frame-src 'self'" if settings.HAS_DEVSTACK else "frame-src 'none'",
            f"form-action 'self' {' '.join(target for target in targets if target)}",
            "base-uri 'none'",
            "object-src 'none'",
            "frame-ancestors 'none'",
        ]
    )


class RequestIdMiddleware:
    """One id from the proxy or our own, in the log, the answer, and every job that follows."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with request_id(new_request_id(request.headers.get("X-Request-Id", ""))) as value:
            response = self.get_response(request)
            response["X-Request-Id"] = value
            # The route, never the path: a path may hold a link's token.
            route = request.resolver_match.route if request.resolver_match else ""
            log.info("request", method=request.method, route=route, status=response.status_code)
            return response


class ClientAddressMiddleware:
    """REMOTE_ADDR becomes what the outermost trusted proxy saw.

    Each proxy appends whom it saw to X-Forwarded-For, so only the last TRUSTED_PROXIES entries
    are true; everything before them is the client's own invention.
    """

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        seen = request.headers.get("X-Forwarded-For", "").split(",")
        if 0 < settings.TRUSTED_PROXIES <= len(seen):
            address = seen[-settings.TRUSTED_PROXIES].strip()
            if _is_address(address):
                request.META["REMOTE_ADDR"] = address
        return self.get_response(request)


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


class SecurityHeadersMiddleware:
    """Sets what a view has not set itself."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response
        self.policy = content_policy()

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Content-Security-Policy", self.policy)
        response.headers.setdefault("Permissions-Policy", PERMISSIONS)
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        response.headers.setdefault("X-Frame-Options", "DENY")
        if _is_signed_in(request):
            response.headers.setdefault("Cache-Control", "private, no-store")
        return response


def _is_signed_in(request: HttpRequest) -> bool:
    """Looks only where the page has looked: health must not ask the database who is there."""
    session = getattr(request, "session", None)
    if session is None or not session.accessed:
        return False
    try:
        return request.user.is_authenticated
    except DatabaseError:  # nobody can tell: the careful answer
        return True


class RefusedMiddleware:
    """An action's refusal that no view caught becomes a page; so does a database in a hurry."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if isinstance(error, Refused):
            status = 429 if isinstance(error, TooOften) else 409
            context = {"sentence": error.sentence, "url": _way_back(request)}
            return render(request, f"{status}.html", context, status=status)
        code = getattr(error.__cause__, "pgcode", None)
        if isinstance(error, OperationalError) and code in (LOCK_TIMEOUT, STATEMENT_TIMEOUT):
            response = render(request, "503.html", status=503)
            response["Retry-After"] = "5"
            return response
        return None


def _way_back(request: HttpRequest) -> str:
    """The page the person came from, if it is ours."""
    page = request.headers.get("Referer", "")
    ours = url_has_allowed_host_and_scheme(page, {request.get_host()}, request.is_secure())
    return page if ours else "/"
