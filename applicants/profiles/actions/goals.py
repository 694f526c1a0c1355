from datetime import datetime, timedelta

from django.db import transaction

from applicants.profiles.actions.facts import locked_profile
from applicants.profiles.models import GoalStatement
from applicants.profiles.permissions import can_keep_profile
from applicants.profiles.queries import goals_of
from usce.accounts.models import User
from usce.audit.actions import record
from usce.limits.actions import check
from usce.permissions import Actor, require
from usce.text import clean_text

MOST_A_DAY, DAY = 50, timedelta(days=1)


def write_goal(
    user: User, text: str, *, host_may_read: bool, actor: Actor, now: datetime
) -> GoalStatement | None:
    """Add a version if it differs from the newest; an empty one takes the goals back.

    Gives the version that counts, if there is one. Raises TooOften.
    """
    require(can_keep_profile(actor, user))
    check(f"goals:{user.pk}", limit=MOST_A_DAY, window=DAY, now=now)
    text = clean_text(text)
    with transaction.atomic():
        profile = locked_profile(user, now)
        newest = goals_of(profile).first()
        was = (newest.text, newest.host_may_read) if newest else ("", False)
        if was == (text, bool(text) and host_may_read):
            return newest
        goal = GoalStatement.objects.create(
            profile=profile,
            text=text,
            host_may_read=bool(text) and host_may_read,
            written_at=now,
        )
        record("profiles.goal.written", goal, actor=actor, now=now)
    return goal
