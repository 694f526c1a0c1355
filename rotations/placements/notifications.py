"""What learners and hosts are told about the days of a rotation."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.urls import reverse

from rotations.applications.notifications import SAMPLE as APPLICATION_SAMPLE
from rotations.applications.notifications import facts_of
from rotations.applications.queries import MANAGERS
from rotations.placements.models import Day, Objection, Placement
from rotations.placements.states import DayState, ObjectionState
from rotations.providers.models import Preceptor, Provider
from rotations.providers.queries import members_of
from usce.notifications.actions import notify
from usce.notifications.events import Event, MailClass, register

SCOPE, SUBJECT, LINK_DAYS = "placements.host", "providers.preceptor", 21
SAMPLE: dict[str, Any] = {
    **APPLICATION_SAMPLE,
    "preceptor": "Dr. Ines Okafor",
    "week_on": "2026-07-06",
    "count": 5,
    "learners": 2,
    "lines": [{"day_on": "2026-07-07", "words": "recorded as absent", "why": "Was ill"}],
    "day_on": "2026-07-07",
    "is_upheld": True,
    "answer": "The clinic's list has you there on that day.",
    "path": "/rotation/sample",
}
TO_CONFIRM = register(
    Event(
        name="placements.days_to_confirm",
        audience="preceptor",
        mail_class=MailClass.TRANSACTIONAL,
        subject=(
            "{{ count }} day{{ count|pluralize }} to confirm for {{ learners }} "
            'learner{{ learners|pluralize }}, week of {{ week_on|date:"j F" }}'
        ),
        template="emails/placements/days_to_confirm",
        sample=SAMPLE,
    )
).name
STILL_OPEN = register(
    Event(
        name="placements.days_still_open",
        audience="provider",
        mail_class=MailClass.NOTICE,
        subject="{{ count }} day{{ count|pluralize }} of your learners not confirmed yet",
        template="emails/placements/days_still_open",
        sample=SAMPLE,
        about="Days that no preceptor has confirmed",
    )
).name
CHANGED = register(
    Event(
        name="placements.days_changed",
        audience="applicant",
        mail_class=MailClass.TRANSACTIONAL,
        subject="{{ reference }}: what changed in your days",
        template="emails/placements/days_changed",
        sample=SAMPLE,
    )
).name
DECIDED = register(
    Event(
        name="placements.objection_decided",
        audience="applicant",
        mail_class=MailClass.TRANSACTIONAL,
        subject=(
            '{{ reference }}: {{ day_on|date:"j F" }} '
            "{% if is_upheld %}counts as attended{% else %}stays as recorded{% endif %}"
        ),
        template="emails/placements/objection_decided",
        sample=SAMPLE,
    )
).name
WORDS = {
    DayState.ABSENT: "recorded as absent",
    DayState.PAUSED: "no rotation on this day",
    DayState.PLANNED: "added, to make up for a missed day",
}


def page_of(placement: Placement) -> str:
    return reverse("placements:days", args=[placement.public_id])


def ask_preceptor(preceptor: Preceptor, week: date, days: Sequence[Day], *, now: datetime) -> None:
    """A mail with a door, minted when it leaves; it opens until it ends or the address changes."""
    grant = {
        "scope": SCOPE,
        "subject_type": SUBJECT,
        "subject_id": preceptor.pk,
        "path": "/d/learners/{token}",
        "days": LINK_DAYS,
    }
    facts = {
        "preceptor": preceptor.name,
        "provider": preceptor.provider.name,
        "week_on": week.isoformat(),
        "grant": grant,
        **_counted(days),
    }
    once = f"{TO_CONFIRM}:{preceptor.pk}:{week}"
    notify(TO_CONFIRM, to=preceptor.email, facts=facts, unique_key=once, now=now)


def remind_team(provider: Provider, week: date, days: Sequence[Day], *, now: datetime) -> None:
    """Everybody there who manages applicants, once for each week."""
    facts = {
        "provider": provider.name,
        "path": reverse("placements:waiting", args=[provider.slug]),
        **_counted(days),
    }
    for member in members_of(provider, *MANAGERS):
        once = f"{STILL_OPEN}:{provider.pk}:{week}:{member.user_id}"
        notify(STILL_OPEN, to=member.user, facts=facts, unique_key=once, now=now)


def tell_changes(placement: Placement, days: Sequence[Day], *, now: datetime) -> None:
    """What was recorded against the learner, or put into the calendar."""
    if not days:
        return
    lines = [
        {"day_on": day.day_on.isoformat(), "words": WORDS[DayState(day.state)], "why": day.why}
        for day in days
    ]
    facts = {"lines": lines, "count": len(lines)}
    key = f"{CHANGED}:{placement.pk}:{now.isoformat()}:{days[0].pk}"
    _tell(CHANGED, placement, key, now, **facts)


def tell_decided(objection: Objection, *, now: datetime) -> None:
    facts = {
        "day_on": objection.day.day_on.isoformat(),
        "is_upheld": objection.state == ObjectionState.UPHELD,
        "answer": objection.answer,
    }
    _tell(DECIDED, objection.day.placement, f"{DECIDED}:{objection.pk}", now, **facts)


def _counted(days: Sequence[Day]) -> dict[str, int]:
    return {"count": len(days), "learners": len({day.placement_id for day in days})}


def _tell(event: str, placement: Placement, key: str, now: datetime, **more: Any) -> None:
    application = placement.booking.application
    facts = {**facts_of(application), "path": page_of(placement), **more}
    notify(event, to=application.applicant, facts=facts, unique_key=key, now=now)
