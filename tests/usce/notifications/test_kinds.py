"""Every mail there is, rendered with the worst names people bring."""

import html
import re
from pathlib import Path

import pytest
from django.core.mail import EmailMultiAlternatives

from tests.support.markup import faults_of
from usce.notifications.events import Event, MailClass, all_events
from usce.notifications.models import Mail
from usce.notifications.rendering import OF_SEVERAL_LINES, Rendered, blocks_of, preview, render

KINDS = all_events()
WORST = [
    "محمد بن عبد الله",
    "x" * 200,
    "{{7*7}}",
    "<script>alert(1)</script>",
    "a\r\nBcc: b@c.example\n\nPay at http://evil.example",
    "=1+1",
    "\u202egnp.exe",
]
OURS = {"path", "receipt_path", "site_zone", "reference", "outcome"}
SUM = re.compile(r"\$[\d,]+\.\d\d")
DAY = re.compile(
    r"\d{1,2} (?:January|February|March|April|May|June|July|August"
    r"|September|October|November|December)"
)
LINK = re.compile(r"http://127\.0\.0\.1:8000[^\s\"<]*")
HAPPENED = re.compile(r'<p class="happened"[^>]*>(.*?)</p>', re.DOTALL)


def with_names(event: Event, name: str) -> Rendered:
    facts = {
        key: name if isinstance(fact, str) and _takes(key, name) else fact
        for key, fact in event.sample.items()
    }
    mail = Mail(event=event.name, facts=facts, public_id="0" * 16)
    path = event.sample.get("path")
    url = f"http://127.0.0.1:8000{path}" if path else ""
    return render(mail, url=url, secret={"code": "428113"})


def _takes(key: str, name: str) -> bool:
    """Only a reason may have lines of its own."""
    if key in OURS or (key in OF_SEVERAL_LINES and "\n" in name):
        return False
    return not key.endswith(("_at", "_on"))


def plain(markup: str) -> str:
    words = re.sub(r"<(style|title).*?</\1>|<[^>]*>", " ", markup, flags=re.DOTALL)
    return " ".join(html.unescape(words).split())


def test_registry_is_read() -> None:
    assert len(KINDS) > 20


def test_notices_say_what_they_are_about_where_they_are_chosen() -> None:
    notices = [event for event in KINDS if event.mail_class == MailClass.NOTICE]
    assert [event.name for event in notices if not event.about] == []


@pytest.mark.parametrize("event", KINDS, ids=lambda event: event.name)
def test_mail_asks_no_fact_that_its_sample_lacks(event: Event) -> None:
    assert event.sample
    sources = [f"templates/{event.template}.{end}" for end in ("html", "txt")]
    asked = set(re.findall(r"{{ ?(\w+)", event.subject))
    for source in sources:
        words = Path(source).read_text()
        asked |= set(re.findall(r"{{ ?(\w+)", words)) - set(re.findall(r"{% for (\w+) in", words))
    given = {"subject", "url", "site_url", "code", "recipient_zone", "recipient_name"}
    assert asked - given <= set(event.sample)


@pytest.mark.parametrize("event", KINDS, ids=lambda event: event.name)
def test_preview_says_what_happened_first(event: Event) -> None:
    shown = preview(event)
    assert shown.subject
    assert shown.text.splitlines()[0]
    assert "happened" in blocks_of(event)
    assert faults_of(shown.html) == []


@pytest.mark.parametrize("name", WORST, ids=range(len(WORST)))
@pytest.mark.parametrize("event", KINDS, ids=lambda event: event.name)
def test_worst_name_stays_a_name(event: Event, name: str) -> None:
    shown = with_names(event, name)
    assert 0 < len(shown.subject) <= 78
    assert "\u202e" not in shown.subject + shown.text + shown.html
    assert "<script" not in shown.html
    assert "49" not in shown.subject
    message = EmailMultiAlternatives(shown.subject, shown.text, to=["amina@example.test"])
    assert set(message.message().keys()) >= {"Subject", "To"}
    assert "Bcc" not in message.message()
    assert not any(line.startswith("Bcc") for line in shown.text.splitlines())


@pytest.mark.parametrize("name", WORST[:4], ids=range(4))
@pytest.mark.parametrize("event", KINDS, ids=lambda event: event.name)
def test_plain_part_says_the_same(event: Event, name: str) -> None:
    shown = with_names(event, name)
    body = shown.html.partition("<body")[2]
    for facts in (SUM, DAY):
        assert set(facts.findall(shown.text)) == set(facts.findall(plain(shown.html)))
    assert set(LINK.findall(shown.text)) == set(LINK.findall(body))
    happened = HAPPENED.search(shown.html)
    assert happened
    assert " ".join(shown.text.split()).startswith(plain(happened.group(1)))
