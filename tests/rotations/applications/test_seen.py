"""Which host opened which paper: told once a week, by the host's name."""

import datetime as dt

from rotations.applications.actions import tell_who_saw
from rotations.applications.tasks import tell_who_saw_papers
from rotations.providers.models import Provider
from usce.accounts.models import User
from usce.audit.actions import record_access
from usce.notifications.models import Mail

MONDAY = dt.datetime(2026, 5, 4, 6, tzinfo=dt.UTC)
SUNDAY = dt.datetime(2026, 5, 3, 22, tzinfo=dt.UTC)


def seen(person: User, viewer: User, at: dt.datetime, what: str = "Passport page opened") -> None:
    record_access(what, person, viewer=viewer, subject=person, now=at)


def told() -> list[list[str]]:
    mails = Mail.objects.filter(event="applications.seen").order_by("id")
    return [mail.facts["lines"] for mail in mails]


def test_last_week_is_told_once_with_the_name_of_the_host(
    amina: User, bruno: User, provider: Provider
) -> None:
    for what in ("Passport page opened", "Passport page opened", "CV downloaded"):
        seen(amina, bruno, SUNDAY, what)
    for _again in range(2):
        tell_who_saw(MONDAY)
    name = provider.name
    assert told() == [
        [
            f"{name} opened your passport page on 3 May",
            f"{name} downloaded your CV on 3 May",
        ]
    ]


def test_this_week_is_told_next_week(amina: User, bruno: User, provider: Provider) -> None:
    seen(amina, bruno, MONDAY)
    tell_who_saw(MONDAY + dt.timedelta(hours=1))
    assert told() == []
    tell_who_saw(MONDAY + dt.timedelta(days=7))
    assert len(told()) == 1


def test_beat_that_was_away_for_two_weeks_loses_nothing(
    amina: User, bruno: User, provider: Provider
) -> None:
    seen(amina, bruno, SUNDAY)
    seen(amina, bruno, SUNDAY + dt.timedelta(days=7))
    tell_who_saw(MONDAY + dt.timedelta(days=14))
    assert len(told()) == 2


def test_our_own_reviewers_are_not_told_of(amina: User, chen: User) -> None:
    seen(amina, chen, SUNDAY)
    tell_who_saw(MONDAY)
    assert told() == []
    tell_who_saw_papers()


def test_many_views_are_cut_short(amina: User, bruno: User, provider: Provider) -> None:
    for number in range(15):
        seen(amina, bruno, SUNDAY, f"Paper {number} opened")
    tell_who_saw(MONDAY)
    mail = Mail.objects.get(event="applications.seen")
    assert (len(mail.facts["lines"]), mail.facts["more"]) == (12, 3)
