"""Who stands behind a token."""

from typing import Any

from django.utils import timezone
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from usce.accounts.models import ApiToken, User
from usce.accounts.tokens import digest_of, note_use


class TokenAuthentication(BaseAuthentication):
    """`Authorization: Bearer rounds_...`; a token that is not good any more is 401, at once."""

    def authenticate(self, request: Request) -> tuple[User, ApiToken] | None:
        parts = get_authorization_header(request).split()
        if not parts or parts[0].lower() != b"bearer":
            return None
        if len(parts) != 2:
            raise AuthenticationFailed("Write: Authorization: Bearer, a space, and the token.")
        now = timezone.now()
        rows = ApiToken.objects.select_related("user").filter(digest=digest_of(parts[1]))
        token = rows.first()
        if token is None or not token.is_good(now):
            raise AuthenticationFailed("This token is unknown, has ended or was taken back.")
        note_use(token, now=now)
        return token.user, token

    def authenticate_header(self, request: Request) -> str:  # noqa: ARG002 -- as the library calls it
        return "Bearer"


class TokenScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    target_class = "usce.accounts.api.TokenAuthentication"
    name = "token"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:  # noqa: ARG002 -- as the library calls it
        return {"type": "http", "scheme": "bearer"}
