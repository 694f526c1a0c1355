"""The mailed page of a writer: no password, GET shows, POST acts."""

from datetime import datetime

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from rotations.letters.actions import PACKET, note_view, show_cv_page
from rotations.letters.desk import Desk
from rotations.letters.doors import SCOPE, SUBJECT
from rotations.letters.models import Letter
from rotations.letters.pages import door_page
from rotations.letters.permissions import can_answer_by_link
from rotations.letters.queries import letters
from usce.errors import Refused
from usce.files.queries import pages_of
from usce.links.queries import find


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def letter(request: HttpRequest, token: str) -> HttpResponse:
    """The request with its packet; it opens until the link ends."""
    now = timezone.now()
    found = _behind(token, now)
    if found is None:
        return render(request, "letters/link_ended.html", status=410)
    data = request.POST if request.method == "POST" else None
    desk, sentence = Desk(found, data), ""
    try:
        if said := desk.save(now):
            messages.success(request, said)
            return redirect("letters:door", token)
    except Refused as refused:
        sentence, found = refused.sentence, letters().get(pk=found.pk)
        desk = Desk(found)
    context = door_page(found) | {"desk": desk, "sentence": sentence, "token": token}
    if request.method == "GET" and desk.is_accepted and found.shares:
        note_view(found, PACKET, now=now)
    status = 409 if sentence else 422 if data is not None else 200
    return render(request, "letters/door.html", context, status=status)


@login_not_required
@never_cache
@require_GET
def cv_page(request: HttpRequest, token: str, number: int) -> HttpResponseBase:
    """One page of the CV as a picture with the writer's name across it."""
    now = timezone.now()
    found = _behind(token, now)
    if found is None or found.cv is None:
        raise Http404
    page = next((one for one in pages_of(found.cv.blob) if one.number == number), None)
    if page is None:
        raise Http404
    try:
        return show_cv_page(found, page, now=now)
    except Refused as refused:
        raise Http404 from refused


def _behind(token: str, now: datetime) -> Letter | None:
    grant = find(token, scope=SCOPE, now=now)
    if grant is None or grant.subject_type != SUBJECT:
        return None
    found = letters().filter(pk=grant.subject_id).first()
    return found if found is not None and can_answer_by_link(found) else None
