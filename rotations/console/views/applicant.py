from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET

from rotations.applications.queries import timeline
from rotations.applications.states import ENDED
from rotations.console.nextline import most_urgent, next_line
from rotations.console.queries import begun_rotations, rows_of
from rotations.providers.queries import providers_of
from usce.accounts.people import signed_in
from usce.notifications.actions import mark_read
from usce.notifications.queries import messages_for, suppression_of
from usce.notifications.rendering import for_recipient, path_in_account
from usce.paging import page_of


@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """The applicant's home; staff and people who only run a provider are sent to theirs."""
    user = signed_in(request)
    if user.is_staff:
        return redirect("console:queue")
    rows = rows_of(user, timezone.now())
    providers = list(providers_of(user))
    if providers and not rows:
        return redirect("console:provider-home", provider_slug=providers[0].slug)
    live = [row for row in rows if row.application.state not in ENDED]
    context = {
        "live": [(row, next_line(row), timeline(row.application)) for row in live],
        "ended": [row for row in rows if row.application.state in ENDED],
        "next": most_urgent(rows, begun_rotations(user, request.session)),
    }
    return render(request, "console/applicant_home.html", context)


@require_GET
def messages(request: HttpRequest) -> HttpResponse:
    user = signed_in(request)
    page = page_of(messages_for(user), request.GET.get("after", ""))
    shown = [(mail, for_recipient(mail)) for mail in page.items]
    context = {"shown": shown, "page": page, "suppression": suppression_of(user.email)}
    return render(request, "console/messages.html", context)


@require_GET
def message(request: HttpRequest, public_id: str) -> HttpResponse:
    mail = get_object_or_404(messages_for(signed_in(request)), public_id=public_id)
    mark_read(mail, now=timezone.now())
    context = {"mail": mail, "rendered": for_recipient(mail), "path": path_in_account(mail)}
    return render(request, "console/message.html", context)
