from django.db import models

from usce.states import Table


class ApplicationState(models.TextChoices):
    DRAFT = "draft"
    SUBMITTED = "submitted"
    IN_REVIEW = "in_review"
    CHANGES_REQUESTED = "changes_requested"
    FORWARDED = "forwarded"
    WAITLISTED = "waitlisted"
    OFFERED = "offered"
    ACCEPTED = "accepted"
    BOOKED = "booked"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"


S = ApplicationState
_OUT = frozenset({S.WITHDRAWN})

# A draft that was sent waits in `submitted` while its CV is being checked; a CV that is refused
# sends it back. An application with an offer ends through the offer, never beside it: the applicant
# declines the offer (`withdrawn`), the provider withdraws it (`declined`).
# Canceled dates send back what was sent and has no offer yet, to choose others.
# A booking that is canceled ends it: by the applicant, by the provider, or unpaid.
# `accepted` is the offer accepted with a seat held; it falls back to `offered` when the hold
# lapses unpaid while the offer still stands.
TRANSITIONS: Table = {
    S.DRAFT: frozenset({S.SUBMITTED}) | _OUT,
    S.SUBMITTED: frozenset({S.IN_REVIEW, S.CHANGES_REQUESTED, S.EXPIRED}) | _OUT,
    S.IN_REVIEW: frozenset({S.CHANGES_REQUESTED, S.FORWARDED, S.DECLINED, S.EXPIRED}) | _OUT,
    S.CHANGES_REQUESTED: frozenset({S.SUBMITTED, S.EXPIRED}) | _OUT,
    S.FORWARDED: frozenset({S.OFFERED, S.WAITLISTED, S.CHANGES_REQUESTED, S.DECLINED, S.EXPIRED})
    | _OUT,
    S.WAITLISTED: frozenset({S.OFFERED, S.CHANGES_REQUESTED, S.DECLINED, S.EXPIRED}) | _OUT,
    S.OFFERED: frozenset({S.ACCEPTED, S.DECLINED, S.EXPIRED}) | _OUT,
    S.ACCEPTED: frozenset({S.BOOKED, S.OFFERED, S.EXPIRED}),
    S.BOOKED: frozenset({S.WITHDRAWN, S.DECLINED, S.EXPIRED}),
    S.DECLINED: frozenset(),
    S.WITHDRAWN: frozenset(),
    S.EXPIRED: frozenset(),
}

ENDED = (S.DECLINED, S.WITHDRAWN, S.EXPIRED)
LIVE = tuple(state for state in S if state not in ENDED)
WITH_PROVIDER = (S.FORWARDED, S.WAITLISTED)
EDITABLE = (S.DRAFT, S.CHANGES_REQUESTED)
