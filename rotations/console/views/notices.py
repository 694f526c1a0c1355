"""Which mails leave: one's own choice, and the door in each notice."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from rotations.console.forms import NoticesForm
from usce.accounts.models import User
from usce.accounts.people import signed_in
from usce.links.actions import use
from usce.links.queries import find
from usce.notifications.actions import NOTICES_SCOPE, choose_mails
from usce.notifications.events import MailClass
from usce.notifications.queries import suppression_of, wants


@require_http_methods(["GET", "HEAD", "POST"])
def notices(request: HttpRequest) -> HttpResponse:
    user = signed_in(request)
    if request.method == "POST":
        form = NoticesForm(request.POST)
        wanted = form.is_valid() and form.cleaned_data["notices"]
        choose_mails(user, MailClass.NOTICE, wanted=wanted, actor=user, now=timezone.now())
        return redirect("console:notices")
    form = NoticesForm(initial={"notices": wants(user, MailClass.NOTICE)})
    context = {"form": form, "suppression": suppression_of(user.email)}
    return render(request, "console/notices.html", context)


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
