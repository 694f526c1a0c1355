from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from applicants.documents.actions import open_document
from rotations.applications.forms import ReviewForm
from rotations.applications.handlers import decide
from rotations.applications.models import CASE, Application
from rotations.applications.pages import receipts_of
from rotations.applications.permissions import can_review_application
from rotations.applications.queries import decisions_on, name_of, sent_applications
from rotations.applications.states import ApplicationState
from rotations.eligibility.rules import Verdict
from usce.accounts.models import User
from usce.accounts.people import signed_in
from usce.audit.actions import record_access
from usce.cases.desk import filter_of, line_on, next_address
from usce.cases.queries import live_case
from usce.errors import Refused
from usce.permissions import require

SAID = {
    ApplicationState.FORWARDED: "sent to the provider.",
    ApplicationState.CHANGES_REQUESTED: "returned to the applicant for changes.",
    ApplicationState.DECLINED: "declined; the applicant was told why.",
}


def _sent(user: User, public_id: str) -> Application:
    """404 to everybody but staff; 403 to staff who review nothing."""
    if not user.is_staff:
        raise Http404
    application = get_object_or_404(sent_applications(), public_id=public_id)
    require(can_review_application(user, application), "Reviewers see applications.")
    return application


@require_http_methods(["GET", "POST"])
def review(request: HttpRequest, public_id: str) -> HttpResponse:
    """What was sent against the listing's rules; one decision, and the next case opens."""
    user, now = signed_in(request), timezone.now()
    application = _sent(user, public_id)
    form, status = ReviewForm(request.POST or None), 200
    if request.method == "POST" and form.is_valid():
        case = live_case(CASE, application)
        try:
            decide(application, form.cleaned_data, actor=user, now=now)
            messages.success(
                request, f"{application.reference}: {SAID[ApplicationState(application.state)]}"
            )
            return redirect(next_address(case, filter_of(request)))
        except Refused as refused:
            form.add_error(None, refused.sentence)
            application, status = _sent(user, public_id), 409
    elif request.method == "POST":
        status = 422
    subject = application.applicant
    record_access("Application opened", application, viewer=user, subject=subject, now=now)
    context = {
        "application": application,
        "name": name_of(subject),
        "verdict": Verdict.from_json(application.verdict),
        "receipts": receipts_of(application),
        "decisions": decisions_on(application),
        "line": line_on(CASE, application, request, now),
        "next_url": next_address(None, filter_of(request)),
        "form": form,
        "decides": application.state == ApplicationState.IN_REVIEW,
    }
    return render(request, "applications/review.html", context, status=status)


@require_GET
def cv(request: HttpRequest, public_id: str) -> HttpResponseBase:
    user = signed_in(request)
    application = _sent(user, public_id)
    if application.cv is None:
        raise Http404
    return open_document(application.cv, viewer=user, now=timezone.now())
