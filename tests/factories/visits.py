"""A browser with a person signed in, staff with their second factor."""

import time

from allauth.mfa.models import Authenticator
from django.test import Client

from usce.accounts.models import User


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    if user.is_staff:
        Authenticator.objects.get_or_create(
            user=user, type=Authenticator.Type.TOTP, defaults={"data": {"secret": "S"}}
        )
        session = client.session
        session["account_authentication_methods"] = [{"method": "mfa", "at": time.time()}]
        session["account_authentication_methods_user"] = str(user.pk)
        session.save()
    return client
