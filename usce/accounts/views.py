"""Agreeing to a new version of the terms, signing a text, and keys for programs."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from usce.accounts.actions import record_consent
from usce.accounts.copies import is_as_signed, signed_pdf
from usce.accounts.forms import SignForm, TermsForm, TokenForm
from usce.accounts.middleware import TERMS_DUE
from usce.accounts.models import ApiToken, ConsentRecord
from usce.accounts.people import signed_in
from usce.accounts.permissions import can_have_tokens, can_read_signature, can_sign
from usce.accounts.queries import has_agreed, signature_of, signatures_for, text_signed
from usce.accounts.signing import sign_text
from usce.accounts.texts import SIGNED, TERMS, TEXTS, Text, body_of, text_of
from usce.accounts.tokens import make_token, revoke_token
from usce.audit.actions import record_access
from usce.errors import Refused
from usce.permissions import require
from usce.render.pdf import pdf_response


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


@require_http_methods(["GET", "HEAD", "POST"])
def sign(request: HttpRequest, key: str) -> HttpResponse:
    """A text in full, and a name typed under it."""
    user, text = signed_in(request), text_of(key) if key in SIGNED else None
    if text is None:
        raise Http404
    require(can_sign(user, user), "Staff accounts sign nothing here.")
    known = signature_of(user, text)
    if known is not None:
        return redirect("account_signed", known.public_id)
    form, status = SignForm(request.POST if request.method == "POST" else None), 200
    if form.is_bound:
        status, address = 422, request.META.get("REMOTE_ADDR")
        if form.is_valid():
            name, now = form.cleaned_data["name"], timezone.now()
            try:
                signed = sign_text(user, text, name, actor=user, ip_address=address, now=now)
                return redirect("account_signed", signed.public_id)
            except Refused as refused:
                form.add_error("name", refused.sentence)
                status = 409
    context = {"form": form, "text": text, "body": body_of(text)}
    return render(request, "account/sign.html", context, status=status)


@require_safe
def signed_copy(request: HttpRequest, public_id: str) -> HttpResponse:
    """What was signed, by whom and when: the copy of either side."""
    signed, text = _signed(request, public_id)
    context = {
        "signed": signed,
        "text": text,
        "body": body_of(text),
        "is_as_signed": is_as_signed(signed, text),
    }
    return render(request, "account/signed.html", context)


@require_safe
def signed_paper(request: HttpRequest, public_id: str) -> HttpResponse:
    """The copy as a tagged PDF, to keep or to hand on."""
    signed, text = _signed(request, public_id)
    record_access(
        f"Signed copy of “{text.title}” downloaded",
        signed,
        viewer=signed_in(request),
        subject=signed.user,
        now=timezone.now(),
    )
    return pdf_response(signed_pdf(signed, text), f"rounds-{text.key}-{signed.public_id}.pdf")


def _signed(request: HttpRequest, public_id: str) -> tuple[ConsentRecord, Text]:
    viewer = signed_in(request)
    signed = get_object_or_404(signatures_for(viewer), public_id=public_id)
    require(can_read_signature(viewer, signed))
    text = text_signed(signed)
    if text is None:
        raise Http404
    return signed, text


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def tokens(request: HttpRequest) -> HttpResponse:
    """Keys for programs: a new one is shown once, on the answer to its making."""
    user, now = signed_in(request), timezone.now()
    require(can_have_tokens(user), "Staff accounts have no tokens.")
    form, secret, status = TokenForm(request.POST if request.method == "POST" else None), "", 200
    if form.is_valid():
        try:
            _token, secret = make_token(user, form.cleaned_data["name"], actor=user, now=now)
            form = TokenForm()
        except Refused as refused:
            form.add_error(None, refused.sentence)
            status = 409
    elif form.is_bound:
        status = 422
    known = ApiToken.good(now).filter(user=user).order_by("-id")
    context = {"form": form, "secret": secret, "tokens": known}
    return render(request, "account/tokens.html", context, status=status)


@require_POST
def revoke(request: HttpRequest, public_id: str) -> HttpResponse:
    user = signed_in(request)
    token = get_object_or_404(ApiToken, public_id=public_id, user=user)
    revoke_token(token, actor=user, now=timezone.now())
    messages.success(request, f"{token.name} opens nothing any more.")
    return redirect("account_tokens")


def _onward(request: HttpRequest) -> str:
    wanted = request.GET.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(wanted, allowed_hosts=None)
    return wanted if is_ours else reverse("console:home")
