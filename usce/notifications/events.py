"""Every mail as a row: event -> audience -> class. Each slice registers its own."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class MailClass(StrEnum):
    TRANSACTIONAL = "transactional"
    NOTICE = "notice"
    DIGEST = "digest"


@dataclass(frozen=True)
class Event:
    """One kind of mail.

    `subject` is a Django template of one line; `template` names the pair
    `templates/<template>.html` and `.txt`. `sample` holds invented facts, one for each the
    templates ask: staff read each mail by them, and the tests put the worst names in their place.
    `about` is what a notice tells of, as its reader chooses by it. One that cannot wait leaves
    at once in every pace; it can still be switched off.
    """

    name: str
    audience: str
    mail_class: MailClass
    subject: str
    template: str
    sample: Mapping[str, Any] = field(default_factory=dict, compare=False)
    about: str = field(default="", compare=False)
    can_wait: bool = True


_events: dict[str, Event] = {}


def register(event: Event) -> Event:
    known = _events.setdefault(event.name, event)
    if known != event:
        raise ValueError(f"Two different mails are called {event.name}.")
    return event


def event_named(name: str) -> Event:
    return _events[name]


def all_events() -> list[Event]:
    return sorted(_events.values(), key=lambda e: e.name)


def notices_for(audiences: Iterable[str]) -> list[Event]:
    """The events that these audiences can switch off one by one."""
    heard = {"anybody", *audiences}
    return [e for e in all_events() if e.mail_class == MailClass.NOTICE and e.audience in heard]


DIGEST = register(
    Event(
        name="notifications.digest",
        audience="anybody",
        mail_class=MailClass.DIGEST,
        subject="{{ count }} thing{{ count|pluralize }} that could wait until today",
        template="emails/notifications/digest",
        sample={
            "count": 2,
            "lines": [
                {"words": "Your CV passed its checks", "path": "/applications"},
                {"words": "Your TB test passed its checks", "path": "/applications"},
            ],
            "path": "/messages",
        },
    )
).name
