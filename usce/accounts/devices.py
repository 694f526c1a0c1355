"""Which browsers a person has signed in from: the browser itself remembers, in a signed cookie."""

from datetime import datetime, timedelta

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse

from usce.accounts.models import User

COOKIE, SALT = "device", "rounds.device"
LIFE = timedelta(days=365)
MOST_PEOPLE = 5
# Whoever has just made the account knows where she is.
NOT_NEW_FOR = timedelta(hours=1)


def is_new(request: HttpRequest, user: User, *, now: datetime) -> bool:
    """Whether this browser has not been signed in from, by this person, in the last year."""
    return user.joined_at < now - NOT_NEW_FOR and user.public_id not in people_of(request)


def people_of(request: HttpRequest) -> list[str]:
    """Who signed in from here, the last one first; nobody when the cookie is not ours."""
    try:
        found = signing.loads(request.COOKIES.get(COOKIE, ""), salt=SALT, max_age=LIFE)
    except signing.BadSignature:
        return []
    return [str(public_id) for public_id in found]


def remember(request: HttpRequest, response: HttpResponse, user: User) -> None:
    """Let this browser know the person from now on."""
    others = [public_id for public_id in people_of(request) if public_id != user.public_id]
    value = signing.dumps([user.public_id, *others][:MOST_PEOPLE], salt=SALT)
    response.set_cookie(
        COOKIE,
        value,
        max_age=LIFE,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
