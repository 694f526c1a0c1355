import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from applicants.profiles.actions import write_goal
from applicants.profiles.models import GoalStatement
from applicants.profiles.plan import PlanFacts, PlanState, plan_lines
from applicants.profiles.queries import goals_of, profile_for, shared_goal_of
from tests.factories.visits import client_of
from usce.accounts.models import User
from usce.audit.models import AuditEntry

pytestmark = pytest.mark.django_db
Now = dt.datetime


def write(user: User, text: str, now: Now, *, shared: bool = False) -> GoalStatement | None:
    return write_goal(user, text, host_may_read=shared, actor=user, now=now)


def test_newest_version_counts_and_earlier_ones_stay(amina: User, now: Now) -> None:
    write(amina, "See clinics", now, shared=True)
    write(amina, "See clinics", now, shared=True)
    write(amina, "Learn  to\u202e chart", now)
    texts = [goal.text for goal in goals_of(profile_for(amina))]
    assert texts == ["Learn  to chart", "See clinics"]
    assert AuditEntry.objects.filter(action="profiles.goal.written").count() == 2


def test_host_reads_the_newest_only_when_ticked(amina: User, now: Now) -> None:
    assert shared_goal_of(None) == shared_goal_of(profile_for(amina)) == ""
    write(amina, "See clinics", now, shared=True)
    assert shared_goal_of(profile_for(amina)) == "See clinics"
    write(amina, "See clinics", now)
    assert shared_goal_of(profile_for(amina)) == ""
    assert write(amina, "", now, shared=True) == goals_of(profile_for(amina)).first()
    assert shared_goal_of(profile_for(amina)) == ""


def test_nothing_is_written_for_nothing(amina: User, now: Now) -> None:
    assert write(amina, "", now, shared=True) is None


def test_versions_are_never_changed(amina: User, now: Now) -> None:
    write(amina, "See clinics", now)
    with pytest.raises(IntegrityError), transaction.atomic():
        GoalStatement.objects.update(text="x")
    with pytest.raises(IntegrityError), transaction.atomic():
        GoalStatement.objects.all().delete()


def test_goals_are_her_own(amina: User, dora: User, chen: User, now: Now) -> None:
    for actor in (dora, chen):
        with pytest.raises(PermissionDenied):
            write_goal(amina, "x", host_may_read=False, actor=actor, now=now)


def test_page_keeps_versions_and_words(amina: User) -> None:
    client = client_of(amina)
    for text in ("<b>First</b>", "Second"):
        told = {"text": text, "host_may_read": "on"}
        assert client.post("/profile/goals", told)["Location"] == "/profile"
    page = client.get("/profile/goals").content.decode()
    assert ("&lt;b&gt;First" in page, "<b>First" in page, "Second" in page) == (True, False, True)
    assert "hosts may read them" in client.get("/profile").content.decode()
    long = client.post("/profile/goals", {"text": "x" * 2001})
    assert (long.status_code, "x" * 2001 in long.content.decode()) == (422, True)


def test_page_says_when_it_was_too_often(amina: User) -> None:
    client = client_of(amina)
    for number in range(50):
        client.post("/profile/goals", {"text": f"Version {number}"})
    refused = client.post("/profile/goals", {"text": "One more"})
    assert (refused.status_code, "One more" in refused.content.decode()) == (422, True)


def test_plan_has_five_lines_and_no_sum(amina: User) -> None:
    lines = plan_lines(PlanFacts(place=True, hands_on=False))
    assert [line.state for line in lines] == [
        PlanState.YES,
        PlanState.NOT_YET,
        *[PlanState.UNKNOWN] * 3,
    ]
    page = client_of(amina).get("/profile").content.decode()
    assert (page.count("Unknown"), page.count("Not yet")) == (4, 1)
    assert "%" not in page.partition("Your plan")[2].partition("</ul>")[0]
