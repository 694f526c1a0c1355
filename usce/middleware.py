"""What every request and every answer carries."""

from collections.abc import Callable

import structlog
from django.conf import settings
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from usce.errors import Refused
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
            log.info(
                "request", method=request.method, path=request.path, status=response.status_code
            )
            return response


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
        user = getattr(request, "user", None)
        if user is not None and user.is_authenticated:
            response.headers.setdefault("Cache-Control", "private, no-store")
        return response


class RefusedMiddleware:
    """An action's refusal that no view caught becomes a page; so does a database in a hurry."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if isinstance(error, Refused):
            back = request.headers.get("Referer", "/")
            context = {"sentence": error.sentence, "url": back}
            return render(request, "409.html", context, status=409)
        code = getattr(error.__cause__, "pgcode", None)
        if isinstance(error, OperationalError) and code in (LOCK_TIMEOUT, STATEMENT_TIMEOUT):
            response = render(request, "503.html", status=503)
            response["Retry-After"] = "5"
            return response
        return None
