"""How often one may knock, with Redis and without."""

import datetime as dt
from collections.abc import Iterator

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.core import mail
from django.test import Client, RequestFactory
from pytest_django import Settings

from usce.accounts.adapter import (
    CODES,
    SIGN_INS,
    SIGN_INS_FROM_ONE_PLACE,
    WINDOW,
    AccountAdapter,
)
from usce.accounts.forms import FACTOR_TRIES
from usce.accounts.models import User
from usce.limits.actions import TooOften, allow
from usce.notifications.actions import deliver
from usce.notifications.models import Mail

PASSWORD = "correct horse battery"
SENTENCE = "That was tried too often. Please wait a few minutes and try again."
AWAY = {"BACKEND": "usce.cache.SoftRedisCache", "LOCATION": "redis://127.0.0.1:1/0"}
SECRET = "A" * 32


@pytest.fixture
def without_redis(settings: Settings) -> None:
    settings.CACHES = {"default": AWAY}


@pytest.fixture
def known(amina: User) -> User:
    amina.set_password(PASSWORD)
    amina.save()
    return amina


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(dt.datetime(2026, 11, 23, 12, tzinfo=dt.UTC), tick=False) as clock:
        yield clock


def sign_in(email: str, password: str = PASSWORD) -> tuple[int, str]:
    response = Client().post("/accounts/login", {"login": email, "password": password})
    return response.status_code, response.content.decode()


def test_right_password_is_refused_after_ten_wrong_ones(
    known: User, without_redis: None, clock: time_machine.Traveller
) -> None:
    statuses = [sign_in(known.email, "wrong")[0] for _try in range(SIGN_INS)]
    status, page = sign_in(known.email.upper())
    assert (statuses, status) == ([200] * SIGN_INS, 429)
    assert SENTENCE in page


def test_allauths_own_fence_answers_in_the_form_before(
    known: User, clock: time_machine.Traveller
) -> None:
    for _try in range(5):
        sign_in(known.email, "wrong")
    status, page = sign_in(known.email)
    assert status == 200
    assert "Too many failed login attempts" in page


def test_sign_in_opens_again_with_the_next_window(
    known: User, without_redis: None, clock: time_machine.Traveller
) -> None:
    for _try in range(SIGN_INS):
        sign_in(known.email, "wrong")
    clock.shift(WINDOW)
    assert sign_in(known.email)[0] == 302


def test_tries_at_one_address_leave_another_alone(
    known: User, bruno: User, without_redis: None, clock: time_machine.Traveller
) -> None:
    for _try in range(SIGN_INS + 1):
        sign_in(bruno.email, "wrong")
    assert sign_in(known.email)[0] == 302


@pytest.mark.parametrize("path", ["/accounts/code", "/accounts/reset"])
@pytest.mark.parametrize("email", ["amina@example.test", "nobody@example.test"])
def test_sixth_code_is_refused_alike_for_known_and_unknown(
    known: User, without_redis: None, clock: time_machine.Traveller, path: str, email: str
) -> None:
    statuses = [Client().post(path, {"email": email}).status_code for _try in range(CODES)]
    last = Client().post(path, {"email": email})
    assert (statuses, last.status_code) == ([302] * CODES, 429)
    assert SENTENCE in last.content.decode()


def test_staff_meet_the_factor_after_a_mailed_code(
    client: Client, chen: User, settings: Settings, clock: time_machine.Traveller
) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    Authenticator.objects.create(user=chen, type="totp", data={"secret": SECRET})
    client.post("/accounts/code", {"email": chen.email})
    deliver(Mail.objects.get(event="accounts.code"), now=dt.datetime.now(tz=dt.UTC))
    code = next(line for line in str(mail.outbox[-1].body).splitlines() if line.isupper())
    entered = client.post("/accounts/code/confirm", {"code": code.strip()})
    assert (entered["Location"], client.get("/staff/").status_code) == ("/accounts/factor", 302)


def test_change_of_security_is_told_however_often(amina: User) -> None:
    for _change in range(CODES + 1):
        AccountAdapter().send_mail("mfa/email/totp_deactivated", amina.email, {})
    assert Mail.objects.filter(event="accounts.security_changed").count() == CODES + 1


def test_factor_is_refused_after_ten_wrong_codes(
    client: Client, chen: User, without_redis: None, clock: time_machine.Traveller
) -> None:
    chen.set_password(PASSWORD)
    chen.save()
    Authenticator.objects.create(user=chen, type="totp", data={"secret": SECRET})
    client.post("/accounts/login", {"login": chen.email, "password": PASSWORD})
    wrong = [client.post("/accounts/factor", {"code": "000000"}) for _try in range(FACTOR_TRIES)]
    assert {answer.status_code for answer in wrong} == {200}
    counter = int(dt.datetime.now(tz=dt.UTC).timestamp()) // 30
    code = format_hotp_value(hotp_value(SECRET, counter))
    assert client.post("/accounts/factor", {"code": code}).status_code == 429
    assert client.get("/staff/").status_code == 302


def test_right_passwords_are_not_counted(
    known: User, without_redis: None, clock: time_machine.Traveller
) -> None:
    answers = {sign_in(known.email)[0] for _time in range(SIGN_INS + 1)}
    assert answers == {302}


def test_one_place_may_not_try_every_address(
    known: User, without_redis: None, clock: time_machine.Traveller
) -> None:
    request = RequestFactory().post("/", REMOTE_ADDR="203.0.113.9")
    key, now = "sign-in-from:203.0.113.9", dt.datetime.now(tz=dt.UTC)
    for _try in range(SIGN_INS_FROM_ONE_PLACE):
        allow(key, limit=SIGN_INS_FROM_ONE_PLACE, window=WINDOW, now=now)
    with pytest.raises(TooOften):
        AccountAdapter().authenticate(request, email=known.email, password=PASSWORD)


def test_staff_meet_the_factor_after_a_reset_password(
    client: Client, chen: User, settings: Settings, clock: time_machine.Traveller
) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    Authenticator.objects.create(user=chen, type="totp", data={"secret": SECRET})
    client.post("/accounts/reset", {"email": chen.email})
    deliver(Mail.objects.get(event="accounts.code"), now=dt.datetime.now(tz=dt.UTC))
    code = next(line for line in str(mail.outbox[-1].body).splitlines() if line.isupper())
    client.post("/accounts/reset/confirm", {"code": code.strip()})
    client.post("/accounts/reset/complete", {"password1": PASSWORD, "password2": PASSWORD})
    assert client.get("/staff/")["Location"].startswith("/accounts/login")
    again = client.post("/accounts/login", {"login": chen.email, "password": PASSWORD})
    assert (again["Location"], client.get("/staff/").status_code) == ("/accounts/factor", 302)
