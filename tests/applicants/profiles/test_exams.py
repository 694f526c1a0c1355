import datetime as dt
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from applicants.profiles.actions import (
    AttemptKnown,
    FutureResult,
    ScoreOutOfPlace,
    record_attempt,
    remove_attempt,
    save_facts,
)
from applicants.profiles.models import Exam, ExamAttempt, ExamOutcome
from applicants.profiles.queries import (
    facts_json,
    facts_of,
    people_who_told,
    profile_for,
    still_asked,
)
from tests.factories.visits import client_of
from usce.accounts.models import User
from usce.audit.models import AuditEntry

pytestmark = pytest.mark.django_db
Now = dt.datetime
DAY = dt.date(2026, 5, 4)


def told(user: User, now: Now, exam: Exam = Exam.STEP1, **more: Any) -> ExamAttempt:
    facts: dict[str, Any] = {
        "taken_on": DAY,
        "outcome": ExamOutcome.PASSED,
        "score": None,
        "actor": user,
    } | more
    return record_attempt(user, exam, facts.pop("taken_on"), facts.pop("outcome"), now=now, **facts)


def test_attempts_decide_what_was_answered(amina: User, now: Now) -> None:
    save_facts(amina, {"step1_passed": False, "step2_passed": True}, actor=amina, now=now)
    told(amina, now, taken_on=dt.date(2025, 5, 4), outcome=ExamOutcome.FAILED)
    told(amina, now)
    save_facts(amina, {"step1_passed": False, "visa": "j1"}, actor=amina, now=now)
    known = {
        "step1_passed": True,
        "step2_passed": True,
        "visa": "j1",
        "step1_attempts": 2,
        "step1_passed_on": DAY,
    }
    assert facts_of(profile_for(amina)) == known
    assert facts_json(profile_for(amina)) == known | {"step1_passed_on": "2026-05-04"}


def test_other_people_are_counted_by_what_follows_from_attempts(amina: User, now: Now) -> None:
    told(amina, now)
    assert people_who_told(["step1_attempts"]) == [{"step1_attempts": 1}]
    assert people_who_told(["step2_score"]) == []


def test_last_attempt_taken_back_opens_the_question(amina: User, now: Now) -> None:
    attempt = told(amina, now)
    remove_attempt(attempt, actor=amina, now=now)
    assert facts_of(profile_for(amina)) == {}
    entries = AuditEntry.objects.filter(action__startswith="profiles.attempt.").order_by("id")
    assert [entry.action for entry in entries] == [
        "profiles.attempt.recorded",
        "profiles.attempt.removed",
    ]


def test_result_takes_the_place_of_waiting(amina: User, now: Now) -> None:
    waiting = told(amina, now, Exam.STEP2_CK, outcome=ExamOutcome.WAITING)
    assert facts_of(profile_for(amina))["step2_passed"] is False
    result = told(amina, now, Exam.STEP2_CK, score=244)
    assert (result.pk, facts_of(profile_for(amina))["step2_score"]) == (waiting.pk, 244)
    with pytest.raises(AttemptKnown):
        told(amina, now, Exam.STEP2_CK, score=250)


def test_step3_and_oet_leave_the_facts_alone(amina: User, now: Now) -> None:
    told(amina, now, Exam.STEP3, score=220)
    told(amina, now, Exam.OET)
    assert facts_of(profile_for(amina)) == {}


def test_what_cannot_be_is_refused(amina: User, now: Now) -> None:
    with pytest.raises(FutureResult):
        told(amina, now, taken_on=dt.date(2026, 7, 3))
    with pytest.raises(ScoreOutOfPlace):
        told(amina, now, score=240)
    with pytest.raises(ScoreOutOfPlace):
        told(amina, now, Exam.STEP2_CK, outcome=ExamOutcome.WAITING, score=240)
    assert told(amina, now, taken_on=dt.date(2027, 1, 1), outcome=ExamOutcome.WAITING)


def test_attempts_are_her_own(amina: User, dora: User, chen: User, now: Now) -> None:
    attempt = told(amina, now)
    for actor in (dora, chen):
        with pytest.raises(PermissionDenied):
            told(amina, now, actor=actor)
        with pytest.raises(PermissionDenied):
            remove_attempt(attempt, actor=actor, now=now)


