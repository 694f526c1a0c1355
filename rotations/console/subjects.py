"""The types of staff work: what each is called, and the page on which it is done."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse

from applicants.documents.models import REVIEW as PAPER
from applicants.documents.models import UNDER_AGE, Document
from payments.models import Difference, Dispute, Payment, Refund
from rotations.applications.models import CASE, Application
from rotations.bookings.actions.cancel import CASE as CANCELLATION
from rotations.bookings.actions.waivers import CASE as WAIVER
from rotations.bookings.models import Cancellation, WaiverReview
from rotations.catalog.models import LISTING_REVIEW, Rotation
from rotations.conversations.actions import CASE as INQUIRY
from rotations.conversations.models import Inquiry
from rotations.placements.actions.objections import CASE as OBJECTION
from rotations.placements.actions.progress import SHORT, UNSETTLED
from rotations.placements.models import Objection, Placement
from rotations.providers.models import VERIFICATION, Provider
from usce.cases.models import Case


@dataclass(frozen=True)
class Kind:
    """`page` gives the address for a subject's key; on it, or else here, the case is decided."""

    label: str
    page: Callable[[int], str]
    decided_there: bool = True


def _application(pk: int) -> str:
    return _address("applications:review", Application.objects.filter(pk=pk), "public_id")


def _provider(pk: int) -> str:
    return _address("console:provider", Provider.objects.filter(pk=pk), "public_id")


def _listing(pk: int) -> str:
    return _address("console:listing", Rotation.objects.filter(pk=pk), "public_id")


def _inquiry(pk: int) -> str:
    return _address("conversations:inquiry", Inquiry.objects.filter(pk=pk), "public_id")


def _paper(pk: int) -> str:
    return _address("documents:review", Document.objects.filter(pk=pk), "public_id")


def _cancellation(pk: int) -> str:
    return _address("bookings:cancellation", Cancellation.objects.filter(pk=pk), "public_id")


def _waiver(pk: int) -> str:
    return _address("bookings:waiver-review", WaiverReview.objects.filter(pk=pk), "public_id")


def _objection(pk: int) -> str:
    return _address("placements:objection", Objection.objects.filter(pk=pk), "public_id")


def _placement(pk: int) -> str:
    return _address("placements:placement", Placement.objects.filter(pk=pk), "public_id")


def _payment(pk: int) -> str:
    return _address("payments:invoice", Payment.objects.filter(pk=pk), "invoice__public_id")


def _refund(pk: int) -> str:
    return _address("payments:refund", Refund.objects.filter(pk=pk), "public_id")


def _dispute(pk: int) -> str:
    return _address("console:dispute", Dispute.objects.filter(pk=pk), "public_id")


def _difference(pk: int) -> str:
    return _address("console:difference", Difference.objects.filter(pk=pk), "public_id")


def _address(route: str, rows: QuerySet[Any], field: str) -> str:
    public_id = rows.values_list(field, flat=True).first()
    return reverse(route, args=[public_id]) if public_id else ""


KINDS = {
    CASE: Kind("Application", _application),
    VERIFICATION: Kind("Provider", _provider),
    LISTING_REVIEW: Kind("Listing", _listing),
    INQUIRY: Kind("Message", _inquiry),
    PAPER: Kind("Paper", _paper),
    CANCELLATION: Kind("Proof for a refund", _cancellation),
    OBJECTION: Kind("Objection to a day", _objection),
    UNSETTLED: Kind("Days never confirmed", _placement, decided_there=False),
    SHORT: Kind("Hardly attended", _placement, decided_there=False),
    UNDER_AGE: Kind("Passport of somebody under 18", _paper, decided_there=False),
    "profiles.same_passport": Kind(
        "One passport, two accounts", lambda _pk: "", decided_there=False
    ),
    WAIVER: Kind("Service fee to be waived", _waiver),
    "payments.dispute": Kind("Dispute", _dispute),
    "payments.difference": Kind("Difference with Stripe", _difference),
    "payments.remittance": Kind("Bank remittance", lambda _pk: reverse("console:money")),
    "payments.payout_failed": Kind("Payout refused", lambda _pk: reverse("console:money")),
    "payments.receivable": Kind("Provider owes", lambda _pk: reverse("console:money")),
    "payments.sanctions_match": Kind("Name on a list", lambda _pk: "", decided_there=False),
    "payments.amount_mismatch": Kind("Charge of another sum", _payment, decided_there=False),
    "payments.refund_failed": Kind("Refund that came back", _refund),
    "payments.refund_refused": Kind("Refund refused", _refund),
}


def label_of(kind: str) -> str:
    """The type in words; one that has none yet is shown by its own name."""
    return KINDS[kind].label if kind in KINDS else kind.replace(".", ": ").replace("_", " ")


def page_of_subject(case: Case) -> str:
    """Where the thing that the case is about is shown; empty when it has no page."""
    return KINDS[case.kind].page(case.subject_id) if case.kind in KINDS else ""


def page_that_decides(case: Case) -> str:
    """The page on which the case is decided; empty when that is the case's own."""
    decides = case.kind in KINDS and KINDS[case.kind].decided_there
    return page_of_subject(case) if decides else ""
