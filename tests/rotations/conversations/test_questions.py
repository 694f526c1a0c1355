import datetime as dt
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.urls import reverse
from pytest_django.fixtures import DjangoAssertNumQueries

from rotations.catalog.models import Rotation
from rotations.catalog.states import RotationState
from rotations.conversations.actions import (
    QUESTIONS_A_DAY,
    AlreadyAnswered,
    AlreadyAsked,
    answer_question,
    ask_question,
)
from rotations.conversations.models import Question
from rotations.conversations.queries import answer_time, public_answers
from rotations.providers.models import Provider, Role
from tests.factories.accounts import UserFactory
from tests.factories.catalog import RotationFactory
from tests.factories.providers import MemberFactory
from tests.factories.visits import client_of
from usce.accounts.models import User
from usce.limits.actions import TooOften
from usce.notifications.models import Mail

pytestmark = pytest.mark.django_db
Now = dt.datetime
HOSTILE = "<script>alert(1)</script> {{7*7}} =1+1 مرحبا"


@pytest.fixture
def rotation(provider: Provider, bruno: User) -> Rotation:
    return RotationFactory(provider=provider)


@pytest.fixture
def asked(rotation: Rotation, amina: User, now: Now) -> Question:
    return ask_question(rotation, "Is there parking?", actor=amina, now=now)


def ask(user: User, rotation: Rotation, text: str = "Is there parking?") -> Any:
    return client_of(user).post(
        reverse("conversations:ask", args=[rotation.public_id]), {"text": text}
    )


def answer_path(question: Question) -> str:
    slug = question.rotation.provider.slug
    return reverse("conversations:answer", args=[slug, question.public_id])


def test_question_reaches_the_team_and_its_answer_the_asker(
    asked: Question, bruno: User, amina: User, now: Now
) -> None:
    answer_question(asked, "Yes, free.", is_public=False, actor=bruno, now=now)
    told = Mail.objects.order_by("pk").values_list("event", "recipient")
    assert list(told) == [("conversations.asked", bruno.pk), ("conversations.answered", amina.pk)]
    assert "Yes, free." not in str(list(Mail.objects.values_list("facts")))


def test_next_question_waits_for_the_answer(asked: Question, amina: User, now: Now) -> None:
    with pytest.raises(AlreadyAsked), transaction.atomic():
        ask_question(asked.rotation, "And housing?", actor=amina, now=now)
    response = ask(amina, asked.rotation, "And housing?")
    assert response.status_code == 409
    assert "And housing?" in response.content.decode()
    assert Question.objects.count() == 1


def test_ten_questions_a_day_are_enough(provider: Provider, amina: User, now: Now) -> None:
    for _nth in range(QUESTIONS_A_DAY):
        ask_question(RotationFactory(provider=provider), "?", actor=amina, now=now)
    with pytest.raises(TooOften):
        ask_question(RotationFactory(provider=provider), "?", actor=amina, now=now)


@pytest.mark.parametrize("who", ["bruno", "chen"])
def test_team_and_staff_do_not_ask(
    who: str, rotation: Rotation, request: pytest.FixtureRequest, now: Now
) -> None:
    with pytest.raises(PermissionDenied):
        ask_question(rotation, "?", actor=request.getfixturevalue(who), now=now)


def test_paused_rotation_takes_no_question(rotation: Rotation, amina: User) -> None:
    Rotation.objects.update(state=RotationState.PAUSED)
    assert ask(amina, rotation).status_code == 403
    assert not Question.objects.exists()


def test_second_answer_is_refused(asked: Question, bruno: User, now: Now) -> None:
    answer_question(asked, "Yes.", is_public=True, actor=bruno, now=now)
    with pytest.raises(AlreadyAnswered):
        answer_question(asked, "No.", is_public=True, actor=bruno, now=now)
    response = client_of(bruno).post(answer_path(asked), {"answer": "No."})
    assert response.status_code == 409
    assert Question.objects.get().answer == "Yes."


def test_public_answer_stands_on_the_page_without_the_asker(
    asked: Question, bruno: User, amina: User, now: Now
) -> None:
    answer_question(asked, HOSTILE, is_public=True, actor=bruno, now=now)
    page = client_of(bruno).get(
        reverse("discovery:rotation", args=[asked.rotation.public_id, asked.rotation.slug])
    )
    body = page.content.decode()
    assert "Is there parking?" in body
    assert "<script>alert(1)" not in body
    assert "{{7*7}}" in body
    assert amina.full_name not in body


def test_private_answer_stays_with_the_asker(asked: Question, bruno: User, now: Now) -> None:
    answer_question(asked, "Yes.", is_public=False, actor=bruno, now=now)
    assert list(public_answers(asked.rotation)) == []


def test_asker_reads_only_her_own(asked: Question, dora: User, amina: User) -> None:
    path = reverse("conversations:ask", args=[asked.rotation.public_id])
    assert "Is there parking?" in client_of(amina).get(path).content.decode()
    assert "Is there parking?" not in client_of(dora).get(path).content.decode()


def test_answer_page_is_closed_to_strangers_and_schedulers(
    asked: Question, dora: User, amina: User
) -> None:
    for person in (dora, amina):
        assert client_of(person).get(answer_path(asked)).status_code == 404
    MemberFactory(provider=asked.rotation.provider, user=dora, role=Role.SCHEDULER)
    assert client_of(dora).get(answer_path(asked)).status_code == 403
    assert client_of(dora).post(answer_path(asked), {"answer": "x"}).status_code == 403


def test_empty_or_endless_question_stays_on_the_page(rotation: Rotation, amina: User) -> None:
    assert ask(amina, rotation, "").status_code == 422
    endless = ask(amina, rotation, "x" * 601)
    assert endless.status_code == 422
    assert "x" * 601 in endless.content.decode()


@pytest.mark.parametrize("count", [1, 3])
def test_questions_of_a_provider_in_a_fixed_number_of_queries(
    count: int, rotation: Rotation, bruno: User, now: Now,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:  # fmt: skip
    for _nth in range(count):
        ask_question(rotation, "?", actor=UserFactory(), now=now)
    client = client_of(bruno)
    with django_assert_num_queries(7):
        page = client.get(reverse("conversations:questions", args=[rotation.provider.slug]))
    assert len(page.context["page"].items) == count


def test_answer_time_is_told_from_five_answers_on(
    provider: Provider, bruno: User, rotation: Rotation, now: Now
) -> None:
    for hours in (1, 2, 30, 50, 400):
        assert answer_time(provider) is None
        question = ask_question(rotation, "?", actor=UserFactory(), now=now)
        later = now + dt.timedelta(hours=hours)
        answer_question(question, "Yes.", is_public=False, actor=bruno, now=later)
    time = answer_time(provider)
    assert time is not None
    assert (time.days, time.count) == (2, 5)


@pytest.mark.parametrize(
    "half",
    [{"answer": "x"}, {"is_public": True}, {"answered_at": dt.datetime(2026, 7, 1, tzinfo=dt.UTC)}],
)
def test_database_refuses_half_an_answer(half: dict[str, Any], asked: Question) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Question.objects.filter(pk=asked.pk).update(**half)
