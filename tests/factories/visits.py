"""A browser with a person signed in by a second factor, as every careful person is."""

import time

from allauth.mfa.models import Authenticator
from django.test import Client

from usce.accounts.models import User


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    Authenticator.objects.get_or_create(
        user=user, type=Authenticator.Type.TOTP, defaults={"data": {"secret": "S"}}
    )
    session = client.session
    session["account_authentication_methods"] = [{"method": "mfa", "at": time.time()}]
    session["account_authentication_methods_user"] = str(user.pk)
    session.save()
    return client


def recent_client_of(user: User) -> Client:
    """The same, and the person has given the code again in the last minutes."""
    client = client_of(user)
    session = client.session
    session["account_authentication_methods"] = [
        {"method": "mfa", "at": time.time(), "reauthenticated": True}
    ]
    session.save()
    return client
