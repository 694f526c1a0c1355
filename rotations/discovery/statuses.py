"""What each status means: the words are here, the ways on are read from the slices' tables."""

from dataclasses import dataclass

from applicants.documents.states import TRANSITIONS as DOCUMENT
from payments.states import PAYMENT, REFUND
from rotations.applications.states import TRANSITIONS as APPLICATION
from rotations.bookings.states import BOOKING
from rotations.catalog.states import OPENING, ROTATION
from rotations.letters.states import LETTER
from usce.states import Table
from usce.ui.words import word_for

Meanings = dict[str, str]

APPLICATION_MEANS: Meanings = {
    "draft": "You are writing it. Nobody else sees it.",
    "submitted": "You sent it. Our staff pick it up within one business day.",
    "in_review": (
        "Our staff look whether it is complete and follows the host's rules. What nobody has "
        "decided within two business days goes to the provider by itself, marked as not reviewed."
    ),
    "changes_requested": "Something is missing. Our message says what; send it again when ready.",
    "forwarded": "The provider reads it and decides.",
    "waitlisted": "The provider would take you, but no seat is free on these dates.",
    "offered": "The provider offers you a seat. Accept or decline by the date in the offer.",
    "accepted": "You accepted. A seat is held for you for 35 minutes while you pay the deposit.",
    "booked": "The seat is yours and the deposit is paid.",
    "declined": "The host or our staff said no; the reason stands in the application.",
    "withdrawn": "You took it back.",
    "expired": "A date passed without an answer.",
}
BOOKING_MEANS: Meanings = {
    "held": "A seat is kept for you while the deposit is being paid.",
    "confirmed": "The deposit arrived and the seat is yours.",
    "onboarding": "Four weeks or less before the first day: what the host asks for is due.",
    "active": "The first day has come. Each day is confirmed by the preceptor.",
    "completed": "The last day is over and every day is settled, or two weeks have passed since.",
    "canceled": "The seat was given back.",
}
DOCUMENT_MEANS: Meanings = {
    "quarantined": "It arrived encrypted and waits for its checks. Nobody can open it.",
    "checking": "It is checked for its type and for malware.",
    "needs_review": "A member of staff has to look at it.",
    "accepted": "It passed its checks.",
    "rejected": "It cannot be used; the reason stands beside it.",
    "superseded": "You replaced it with a newer one.",
}
PAYMENT_MEANS: Meanings = {
    "pending": "The payment page is open, or your bank has not answered yet.",
    "requires_action": "Your bank asks you to confirm the payment.",
    "succeeded": "The money arrived.",
    "failed": "The payment was declined. No money moved.",
    "canceled": "The payment page was closed or ran out. No money moved.",
}
REFUND_MEANS: Meanings = {
    "pending": "We told the payment service to send the money back.",
    "succeeded": "The money left for your card; banks take up to ten days to show it.",
    "failed": "Your bank refused it. Our finance staff write to you.",
}
ROTATION_MEANS: Meanings = {
    "draft": "The provider is writing it.",
    "in_review": "Our staff check it before anybody else sees it.",
    "published": "You can apply for its open dates.",
    "paused": "It takes no new applications for now. Bookings go on.",
    "archived": "It is no longer offered. Its page stays for those who were there.",
}
OPENING_MEANS: Meanings = {
    "open": "You can apply for these dates while a seat is left.",
    "closed": "No further seats are offered on these dates. Seats taken stay.",
    "canceled": "The provider withdrew these dates.",
}
LETTER_MEANS: Meanings = {
    "requested": "You asked a writer, who has not answered yet.",
    "accepted": "The writer says that a strong letter is possible, and is reminded of the date.",
    "declined": "The writer cannot write it. Ask somebody else.",
    "withdrawn": "You took the request back. The writer's link has ended.",
    "expired": "Nobody followed it up, or the writer has another address by now.",
    "submitted": "The writer says that it was submitted. Rounds never has the letter.",
    "confirmed": "You see it in the application service.",
}


@dataclass(frozen=True)
class Status:
    state: str
    meaning: str
    leads_to: list[str]


@dataclass(frozen=True)
class Chapter:
    title: str
    statuses: list[Status]


SOURCES: tuple[tuple[str, Table, Meanings], ...] = (
    ("Applications", APPLICATION, APPLICATION_MEANS),
    ("Bookings", BOOKING, BOOKING_MEANS),
    ("Requests for letters", LETTER, LETTER_MEANS),
    ("Documents", DOCUMENT, DOCUMENT_MEANS),
    ("Payments", PAYMENT, PAYMENT_MEANS),
    ("Refunds", REFUND, REFUND_MEANS),
    ("Rotations", ROTATION, ROTATION_MEANS),
    ("Dates of a rotation", OPENING, OPENING_MEANS),
)


def chapters() -> list[Chapter]:
    """Every state of the tables with its meaning; a state without one is a KeyError, in tests."""
    return [Chapter(title, _statuses(table, means)) for title, table, means in SOURCES]


def _statuses(table: Table, means: Meanings) -> list[Status]:
    return [
        Status(str(state), means[state], [word_for(s).label for s in table if s in after])
        for state, after in table.items()
    ]
