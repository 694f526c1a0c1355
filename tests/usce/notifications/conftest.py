from collections.abc import Iterator
from pathlib import Path

import pytest
from pytest_django import Settings

from usce.notifications import events
from usce.notifications.events import Event, MailClass, register

HELLO = Event("test.hello", "applicant", MailClass.NOTICE, "Hello {{ name }}", "emails/test/hello")
URGENT = Event("test.urgent", "applicant", MailClass.TRANSACTIONAL, "Now", "emails/test/hello")


@pytest.fixture(autouse=True)
def registered(settings: Settings) -> Iterator[None]:
    known = dict(events._events)
    register(HELLO)
    register(URGENT)
    folder = str(Path(__file__).parent / "templates")
    settings.TEMPLATES = [
        {**settings.TEMPLATES[0], "DIRS": [*settings.TEMPLATES[0]["DIRS"], folder]}
    ]
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    yield
    events._events.clear()
    events._events.update(known)
