"""What a state is called on a page, and how it looks; one list for all slices."""

from dataclasses import dataclass

ICON_OF_TONE = {
    "ok": "circle-check",
    "warn": "triangle-alert",
    "bad": "circle-x",
    "info": "info",
    "neutral": "clock",
}


@dataclass(frozen=True)
class Word:
    label: str
    tone: str
    icon: str = ""


WORDS = {
    "absent": Word("Absent", "warn"),
    "accepted": Word("Accepted", "ok"),
    "active": Word("Under way", "ok", "stethoscope"),
    "archived": Word("Archived", "neutral", "minus"),
    "booked": Word("Booked", "ok", "calendar-check"),
    "canceled": Word("Canceled", "bad"),
    "changes_requested": Word("Changes asked for", "warn", "pencil"),
    "checking": Word("Being checked", "neutral"),
    "closed": Word("Closed", "neutral", "lock"),
    "completed": Word("Completed", "ok"),
    "confirmed": Word("Confirmed", "ok", "calendar-check"),
    "declined": Word("Declined", "bad"),
    "done": Word("Done", "ok"),
    "draft": Word("Draft", "neutral", "pencil"),
    "expired": Word("Expired", "neutral"),
    "failed": Word("Failed", "bad"),
    "folded": Word("For the next digest", "neutral", "clock"),
    "forwarded": Word("With the provider", "info", "send"),
    "full": Word("Full", "neutral", "users"),
    "held": Word("Seat held", "warn", "clock"),
    "in_review": Word("In review", "info", "eye"),
    "interview": Word("Interview", "info", "message-square"),
    "needs_review": Word("Waits for staff", "neutral"),
    "offered": Word("Offer to answer", "warn", "mail"),
    "onboarding": Word("Preparing", "info", "list"),
    "open": Word("Open", "ok"),
    "paid": Word("Paid", "ok"),
    "paused": Word("Paused", "neutral", "minus"),
    "pending": Word("Pending", "neutral"),
    "planned": Word("Planned", "neutral", "calendar"),
    "published": Word("Public", "ok", "globe"),
    "quarantined": Word("Being checked", "neutral"),
    "rejected": Word("Not accepted", "bad"),
    "released": Word("Released", "neutral", "minus"),
    "explained": Word("Explained", "ok"),
    "given_up": Word("Given up", "neutral"),
    "lost": Word("Lost", "bad"),
    "needs_response": Word("To be answered", "warn", "pencil"),
    "repaired": Word("Repaired", "ok"),
    "requested": Word("Asked", "info", "send"),
    "requires_action": Word("Needs your bank", "warn", "credit-card"),
    "reversed": Word("Taken back", "bad", "arrow-left"),
    "scheduled": Word("Scheduled", "neutral", "calendar"),
    "submitted": Word("Sent", "info", "send"),
    "succeeded": Word("Received", "ok"),
    "superseded": Word("Replaced", "neutral", "refresh-cw"),
    "suspended": Word("Suspended", "bad"),
    "under_review": Word("With the bank", "info", "eye"),
    "upheld": Word("Upheld", "ok"),
    "verified": Word("Checked", "ok", "badge-check"),
    "void": Word("Void", "neutral", "minus"),
    "waiting": Word("Waiting", "neutral"),
    "waitlisted": Word("On the waitlist", "info", "list"),
    "won": Word("Won", "ok"),
    "withdrawn": Word("Withdrawn", "neutral", "arrow-left"),
}


def ordinal(number: int) -> str:
    """1st, 2nd, 3rd, 11th."""
    teen = number % 100 in (11, 12, 13)
    ending = "th" if teen else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"


def word_for(state: str) -> Word:
    """The word of a state; a state without one is shown by its own name."""
    return WORDS.get(state) or Word(state.replace("_", " ").capitalize(), "neutral")
