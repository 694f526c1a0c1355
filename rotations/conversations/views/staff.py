from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from rotations.conversations.actions import CASE, answer_inquiry
from rotations.conversations.forms import ReplyForm
from rotations.conversations.permissions import can_answer_inquiry, can_read_inquiry
from rotations.conversations.queries import inquiries
from rotations.conversations.rules import HOME_ZONE
from usce.accounts.people import signed_in
from usce.cases.desk import filter_of, line_on, next_address
from usce.cases.queries import live_case
from usce.errors import Refused
from usce.permissions import require


@require_http_methods(["GET", "HEAD", "POST"])
def inquiry(request: HttpRequest, public_id: str) -> HttpResponse:
    """What somebody wrote to us, and the one answer."""
    user, now = signed_in(request), timezone.now()
    if not user.is_staff:
        raise Http404
    found = get_object_or_404(inquiries(), public_id=public_id)
    require(can_read_inquiry(user, found), "Messages are read by staff for trust.")
    form, status = ReplyForm(request.POST if request.method == "POST" else None), 200
    if form.is_valid():
        case = live_case(CASE, found)
        try:
            answer_inquiry(found, form.cleaned_data["answer"], actor=user, now=now)
            messages.success(request, f"{found.reference} is answered.")
            return redirect(next_address(case, filter_of(request)))
        except Refused as refused:
            form.add_error(None, refused.sentence)
            status = 409
    elif form.is_bound:
        status = 422
    context = {
        "inquiry": found,
        "form": form,
        "line": line_on(CASE, found, request, now),
        "may_answer": can_answer_inquiry(user, found),
        "zone": HOME_ZONE,
    }
    return render(request, "conversations/inquiry.html", context, status=status)
