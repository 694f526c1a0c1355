"""Nobody goes on without the second factor or the terms asked for; staff sessions end early."""

import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from allauth.mfa.utils import is_mfa_enabled
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse

from usce.accounts.devices import remember
from usce.accounts.factor import SecondFactorMissing, came_by_second_factor
from usce.accounts.models import User
from usce.accounts.permissions import needs_second_factor
from usce.accounts.texts import TEXTS

Next = Callable[[HttpRequest], HttpResponse]
UNASKED_PATHS = ("/static/", "/healthz", "/readyz", "/webhooks/")
SET_UP_PATHS = "/accounts/"
API_PATHS = "/api/"
OWN_DATA_PATHS = "/settings/privacy"  # nobody agrees to anything first to get or end her data
TEXT_PATHS = tuple(f"/{key}" for key in TEXTS)
ENTERED = "entered"  # on the request in which somebody signed in
TERMS_DUE = "terms_due"  # in the session since signing in
IDLE_SECONDS = 30 * 60
LONGEST_SECONDS = 12 * 3600
TOUCH_SECONDS = 60


class SignedInMiddleware(LoginRequiredMiddleware):
    """As Django's, but a page open to all does not even ask who is there: health must not."""

    def process_view(
        self, request: HttpRequest, view_func: Callable[..., Any], *args: Any
    ) -> HttpResponseBase | None:
        if not getattr(view_func, "login_required", True):
            return None
        return super().process_view(request, view_func, *args)


class SecondFactorMiddleware:
    """Sends a person who needs a second factor to set it up or to sign in with it.

    allauth asks for the factor at every sign-in once it is set up; that a session really was
    opened with it is looked up again here, whichever door it came through. The account pages are
    no exception: an older session, opened by password alone, must not remove the factor.
    """

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path.startswith(UNASKED_PATHS):
            return self.get_response(request)
        user = request.user
        if not isinstance(user, User) or not needs_second_factor(user):
            return self.get_response(request)
        if user.is_staff and _has_run_out(request):
            logout(request)
            return redirect("account_login")
        if not is_mfa_enabled(user):
            may_go_on = request.path.startswith(SET_UP_PATHS)
            return self.get_response(request) if may_go_on else redirect("mfa_activate_totp")
        if not came_by_second_factor(request, user):
            logout(request)
            return redirect("account_login")
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """A page that shows other people's facts was the first to ask for the factor."""
        if not isinstance(error, SecondFactorMissing):
            return None
        messages.info(request, str(error))
        return redirect("mfa_activate_totp")


class ConsentMiddleware:
    """Leads whoever agreed to older terms to what is different, once after signing in."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        is_open = request.path.startswith(
            (*UNASKED_PATHS, SET_UP_PATHS, API_PATHS, OWN_DATA_PATHS, *TEXT_PATHS)
        )
        if is_open or request.method != "GET" or not request.session.get(TERMS_DUE):
            return self.get_response(request)
        return redirect(
            f"{reverse('account_terms')}?{urlencode({'next': request.get_full_path()})}"
        )


class DeviceMiddleware:
    """After a sign-in the browser remembers who it was, so that a new one is noticed."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        entered = getattr(request, ENTERED, None)
        if isinstance(entered, User):
            remember(request, response, entered)
        return response


def _has_run_out(request: HttpRequest) -> bool:
    """Whether a staff session was idle for 30 minutes or is older than 12 hours; touches it."""
    now = int(time.time())
    began = request.session.get("staff_began")
    if began is None:
        request.session["staff_began"] = request.session["staff_seen"] = now
        return False
    seen = request.session["staff_seen"]
    if now - seen > IDLE_SECONDS or now - began > LONGEST_SECONDS:
        return True
    if now - seen >= TOUCH_SECONDS:
        request.session["staff_seen"] = now
    return False