@pytest.mark.parametrize(
    ("exam", "outcome", "score"),
    [
        (Exam.STEP2_CK, ExamOutcome.PASSED, 301),
        (Exam.STEP1, ExamOutcome.PASSED, 240),
        (Exam.OET, ExamOutcome.PASSED, 240),
        (Exam.STEP2_CK, ExamOutcome.WAITING, 240),
    ],
)
def test_database_keeps_scores_in_place(
    amina: User, now: Now, exam: Exam, outcome: ExamOutcome, score: int
) -> None:
    profile = told(amina, now, taken_on=dt.date(2020, 1, 1)).profile
    with pytest.raises(IntegrityError), transaction.atomic():
        ExamAttempt.objects.create(
            profile=profile, exam=exam, taken_on=DAY, outcome=outcome, score=score
        )


def test_page_adds_and_removes_an_attempt(amina: User) -> None:
    client = client_of(amina)
    typed = {"exam": "step2_ck", "taken_on": "2024-05-04", "outcome": "passed", "score": "251"}
    assert client.post("/profile/exams", typed)["Location"] == "/profile/exams"
    page = client.get("/profile/exams").content.decode()
    assert "score 251" in page
    assert "pass Step 1 by 4 May 2031" in page
    again = client.post("/profile/exams", typed)
    assert (again.status_code, "Remove it first" in again.content.decode()) == (422, True)
    attempt = ExamAttempt.objects.get()
    client.post(f"/profile/exams/{attempt.public_id}/remove")
    assert "No attempt told yet" in client.get("/profile/exams").content.decode()


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"score": "251"}, "No score is reported"),
        ({"taken_on": "1901-01-01"}, "the day of the examination itself"),
        ({"taken_on": "tomorrow"}, "year-month-day"),
        ({"exam": "step2_ck", "score": "999"}, "from 1 to 300"),
        ({"exam": "step2_ck", "outcome": "waiting", "score": "9"}, "comes with the result"),
    ],
)
def test_page_says_what_is_wrong_and_keeps_it(
    amina: User, typed: dict[str, str], sentence: str
) -> None:
    whole = {"exam": "step1", "taken_on": "2024-05-04", "outcome": "passed", "score": ""} | typed
    response = client_of(amina).post("/profile/exams", whole)
    page = response.content.decode()
    assert (response.status_code, sentence in page) == (422, True)
    assert f'value="{whole["taken_on"]}"' in page


def test_nobody_else_removes_an_attempt(amina: User, dora: User, chen: User, now: Now) -> None:
    url = f"/profile/exams/{told(amina, now).public_id}/remove"
    assert client_of(dora).post(url).status_code == 404
    assert client_of(chen).post(url).status_code == 403
    assert client_of(amina).get(url).status_code == 405


def test_facts_page_asks_nothing_that_attempts_answer(amina: User, now: Now) -> None:
    assert "step1_passed" in client_of(amina).get("/profile/facts").content.decode()
    told(amina, now)
    page = client_of(amina).get("/profile/facts").content.decode()
    assert "step1_passed" not in page
    assert "step2_passed" in page


@pytest.mark.parametrize("rows", [1, 3])
def test_page_asks_as_often_for_three_attempts_as_for_one(
    amina: User, now: Now, rows: int, django_assert_num_queries: Any
) -> None:
    client = client_of(amina)
    for number in range(rows):
        told(amina, now, taken_on=dt.date(2020 + number, 1, 1), outcome=ExamOutcome.FAILED)
    client.get("/profile/exams")
    with django_assert_num_queries(5):
        client.get("/profile/exams")


def test_what_attempts_tell_is_not_asked_again(amina: User, now: dt.datetime) -> None:
    names = ["status", "step1_passed", "step2_passed"]
    assert still_asked(AnonymousUser(), names) == names
    assert still_asked(amina, names) == names
    told(amina, now)
    assert still_asked(amina, names) == ["status", "step2_passed"]
