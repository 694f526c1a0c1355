import datetime as dt
import threading

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection

from tests.factories.accounts import UserFactory
from usce.accounts.models import User
from usce.audit.models import AuditEntry
from usce.cases.actions import (
    CaseEnded,
    CaseTaken,
    claim_case,
    decide_case,
    open_case,
    release_case,
    settle_case,
)
from usce.cases.desk import lines_of
from usce.cases.models import Case, Queue
from usce.cases.queries import (
    kinds_waiting,
    last_decided,
    live_case,
    next_case,
    others_cases,
    own_cases,
    queue_for,
)
from usce.cases.states import CaseState
from usce.jobs.models import Outage
from usce.permissions import SYSTEM
from usce.states import TransitionRefused

KIND = "applications.review"
NOON = dt.datetime(2026, 7, 1, 12, tzinfo=dt.UTC)


def a_case(subject: User, *, days: int = 1, queue: str = Queue.REVIEWER) -> Case:
    due_at = NOON + dt.timedelta(days=days)
    return open_case(
        KIND, subject, title=f"R-{subject.pk}", queue=queue, due_at=due_at, actor=SYSTEM, now=NOON
    )


def audited(case: Case) -> list[str]:
    rows = AuditEntry.objects.filter(target_type="cases.case", target_id=case.pk).order_by("id")
    return list(rows.values_list("action", flat=True))


@pytest.fixture
def dana(db: None) -> User:
    """She reviews beside Chen."""
    return UserFactory(email="dana@example.test", staff_roles=["reviewer"])


def test_opening_twice_gives_the_live_one(amina: User) -> None:
    first, second = a_case(amina), a_case(amina, days=9)
    assert (second.pk, second.due_at) == (first.pk, NOON + dt.timedelta(days=1))
    assert audited(first) == ["cases.case.opened"]


def test_opening_after_the_decision_begins_anew(amina: User, chen: User) -> None:
    first = a_case(amina)
    decide_case(first, "forwarded", note="", actor=chen, now=NOON)
    assert a_case(amina).pk != first.pk
    assert Case.objects.count() == 2


def test_long_title_is_cut_to_its_column(amina: User) -> None:
    case = open_case(
        KIND, amina, title="x" * 300, queue="reviewer", due_at=NOON, actor=SYSTEM, now=NOON
    )
    assert Case.objects.get(pk=case.pk).title == "x" * 200


@pytest.mark.race
def test_ten_openings_at_once_give_one(clean_db: str) -> None:
    subject, found = UserFactory(), []

    def opening() -> None:
        found.append(a_case(subject).pk)
        connection.close()

    threads = [threading.Thread(target=opening) for _n in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(found), len(set(found)), Case.objects.count()) == (10, 1, 1)


def test_second_claimant_is_told(amina: User, chen: User, dana: User) -> None:
    case = claim_case(a_case(amina), actor=chen, now=NOON)
    with pytest.raises(CaseTaken, match="Somebody else has taken this case in the meantime"):
        claim_case(Case.objects.get(pk=case.pk), actor=dana, now=NOON)
    assert Case.objects.get(pk=case.pk).owner == chen


def test_claiming_ones_own_again_changes_nothing(amina: User, chen: User) -> None:
    case = a_case(amina)
    for _time in range(2):
        claim_case(case, actor=chen, now=NOON)
    assert audited(case) == ["cases.case.opened", "cases.case.claimed"]


def test_decided_case_is_neither_claimed_nor_given_back(amina: User, chen: User) -> None:
    case = decide_case(a_case(amina), "declined", note="", actor=chen, now=NOON)
    for action in (claim_case, release_case):
        with pytest.raises(CaseEnded, match="has been decided"):
            action(case, actor=chen, now=NOON)


def test_decision_keeps_its_words_and_its_time(amina: User, chen: User) -> None:
    case = decide_case(a_case(amina), "forwarded", note="All papers", actor=chen, now=NOON)
    case.refresh_from_db()
    assert (case.state, case.decision, case.note, case.decided_at) == (
        CaseState.DECIDED, "forwarded", "All papers", NOON,
    )  # fmt: skip


def test_case_is_decided_once(amina: User, chen: User) -> None:
    case = decide_case(a_case(amina), "forwarded", note="", actor=chen, now=NOON)
    with pytest.raises(TransitionRefused):
        decide_case(case, "declined", note="", actor=chen, now=NOON)
    assert Case.objects.get(pk=case.pk).decision == "forwarded"


