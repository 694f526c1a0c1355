"""The immunization form: told, refused, proved by a paper, shown."""

import datetime as dt
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from applicants.documents.actions import (
    BadLine,
    NotAgreed,
    accept_document,
    agree_to_health_papers,
    forget_line,
    tell_lines,
)
from applicants.documents.actions.recording import MOST_LINES
from applicants.documents.kinds import DocumentKind
from applicants.documents.lines import What
from applicants.documents.models import ImmunizationLine
from applicants.documents.queries import immunizations_of
from applicants.profiles.actions import save_passport
from tests.factories.papers import checked
from tests.factories.visits import client_of
from usce.accounts.models import User
from usce.audit.models import AuditEntry

PAGE = "/documents/immunizations"
FIRST, SECOND = dt.date(2020, 3, 1), dt.date(2020, 4, 1)


@pytest.fixture
def willing(amina: User, now: dt.datetime) -> User:
    agree_to_health_papers(amina, ip_address=None, now=now)
    return amina


def told(owner: User, now: dt.datetime, what: What = What.MMR, **more: Any) -> ImmunizationLine:
    return tell_lines(owner, what, [FIRST], actor=owner, now=now, more=more)[0]


def test_lines_are_told_and_forgotten_with_a_trail_without_results(
    willing: User, now: dt.datetime
) -> None:
    line = told(willing, now, What.MEASLES_IGG, result="positive")
    assert line.words == "Measles IgG, 1 Mar 2020, Positive"
    forget_line(line, actor=willing, now=now)
    assert not ImmunizationLine.objects.exists()
    entries = AuditEntry.objects.filter(action__startswith="documents.line").order_by("id")
    assert [entry.action for entry in entries] == [
        "documents.line.told", "documents.line.forgotten"
    ]  # fmt: skip
    assert "positive" not in " ".join(str(vars(entry)) for entry in entries)


def test_nothing_is_told_without_consent_or_for_another(
    amina: User, dora: User, chen: User, now: dt.datetime
) -> None:
    with pytest.raises(NotAgreed):
        told(amina, now)
    for actor in (dora, chen):
        with pytest.raises(PermissionDenied):
            tell_lines(amina, What.MMR, [FIRST], actor=actor, now=now)
    with pytest.raises(PermissionDenied):
        told(chen, now)


def test_only_the_owner_forgets_a_line(willing: User, dora: User, now: dt.datetime) -> None:
    line = told(willing, now)
    with pytest.raises(PermissionDenied):
        forget_line(line, actor=dora, now=now)


@pytest.mark.parametrize(
    ("day", "words"),
    [
        (dt.date(2026, 7, 3), "still to come"),
        (dt.date(1998, 12, 31), "before your date of birth"),
        (dt.date(1901, 1, 1), "date of birth"),
    ],
)
def test_impossible_days_are_refused(
    willing: User, now: dt.datetime, day: dt.date, words: str
) -> None:
    save_passport(willing, {"born_on": dt.date(1999, 1, 1)}, actor=willing, now=now)
    with pytest.raises(BadLine, match=words):
        tell_lines(willing, What.MMR, [FIRST, day], actor=willing, now=now)
    assert not ImmunizationLine.objects.exists()


def test_one_line_a_day_and_kind(willing: User, now: dt.datetime) -> None:
    told(willing, now)
    with pytest.raises(BadLine, match="there already"):
        tell_lines(willing, What.MMR, [SECOND, FIRST], actor=willing, now=now)
    assert ImmunizationLine.objects.count() == 1


def test_record_has_an_end(willing: User, now: dt.datetime) -> None:
    days = [FIRST + dt.timedelta(days=number) for number in range(MOST_LINES)]
    tell_lines(willing, What.COVID, days, actor=willing, now=now)
    with pytest.raises(BadLine, match="holds 100 lines"):
        told(willing, now)


@pytest.mark.parametrize(
    "wrong",
    [
        {"what": "mmr", "result": "positive"},
        {"what": "mmr", "read_on": FIRST},
        {"what": "measles_igg"},
        {"what": "measles_igg", "result": "normal"},
        {"what": "anti_hbs", "level": 10},
        {"what": "anti_hbs", "level": -1, "unit": "miu_ml"},
        {"what": "anti_hbs", "unit": "miu_ml"},
        {"what": "xray", "result": "positive"},
        {"what": "tst", "mm": 3},
        {"what": "tst", "read_on": SECOND},
        {"what": "tst", "mm": 300, "read_on": SECOND},
        {"what": "tst", "mm": 3, "read_on": FIRST - dt.timedelta(days=1)},
        {"what": "tst", "mm": 3, "read_on": dt.date(2026, 7, 2)},
        {"what": "smallpox"},
        {"what": "mmr", "done_on": dt.date(2026, 7, 2)},
    ],
)
def test_database_refuses_lines_that_make_no_sense(amina: User, wrong: dict[str, Any]) -> None:
    whole = {"owner": amina, "done_on": FIRST, "told_on": dt.date(2026, 7, 1)} | wrong
    with pytest.raises(IntegrityError), transaction.atomic():
        ImmunizationLine.objects.create(**whole)


