import datetime as dt
import re

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.core import mail
from django.core.cache import cache
from django.core.management import CommandError, call_command
from django.db import DatabaseError
from django.test import Client
from pytest_django import Settings

from tests.factories.visits import client_of
from usce.accounts.actions import require_second_factor, set_staff_roles
from usce.accounts.models import ConsentRecord, StaffRole, User
from usce.audit.models import AuditEntry
from usce.notifications.actions import deliver
from usce.notifications.models import Mail
from usce.permissions import SYSTEM

PASSWORD = "correct horse battery"
SECRET = "A" * 32


@pytest.fixture(autouse=True)
def outbox(settings: Settings, db: None) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    cache.clear()


@pytest.fixture
def known(amina: User) -> User:
    amina.set_password(PASSWORD)
    amina.save()
    return amina


def mailed_code(now: dt.datetime) -> str:
    waiting = Mail.objects.latest("id")
    deliver(waiting, now=now)
    found = re.search(r"^([A-Z0-9-]{6,9})$", str(mail.outbox[-1].body), re.MULTILINE)
    assert found, mail.outbox[-1].body
    return found.group(1)


def sign_up(client: Client, **changes: object) -> object:
    fields = {
        "email": "new@example.test", "password1": PASSWORD, "agreed": "on",
        "time_zone": "Asia/Kolkata", **changes,
    }  # fmt: skip
    return client.post("/accounts/signup", fields)


def test_sign_up_records_both_consents_and_the_zone(client: Client, now: dt.datetime) -> None:
    sign_up(client)
    user = User.objects.get(email="new@example.test")
    assert user.time_zone == "Asia/Kolkata"
    assert sorted(user.consents.values_list("purpose", flat=True)) == ["adult", "terms"]
    client.post("/accounts/confirm", {"code": mailed_code(now)})
    assert client.get("/home").status_code == 200


def test_sign_up_with_a_nonsense_zone_takes_utc(client: Client) -> None:
    sign_up(client, time_zone="Mars/Olympus")
    assert User.objects.get(email="new@example.test").time_zone == "UTC"


def test_sign_up_without_the_tick_keeps_what_was_typed(client: Client) -> None:
    page = client.post("/accounts/signup", {"email": "new@example.test", "password1": PASSWORD})
    assert "An account needs this tick." in page.content.decode()
    assert "new@example.test" in page.content.decode()
    assert not User.objects.filter(email="new@example.test").exists()


def test_sign_up_with_a_known_address_tells_nothing_on_the_page(
    client: Client, known: User
) -> None:
    fresh = sign_up(Client())
    taken = sign_up(client, email=known.email)
    assert taken.status_code == fresh.status_code  # type: ignore[attr-defined]
    assert taken["Location"] == fresh["Location"]  # type: ignore[index]
    assert Mail.objects.filter(event="accounts.already_registered").count() == 1


def test_consents_are_only_added_to(client: Client) -> None:
    sign_up(client)
    with pytest.raises(DatabaseError, match="rows are only added"):
        ConsentRecord.objects.all().delete()


def test_password_opens_the_account_with_a_new_session(client: Client, known: User) -> None:
    client.get("/accounts/login")
    before = client.session.session_key
    response = client.post("/accounts/login", {"login": known.email, "password": PASSWORD})
    assert (response.status_code, response["Location"]) == (302, "/home")
    assert client.session.session_key != before


@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example", "javascript:1"])
def test_sign_in_leads_nowhere_else(client: Client, known: User, target: str) -> None:
    fields = {"login": known.email, "password": PASSWORD, "next": target}
    assert client.post("/accounts/login", fields)["Location"] == "/home"


def test_wrong_password_reads_the_same_for_known_and_unknown(client: Client, known: User) -> None:
    pages = [
        client.post("/accounts/login", {"login": email, "password": "wrong"})
        for email in (known.email, "nobody@example.test")
    ]
    texts = [re.sub(r'value="[^"]*"', "", page.content.decode()) for page in pages]
    assert texts[0] == texts[1]


def test_code_opens_the_account(client: Client, known: User, now: dt.datetime) -> None:
    client.post("/accounts/code", {"email": known.email})
    client.post("/accounts/code/confirm", {"code": mailed_code(now)})
    assert client.get("/home").status_code == 200
    assert "sealed" not in Mail.objects.get(event="accounts.code").facts


def test_code_resets_the_password(client: Client, known: User, now: dt.datetime) -> None:
    client.post("/accounts/reset", {"email": known.email})
    client.post("/accounts/reset/confirm", {"code": mailed_code(now)})
    fields = {"password1": "another long phrase", "password2": "another long phrase"}
    client.post("/accounts/reset/complete", fields)
    known.refresh_from_db()
    assert known.check_password("another long phrase")


def test_unknown_address_reads_the_same_page(known: User) -> None:
    for path in ("/accounts/code", "/accounts/reset"):
        pages = [Client().post(path, {"email": e}) for e in (known.email, "no@example.test")]
        assert pages[0].status_code == pages[1].status_code
        assert pages[0]["Location"] == pages[1]["Location"]
    assert Mail.objects.filter(event="accounts.code").count() == 2