def test_anothers_case_is_not_decided(amina: User, chen: User, dana: User) -> None:
    case = claim_case(a_case(amina), actor=chen, now=NOON)
    with pytest.raises(CaseTaken):
        decide_case(Case.objects.get(pk=case.pk), "declined", note="", actor=dana, now=NOON)
    assert live_case(KIND, amina) == case


def test_service_settles_a_case_that_somebody_owns(amina: User, chen: User) -> None:
    case = claim_case(a_case(amina), actor=chen, now=NOON)
    settle_case(KIND, amina, decision="withdrawn", note="", actor=SYSTEM, now=NOON)
    case.refresh_from_db()
    assert (case.state, case.decision) == (CaseState.DECIDED, "withdrawn")


def test_settling_where_nothing_is_open_does_nothing(amina: User) -> None:
    settle_case(KIND, amina, decision="withdrawn", note="", actor=SYSTEM, now=NOON)
    assert not Case.objects.exists()


@pytest.mark.parametrize("who", ["amina", "fay"])
def test_other_roles_neither_claim_nor_decide(
    amina: User, fay: User, who: str, request: pytest.FixtureRequest
) -> None:
    case, actor = a_case(amina), request.getfixturevalue(who)
    with pytest.raises(PermissionDenied):
        claim_case(case, actor=actor, now=NOON)
    with pytest.raises(PermissionDenied):
        decide_case(case, "forwarded", note="", actor=actor, now=NOON)


def test_own_and_others_cases_are_apart_and_oldest_first(
    amina: User, bruno: User, dora: User, chen: User
) -> None:
    old, young, mine = a_case(amina, days=3), a_case(bruno, days=1), a_case(dora, days=9)
    claim_case(mine, actor=chen, now=NOON)
    assert list(own_cases(chen)) == [mine]
    assert list(others_cases(chen)) == [old, young]


def test_next_walks_on_from_where_one_is_and_comes_round(
    amina: User, bruno: User, dora: User, chen: User, dana: User
) -> None:
    first, second, third = a_case(amina), a_case(bruno), a_case(dora)
    taken = claim_case(a_case(dana), actor=dana, now=NOON)
    assert next_case(chen) == first
    assert next_case(chen, after=first) == second
    assert next_case(chen, after=third) == first
    claim_case(second, actor=chen, now=NOON)
    assert next_case(chen) == second
    assert next_case(chen, after=second) == first
    assert next_case(chen, after=third) == second
    assert next_case(dana) == taken


def test_next_keeps_to_the_type_and_ends(amina: User, chen: User) -> None:
    case = a_case(amina)
    assert next_case(chen, "accounts.other") is None
    assert next_case(chen, KIND, after=case) is None
    assert kinds_waiting(chen) == {KIND: 1}


def test_owner_gives_a_case_back(amina: User, chen: User, dana: User) -> None:
    case = claim_case(a_case(amina), actor=chen, now=NOON)
    with pytest.raises(CaseTaken):
        release_case(Case.objects.get(pk=case.pk), actor=dana, now=NOON)
    for _time in range(2):
        release_case(case, actor=chen, now=NOON)
    assert claim_case(case, actor=dana, now=NOON).owner == dana
    assert audited(case)[1:] == [
        "cases.case.claimed", "cases.case.released", "cases.case.claimed",
    ]  # fmt: skip


def test_last_decision_is_found_with_its_words(amina: User, chen: User) -> None:
    assert last_decided(KIND, amina) is None
    for note in ("First.", "Second."):
        decide_case(a_case(amina), "returned", note=note, actor=chen, now=NOON)
    a_case(amina)
    found = last_decided(KIND, amina)
    assert found is not None
    assert found.note == "Second."


def test_outage_moves_what_is_late(amina: User, chen: User) -> None:
    case, later = a_case(amina), NOON + dt.timedelta(days=1, hours=2)
    (line,) = lines_of([case], chen, later)
    assert line.late_by == dt.timedelta(hours=2)
    Outage.objects.create(began_at=NOON, ended_at=NOON + dt.timedelta(hours=5), reason="test")
    (line,) = lines_of([case], chen, later)
    assert (line.late_by, line.due_at) == (None, case.due_at + dt.timedelta(hours=5))


def test_queue_shows_live_work_of_ones_roles(
    amina: User, bruno: User, dora: User, chen: User, fay: User
) -> None:
    review = a_case(amina)
    money = a_case(bruno, queue=Queue.FINANCE)
    decide_case(a_case(dora), "declined", note="", actor=chen, now=NOON)
    admin = UserFactory(staff_roles=["admin"])
    shown = [list(queue_for(person)) for person in (chen, fay, admin, amina)]
    assert shown == [[review], [money], [review, money], []]