def test_accepted_paper_proves_the_lines_that_staff_found_on_it(
    willing: User, chen: User, now: dt.datetime, scanner: object
) -> None:
    skin = told(willing, now, What.TST, mm=0, read_on=FIRST + dt.timedelta(days=2))
    dose = told(willing, now)
    paper = checked(willing, now, kind=DocumentKind.TB_TEST, issued_on=dt.date(2026, 6, 1))
    client = client_of(chen)
    page = client.get(f"/staff/papers/{paper.public_id}").content.decode()
    assert "TB skin test, 1 Mar 2020, 0 mm, read 3 Mar 2020" in page
    assert dose.words not in page
    form = {"decision": "accept", "issued_on": "2026-06-01", "proves": [skin.public_id]}
    assert client.post(f"/staff/papers/{paper.public_id}", form).status_code == 302
    skin.refresh_from_db()
    assert (skin.paper, skin.proved_by) == (paper, chen)
    dose.refresh_from_db()
    assert dose.paper is None
    shown = client_of(willing).get(PAGE).content.decode()
    assert "found 1 of your 2 lines on a paper" in shown
    assert "Found on" in shown


def test_paper_proves_nobody_elses_and_no_other_kinds_lines(
    willing: User, chen: User, dora: User, now: dt.datetime, scanner: object
) -> None:
    agree_to_health_papers(dora, ip_address=None, now=now)
    dose, hers = told(willing, now), told(dora, now)
    paper = checked(willing, now, kind=DocumentKind.PHYSICAL_EXAM, issued_on=dt.date(2026, 6, 1))
    accept_document(
        paper, issued_on=dt.date(2026, 6, 1), expires_on=None, actor=chen, now=now,
        proves=[dose.public_id, hers.public_id],
    )  # fmt: skip
    assert not ImmunizationLine.objects.exclude(paper=None).exists()


def test_facts_are_plain_and_say_what_is_proved(willing: User, now: dt.datetime) -> None:
    tell_lines(willing, What.MMR, [FIRST, SECOND], actor=willing, now=now)
    facts = immunizations_of(willing, now.date())
    assert (facts["mmr"].is_complete, facts["mmr"].is_proved) == (True, False)
    assert (facts["tb"].is_complete, facts["tb"].valid_until) == (False, None)
    assert facts["influenza"].next_not_before == dt.date(2026, 9, 1)


def test_page_begins_empty_and_says_what_is_next(amina: User) -> None:
    client = client_of(amina)
    page = client.get(PAGE).content.decode()
    assert "Copy your doses and results" in page
    assert f"{PAGE}/add/mmr" in page
    assert client.get(f"{PAGE}/add/smallpox").status_code == 404


def test_first_line_asks_for_consent_once(amina: User) -> None:
    client = client_of(amina)
    answer = client.post(f"{PAGE}/add/mmr", {"day1": "2020-03-01"})
    assert answer.status_code == 422
    assert "Tick the box" in answer.content.decode()
    form = {"day1": "2020-03-01", "day2": "2020-04-01", "agrees": "on"}
    answer = client.post(f"{PAGE}/add/mmr", form)
    assert (answer.status_code, answer["Location"]) == (302, f"{PAGE}#mmr")
    assert ImmunizationLine.objects.count() == 2
    assert "agrees" not in client.get(f"{PAGE}/add/tst").content.decode()


@pytest.mark.parametrize(
    ("what", "more", "value"),
    [
        ("tst", {"read_on": "2020-03-03", "mm": "0"}, "0 mm, read 3 Mar 2020"),
        ("anti_hbs", {"level": "12.50", "unit": "iu_l"}, "12.5 IU/L"),
        ("xray", {"result": "normal"}, "No sign of tuberculosis"),
        ("igra", {"result": "unclear"}, "Equivocal or indeterminate"),
        ("exam", {}, ""),
    ],
)
def test_each_kind_asks_what_it_needs(
    willing: User, what: str, more: dict[str, str], value: str
) -> None:
    client = client_of(willing)
    if more:
        assert client.post(f"{PAGE}/add/{what}", {"day1": "2020-03-01"}).status_code == 422
    answer = client.post(f"{PAGE}/add/{what}", {"day1": "2020-03-01"} | more)
    assert answer.status_code == 302
    assert ImmunizationLine.objects.get().value == value
    again = client.post(f"{PAGE}/add/{what}", {"day1": "2020-03-01"} | more)
    assert again.status_code == 409
    assert "there already" in again.content.decode()


def test_line_is_removed_by_its_owner_alone(willing: User, dora: User, now: dt.datetime) -> None:
    line = told(willing, now)
    address = f"{PAGE}/{line.public_id}/remove"
    assert client_of(dora).post(address).status_code == 404
    assert client_of(willing).post(address)["Location"] == f"{PAGE}#mmr"
    assert not ImmunizationLine.objects.exists()


def test_page_asks_as_often_for_many_lines_as_for_one(
    willing: User, now: dt.datetime, django_assert_num_queries: Any
) -> None:
    client = client_of(willing)
    told(willing, now)
    client.get(PAGE)
    with django_assert_num_queries(7):
        client.get(PAGE)
    days = [FIRST + dt.timedelta(days=number) for number in range(3)]
    tell_lines(willing, What.COVID, days, actor=willing, now=now)
    with django_assert_num_queries(7):
        client.get(PAGE)
