"""Setting the second factor up, on a committed database: its proof is noted on commit."""

import time

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.test import Client

from tests.factories.accounts import UserFactory

PASSWORD = "correct horse battery"


def test_session_that_set_the_app_up_goes_on(clean_db: str) -> None:
    chen = UserFactory(email="chen@example.test", staff_roles=["reviewer"])
    EmailAddress.objects.create(user=chen, email=chen.email, verified=True, primary=True)
    chen.set_password(PASSWORD)
    chen.save()
    client = Client()
    client.post("/accounts/login", {"login": chen.email, "password": PASSWORD})
    client.post("/accounts/reauthenticate?next=/accounts/factor/app", {"password": PASSWORD})
    secret = client.get("/accounts/factor/app").context["form"].secret
    code = format_hotp_value(hotp_value(secret, int(time.time()) // 30))
    client.post("/accounts/factor/app", {"code": code})
    assert Authenticator.objects.filter(user=chen, type="totp").exists()
    assert client.get("/accounts/factor/codes").status_code == 200
    assert client.get("/staff/").status_code == 200
