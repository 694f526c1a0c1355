"""Where allauth touches the rest of the house: mails, redirects, sign-up."""

from datetime import timedelta
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.contrib.auth.models import AbstractBaseUser
from django.http import HttpRequest
from django.utils import timezone

from usce.accounts.models import User
from usce.accounts.notifications import BY_PREFIX, CHANGED
from usce.ids import new_public_id
from usce.limits.actions import check, forget
from usce.notifications.actions import notify

SIGN_INS, CODES, WINDOW = 10, 5, timedelta(minutes=15)
# Whole hospitals and schools sit behind one address.
SIGN_INS_FROM_ONE_PLACE, CODES_FROM_ONE_PLACE = 100, 50


class AccountAdapter(DefaultAccountAdapter):
    """Sends allauth's mails through the outbox; an unknown kind of mail is an error, at once."""

    def authenticate(self, request: HttpRequest, **credentials: Any) -> AbstractBaseUser | None:
        """At most ten wrong passwords for one address in a quarter of an hour, whoever tries.

        Each try is counted before it is looked at, so that many at once pass no more. The right
        password takes back the count of its address, not that of the place it came from.
        """
        key, place, now = _key(credentials), self.get_client_ip(request), timezone.now()
        check(f"sign-in-from:{place}", limit=SIGN_INS_FROM_ONE_PLACE, window=WINDOW, now=now)
        check(key, limit=SIGN_INS, window=WINDOW, now=now)
        user: AbstractBaseUser | None = super().authenticate(request, **credentials)
        if user is not None:
            forget(key, window=WINDOW, now=now)
        return user

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        event, purpose = BY_PREFIX[template_prefix]
        now = timezone.now()
        if event is not CHANGED:  # who changes much still has it told each time
            check(f"mail:{event.name}:{email.lower()}", limit=CODES, window=WINDOW, now=now)
            place = self.get_client_ip(self.request)
            check(f"mail-from:{place}", limit=CODES_FROM_ONE_PLACE, window=WINDOW, now=now)
        person = User.objects.filter(email__iexact=email).first()
        code = context.get("code")
        notify(
            event.name,
            to=person or email,
            facts={"purpose": purpose, "what": purpose},
            unique_key=f"{event.name}:{new_public_id()}",
            now=now,
            secret={"code": str(code)} if code else None,
        )


def _key(credentials: dict[str, Any]) -> str:
    address = str(credentials.get("email") or credentials.get("username") or "")
    return f"sign-in:{address.lower()}"
