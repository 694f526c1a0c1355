"""A mail's facts become words: in the reader's zone, escaped, with one link."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import css_inline
from django.conf import settings
from django.template import Context, Template
from django.template.loader import get_template

from usce.notifications.events import Event, event_named
from usce.notifications.models import Mail
from usce.text import clean_line, clean_text

LONGEST_SUBJECT = 78
# Everything else is one line, so that nobody's name can add a line to the plain part.
OF_SEVERAL_LINES = ("reason", "refusal", "answer")
MASKED_URL = "#link-hidden"
MASKED_SECRET = {"code": "••••••", "reset_url": MASKED_URL}


@dataclass(frozen=True)
class Rendered:
    subject: str
    text: str
    html: str


def render(mail: Mail, *, url: str, secret: dict[str, Any], in_account: bool = False) -> Rendered:
    """Render with the given link and secret; staff views pass masks for both.

    In the account the plain part is the message alone: the page has the link and the settings.
    """
    event = event_named(mail.event)
    zone = mail.recipient.time_zone if mail.recipient else "UTC"
    context: dict[str, Any] = {
        **{name: _typed(name, value) for name, value in mail.facts.items()},
        **secret,
        "url": url,
        "site_name": "Rounds",
        "site_url": settings.SITE_URL,
        "recipient_zone": zone,
        "recipient_name": mail.recipient.full_name if mail.recipient else "",
        "event": event,
        "in_account": in_account,
        "mail_id": mail.public_id,
    }
    plain = Context(context, autoescape=False)
    subject = clean_line(Template(event.subject).render(plain))[:LONGEST_SUBJECT]
    context["subject"] = subject
    html = get_template(f"{event.template}.html").render(context)
    return Rendered(
        subject=subject,
        text=_text(event.template, context),
        html=css_inline.inline(html, keep_style_tags=True),
    )


def for_recipient(mail: Mail) -> Rendered:
    """As its reader finds it again in the account: without doors and codes."""
    return render(mail, url="", secret=MASKED_SECRET, in_account=True)


def path_in_account(mail: Mail) -> str:
    """The page the mail is about; empty where it led through a door that needs no password."""
    return "" if "grant" in mail.facts else str(mail.facts.get("path", ""))


def masked(mail: Mail) -> Rendered:
    """As staff see it: no door, no code; nothing once its words were deleted."""
    if mail.emptied_at is not None:
        return Rendered("Deleted", "The words of this mail were deleted.\n", "")
    return render(mail, url=MASKED_URL, secret=MASKED_SECRET)


def preview(event: Event) -> Rendered:
    """As the mail would read with its sample facts."""
    path = event.sample.get("path", "")
    mail = Mail(event=event.name, facts=dict(event.sample), public_id="0" * 16)
    return render(mail, url=f"{settings.SITE_URL}{path}" if path else "", secret=MASKED_SECRET)


def blocks_of(event: Event) -> list[str]:
    """The parts of the frame that the mail fills itself, in the order of its template."""
    source = get_template(f"{event.template}.html")
    frame = source.template.nodelist[0]  # type: ignore[attr-defined]
    return list(getattr(frame, "blocks", {}))


def _text(template: str, context: dict[str, Any]) -> str:
    source = get_template(f"{template}.txt")
    body = source.template.render(Context(context, autoescape=False))  # type: ignore[attr-defined]
    lines = [line.strip() for line in body.splitlines()]
    kept = [line for i, line in enumerate(lines) if line or (i and lines[i - 1])]
    return "\n".join(kept).strip() + "\n"


def _typed(name: str, value: Any) -> Any:
    """A fact as JSON kept it, as the templates read it; the same within lists."""
    if isinstance(value, dict):
        return {inner: _typed(inner, fact) for inner, fact in value.items()}
    if isinstance(value, list):
        return [_typed(name, fact) for fact in value]
    if isinstance(value, str) and name.endswith("_at"):
        return datetime.fromisoformat(value)
    if isinstance(value, str) and name.endswith("_on"):
        return date.fromisoformat(value)
    if isinstance(value, str):
        return clean_text(value) if name in OF_SEVERAL_LINES else clean_line(value)
    return value
