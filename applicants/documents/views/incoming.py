"""Files on their way in: in pieces by the page's script, or several at once by a plain form."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse, UnreadablePostError
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from applicants.documents.actions import joined_name, plain_name
from applicants.documents.forms import JoinForm, KindForm, SeveralForm
from applicants.documents.permissions import can_add_document
from usce.accounts.models import User
from usce.accounts.people import signed_in
from usce.errors import Refused
from usce.files.incoming import (
    CHUNK_BYTES,
    begin_upload,
    drop,
    incoming_of,
    keep_upload,
    take_chunk,
)
from usce.files.joining import join_pages
from usce.files.models import Incoming
from usce.limits.actions import TooOften
from usce.permissions import require

GET_POST = require_http_methods(["GET", "POST"])
STAFF_HAVE_NONE = "Staff accounts hold no papers."


@GET_POST
def several(request: HttpRequest) -> HttpResponse:
    """What has arrived and waits to be told what it is; more can be added."""
    user = _adding(request)
    is_sent = request.method == "POST"
    form, status = SeveralForm(request.POST, request.FILES) if is_sent else SeveralForm(), 200
    if is_sent and form.is_valid():
        try:
            for file in form.cleaned_data["papers"]:
                keep_upload(file, plain_name(file.name), owner=user, now=timezone.now())
            return redirect("documents:incoming")
        except Refused as refused:
            form.add_error(None, refused.sentence)
            status = _status(refused)
    elif is_sent:
        status = 422
    return _waiting(request, user, form=form, status=status)


@require_POST
def join(request: HttpRequest) -> HttpResponse:
    """Several photos become one paper, in the order that was chosen."""
    user = _adding(request)
    form, status = JoinForm(request.POST, waiting=incoming_of(user)), 422
    if form.is_valid():
        pages, now = form.pages(), timezone.now()
        try:
            join_pages(pages, joined_name(pages), owner=user, now=now)
        except Refused as refused:
            form.add_error(None, refused.sentence)
            status = _status(refused)
        else:
            messages.success(request, f"{len(pages)} photos are one paper now. Say what it is.")
            return redirect("documents:incoming")
    return _waiting(request, user, joining=form, status=status)


def _waiting(
    request: HttpRequest,
    user: User,
    *,
    form: SeveralForm | None = None,
    joining: JoinForm | None = None,
    status: int = 200,
) -> HttpResponse:
    waiting = list(incoming_of(user))
    joining = joining or JoinForm(waiting=waiting)
    context = {
        "form": form or SeveralForm(),
        "waiting": waiting,
        "kinds": KindForm(auto_id=False),
        "joining": joining if len(joining.photos) > 1 or joining.errors else None,
    }
    return render(request, "documents/incoming.html", context, status=status)


@require_POST
def begin(request: HttpRequest) -> HttpResponse:
    """Announce a file by `name` and `size`; the answer says where its pieces go."""
    user = _adding(request)
    name, size = plain_name(request.POST.get("name", "")), request.POST.get("size", "")
    if not size.isascii() or not size.isdecimal():
        return JsonResponse({"sentence": "The size of the file is missing."}, status=400)
    try:
        incoming = begin_upload(name, int(size[:12]), owner=user, now=timezone.now())
    except Refused as refused:
        return JsonResponse({"sentence": refused.sentence}, status=_status(refused))
    return JsonResponse(_told(incoming), status=201)


@GET_POST
def pieces(request: HttpRequest, public_id: str) -> HttpResponse:
    """How much has arrived (GET), or the piece that begins at `Upload-Offset` (POST)."""
    incoming = _own(request, public_id)
    if request.method == "GET":
        return JsonResponse(_told(incoming))
    offset = request.headers.get("Upload-Offset", "")
    if not offset.isascii() or not offset.isdecimal():
        return JsonResponse({"sentence": "The place of the piece is missing."}, status=400)
    try:
        take_chunk(incoming, int(offset[:12]), request, now=timezone.now())
    except UnreadablePostError:
        return JsonResponse({"sentence": "The line broke within a piece."}, status=400)
    except Refused as refused:
        incoming.refresh_from_db()
        told = _told(incoming) | {"sentence": refused.sentence}
        return JsonResponse(told, status=_status(refused))
    return JsonResponse(_told(incoming))


@require_POST
def forget(request: HttpRequest, public_id: str) -> HttpResponse:
    drop(_own(request, public_id))
    return redirect("documents:incoming")


def _adding(request: HttpRequest) -> User:
    user = signed_in(request)
    require(can_add_document(user), STAFF_HAVE_NONE)
    return user


def _own(request: HttpRequest, public_id: str) -> Incoming:
    return get_object_or_404(incoming_of(signed_in(request)), public_id=public_id)


def _told(incoming: Incoming) -> dict[str, Any]:
    return {
        "id": incoming.public_id,
        "address": reverse("documents:pieces", args=[incoming.public_id]),
        "piece": CHUNK_BYTES,
        "received": incoming.received,
        "size": incoming.size,
    }


def _status(refused: Refused) -> int:
    return 429 if isinstance(refused, TooOften) else 409
