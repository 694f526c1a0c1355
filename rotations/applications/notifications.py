"""What applicants, providers and staff are told about an application."""

from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.urls import reverse

from rotations.applications.models import Application
from rotations.applications.queries import MANAGERS, name_of
from rotations.providers.queries import members_of
from usce.accounts.models import User
from usce.notifications.actions import notify
from usce.notifications.events import Event, MailClass, register

SAMPLE: dict[str, Any] = {
    "reference": "R-7K2M9Q",
    "rotation": "Inpatient cardiology",
    "provider": "Hillside Clinic",
    "applicant": "Amina Haddad",
    "starts_on": "2026-10-05",
    "ends_on": "2026-10-30",
    "site_zone": "America/Chicago",
    "answer_at": "2026-07-09T22:00:00+00:00",
    "answer_on": "2026-07-09",
    "forwarded_on": "2026-07-06",
    "not_reviewed": True,
    "place": 3,
    "by": "Hillside Clinic",
    "reason": "The dates are taken.",
    "town": "Houston",
    "changes": ["New: USMLE Step 1 passed", "No longer asked: ECFMG certification"],
    "sentence": "You can apply; two things are due by the start.",
    "is_sent": True,
    "path": "/applications/sample",
}


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
            name=f"applications.{name}",
            audience=audience,
            mail_class=mail_class,
            subject=subject,
            template=f"emails/applications/{name}",
            sample=SAMPLE,
            about=about,
        )
    ).name


DAY = '{{ answer_on|date:"j F" }}'
SENT = _event("sent", "applicant", f"Application {{{{ reference }}}} received; answer by {DAY}")
RETURNED = _event("returned", "applicant", f"One thing to change for {{{{ reference }}}} by {DAY}")
FORWARDED = _event(
    "forwarded",
    "applicant",
    'Sent to {{ provider|truncatechars:40 }} on {{ forwarded_on|date:"j F" }}',
)
RECEIVED = _event("received", "provider", f"{{{{ reference }}}}: one application, due {DAY}")
DECLINED = _event("declined", "applicant", "Decision on {{ reference }}")
WAITLISTED = _event(
    "waitlisted",
    "applicant",
    'You are number {{ place }} on the list for {{ starts_on|date:"j F" }}',
)
DATES_GONE = _event("dates_gone", "applicant", "{{ reference }}: these dates are gone")
DECISION_SOON = _event("decision_soon", "provider", f"{{{{ reference }}}}: decision due {DAY}")
DECISION_LATE = _event("decision_late", "applicant", f"{{{{ reference }}}}: no decision by {DAY}")
DECISION_PASSED = _event(
    "decision_passed", "provider", f"{{{{ reference }}}}: decision was due {DAY}"
)
RULE_CHANGED = _event(
    "rule_changed",
    "applicant",
    'A rule changed for {{ town|truncatechars:40 }}, {{ starts_on|date:"j F" }}',
    MailClass.NOTICE,
    about="A rule changed where I have applied",
)
WITHDRAWN = _event("withdrawn", "applicant", "{{ reference }} withdrawn; nothing is due")
WITHDRAWN_PROVIDER = _event("withdrawn_provider", "provider", "{{ reference }} was withdrawn")


SEEN = register(
    Event(
        name="applications.seen",
        audience="applicant",
        mail_class=MailClass.NOTICE,
        subject="{{ lines.0|truncatechars:70 }}",
        template="emails/applications/seen",
        sample={
            "lines": ["Hillside Clinic opened your passport page on 3 May"],
            "more": 0,
            "path": "/access",
        },
        about="Who opened my papers, once a week",
    )
).name


def tell_of_views(person: User, lines: list[str], count: int, *, week: date, now: datetime) -> None:
    """One mail for each week, however often it is asked for."""
    facts = {"lines": lines, "more": count - len(lines), "path": reverse("console:access")}
    key = f"{SEEN}:{person.public_id}:{week}"
    notify(SEEN, to=person, facts=facts, unique_key=key, now=now)


def tell_applicant(
    event: str, application: Application, *, now: datetime, key: str = "", **more: Any
) -> None:
    """Once for each moment, or once for each `key`."""
    path = reverse("applications:detail", args=[application.public_id])
    once = key or now.isoformat()
    _tell(event, application, application.applicant, {"path": path, **more}, once, now)


def tell_provider(
    event: str, application: Application, *, now: datetime, key: str = "", **more: Any
) -> None:
    """Everybody there who manages applicants, once for each moment or each `key`."""
    provider = application.rotation.provider
    path = reverse("applications:provider-detail", args=[provider.slug, application.public_id])
    facts = {"path": path, "applicant": name_of(application.applicant), **more}
    for member in members_of(provider, *MANAGERS):
        _tell(event, application, member.user, facts, key or now.isoformat(), now)


def _tell(
    event: str, application: Application, to: Any, more: dict[str, Any], once: str, now: datetime
) -> None:
    key = f"{event}:{application.pk}:{to.pk}:{once}"
    notify(event, to=to, facts={**facts_of(application), **more}, unique_key=key, now=now)


def facts_of(application: Application) -> dict[str, Any]:
    """The facts every mail about an application shares, as plain JSON."""
    rotation, opening = application.rotation, application.opening
    return {
        "reference": application.reference,
        "rotation": rotation.title,
        "provider": rotation.provider.name,
        "starts_on": opening.starts_on.isoformat(),
        "ends_on": opening.ends_on.isoformat(),
        "site_zone": rotation.site.time_zone,
    }


def on_site(moment: datetime, application: Application) -> str:
    """The moment's calendar day at the site, as a fact named `..._on`."""
    return moment.astimezone(ZoneInfo(application.rotation.site.time_zone)).date().isoformat()
