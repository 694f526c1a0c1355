from pathlib import Path

import allauth
import pytest
from allauth.account.adapter import get_adapter
from allauth.core.context import request_context
from django.core.cache import cache
from django.test import RequestFactory
from django.utils import timezone
from pytest_django import Settings

from usce.accounts.models import User
from usce.accounts.notifications import BY_PREFIX
from usce.notifications.actions import deliver
from usce.notifications.models import Mail
from usce.notifications.states import MailState

TEMPLATES = Path(allauth.__file__).parent / "templates"
# No mails of their own, or ways in that we do not offer: links in place of codes, security keys.
NOT_OURS = {
    "account/email/base",
    "account/email/base_notification",
    "account/email/password_reset_key",
    "mfa/email/webauthn_added",
    "mfa/email/webauthn_removed",
}


def prefixes() -> set[str]:
    return {
        f"{part}/email/{path.name.removesuffix('_message.txt').removesuffix('.txt')}"
        for part in ("account", "mfa")
        for path in (TEMPLATES / part / "email").glob("*.txt")
        if not path.name.endswith("_subject.txt")
    }


def test_each_mail_of_allauth_has_its_event() -> None:
    assert set(BY_PREFIX) == prefixes() - NOT_OURS


@pytest.mark.parametrize("prefix", sorted(BY_PREFIX))
def test_each_mail_of_allauth_leaves(
    prefix: str, amina: User, rf: RequestFactory, settings: Settings
) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    cache.clear()
    with request_context(rf.get("/")):
        get_adapter().send_mail(prefix, amina.email, {"code": "428113"})
    mail = Mail.objects.get()
    deliver(mail, now=timezone.now())
    assert mail.state == MailState.SENT
