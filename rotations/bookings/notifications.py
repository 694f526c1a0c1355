"""What applicants and providers are told about offers and bookings."""

from datetime import date, datetime
from typing import Any

from django.urls import reverse

from rotations.applications.notifications import SAMPLE as APPLICATION_SAMPLE
from rotations.applications.notifications import facts_of
from rotations.applications.queries import MANAGERS, name_of
from rotations.bookings.models import Booking, Cancellation, FeeWaiver, Offer, PayerRequest
from rotations.bookings.queries import waitlist_of
from rotations.bookings.reasons import WHOLLY_REFUNDED, Reason
from rotations.bookings.states import WaiverState
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
    "balance_due_on": "2026-09-05",
    "charge_at": "2026-09-05T14:00:00+00:00",
    "site": "Hillside Main",
    "city": "Chicago, IL",
    "preceptor": "Dr. Ines Okafor",
    "outcome": "declined",
    "why": "My visa was refused",
    "words": "Our physician is away in these weeks.",
    "answer": "The letter is of another person.",
    "paper": "Consulate's letter",
    "is_proven": True,
    "back_cents": 54_000,
    "paid_cents": 60_000,
    "kept_cents": 6_000,
    "waiting": 2,
    "fee_cents": 15_000,
    "is_short": True,
    "left_cents": 120_000,
    "payer": "Yusuf Haddad",
    "stands": True,
    "receipt_path": "/invoices/sample",
    "path": "/offers/sample",
    "count": 3,
    "card": "Visa ending 4242",
    "bank_says": "Your card has insufficient funds.",
    "asks_person": False,
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
WAIVER_GRANTED = _event(
    "waiver_granted", "applicant", "The service fee of {{ fee_cents|money }} is waived"
)
WAIVER_DECLINED = _event("waiver_declined", "applicant", "The service fee was not waived")
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
        about="Who comes next week, each Friday",
    )
).name
BACK = "{{ back_cents|money }} goes back"
CANCELED = _event(
    "canceled",
    "applicant",
    f"{{% if is_proven %}}{{{{ paper }}}} accepted{{% else %}}{{{{ reference }}}} canceled"
    f"{{% endif %}}{{% if back_cents %}}; {BACK}{{% endif %}}",
)
CANCELED_BY_HOST = _event(
    "canceled_by_host", "applicant", f"{{{{ reference }}}} was canceled; {BACK} to you"
)
RELEASED = _event(
    "released",
    "applicant",
    f"Seat released{{% if back_cents %}}; {BACK} by your terms{{% endif %}}",
)
CANCELED_PROVIDER = _event(
    "canceled_provider", "provider", "{{ reference }} is canceled; the seat is free again"
)
SEAT_FREE = _event("seat_free", "applicant", f"A seat is free again for {START}")
PROOF_RECEIVED = _event(
    "proof_received", "applicant", "{{ reference }}: we have your request to cancel"
)
PROOF_DECLINED = _event(
    "proof_declined", "applicant", "{{ reference }}: the paper does not count; your seat stays"
)
BALANCE_DUE = _event(
    "balance_due",
    "applicant",
    '{{ left_cents|money }} due on {{ balance_due_on|date:"j F" }}: {{ reference }}',
)
BALANCE_LATE = _event(
    "balance_late",
    "applicant",
    '{{ left_cents|money }} not received; pay by {{ until_on|date:"j F" }}',
)
CARD_REFUSED = _event(
    "card_refused",
    "applicant",
    'Card not charged: pay {{ left_cents|money }} by {{ balance_due_on|date:"j F" }}',
)
PAYER_ASKED = _event(
    "payer_asked",
    "anybody",
    "Payment request for {{ applicant|truncatechars:40 }}: {{ left_cents|money }}",
)
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


def ask_payer(
    asked: PayerRequest, *, cents: int, scope: str, subject: str, days: int, now: datetime
) -> None:
    """A mail with a door, minted when it leaves; it opens as often as needed until it ends."""
    application = asked.booking.application
    grant = {
        "scope": scope,
        "subject_type": subject,
        "subject_id": asked.pk,
        "path": "/d/pay/{token}",
        "days": days,
    }
    facts = {
        **facts_of(application),
        "applicant": name_of(application.applicant),
        "payer": asked.payer.name,
        "left_cents": cents,
        "balance_due_at": asked.invoice.due_at.isoformat(),
        "grant": grant,
    }
    key = f"{PAYER_ASKED}:{asked.public_id}"
    notify(PAYER_ASKED, to=asked.payer.email, facts=facts, unique_key=key, now=now)


def tell_waiver(waiver: FeeWaiver, *, now: datetime) -> None:
    tell_applicant(
        WAIVER_GRANTED if waiver.state == WaiverState.GRANTED else WAIVER_DECLINED,
        waiver.offer,
        path=offer_path(waiver.offer),
        key=str(waiver.pk),
        now=now,
        fee_cents=waiver.cents,
        is_short=waiver.is_short,
        until_at=waiver.offer.expires_at.isoformat(),
    )


def tell_canceled(done: Cancellation, *, now: datetime) -> None:
    """To the applicant, the provider's team, and whoever waits for a seat of these dates."""
    booking = done.booking
    facts = _sums(done)
    event = CANCELED_BY_HOST if done.reason in WHOLLY_REFUNDED else CANCELED
    event = RELEASED if done.reason == Reason.NOT_PAID else event
    path, key = booking_path(booking), str(booking.pk)
    tell_applicant(event, booking.offer, path=path, key=key, now=now, **facts)
    waiting = waitlist_of(booking.opening)
    tell_provider(
        CANCELED_PROVIDER, booking.offer, key=key, now=now, **{**facts, "waiting": len(waiting)}
    )
    for application in waiting:
        path = reverse("applications:detail", args=[application.public_id])
        notify(
            SEAT_FREE,
            to=application.applicant,
            facts={**facts_of(application), "path": path},
            unique_key=f"{SEAT_FREE}:{booking.pk}:{application.pk}",
            now=now,
        )


def tell_proof_received(asked: Cancellation, *, due_at: datetime, now: datetime) -> None:
    _tell_of(PROOF_RECEIVED, asked, now, until_at=due_at.isoformat())


def tell_proof_declined(asked: Cancellation, *, now: datetime) -> None:
    _tell_of(PROOF_DECLINED, asked, now)


def _tell_of(event: str, asked: Cancellation, now: datetime, **more: Any) -> None:
    facts = {**_sums(asked), **more}
    path = booking_path(asked.booking)
    key = str(asked.pk)
    tell_applicant(event, asked.booking.offer, path=path, key=key, now=now, **facts)


def _sums(asked: Cancellation) -> dict[str, Any]:
    return {
        "why": asked.get_reason_display(),
        "words": asked.words,
        "answer": asked.answer,
        "paper": asked.proof.get_kind_display() if asked.proof else "",
        "is_proven": asked.proof_id is not None,
        "back_cents": asked.back_cents,
        "paid_cents": asked.paid_cents,
        "kept_cents": asked.paid_cents - asked.back_cents,
    }
