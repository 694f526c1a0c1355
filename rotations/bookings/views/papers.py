"""Papers between an applicant and the host, from both sides."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from applicants.documents.actions import open_document, show_page
from applicants.documents.queries import own_documents
from rotations.applications.models import Application
from rotations.applications.queries import applications_at, name_of, own_applications
from rotations.bookings.actions import send_paper, take_back_paper
from rotations.bookings.models import SentPaper
from rotations.bookings.papers import lines_of, other_papers
from rotations.bookings.queries import offer_on, papers_shown, sent_papers, signature_shown
from rotations.providers.permissions import can_manage_applicants
from rotations.providers.queries import provider_for
from usce.accounts.copies import signed_pdf
from usce.accounts.factor import ask_second_factor
from usce.accounts.models import User
from usce.accounts.people import signed_in
from usce.accounts.queries import text_signed
from usce.audit.actions import record_access
from usce.errors import Refused
from usce.files.queries import pages_of
from usce.permissions import require
from usce.render.pdf import pdf_response


@require_GET
def papers(request: HttpRequest, public_id: str) -> HttpResponse:
    """Which papers the host wants, and which it has."""
    return _page(request, _own(request, public_id))


@require_POST
def send(request: HttpRequest, public_id: str) -> HttpResponse:
    application, user = _own(request, public_id), signed_in(request)
    document = get_object_or_404(own_documents(user), public_id=request.POST.get("paper", ""))
    try:
        send_paper(application, document, actor=user, now=timezone.now())
    except Refused as refused:
        return _page(request, application, refused.sentence, status=409)
    messages.success(request, f"{document.get_kind_display()} is sent to the host.")
    return redirect("bookings:papers", public_id)


@require_POST
def take_back(request: HttpRequest, public_id: str) -> HttpResponse:
    application = _own(request, public_id)
    sent = get_object_or_404(sent_papers(application), public_id=request.POST.get("paper", ""))
    take_back_paper(sent, actor=signed_in(request), now=timezone.now())
    messages.success(request, f"The host sees {sent.document.get_kind_display()} no more.")
    return redirect("bookings:papers", public_id)


@require_GET
def provider_papers(request: HttpRequest, provider_slug: str, public_id: str) -> HttpResponse:
    _user, application = _reached(request, provider_slug, public_id)
    context = _shown(application) | {
        "papers": papers_shown(application),
        "signed": signature_shown(application),
    }
    return render(request, "bookings/provider_papers.html", context)


@require_GET
def provider_signed(request: HttpRequest, provider_slug: str, public_id: str) -> HttpResponse:
    """The applicant's signature that the papers are true, as PDF, without addresses."""
    user, application = _reached(request, provider_slug, public_id)
    signed = signature_shown(application)
    text = text_signed(signed) if signed else None
    if signed is None or text is None:
        raise Http404
    what = f"Signed copy of “{text.title}” downloaded"
    record_access(what, signed, viewer=user, subject=signed.user, now=timezone.now())
    name = f"rounds-{text.key}-{signed.public_id}.pdf"
    return pdf_response(signed_pdf(signed, text, for_host=True), name)


@require_GET
def provider_paper(
    request: HttpRequest, provider_slug: str, public_id: str, paper_id: str
) -> HttpResponse:
    """Its pages with the reader's name across them; opening the first is written down."""
    _user, application = _reached(request, provider_slug, public_id)
    paper = _paper(application, paper_id)
    address = [provider_slug, public_id, paper_id]
    context = _shown(application) | {
        "paper": paper,
        "pages": pages_of(paper.document.blob),
        "file_url": reverse("bookings:provider-paper-file", args=address),
    }
    return render(request, "bookings/provider_paper.html", context)


@require_GET
def provider_page(
    request: HttpRequest, provider_slug: str, public_id: str, paper_id: str, number: int
) -> HttpResponseBase:
    user, application = _reached(request, provider_slug, public_id)
    document = _paper(application, paper_id).document
    found = next((page for page in pages_of(document.blob) if page.number == number), None)
    if found is None:
        raise Http404
    return show_page(document, found, viewer=user, now=timezone.now())


@require_GET
def provider_file(
    request: HttpRequest, provider_slug: str, public_id: str, paper_id: str
) -> HttpResponseBase:
    user, application = _reached(request, provider_slug, public_id)
    return open_document(_paper(application, paper_id).document, viewer=user, now=timezone.now())


def _own(request: HttpRequest, public_id: str) -> Application:
    return get_object_or_404(own_applications(signed_in(request)), public_id=public_id)


def _page(
    request: HttpRequest, application: Application, sentence: str = "", status: int = 200
) -> HttpResponse:
    offer = offer_on(application)
    if offer is None:
        raise Http404
    lines = lines_of(offer, application, timezone.now().date())
    context = {
        "offer": offer,
        "lines": lines,
        "others": other_papers(application, lines),
        "back_url": reverse("bookings:of-application", args=[application.public_id]),
        "sentence": sentence,
    }
    return render(request, "bookings/papers.html", context, status=status)


def _reached(request: HttpRequest, slug: str, public_id: str) -> tuple[User, Application]:
    """404 to strangers, 403 to those of the team who manage no applicants."""
    user = signed_in(request)
    provider = provider_for(user, slug)
    require(can_manage_applicants(user, provider), "Owners and coordinators see papers.")
    application = get_object_or_404(applications_at(provider), public_id=public_id)
    ask_second_factor(request, user, now=timezone.now())
    return user, application


def _paper(application: Application, paper_id: str) -> SentPaper:
    return get_object_or_404(papers_shown(application), public_id=paper_id)


def _shown(application: Application) -> dict[str, object]:
    return {
        "application": application,
        "provider": application.rotation.provider,
        "name": name_of(application.applicant),
    }
