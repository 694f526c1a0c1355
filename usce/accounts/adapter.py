"""Where allauth touches the rest of the house: mails, redirects, sign-up."""

from datetime import timedelta
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest
from django.utils import timezone

from usce.accounts.models import User
from usce.accounts.notifications import BY_PREFIX, CHANGED
from usce.ids import new_public_id
from usce.limits.actions import check
from usce.notifications.actions import notify

SIGN_INS, CODES, WINDOW = 10, 5, timedelta(minutes=15)


class AccountAdapter(DefaultAccountAdapter):
    """Sends allauth's mails through the outbox; an unknown kind of mail is an error, at once."""

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """At most ten tries at one address in a quarter of an hour, whoever makes them."""
        super().pre_authenticate(request, **credentials)
        address = str(credentials.get("email") or credentials.get("username") or "").lower()
        check(f"sign-in:{address}", limit=SIGN_INS, window=WINDOW, now=timezone.now())

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        event, purpose = BY_PREFIX[template_prefix]
        now = timezone.now()
        if event is not CHANGED:  # who changes much still has it told each time
            check(f"mail:{event.name}:{email.lower()}", limit=CODES, window=WINDOW, now=now)
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
