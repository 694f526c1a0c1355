"""Which mails leave: one's own choice, and the door in each notice."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from rotations.console.forms import NoticesForm
from rotations.providers.queries import providers_of
from usce.accounts.models import User
from usce.accounts.people import signed_in
from usce.links.actions import use
from usce.links.queries import find
from usce.notifications.actions import NOTICES_SCOPE, choose_mails, choose_pace
from usce.notifications.events import MailClass, notices_for
from usce.notifications.queries import pace_of, suppression_of, unwanted_events, wants


@require_http_methods(["GET", "HEAD", "POST"])
def notices(request: HttpRequest) -> HttpResponse:
    user = signed_in(request)
    audiences = _audiences(user)
    if request.method == "POST":
        form = NoticesForm(request.POST, audiences=audiences)
        if form.is_valid():
            _save(form, user, timezone.now())
            messages.success(request, "Saved.")
            return redirect("console:notices")
    else:
        unwanted = unwanted_events(user)
        initial: dict[str, Any] = {
            event.name: event.name not in unwanted for event in notices_for(audiences)
        }
        initial |= {"notices": wants(user, MailClass.NOTICE), "pace": pace_of(user)}
        form = NoticesForm(initial=initial, audiences=audiences)
    context = {"form": form, "suppression": suppression_of(user.email)}
    status = 422 if form.is_bound else 200
    return render(request, "console/notices.html", context, status=status)


def _audiences(user: User) -> list[str]:
    """Whom the mails that reach this person are written for."""
    if user.is_staff:
        return ["staff"]
    return ["applicant", "provider"] if providers_of(user) else ["applicant"]


def _save(form: NoticesForm, user: User, now: datetime) -> None:
    told = form.cleaned_data
    with transaction.atomic():
        choose_mails(user, MailClass.NOTICE, wanted=told["notices"], actor=user, now=now)
        choose_pace(user, told["pace"], actor=user, now=now)
        for event in form.events:
            wanted = told[event.name]
            choose_mails(
                user, MailClass.NOTICE, event=event.name, wanted=wanted, actor=user, now=now
            )


@csrf_exempt  # RFC 8058: the mail program posts by itself, without a page of ours before it
@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """GET shows one button and changes nothing; POST switches notices off, however often."""
    now = timezone.now()
    grant = find(token, scope=NOTICES_SCOPE, now=now)
    if grant is None:
        return render(request, "console/unsubscribe.html", {"ended": True}, status=410)
    if request.method == "POST":
        person = User.objects.get(pk=grant.subject_id)
        use(grant, now=now)
        choose_mails(person, MailClass.NOTICE, wanted=False, actor=person, now=now)
    return render(request, "console/unsubscribe.html", {"done": request.method == "POST"})
