"""What a person agreed to, and agreeing to a new version."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_http_methods, require_safe

from usce.accounts.actions import record_consent
from usce.accounts.forms import TermsForm
from usce.accounts.middleware import TERMS_DUE
from usce.accounts.people import signed_in
from usce.accounts.queries import consents_of, has_agreed
from usce.accounts.texts import TERMS, TEXTS


@require_http_methods(["GET", "HEAD", "POST"])
def terms(request: HttpRequest) -> HttpResponse:
    """What is different in the terms, and one tick; then on to where the person was going."""
    user = signed_in(request)
    form = TermsForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        if not has_agreed(user, "terms", TERMS):
            address = request.META.get("REMOTE_ADDR")
            record_consent(user, "terms", TERMS, ip_address=address, now=timezone.now())
        request.session.pop(TERMS_DUE, None)
        return redirect(_onward(request))
    context = {"form": form, "text": TEXTS["terms"][0]}
    status = 422 if form.is_bound else 200
    return render(request, "account/terms.html", context, status=status)


@require_safe
def consents(request: HttpRequest) -> HttpResponse:
    """Each text with its version and when it was agreed to."""
    known = consents_of(signed_in(request))
    lines = [(WORDS.get(it.purpose, it.purpose), it, _address(it.purpose)) for it in known]
    return render(request, "account/consents.html", {"lines": lines})


WORDS = {
    "terms": "Terms for applicants",
    "adult": "Being 18 or over",
    "provider_agreement": "Provider agreement",
    "refund_terms": "Refund terms of a booking",
}


def _address(purpose: str) -> str:
    """The text's address, where the text is a page."""
    key = purpose.replace("_", "-")
    return f"/{key}" if key in TEXTS else ""


def _onward(request: HttpRequest) -> str:
    wanted = request.GET.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(wanted, allowed_hosts=None)
    return wanted if is_ours else reverse("console:home")