def test_sign_out_only_by_post(client: Client, known: User) -> None:
    client.force_login(known)
    client.get("/accounts/logout")
    assert client.get("/home").status_code == 200
    client.post("/accounts/logout")
    assert client.get("/home").status_code == 302


@pytest.mark.parametrize(
    "path",
    ["login", "signup", "code", "reset", "inactive", "reset/done"],
)
def test_public_page_is_in_our_design(client: Client, path: str) -> None:
    page = client.get(f"/accounts/{path}")
    assert page.status_code == 200
    assert "base_narrow.html" in [t.name for t in page.templates]


@pytest.mark.parametrize("path", ["security", "password", "factor/app", "factor/codes/new"])
def test_own_page_is_in_our_design(known: User, path: str) -> None:
    client = Client()
    client.post("/accounts/login", {"login": known.email, "password": PASSWORD})
    page = client.get(f"/accounts/{path}", follow=True)
    assert page.status_code == 200
    assert {"base_narrow.html", "base_app.html"} & {t.name for t in page.templates}


def test_staff_without_a_second_factor_are_sent_to_set_it_up(client: Client, chen: User) -> None:
    client.force_login(chen)
    response = client.get("/staff/")
    assert response["Location"] == "/accounts/factor/app"


def test_staff_whose_session_came_without_the_factor_are_signed_out(
    client: Client, chen: User
) -> None:
    Authenticator.objects.create(user=chen, type="totp", data={"secret": SECRET})
    client.force_login(chen)
    assert client.get("/staff/")["Location"] == "/accounts/login"
    assert "_auth_user_id" not in client.session


def test_provider_who_needs_it_is_held_the_same(client: Client, bruno: User) -> None:
    require_second_factor(bruno, actor=SYSTEM, now=dt.datetime.now(tz=dt.UTC))
    require_second_factor(bruno, actor=SYSTEM, now=dt.datetime.now(tz=dt.UTC))
    client.force_login(bruno)
    assert client.get("/p/lakeshore/")["Location"] == "/accounts/factor/app"
    told = AuditEntry.objects.filter(action="accounts.user.second_factor_required")
    assert told.count() == 1


def test_password_alone_does_not_open_a_staff_account(client: Client, chen: User) -> None:
    chen.set_password(PASSWORD)
    chen.save()
    Authenticator.objects.create(user=chen, type="totp", data={"secret": SECRET})
    response = client.post("/accounts/login", {"login": chen.email, "password": PASSWORD})
    assert response["Location"] == "/accounts/factor"
    assert client.get("/staff/").status_code == 302
    counter = int(dt.datetime.now(tz=dt.UTC).timestamp()) // 30
    client.post("/accounts/factor", {"code": format_hotp_value(hotp_value(SECRET, counter))})
    assert client.get("/staff/").status_code == 200


def test_older_session_without_the_factor_cannot_remove_it(chen: User, client: Client) -> None:
    client.force_login(chen)
    assert client.get("/accounts/security").status_code == 200
    Authenticator.objects.create(user=chen, type="totp", data={"secret": SECRET})
    assert client.post("/accounts/factor/app/remove")["Location"] == "/accounts/login"
    assert "_auth_user_id" not in client.session
    assert Authenticator.objects.filter(user=chen).count() == 1


@pytest.mark.parametrize(("minutes", "status"), [(29, 200), (31, 302)])
def test_staff_session_ends_after_half_an_hour_of_silence(
    chen: User, minutes: int, status: int
) -> None:
    start = dt.datetime(2026, 11, 23, 12, tzinfo=dt.UTC)
    with time_machine.travel(start, tick=False) as clock:
        client = client_of(chen)
        client.get("/staff/")
        clock.shift(dt.timedelta(minutes=minutes))
        assert client.get("/staff/").status_code == status


def test_staff_session_ends_after_twelve_hours(chen: User) -> None:
    start = dt.datetime(2026, 11, 23, 0, tzinfo=dt.UTC)
    with time_machine.travel(start, tick=False) as clock:
        client = client_of(chen)
        statuses = set()
        for _step in range(28):
            statuses.add(client.get("/staff/").status_code)
            clock.shift(dt.timedelta(minutes=25))
        assert statuses == {200}
        clock.shift(dt.timedelta(minutes=25))
        assert client.get("/staff/").status_code == 302


def test_roles_are_given_by_administrators_and_audited(
    chen: User, dora: User, now: dt.datetime
) -> None:
    set_staff_roles(dora, [StaffRole.FINANCE], actor=SYSTEM, now=now)
    dora.refresh_from_db()
    assert dora.has_staff_role("finance")
    with pytest.raises(Exception, match="not allowed"):
        set_staff_roles(dora, [], actor=chen, now=now)
    assert AuditEntry.objects.latest("id").changes == {"staff_roles": ["", "finance"]}


def test_create_staff_makes_an_account_once() -> None:
    call_command("create_staff", "new@rounds.example", "--role", "admin")
    assert User.objects.get(email="new@rounds.example").has_staff_role("reviewer")
    with pytest.raises(CommandError, match="has an account already"):
        call_command("create_staff", "NEW@rounds.example", "--role", "admin")
