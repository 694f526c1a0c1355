"""A browser's manners without a browser: one cookie jar, CSRF, no redirects followed."""

import http.client
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from urllib.parse import urlencode, urlsplit

from django.test import Client

from usce.accounts.models import User


@dataclass(frozen=True)
class Answer:
    status: int
    location: str
    body: str


@dataclass
class Visitor:
    """A signed-in person who speaks HTTP to the stack."""

    base: str
    cookies: dict[str, str] = field(default_factory=dict)

    def get(self, path: str) -> Answer:
        return self._send("GET", path, None)

    def post(self, path: str, **fields: str) -> Answer:
        return self._send("POST", path, urlencode(fields))

    def _send(self, method: str, path: str, body: str | None) -> Answer:
        place = urlsplit(self.base)
        link = http.client.HTTPConnection(place.hostname or "", place.port, timeout=60)
        headers = {
            "Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items()),
            "X-CSRFToken": self.cookies.get("csrftoken", ""),
            "Origin": self.base,
            "Content-Type": "application/x-www-form-urlencoded",
        }
        try:
            link.request(method, path, body, headers)
            response = link.getresponse()
            for line in response.headers.get_all("Set-Cookie", []):
                for name, morsel in SimpleCookie(line).items():
                    self.cookies[name] = morsel.value
            text = response.read().decode(errors="replace")
            return Answer(response.status, response.headers.get("Location", ""), text)
        finally:
            link.close()


def signed_in(base: str, user: User) -> Visitor:
    """A visitor with a session of the user's, made in the stack's own database."""
    client = Client()
    client.force_login(user)
    cookies = {name: morsel.value for name, morsel in client.cookies.items()}
    return Visitor(base, {**cookies, "csrftoken": "c" * 32})


def get(url: str) -> Answer:
    place = urlsplit(url)
    return Visitor(f"{place.scheme}://{place.netloc}").get(place.path or "/")
