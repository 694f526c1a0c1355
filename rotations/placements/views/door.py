"""The mailed page of a preceptor: no password, GET shows, POST acts."""

from datetime import datetime

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from rotations.placements.actions import Host
from rotations.placements.desk import Desk
from rotations.placements.notifications import SCOPE, SUBJECT
from rotations.placements.pages import learners_of
from rotations.placements.queries import host_of, learners_with
from rotations.providers.models import Preceptor
from usce.errors import Refused
from usce.links.queries import find


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def learners(request: HttpRequest, token: str) -> HttpResponse:
    """The preceptor's learners with the days that wait; it opens until the link ends."""
    now = timezone.now()
    preceptor = _behind(token, now)
    if preceptor is None:
        return render(request, "placements/link_ended.html", status=410)
    data = request.POST if request.method == "POST" else None
    found = learners_of(learners_with(preceptor, now))
    desk, sentence = Desk(found, host=Host(preceptor=preceptor), now=now, data=data), ""
    try:
        if said := desk.save():
            messages.success(request, said)
            return redirect("placements:door", token)
    except Refused as refused:
        sentence = refused.sentence
        found = learners_of(learners_with(preceptor, now))
        desk = Desk(found, host=Host(preceptor=preceptor), now=now)
    context = {"preceptor": preceptor, "desk": desk, "sentence": sentence}
    status = 409 if sentence else 422 if data is not None else 200
    return render(request, "placements/door.html", context, status=status)


def _behind(token: str, now: datetime) -> Preceptor | None:
    found = find(token, scope=SCOPE, now=now)
    if found is None or found.subject_type != SUBJECT:
        return None
    return host_of(found.subject_id)
