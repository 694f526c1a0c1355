"""What is kept its time goes, at the very boundary, and not a moment before."""

import datetime as dt

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone

from applicants.documents.kinds import KINDS
from usce.accounts.models import ApiToken, User
from usce.audit.models import AccessLog
from usce.jobs.models import Job, JobState
from usce.links.actions import grant
from usce.links.models import Grant
from usce.notifications.models import Mail
from usce.rights.retention import AT_ONCE, JOBS, LINKS, MAILS, TOKENS, rules, sweep
from usce.rights.tasks import let_go_of_what_is_outlived

pytestmark = pytest.mark.django_db
MOMENT = dt.timedelta(seconds=1)


def a_mail(person: User, at: dt.datetime) -> Mail:
    return Mail.objects.create(
        event="documents.accepted", recipient=person, address=person.email, unique_key=f"k{at}",
        facts={"kind": "CV"}, state="sent", created_at=at,
    )  # fmt: skip


def test_words_of_mails_go_after_a_year(dora: User, now: dt.datetime) -> None:
    young, old = a_mail(dora, now - MAILS), a_mail(dora, now - MAILS - MOMENT)
    sweep(now)
    young.refresh_from_db()
    old.refresh_from_db()
    assert (young.facts, young.emptied_at) == ({"kind": "CV"}, None)
    assert (old.facts, old.address, old.emptied_at) == ({}, "erased@erased.invalid", now)


def test_links_tokens_and_failed_work_go_in_time(dora: User, now: dt.datetime) -> None:
    for age in (LINKS, LINKS + MOMENT):
        end = now - age
        grant("t", subject_type="t", subject_id=1, expires_at=end, now=end - dt.timedelta(days=1))
    for number, age in enumerate((TOKENS, TOKENS + MOMENT)):
        for ended in (True, False):
            made = now - age - dt.timedelta(days=365)
            ApiToken.objects.create(
                user=dora, name="t", digest=f"{number}{ended}", made_at=made,
                expires_at=now if ended else now - age, revoked_at=now - age if ended else None,
            )  # fmt: skip
    for age in (JOBS, JOBS + MOMENT):
        Job.objects.create(
            name="t", run_after=now, created_at=now, state=JobState.FAILED, finished_at=now - age
        )
    sweep(now)
    assert (Grant.objects.count(), ApiToken.objects.count(), Job.objects.count()) == (1, 2, 1)


def test_sessions_go_once_they_have_ended(now: dt.datetime) -> None:
    for number, end in enumerate((now - MOMENT, now)):
        Session.objects.create(session_key=f"s{number}", session_data="", expire_date=end)
    sweep(now)
    assert Session.objects.get().session_key == "s1"


def test_views_go_after_three_years(dora: User, bruno: User) -> None:
    today = timezone.now()
    for days in (3 * 365, 3 * 366):
        AccessLog.objects.create(
            at=today - dt.timedelta(days=days), viewer=bruno, subject=dora, what="x",
            target_type="t", target_id=1,
        )  # fmt: skip
    let_go_of_what_is_outlived()
    assert AccessLog.objects.count() == 1


def test_one_sweep_bites_off_a_thousand(now: dt.datetime) -> None:
    end = now - LINKS - MOMENT
    Grant.objects.bulk_create(
        Grant(
            scope="t", subject_type="t", subject_id=1, token_hash=str(number), expires_at=end,
            created_at=end - MOMENT,
        )
        for number in range(AT_ONCE + 1)
    )  # fmt: skip
    what = "Links that open something without signing in"
    assert [sweep(now)[what] for _ in range(3)] == [AT_ONCE, 1, 0]


def test_table_names_every_kind_of_paper_with_its_days() -> None:
    told = {rule.what: rule.kept for rule in rules()}
    for kind in KINDS.values():
        assert f"{kind.keep_days} days after it is last needed" in told.values()
    assert any("TB test" in what and kept.startswith("30 days") for what, kept in told.items())


def test_page_shows_the_table_that_the_sweep_works_by(client: Client) -> None:
    page = client.get("/privacy").content.decode()
    for rule in rules():
        assert rule.kept in page
