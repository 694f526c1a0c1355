import datetime as dt

from django.core import mail as outgoing
from django.test import Client
from pytest_django import Settings

from applicants.documents.notifications import ACCEPTED
from tests.factories.accounts import UserFactory
from tests.factories.visits import client_of
from usce.accounts.models import StaffRole, User
from usce.audit.models import AuditEntry
from usce.notifications.actions import deliver, notify, suppress
from usce.notifications.events import MailClass
from usce.notifications.models import Mail, Suppression
from usce.notifications.queries import wants
from usce.notifications.states import MailState


def delivered(user: User, now: dt.datetime, settings: Settings, key: str = "k") -> Mail:
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    facts = {"kind": "CV", "path": "/applications"}
    notify(ACCEPTED.name, to=user, facts=facts, unique_key=key, now=now)
    mail = Mail.objects.get(unique_key=key)
    deliver(mail, now=now)
    return mail


def link_in_mail() -> str:
    header = str(outgoing.outbox[0].extra_headers["List-Unsubscribe"])
    return header.strip("<>").removeprefix("http://127.0.0.1:8000")


def test_one_click_in_a_notice_switches_notices_off(
    amina: User, now: dt.datetime, settings: Settings
) -> None:
    delivered(amina, now, settings)
    sent = outgoing.outbox[0]
    assert sent.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    program = Client(enforce_csrf_checks=True)
    shown = program.get(link_in_mail()).content.decode()
    assert "Stop notices by mail?" in shown
    assert wants(amina, MailClass.NOTICE)
    for _twice in range(2):
        answer = program.post(link_in_mail(), {"List-Unsubscribe": "One-Click"})
        assert answer.status_code == 200
    assert not wants(amina, MailClass.NOTICE)
    assert AuditEntry.objects.filter(action="notifications.notice.off").count() == 1
    assert delivered(amina, now, settings, "later").state == MailState.SUPPRESSED
    assert len(outgoing.outbox) == 1


def test_wrong_link_switches_nothing(client: Client, amina: User) -> None:
    assert client.post("/d/notices/no-such-token").status_code == 410
    assert wants(amina, MailClass.NOTICE)


def test_mail_one_must_have_carries_no_such_link(
    amina: User, now: dt.datetime, settings: Settings
) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    notify("accounts.code", to=amina, facts={"purpose": "sign in"}, unique_key="c", now=now)
    deliver(Mail.objects.get(), now=now)
    assert "List-Unsubscribe" not in outgoing.outbox[0].extra_headers


def test_notices_are_switched_off_and_on_again(amina: User) -> None:
    client = client_of(amina)
    assert client.get("/settings/notices").content.decode().count(" checked") == 9
    client.post("/settings/notices", {"pace": "at_once", "documents.accepted": "on"})
    assert not wants(amina, MailClass.NOTICE)
    client.post("/settings/notices", {"notices": "on", "pace": "at_once"})
    assert wants(amina, MailClass.NOTICE)
    assert client.post("/settings/notices", {"pace": "hourly"}).status_code == 422


def test_each_event_is_switched_by_itself(
    amina: User, now: dt.datetime, settings: Settings
) -> None:
    client = client_of(amina)
    client.post(
        "/settings/notices", {"notices": "on", "pace": "at_once", "documents.expiring": "on"}
    )
    assert wants(amina, MailClass.NOTICE, "documents.expiring")
    assert not wants(amina, MailClass.NOTICE, "documents.accepted")
    assert delivered(amina, now, settings).state == MailState.SUPPRESSED
    client.post("/settings/notices", {"notices": "on", "pace": "at_once", ACCEPTED.name: "on"})
    assert delivered(amina, now, settings, "again").state == MailState.SENT


def test_pace_folds_what_can_wait_alone(amina: User, now: dt.datetime, settings: Settings) -> None:
    events = dict.fromkeys(("documents.accepted", "documents.ending_soon"), "on")
    client_of(amina).post("/settings/notices", {"notices": "on", "pace": "weekly"} | events)
    assert delivered(amina, now, settings).state == MailState.FOLDED
    facts = {"first": "TB test", "until": "today", "others": 0, "papers": [], "path": "/documents"}
    notify("documents.ending_soon", to=amina, facts=facts, unique_key="soon", now=now)
    deliver(soon := Mail.objects.get(unique_key="soon"), now=now)
    assert soon.state == MailState.SENT


def test_staff_have_no_events_of_applicants(chen: User) -> None:
    page = client_of(chen).get("/settings/notices").content.decode()
    assert "documents.accepted" not in page


def test_suppressed_address_is_told_and_lifted_by_an_administrator(
    amina: User, now: dt.datetime, settings: Settings
) -> None:
    ada = UserFactory(email="ada@example.test", staff_roles=[StaffRole.ADMIN])
    fay = UserFactory(email="clerk@example.test", staff_roles=[StaffRole.FINANCE])
    suppress(amina.email, reason="bounced 550", now=now)
    mail = delivered(amina, now, settings)
    for page in ("/messages", "/settings/notices"):
        assert "Mails to your address came back" in client_of(amina).get(page).content.decode()
    place = f"/staff/mails/{mail.public_id}"
    assert "bounced 550" in client_of(ada).get(place).content.decode()
    assert "/lift" in client_of(ada).get(place).content.decode()
    assert "/lift" not in client_of(fay).get(place).content.decode()
    assert client_of(fay).post(f"{place}/lift").status_code == 403
    assert Suppression.objects.exists()
    for _twice in range(2):
        assert client_of(ada).post(f"{place}/lift").status_code == 302
    assert not Suppression.objects.exists()
    assert AuditEntry.objects.filter(action="notifications.suppression.lifted").count() == 1
    assert "came back" not in client_of(amina).get("/messages").content.decode()
