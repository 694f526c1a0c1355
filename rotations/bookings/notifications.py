"""What applicants and providers are told about offers and bookings."""

from datetime import date, datetime
from typing import Any

from django.urls import reverse

from rotations.applications.notifications import SAMPLE as APPLICATION_SAMPLE
from rotations.applications.notifications import facts_of
from rotations.applications.queries import MANAGERS, name_of
from rotations.bookings.models import Booking, Offer
from rotations.providers.models import Provider
from rotations.providers.queries import members_of
from usce.notifications.actions import notify
from usce.notifications.attachments import Attachment
from usce.notifications.attachments import register as register_attachment
from usce.notifications.events import Event, MailClass, register
from usce.render.ics import AllDay, calendar

SAMPLE: dict[str, Any] = {
    **APPLICATION_SAMPLE,
    "until_at": "2026-07-16T22:00:00+00:00",
    "until_on": "2026-07-16",
    "total_cents": 180_000,
    "deposit_cents": 60_000,
    "balance_cents": 120_000,
    "balance_due_at": "2026-09-05T22:00:00+00:00",
    "site": "Hillside Main",
    "city": "Chicago, IL",
    "preceptor": "Dr. Ines Okafor",
    "outcome": "declined",
    "stands": True,
    "receipt_path": "/invoices/sample",
    "path": "/offers/sample",
    "count": 3,
    "week_on": "2026-10-05",
}


def _event(name: str, audience: str, subject: str) -> str:
    return register(
        Event(
            name=f"bookings.{name}",
            audience=audience,
            mail_class=MailClass.TRANSACTIONAL,
            subject=subject,
            template=f"emails/bookings/{name}",
            sample=SAMPLE,
        )
    ).name


START = '{{ starts_on|date:"j F" }}'
END = '{{ ends_on|date:"j F" }}'
OFFERED = _event(
    "offered", "applicant", f'Offer for {START}; decide by {{{{ until_on|date:"j F" }}}}'
)
OFFER_EXPIRED = _event("offer_expired", "applicant", f"The offer for {START} has ended")
OFFER_CLOSED = _event("offer_closed", "provider", "{{ reference }}: offer {{ outcome }}")
CONFIRMED = _event("confirmed", "applicant", f"Seat confirmed: {START} to {END}")
CONFIRMED_PROVIDER = _event(
    "confirmed_provider", "provider", f"{{{{ reference }}}}: seat booked, {START} to {END}"
)
HOLD_LAPSED = _event("hold_lapsed", "applicant", "Payment not finished; the seat was given back")
OFFER_ENDING = _event("offer_ending", "applicant", f"The offer for {START} ends within 24 hours")
FELL_THROUGH = _event(
    "fell_through", "provider", "{{ reference }}: payment not finished, the seat is free again"
)
ROSTER = register(
    Event(
        name="bookings.roster",
        audience="provider",
        mail_class=MailClass.NOTICE,
        subject='Week of {{ week_on|date:"j F" }}: {{ count }} learner{{ count|pluralize }}',
        template="emails/bookings/roster",
        sample=SAMPLE,
    )
).name
CALENDAR = "bookings.calendar"


def tell_applicant(
    event: str, offer: Offer, *, path: str, key: str, now: datetime, **more: Any
) -> None:
    facts = {**facts_of(offer.application), "path": path, **more}
    notify(event, to=offer.application.applicant, facts=facts, unique_key=f"{event}:{key}", now=now)


def tell_provider(event: str, offer: Offer, *, key: str, now: datetime, **more: Any) -> None:
    """Everybody there who manages applicants."""
    application = offer.application
    provider = application.rotation.provider
    path = reverse("applications:provider-detail", args=[provider.slug, application.public_id])
    name = name_of(application.applicant)
    facts = {**facts_of(application), "path": path, "applicant": name, **more}
    for member in members_of(provider, *MANAGERS):
        once = f"{event}:{key}:{member.user_id}"
        notify(event, to=member.user, facts=facts, unique_key=once, now=now)


def tell_roster(provider: Provider, week_on: date, count: int, *, now: datetime) -> None:
    """Everybody there who manages applicants, once for each week."""
    facts = {
        "provider": provider.name,
        "count": count,
        "week_on": week_on.isoformat(),
        "path": reverse("console:provider-learners", args=[provider.slug]),
    }
    for member in members_of(provider, *MANAGERS):
        once = f"{ROSTER}:{provider.pk}:{week_on}:{member.user_id}"
        notify(ROSTER, to=member.user, facts=facts, unique_key=once, now=now)


def offer_path(offer: Offer) -> str:
    return reverse("bookings:offer", args=[offer.public_id])


def booking_path(booking: Booking) -> str:
    return reverse("bookings:detail", args=[booking.public_id])


def calendar_of(booking: Booking) -> bytes:
    """The booking's days for the person's own calendar; later versions replace earlier ones."""
    rotation, site = booking.application.rotation, booking.offer.site
    place = f"{site.name}, {site.street}, {site.city}, {site.region_id} {site.zip}"
    return calendar(
        AllDay(
            uid=f"{booking.public_id}@bookings.rounds",
            title=f"{rotation.title}, {rotation.provider.name}",
            first_on=booking.starts_on,
            last_on=booking.ends_on,
            place=place if booking.in_person else "Remote",
            note=f"Reference {booking.application.reference}. Hours are told by the site.",
            changed_at=booking.confirmed_at or booking.created_at,
        )
    )


def _attachment(booking_id: int) -> Attachment:
    booking = Booking.objects.select_related(
        "application__rotation__provider", "offer__site__region"
    ).get(pk=booking_id)
    reference = booking.application.reference
    return f"rotation-{reference}.ics", "text/calendar", calendar_of(booking)


register_attachment(CALENDAR, _attachment)
