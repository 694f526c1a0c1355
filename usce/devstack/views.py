"""Pages that exist only beside the development stack."""

import time

from allauth.mfa import app_settings
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from allauth.mfa.utils import decrypt
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET

from usce.devstack.models import ReceivedMail
from usce.paging import page_of

FRAME_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox"


@login_not_required
@require_GET
def mailbox(request: HttpRequest) -> HttpResponse:
    """What was sent to anybody, and the demo people's current second-factor codes."""
    address = request.GET.get("to", "")
    mails = ReceivedMail.objects.filter(to=address) if address else ReceivedMail.objects.all()
    context = {
        "page": page_of(mails.order_by("-id"), request.GET.get("after", "")),
        "to": address,
        "codes": demo_codes(),
    }
    return render(request, "devstack/mailbox.html", context)


@login_not_required
@require_GET
def received(request: HttpRequest, mail_id: int) -> HttpResponse:
    mail = get_object_or_404(ReceivedMail, pk=mail_id)
    return render(request, "devstack/received.html", {"mail": mail})


@login_not_required
@require_GET
def received_html(request: HttpRequest, mail_id: int) -> HttpResponse:
    """The HTML part alone, for the sandboxed frame: mails style themselves inline."""
    mail = get_object_or_404(ReceivedMail, pk=mail_id)
    response = HttpResponse(mail.html)
    response["Content-Security-Policy"] = FRAME_POLICY
    response["X-Frame-Options"] = "SAMEORIGIN"
    return response


def demo_codes() -> list[tuple[str, str]]:
    """(e-mail, current code) of each demo person with a second factor."""
    found = Authenticator.objects.filter(
        type=Authenticator.Type.TOTP, user__is_demo=True
    ).select_related("user")
    return [(row.user.email, _current_code(row)) for row in found.order_by("user__email")]


def _current_code(row: Authenticator) -> str:
    counter = int(time.time()) // app_settings.TOTP_PERIOD
    return str(format_hotp_value(hotp_value(decrypt(row.data["secret"]), counter)))
