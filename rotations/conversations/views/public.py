"""Writing to Rounds, with or without an account."""

from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from rotations.catalog.models import Rotation
from rotations.catalog.queries import rotation_for
from rotations.conversations.actions import Message, send_inquiry
from rotations.conversations.forms import ContactForm, MessageForm, ReportForm
from rotations.conversations.models import Inquiry
from rotations.conversations.rules import HOME_ZONE, About
from usce.accounts.models import User
from usce.limits.actions import TooOften

GET_POST = require_http_methods(["GET", "HEAD", "POST"])


@login_not_required
@GET_POST
def contact(request: HttpRequest) -> HttpResponse:
    """A message to Rounds; `?about=` chooses what about."""
    user = request.user if isinstance(request.user, User) else None
    known = {"name": user.full_name, "email": user.email} if user else {}
    initial = {**known, "about": request.GET.get("about", "")}
    form = ContactForm(request.POST if request.method == "POST" else None, initial=initial)
    if form.is_valid():
        told = form.cleaned_data
        return _send(request, form, Message(**told), None, "conversations/contact.html", {})
    status = 422 if form.is_bound else 200
    return render(request, "conversations/contact.html", {"form": form}, status=status)


@login_not_required
@GET_POST
def report(request: HttpRequest, rotation_id: str) -> HttpResponse:
    """What is wrong with a listing, told to our staff and to nobody else."""
    user = request.user if isinstance(request.user, User) else None
    rotation = rotation_for(request.user, rotation_id)
    initial = {"email": user.email} if user else {}
    form = ReportForm(request.POST if request.method == "POST" else None, initial=initial)
    context = {"rotation": rotation}
    if form.is_valid():
        message = Message(about=About.LISTING, **form.told())
        return _send(request, form, message, rotation, "conversations/report.html", context)
    status = 422 if form.is_bound else 200
    page = {**context, "form": form}
    return render(request, "conversations/report.html", page, status=status)


@login_not_required
@require_safe
def sent(request: HttpRequest, public_id: str) -> HttpResponse:
    """Its reference and by when it is answered; nothing of what was written."""
    inquiry = get_object_or_404(Inquiry, public_id=public_id)
    context = {"inquiry": inquiry, "zone": HOME_ZONE}
    return render(request, "conversations/sent.html", context)


def _send(
    request: HttpRequest,
    form: MessageForm,
    message: Message,
    rotation: Rotation | None,
    template: str,
    context: dict[str, Any],
) -> HttpResponse:
    try:
        inquiry = send_inquiry(
            message,
            rotation=rotation,
            sender=request.user if isinstance(request.user, User) else None,
            ip_address=request.META.get("REMOTE_ADDR", ""),
            now=timezone.now(),
        )
    except TooOften as refused:
        form.add_error(None, refused.sentence)
        return render(request, template, {**context, "form": form}, status=429)
    return redirect("conversations:sent", inquiry.public_id)
