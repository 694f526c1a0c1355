"""What the pages of an application show."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q
from django.urls import reverse

from rotations.applications.actions.waitlist import canceled_because
from rotations.applications.models import Application, Judgment
from rotations.applications.queries import (
    decisions_on,
    judgments_on,
    place_on_list,
    timeline,
    verdict_on,
)
from rotations.applications.rules import DECISION_DAYS, REVIEW_DAYS
from rotations.applications.states import EDITABLE, ENDED, ApplicationState
from rotations.catalog.states import OpeningState
from rotations.catalog.terms import freeze_terms, refund_steps, tax_for
from rotations.eligibility.rules import Finding, Outcome, Verdict, Weight
from rotations.eligibility.rules.receipts import Receipt, receipt
from usce.jobs.outages import effective_deadline
from usce.notifications.models import Mail
from usce.notifications.queries import messages_for
from usce.notifications.rendering import for_recipient
from usce.reference.rules import business_deadline
from usce.ui.words import ordinal

TABS = [("", "Status"), ("papers", "Papers"), ("messages", "Messages"), ("money", "Money")]
NEXT = {
    ApplicationState.DRAFT: "Review it and send it.",
    ApplicationState.SUBMITTED: "Your CV is being checked for viruses; then our staff look at it.",
    ApplicationState.IN_REVIEW: "Our staff check that it is complete and within the rules.",
    ApplicationState.CHANGES_REQUESTED: "Change what was asked for and send it again.",
    ApplicationState.FORWARDED: "The provider reads it and decides.",
    ApplicationState.OFFERED: "There is an offer for you. Accept or decline it.",
    ApplicationState.ACCEPTED: "A seat is held for you. Pay the deposit to keep it.",
    ApplicationState.BOOKED: "Your seat is confirmed.",
}
LATE = {
    ApplicationState.IN_REVIEW: (
        "Our staff are late. After two business days it goes to the provider by itself."
    ),
    ApplicationState.FORWARDED: (
        "The provider is late. You can wait, apply elsewhere at the same time, or withdraw; "
        "nothing is due."
    ),
}
MOST_MESSAGES = 50
ELSEWHERE = {
    "step1_attempts": "profiles:exams",
    "step2_score": "profiles:exams",
    "enrolment_confirmed": "profiles:school",
}
WITH_OFFER = (ApplicationState.OFFERED, ApplicationState.ACCEPTED, ApplicationState.BOOKED)


@dataclass(frozen=True)
class Tab:
    label: str
    url: str
    current: bool
    count: int = 0


def applicant_page(application: Application, tab: str, now: datetime) -> dict[str, Any]:
    """Status, papers or money of one application, for its applicant."""
    chosen = tab if tab in dict(TABS) else ""
    return {
        "application": application,
        "tab": chosen,
        "tabs": tabs_of(application, chosen),
        "is_booked": application.state == ApplicationState.BOOKED,
        "next": _next(application),
        "action": _action(application),
        "is_ended": application.state in ENDED,
        "has_papers": application.state in WITH_OFFER,
        "can_withdraw": application.state not in (*ENDED, *WITH_OFFER),
        "steps": timeline(application),
        "asked": _asked(application),
        "verdict": Verdict.from_json(application.verdict) if application.verdict else None,
        "receipts": receipts_of(application) if chosen == "papers" else [],
        "mails": _mails(application) if chosen == "messages" else [],
        "late": _late(application, now),
        **_price(application, now),
    }


def tabs_of(application: Application, chosen: str) -> list[Tab]:
    """Once there is an offer, its own page and then the booking's are the tab about money.

    Booked, the page is the rotation's and gains its days and its letters.
    """
    url = reverse("applications:detail", args=[application.public_id])
    urls = {tab: f"{url}?tab={tab}" if tab else url for tab, _label in TABS}
    if application.state in WITH_OFFER:
        urls["money"] = reverse("bookings:of-application", args=[application.public_id])
    tabs = TABS
    if application.state == ApplicationState.BOOKED:
        urls["days"] = reverse("placements:of-application", args=[application.public_id])
        urls["letter"] = reverse("letters:of-application", args=[application.public_id])
        tabs = [*TABS, ("days", "Days"), ("letter", "Letter")]
    return [Tab(label, urls[tab], tab == chosen) for tab, label in tabs]


def review_page(application: Application, now: datetime) -> dict[str, Any]:
    """What is about to be sent, as the reader will have it."""
    zone = application.rotation.site.time_zone
    return {
        "application": application,
        "verdict": verdict_on(application, now),
        "answer_at": business_deadline(now, REVIEW_DAYS + DECISION_DAYS, zone),
        "asked": _asked(application),
        **_price(application, now),
    }


def told_elsewhere(application: Application, now: datetime) -> list[tuple[Finding, str]]:
    """What a *must* waits for and is told on a page of its own, each with its address."""
    found = verdict_on(application, now).findings
    return [
        (f, reverse(ELSEWHERE[f.fact]))
        for f in found
        if f.weight == Weight.MUST and f.outcome == Outcome.UNKNOWN and f.fact in ELSEWHERE
    ]


def receipts_of(application: Application) -> list[tuple[Judgment, Receipt]]:
    """Each time it was judged, the last one first, with what it was judged by."""
    return [(j, receipt(j.inputs, j.verdict)) for j in judgments_on(application)]


def _mails(application: Application) -> list[tuple[Mail, str]]:
    """What was written about this application, newest first, each with its subject."""
    # Mails about money name the application in what the invoice is for: "Deposit, R-12: ...".
    money = Q(facts__purpose__icontains=f", {application.reference}: ")
    about = Q(facts__reference=application.reference) | money
    found = messages_for(application.applicant).filter(about)
    return [(mail, for_recipient(mail).subject) for mail in found[:MOST_MESSAGES]]


def _late(application: Application, now: datetime) -> str:
    """What one can do when an answer is overdue; nothing while it is not."""
    due = application.answer_due_at
    if due is None or application.state not in LATE:
        return ""
    if now <= effective_deadline(due, set_at=application.submitted_at or due, now=now):
        return ""
    return LATE[ApplicationState(application.state)]


def _next(application: Application) -> str:
    """What happens now; on the list, with the place on it."""
    if application.state != ApplicationState.WAITLISTED:
        return NEXT.get(ApplicationState(application.state), "")
    day = application.opening.starts_on
    place = ordinal(place_on_list(application))
    return f"You are {place} on the list for {day.day} {day:%B %Y}."


def _action(application: Application) -> tuple[str, str]:
    """The one primary button: its label and where it leads."""
    if application.state in EDITABLE:
        return "Review and send", reverse("applications:send", args=[application.public_id])
    if application.state in WITH_OFFER:
        label = (
            "Open the booking" if application.state == ApplicationState.BOOKED else "See the offer"
        )
        return label, reverse("bookings:of-application", args=[application.public_id])
    return "", ""


def _asked(application: Application) -> str:
    """What the reviewer asked to have changed, while it waits for that."""
    if application.state != ApplicationState.CHANGES_REQUESTED:
        return ""
    said = [d.reason for d in decisions_on(application) if d.outcome == application.state]
    if application.opening.state == OpeningState.CANCELED:
        return canceled_because(application)
    refused = application.cv.refusal if application.cv else ""
    return refused or (said[-1] if said else "")


def _price(application: Application, now: datetime) -> dict[str, Any]:
    """The whole price and what canceling gives back, as the listing stands today."""
    rotation = application.rotation
    terms = freeze_terms(rotation, application.opening, tax=tax_for(rotation, now))
    zone, starts_on = application.rotation.site.time_zone, application.opening.starts_on
    steps = refund_steps(terms, starts_on=starts_on, zone=zone)
    return {"terms": terms, "refunds": [step for step in steps if step.until_at > now]}
