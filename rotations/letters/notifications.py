"""What learners, writers and hosts are told about letters: states and dates, never words."""

from datetime import datetime
from typing import Any

from django.urls import reverse

from rotations.applications.notifications import SAMPLE as APPLICATION_SAMPLE
from rotations.applications.notifications import facts_of
from rotations.applications.queries import MANAGERS, name_of
from rotations.letters.doors import door_of
from rotations.letters.models import Letter
from rotations.letters.states import LetterState
from rotations.placements.models import Placement
from rotations.providers.models import Provider
from rotations.providers.queries import members_of
from usce.notifications.actions import notify
from usce.notifications.events import Event, MailClass, register

SAMPLE: dict[str, Any] = {
    **APPLICATION_SAMPLE,
    "writer": "Dr. Ines Okafor",
    "due_on": "2026-11-27",
    "asked_on": "2026-10-19",
    "submitted_on": "2026-11-20",
    "target": "ERAS (MyERAS)",
    "seen_in": "MyERAS",
    "is_accepted": True,
    "has_moved": False,
    "suggested": "Dr. Otto Lang",
    "days_late": 3,
    "path": "/letters/sample",
}
DUE = '{{ due_on|date:"j F" }}'


def _event(
    name: str,
    audience: str,
    subject: str,
    mail_class: MailClass = MailClass.TRANSACTIONAL,
    *,
    about: str = "",
) -> str:
    return register(
        Event(
            name=f"letters.{name}",
            audience=audience,
            mail_class=mail_class,
            subject=subject,
            template=f"emails/letters/{name}",
            sample=SAMPLE,
            about=about,
        )
    ).name


ASKED = _event(
    "asked", "preceptor", f"{{{{ applicant|truncatechars:40 }}}} asks for a letter by {DUE}"
)
REMINDER = _event(
    "reminder", "preceptor", f"Letter for {{{{ applicant|truncatechars:40 }}}}: due {DUE}"
)
WITHDRAWN = _event(
    "withdrawn", "preceptor", "No letter for {{ applicant|truncatechars:40 }} is needed any more"
)
ACCEPTED = _event("accepted", "applicant", "{{ writer|truncatechars:40 }} will write your letter")
DECLINED = _event("declined", "applicant", "{{ writer|truncatechars:40 }} cannot write your letter")
SUBMITTED = _event(
    "submitted",
    "applicant",
    '{{ writer|truncatechars:40 }} submitted your letter on {{ submitted_on|date:"j F" }}',
)
SILENT = _event("silent", "applicant", "No answer yet from {{ writer|truncatechars:40 }}")
LAPSED = _event("lapsed", "applicant", "The request to {{ writer|truncatechars:40 }} has ended")
TIME_TO_ASK = _event(
    "time_to_ask",
    "applicant",
    "{{ reference }}: time to ask for the letter",
    MailClass.NOTICE,
    about="It is time to ask for a letter",
)
OVERDUE = _event(
    "overdue",
    "provider",
    f"A letter for {{{{ applicant|truncatechars:40 }}}} was due {DUE}",
    MailClass.NOTICE,
    about="A letter that one of your preceptors was asked for is late",
)


def page_of(letter: Letter) -> str:
    return reverse("letters:detail", args=[letter.public_id])


def ask_writer(letter: Letter, *, now: datetime) -> None:
    _write(ASKED, letter, f"{ASKED}:{letter.public_id}", now)


def remind_writer(letter: Letter, step: int, *, now: datetime) -> None:
    """`step`: days from the due date."""
    is_accepted = letter.state == LetterState.ACCEPTED
    _write(REMINDER, letter, f"{REMINDER}:{letter.public_id}:{step}", now, is_accepted=is_accepted)


def remind_team(letter: Letter, provider: Provider, step: int, *, now: datetime) -> None:
    """Everybody there who manages applicants, once for each step."""
    facts = {
        **_about(letter),
        "days_late": step,
        "is_accepted": letter.state == LetterState.ACCEPTED,
        "path": reverse("letters:at-provider", args=[provider.slug]),
    }
    for member in members_of(provider, *MANAGERS):
        once = f"{OVERDUE}:{letter.public_id}:{step}:{member.user_id}"
        notify(OVERDUE, to=member.user, facts=facts, unique_key=once, now=now)


def tell_withdrawn(letter: Letter, *, now: datetime) -> None:
    """To the writer; without a door, for there is nothing left to do."""
    notify(
        WITHDRAWN,
        to=letter.writer_email,
        facts=_about(letter) | {"path": ""},
        unique_key=f"{WITHDRAWN}:{letter.public_id}",
        now=now,
    )


def tell_accepted(letter: Letter, *, now: datetime) -> None:
    _tell(ACCEPTED, letter, now)


def tell_declined(letter: Letter, *, now: datetime) -> None:
    """Whom the writer suggests; never why."""
    _tell(DECLINED, letter, now, suggested=letter.suggested_name)


def tell_submitted(letter: Letter, *, now: datetime) -> None:
    _tell(SUBMITTED, letter, now, submitted_on=now.date().isoformat())


def tell_silence(letter: Letter, *, now: datetime) -> None:
    _tell(SILENT, letter, now, asked_on=letter.asked_at.date().isoformat())


def tell_lapsed(letter: Letter, *, has_moved: bool, now: datetime) -> None:
    _tell(LAPSED, letter, now, has_moved=has_moved)


def remind_learner_to_ask(placement: Placement, *, now: datetime) -> None:
    application = placement.booking.application
    path = reverse("letters:of-placement", args=[placement.public_id])
    facts = {
        **facts_of(application),
        "ends_on": placement.booking.ends_on.isoformat(),
        "path": path,
    }
    once = f"{TIME_TO_ASK}:{placement.public_id}"
    notify(TIME_TO_ASK, to=application.applicant, facts=facts, unique_key=once, now=now)


def _about(letter: Letter) -> dict[str, Any]:
    booking = letter.placement.booking
    return {
        "applicant": name_of(letter.learner),
        "writer": letter.writer_name,
        "provider": booking.application.rotation.provider.name,
        "rotation": booking.application.rotation.title,
        "reference": booking.application.reference,
        "starts_on": booking.starts_on.isoformat(),
        "ends_on": booking.ends_on.isoformat(),
        "due_on": letter.due_on.isoformat(),
        "target": letter.service.label,
        "seen_in": letter.service.seen_in,
    }


def _write(event: str, letter: Letter, key: str, now: datetime, **more: Any) -> None:
    """To the writer, with a door that is minted when the mail leaves."""
    facts = {**_about(letter), "grant": door_of(letter, now), **more}
    notify(event, to=letter.writer_email, facts=facts, unique_key=key, now=now)


def _tell(event: str, letter: Letter, now: datetime, **more: Any) -> None:
    facts = {**_about(letter), "path": page_of(letter), **more}
    notify(event, to=letter.learner, facts=facts, unique_key=f"{event}:{letter.public_id}", now=now)
