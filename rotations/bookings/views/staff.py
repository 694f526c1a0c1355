"""Staff decide whether a proof counts; what goes back follows from the terms."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from rotations.bookings.actions import accept_proof, decline_proof
from rotations.bookings.actions.cancel import CASE
from rotations.bookings.forms import ProofForm
from rotations.bookings.models import Cancellation
from rotations.bookings.pages import proof_page
from rotations.bookings.permissions import can_decide_cancellation
from rotations.bookings.queries import cancellations
from usce.accounts.models import StaffRole, User
from usce.accounts.people import signed_in
from usce.cases.desk import filter_of, line_on, next_address
from usce.cases.queries import live_case
from usce.errors import Refused
from usce.permissions import require


@require_http_methods(["GET", "POST"])
def cancellation(request: HttpRequest, public_id: str) -> HttpResponse:
    """First the paper and the two sums; then, with `decision`, what is about to happen."""
    user, now = signed_in(request), timezone.now()
    if not user.is_staff:
        raise Http404
    require(user.has_staff_role(StaffRole.REVIEWER), "Reviewers decide about proofs.")
    found = get_object_or_404(cancellations(), public_id=public_id)
    decision = request.POST.get("decision") or request.GET.get("decision", "")
    form, status = ProofForm(request.POST or None, decision=decision), 200
    if request.method == "POST" and form.is_valid():
        case = live_case(CASE, found)
        try:
            _decide(found, form, user)
            messages.success(request, "Decided; the applicant is told.")
            return redirect(next_address(case, filter_of(request)))
        except Refused as refused:
            form.add_error(None, refused.sentence)
            found, status = get_object_or_404(cancellations(), public_id=public_id), 409
    elif request.method == "POST":
        status = 422
    context = proof_page(found) | {
        "form": form,
        "decision": decision if decision in ("accept", "decline") else "",
        "can_decide": can_decide_cancellation(user, found),
        "line": line_on(CASE, found, request, now),
    }
    return render(request, "bookings/cancellation.html", context, status=status)


def _decide(found: Cancellation, form: ProofForm, user: User) -> None:
    told, now = form.cleaned_data, timezone.now()
    if form.decision == "accept":
        accept_proof(found, expected_cents=told["expected_cents"], actor=user, now=now)
    else:
        decline_proof(found, answer=told["answer"], actor=user, now=now)
