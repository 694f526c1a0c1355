"""Once a week, in one mail: which host opened which paper. Our own reviewers are not in it."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db.models import QuerySet

from rotations.applications.notifications import tell_of_views
from rotations.providers.queries import houses_of
from usce.accounts.models import User
from usce.audit.models import AccessLog

WEEK = timedelta(days=7)
WEEKS_BACK = 3  # as long may a beat be away before a week is told by nobody
MOST_LINES = 12


def tell_who_saw(now: datetime) -> None:
    """Tell of each past week once, however often and however late this is called."""
    monday = now.replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(days=now.weekday())
    for back in range(WEEKS_BACK, 0, -1):
        begin = monday - back * WEEK
        views = AccessLog.objects.filter(at__gte=begin, at__lt=begin + WEEK, viewer__staff_roles=[])
        subjects = views.order_by().values_list("subject", flat=True).distinct()
        for person in User.objects.filter(pk__in=subjects).iterator():
            lines = list(dict.fromkeys(_lines(views.filter(subject=person))))
            tell_of_views(person, lines[:MOST_LINES], len(lines), week=begin.date(), now=now)


def _lines(views: QuerySet[AccessLog]) -> Iterator[str]:
    rows = list(views.select_related("viewer").order_by("at", "id"))
    houses = houses_of({view.viewer_id for view in rows})
    for view in rows:
        thing, _space, verb = view.what.rpartition(" ")
        who = houses.get(view.viewer_id) or view.viewer.full_name or "Somebody"
        yield f"{who} {verb} your {_inside(thing)} on {view.at.day} {view.at:%B}"


def _inside(thing: str) -> str:
    """As it is written within a sentence: an abbreviation stays as it is."""
    return thing if thing[1:2].isupper() else thing[:1].lower() + thing[1:]
