"""Who saw a person's papers, in the words she reads."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from django.db.models import Count, Max, QuerySet

from rotations.providers.models import Member
from usce.accounts.models import User
from usce.audit.models import AccessLog
from usce.audit.queries import who_saw

STAFF = "staff"
STAFF_NAME = "Rounds staff"
MOST = 100


@dataclass(frozen=True)
class View:
    at: datetime
    who: str
    house: str
    what: str


@dataclass(frozen=True)
class Group:
    """`query` narrows the list to it."""

    name: str
    note: str
    count: int
    last_at: datetime
    query: str


def views_like(person: User, *, what: str, who: str) -> QuerySet[AccessLog]:
    rows = who_saw(person)
    if what:
        rows = rows.filter(what__startswith=what)
    if who == STAFF:
        rows = rows.exclude(viewer__staff_roles=[])
    elif who:
        rows = rows.filter(viewer__public_id=who, viewer__staff_roles=[])
    return rows


def named(views: Iterable[AccessLog]) -> list[View]:
    """One query for the houses of all viewers."""
    shown = list(views)
    houses = _houses({view.viewer_id for view in shown})
    return [
        View(
            view.at,
            _name(view.viewer),
            "" if view.viewer.is_staff else houses.get(view.viewer_id, ""),
            view.what,
        )
        for view in shown
    ]


def by_thing(person: User) -> list[Group]:
    """Each paper, and how often it was opened; what was opened and what was downloaded together."""
    rows = who_saw(person).order_by().values_list("what").annotate(Count("pk"), Max("at"))
    found: dict[str, Group] = {}
    for what, count, last_at in rows:
        thing = what.rpartition(" ")[0] or what
        known = found.get(thing)
        query = urlencode({"what": thing})
        total = count + (known.count if known else 0)
        newest = max(last_at, known.last_at) if known else last_at
        found[thing] = Group(thing, "", total, newest, query)
    return sorted(found.values(), key=lambda group: group.last_at, reverse=True)[:MOST]


def by_viewer(person: User) -> list[Group]:
    """Each person, and how often; our staff as one."""
    rows = list(who_saw(person).order_by().values_list("viewer").annotate(Count("pk"), Max("at")))
    people = User.objects.in_bulk([viewer for viewer, _count, _last in rows])
    houses = _houses(set(people))
    found: dict[str, Group] = {}
    for viewer, count, last_at in rows:
        who = people[viewer]
        key = STAFF if who.is_staff else who.public_id
        known = found.get(key)
        total = count + (known.count if known else 0)
        newest = max(last_at, known.last_at) if known else last_at
        house = "" if who.is_staff else houses.get(viewer, "")
        found[key] = Group(_name(who), house, total, newest, urlencode({"who": key}))
    return sorted(found.values(), key=lambda group: group.last_at, reverse=True)[:MOST]


def _name(viewer: User) -> str:
    return STAFF_NAME if viewer.is_staff else viewer.full_name or "Somebody without an account now"


def _houses(viewers: set[int]) -> dict[int, str]:
    """The provider for which each works, or last worked."""
    rows = Member.objects.filter(user__in=viewers).select_related("provider").order_by("id")
    return {member.user_id: member.provider.name for member in rows}
