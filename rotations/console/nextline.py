"""The one *Next* line of a home page: what to do now, by when, and where."""

from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse

from rotations.applications.states import ApplicationState
from rotations.bookings.states import SEATED, BookingState, HoldState, OfferState
from rotations.catalog.models import Rotation
from rotations.catalog.queries import first_draft
from rotations.console.queries import Row
from rotations.providers.models import Provider
from rotations.providers.pages import next_about
from rotations.providers.queries import returned_because
from rotations.providers.states import ProviderState


@dataclass(frozen=True)
class NextLine:
    """`due_at` is shown in the site's and the viewer's zone; `urgency` orders, lowest first."""

    sentence: str
    label: str
    url: str
    urgency: int
    due_at: datetime | None = None
    zone: str = "UTC"


_BY_STATE = {
    ApplicationState.CHANGES_REQUESTED: (3, "Change what was asked for in {ref}", "Open it"),
    ApplicationState.DRAFT: (4, "Finish your application to {title}", "Go on"),
    ApplicationState.SUBMITTED: (6, "{ref} waits for our staff to check it", "See where it is"),
    ApplicationState.IN_REVIEW: (6, "{ref} is being checked by our staff", "See where it is"),
    ApplicationState.WAITLISTED: (7, "{ref} is on the waitlist at {provider}", "See your place"),
    ApplicationState.FORWARDED: (6, "{provider} has {ref} and decides", "See where it is"),
}


def next_line(row: Row) -> NextLine | None:
    """What this application asks of the applicant, or whom it waits for; None once it ended."""
    return _from_booking(row) or _from_offer(row) or _from_state(row)


def most_urgent(rows: list[Row], begun: list[Rotation]) -> NextLine:
    """`begun` are rotations for which words wait in the session since before signing in."""
    lines = [line for row in rows if (line := next_line(row))]
    lines += [_from_begun(rotation) for rotation in begun]
    if lines:
        return min(lines, key=lambda line: line.urgency)
    return NextLine(
        "Find a rotation whose dates and rules fit you",
        "Find rotations",
        reverse("discovery:rotations"),
        9,
    )


def _from_begun(rotation: Rotation) -> NextLine:
    url = reverse("applications:go-on", args=[rotation.public_id])
    return NextLine(f"Finish your application to {rotation.title}", "Go on", url, 4)


def first_listing_line(provider: Provider) -> NextLine | None:
    """Where a new provider goes on; None once the organization was submitted."""
    if provider.state != ProviderState.DRAFT:
        return None
    if returned_because(provider):
        page = reverse("providers:team", args=[provider.slug])
        return NextLine("Change what our staff asked for and hand it in again", "Open it", page, 1)
    about = next_about(provider)
    sentence, url = about or _listing_step(provider)
    return NextLine(sentence, "Go on", url, 1)


def _listing_step(provider: Provider) -> tuple[str, str]:
    draft = first_draft(provider)
    if draft is None:
        return "Describe the first rotation", reverse("catalog:new", args=[provider.slug])
    address = [provider.slug, draft.public_id]
    if not draft.openings.exists():
        return "Offer its first dates", reverse("catalog:dates", args=address)
    return "Look at the listing and submit it", reverse("catalog:preview", args=address)


def _from_booking(row: Row) -> NextLine | None:
    booking = row.booking
    if booking is None:
        return None
    url = reverse("bookings:detail", args=[booking.public_id])
    zone = row.application.rotation.site.time_zone
    if booking.state == BookingState.HELD and booking.hold.state == HoldState.LIVE:
        sentence = f"Pay the deposit for {row.application.rotation.title}; the seat is held"
        return NextLine(sentence, "Go to payment", url, 1, booking.hold.expires_at, zone)
    if row.today is not None or booking.state in (BookingState.ACTIVE, BookingState.COMPLETED):
        return _under_way(row)
    if booking.state in SEATED:
        start = f"{booking.starts_on:%A} {booking.starts_on.day} {booking.starts_on:%B %Y}"
        return NextLine(
            f"Your rotation at {row.application.rotation.provider.name} starts on {start}",
            "Open the booking",
            url,
            7,
        )
    return None


def _under_way(row: Row) -> NextLine | None:
    """From the first day on; None once it is over and nothing is left to ask or to look for."""
    url = reverse("placements:of-application", args=[row.application.public_id])
    host = row.application.rotation.provider.name
    if row.today is not None:
        return NextLine(f"Check in at {host} for today", "Check in", url, 1)
    if row.letter is not None:
        sentence = f"{row.letter.writer_name} submitted your letter; look for it"
        address = reverse("letters:detail", args=[row.letter.public_id])
        return NextLine(sentence, "Say that it is there", address, 5)
    if row.unasked:
        address = reverse("letters:of-placement", args=[row.unasked])
        return NextLine(f"Ask {host} for the letter in time", "Ask for the letter", address, 3)
    if row.booking is not None and row.booking.state == BookingState.COMPLETED:
        return None
    return NextLine(f"Your rotation at {host} is under way", "See your days", url, 7)


def _from_offer(row: Row) -> NextLine | None:
    offer = row.offer
    if offer is None or offer.state != OfferState.LIVE:
        return None
    return NextLine(
        f"Decide on the offer from {row.application.rotation.provider.name}",
        "See the offer",
        reverse("bookings:offer", args=[offer.public_id]),
        2,
        offer.expires_at,
        row.application.rotation.site.time_zone,
    )


def _from_state(row: Row) -> NextLine | None:
    application = row.application
    found = _BY_STATE.get(ApplicationState(application.state))
    if found is None:
        return None
    urgency, sentence, label = found
    return NextLine(
        sentence.format(
            ref=application.reference,
            title=application.rotation.title,
            provider=application.rotation.provider.name,
        ),
        label,
        reverse("applications:detail", args=[application.public_id]),
        urgency,
        application.answer_due_at,
        application.rotation.site.time_zone,
    )
