"""What every page's frame shows: navigation by audience, the account menu, footer, banners."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.conf import settings
from django.db.models import Exists
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import SimpleLazyObject

from payments.permissions import can_see_money
from rotations.applications.models import Application
from rotations.console.permissions import can_see_audit, can_see_people, can_see_system
from rotations.providers.models import Member, Provider
from rotations.providers.permissions import PAYOUT_ROLES, can_verify
from rotations.providers.queries import memberships_of
from usce.accounts.models import User
from usce.notifications.queries import unread_count


@dataclass(frozen=True)
class Item:
    label: str
    url: str
    current: bool = False
    count: int = 0
    post: bool = False


@dataclass(frozen=True)
class Group:
    title: str
    links: list[Item]


@dataclass(frozen=True)
class Menu:
    name: str
    links: list[Item]


def site(request: HttpRequest) -> dict[str, Any]:
    """Evaluated only by pages that show it, so that fragments and redirects cost nothing."""
    # A request refused by the first middlewares (an unknown host, say) has no user yet.
    asker = getattr(request, "user", None)
    user = asker if isinstance(asker, User) else None
    frame = _Frame(request, user)
    return {
        "nav": _lazily(frame.navigation),
        "account": _lazily(frame.account_menu),
        "system": _lazily(frame.system_menu),
        "footer": _lazily(frame.footer),
        "site_banner": "",
        "demo_banner": DEMO if settings.HAS_DEVSTACK else "",
        "has_devstack": settings.HAS_DEVSTACK,
    }


DEMO = "Demonstration: every provider, person and price here is invented, and no card is charged."


PROVIDER_PAGES = [
    ("Today", "console:provider-home"),
    ("Rotations", "console:provider-rotations"),
    ("Applicants", "console:provider-applicants"),
    ("Learners", "console:provider-learners"),
    ("Questions", "conversations:questions"),
]
APPLICANT_ACCOUNT = [
    ("Saved rotations", "discovery:saved"),
    ("Profile", "profiles:edit"),
    ("Who saw my papers", "console:access"),
]

FOOTER = [
    (
        "Trust",
        [
            ("What we check", "discovery:trust"),
            ("How your money moves", "discovery:money"),
            ("Fees", "discovery:fees"),
            ("Refunds", "discovery:refunds"),
        ],
    ),
    (
        "Learn",
        [
            ("How it works", "discovery:how-it-works"),
            ("What each status means", "discovery:statuses"),
            ("Find rotations", "discovery:rotations"),
            ("For providers", "discovery:for-providers"),
        ],
    ),
    (
        "Rounds",
        [
            ("About", "discovery:about"),
            ("Contact", "conversations:contact"),
            ("Complaints", "discovery:complaints"),
            ("Service status", "status"),
            ("Accessibility", "discovery:accessibility"),
        ],
    ),
    (
        "Legal",
        [
            ("Terms", "discovery:terms"),
            ("Provider agreement", "discovery:provider-agreement"),
            ("Privacy", "discovery:privacy"),
            ("Health papers", "discovery:health-papers"),
            ("Truthful papers", "discovery:truthful-papers"),
            ("Cookies", "discovery:cookies"),
            ("Security", "discovery:disclosure"),
        ],
    ),
]


def _lazily(make: Callable[[], object]) -> Any:
    return SimpleLazyObject(make)


class _Frame:
    def __init__(self, request: HttpRequest, user: User | None) -> None:
        self.request, self.user = request, user

    def navigation(self) -> list[Item]:
        if self.user is None:
            return self._items(
                [
                    ("Find rotations", "discovery:rotations"),
                    ("How it works", "discovery:how-it-works"),
                    ("For providers", "discovery:for-providers"),
                    ("Sign in", "account_login"),
                ]
            )
        if self.user.is_staff:
            return self._items(_staff_pages(self.user))
        if slug := self._slug():
            return self._items(PROVIDER_PAGES, provider_slug=slug)
        items = self._items(
            [
                ("Home", "console:home"),
                ("Find", "discovery:rotations"),
                ("Applications", "applications:list"),
                ("Documents", "documents:vault"),
            ]
        )
        return [*items, self._messages(self.user)]

    def _slug(self) -> str:
        """The provider whose rooms these are, or the first of whoever only works for a team."""
        match = self.request.resolver_match
        here = str(match.kwargs.get("provider_slug", "")) if match else ""
        return here or (self._teams[0].slug if self._only_works else "")

    @property
    def _teams(self) -> list[Provider]:
        return [membership.provider for membership in self._memberships]

    @property
    def _memberships(self) -> list[Member]:
        return self._work[0]

    @property
    def _only_works(self) -> bool:
        """Whether the person has a team and never applied: then nothing of applicants is shown."""
        return self._work[1]

    @cached_property
    def _work(self) -> tuple[list[Member], bool]:
        """The person's teams, and whether she only works; in one query, since every page asks."""
        if self.user is None:
            return [], False
        applied = Exists(Application.objects.filter(applicant=self.user))
        memberships = list(memberships_of(self.user).annotate(has_applied=applied))
        return [*memberships], bool(memberships) and not memberships[0].has_applied

    def system_menu(self) -> Menu | None:
        """What keeps the house running: for staff and for a team, beside their navigation."""
        if self.user is None:
            return None
        if not self.user.is_staff:
            slug = self._slug()
            pages = self._team_pages(slug)
            return Menu("Organization", self._items(pages, provider_slug=slug)) if slug else None
        return Menu("System", self._items(_system_pages(self.user)))

    def _team_pages(self, slug: str) -> list[tuple[str, str]]:
        roles = [own.role for own in self._memberships if own.provider.slug == slug]
        sees_money = any(role in PAYOUT_ROLES for role in roles)
        money = [("Payouts", "providers:payouts")] if sees_money else []
        return [*money, ("Team and sites", "providers:team")]

    def account_menu(self) -> Menu | None:
        if self.user is None:
            return None
        return Menu(str(self.user), [*self._account_pages(self.user), self._sign_out()])

    def _account_pages(self, user: User) -> list[Item]:
        pages = [("Settings", "mfa_index")]
        if user.is_staff:
            return self._items(pages)
        teams = [self._provider(team) for team in self._teams]
        if self._only_works:
            return [*teams, self._messages(user), *self._items(pages)]
        home = [("My home", "console:home")] if teams else []
        return [*teams, *self._items([*home, *APPLICANT_ACCOUNT, *pages])]

    def _sign_out(self) -> Item:
        return Item("Sign out", reverse("account_logout"), post=True)

    def footer(self) -> list[Group]:
        return [Group(title, self._items(pages)) for title, pages in FOOTER]

    def _provider(self, provider: Provider) -> Item:
        url = reverse("console:provider-home", args=[provider.slug])
        return Item(provider.name, url, self.request.path.startswith(url))

    def _messages(self, user: User) -> Item:
        url = reverse("console:messages")
        return Item("Messages", url, self.request.path.startswith(url), unread_count(user))

    def _items(self, pages: list[tuple[str, str]], **kwargs: str) -> list[Item]:
        found = [(label, reverse(name, kwargs=kwargs or None)) for label, name in pages]
        return [Item(label, url, self.request.path == url) for label, url in found]


def _staff_pages(user: User) -> list[tuple[str, str]]:
    pages = [("Queue", "console:queue")]
    if can_see_people(user) or can_verify(user):
        pages.append(("People and places", "console:people"))
    if can_see_money(user):
        pages.append(("Money", "console:money"))
    return pages


def _system_pages(user: User) -> list[tuple[str, str]]:
    pages = []
    if can_see_system(user):
        pages += [
            ("Mail", "console:mails"),
            ("Jobs", "console:jobs"),
            ("Webhooks", "console:webhooks"),
        ]
    if can_see_audit(user):
        pages.append(("Audit", "console:audit"))
    return [*pages, ("Status", "status")]
