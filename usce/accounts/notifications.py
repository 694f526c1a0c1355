"""Mails about signing in. Codes travel sealed and are wiped once they have left."""

from datetime import datetime

from django.urls import reverse

from usce.accounts.models import ConsentRecord, User
from usce.accounts.texts import Text
from usce.ids import new_public_id
from usce.notifications.actions import notify
from usce.notifications.events import Event, MailClass, register
from usce.ui.dates import day_short, moment

CODE = register(
    Event(
        "accounts.code",
        "anybody",
        MailClass.TRANSACTIONAL,
        "Your code for Rounds",
        "emails/accounts/code",
        {"purpose": "sign in"},
    )
)
ALREADY = register(
    Event(
        "accounts.already_registered",
        "anybody",
        MailClass.TRANSACTIONAL,
        "You have an account on Rounds already",
        "emails/accounts/already_registered",
        {"purpose": ""},
    )
)
UNKNOWN = register(
    Event(
        "accounts.unknown_address",
        "anybody",
        MailClass.TRANSACTIONAL,
        "No account with this address on Rounds",
        "emails/accounts/unknown_address",
        {"purpose": ""},
    )
)
CHANGED = register(
    Event(
        "accounts.security_changed",
        "anybody",
        MailClass.TRANSACTIONAL,
        "{{ what }} on your Rounds account",
        "emails/accounts/security_changed",
        {"what": "The password was changed"},
    )
)
NEW_DEVICE = register(
    Event(
        "accounts.new_device",
        "anybody",
        MailClass.TRANSACTIONAL,
        "New sign-in to your account",
        "emails/accounts/new_device",
        {"browser": "Firefox on Linux", "at": "Fri 14 Mar 2026, 17:00 Chicago"},
    )
)
TEXT_CHANGED = register(
    Event(
        "accounts.text_changed",
        "anybody",
        MailClass.TRANSACTIONAL,
        "{{ title }}: what is different",
        "emails/accounts/text_changed",
        {
            "title": "Terms for applicants",
            "changes": "The deposit is named in words.",
            "published": "1 Jun 2026",
            "path": "/terms",
        },
    )
)

SIGNED = register(
    Event(
        "accounts.signed",
        "anybody",
        MailClass.TRANSACTIONAL,
        "You signed: {{ title }}",
        "emails/accounts/signed",
        {
            "title": "Truthful papers",
            "version": "2026-11-draft",
            "name": "Amina Farouk",
            "path": "/accounts/signed/0123456789abcdef",
        },
    )
)


def tell_signed(signed: ConsentRecord, text: Text, *, now: datetime) -> None:
    facts = {
        "title": text.title,
        "version": text.version,
        "name": signed.signed_name,
        "path": reverse("account_signed", args=[signed.public_id]),
    }
    key = f"accounts.signed:{signed.public_id}"
    notify(SIGNED.name, to=signed.user, facts=facts, unique_key=key, now=now)


# What allauth calls its mails, and which of ours each one is.
BY_PREFIX: dict[str, tuple[Event, str]] = {
    "account/email/login_code": (CODE, "sign in"),
    "account/email/email_confirmation_signup": (CODE, "confirm your e-mail address"),
    "account/email/email_confirmation": (CODE, "confirm your e-mail address"),
    "account/email/password_reset_code": (CODE, "choose a new password"),
    "account/email/account_already_exists": (ALREADY, ""),
    "account/email/unknown_account": (UNKNOWN, ""),
    "account/email/password_changed": (CHANGED, "The password was changed"),
    "account/email/password_set": (CHANGED, "A password was set"),
    "account/email/password_reset": (CHANGED, "The password was changed"),
    "account/email/email_changed": (CHANGED, "The e-mail address was changed"),
    "account/email/email_deleted": (CHANGED, "An e-mail address was removed"),
    "account/email/email_confirm": (CHANGED, "The e-mail address was confirmed"),
    "mfa/email/totp_activated": (CHANGED, "The second factor was switched on"),
    "mfa/email/totp_deactivated": (CHANGED, "The second factor was switched off"),
    "mfa/email/recovery_codes_generated": (CHANGED, "New recovery codes were made"),
}

BROWSERS = ("Edg", "OPR", "Firefox", "Chrome", "Safari")
NAMES = {"Edg": "Edge", "OPR": "Opera"}
SYSTEMS = ("iPhone", "iPad", "Android", "Windows", "Mac OS X", "CrOS", "Linux")


def tell_new_device(user: User, agent: str, *, now: datetime) -> None:
    """The browser in two words of ours: what it says of itself is not repeated."""
    facts = {"browser": browser_of(agent), "at": moment(now, user.time_zone)}
    key = f"accounts.new_device:{new_public_id()}"
    notify(NEW_DEVICE.name, to=user, facts=facts, unique_key=key, now=now)


def browser_of(agent: str) -> str:
    browser = next((name for name in BROWSERS if name in agent), "")
    system = next((name for name in SYSTEMS if name in agent), "")
    if not browser:
        return "a browser we do not know"
    return NAMES.get(browser, browser) + (f" on {system}" if system else "")


def tell_text_changed(user: User, text: Text, *, now: datetime) -> None:
    facts = {
        "title": text.title,
        "changes": text.changes,
        "published": day_short(text.published_on),
        "path": f"/{text.key}",
    }
    key = f"accounts.text_changed:{text.key}:{text.version}:{user.public_id}"
    notify(TEXT_CHANGED.name, to=user, facts=facts, unique_key=key, now=now)
