"""Where allauth touches the rest of the house: mails, redirects, sign-up."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.utils import timezone

from usce.accounts.models import User
from usce.accounts.notifications import BY_PREFIX
from usce.ids import new_public_id
from usce.notifications.actions import notify


class AccountAdapter(DefaultAccountAdapter):
    """Sends allauth's mails through the outbox; an unknown kind of mail is an error, at once."""

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        event, purpose = BY_PREFIX[template_prefix]
        person = User.objects.filter(email__iexact=email).first()
        code = context.get("code")
        notify(
            event.name,
            to=person or email,
            facts={"purpose": purpose, "what": purpose},
            unique_key=f"{event.name}:{new_public_id()}",
            now=timezone.now(),
            secret={"code": str(code)} if code else None,
        )
