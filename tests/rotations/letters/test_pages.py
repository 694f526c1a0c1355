"""The learner's pages, the home's Next line, and the team's view."""

import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from rotations.bookings.models import Offer
from rotations.letters.actions import (
    Another,
    accept_letter,
    confirm_letter,
    decline_letter,
    say_submitted,
)
from rotations.letters.models import Letter
from rotations.letters.queries import answer_times, letters
from rotations.placements.models import Placement
from rotations.placements.queries import placement_by_id
from rotations.providers.models import Provider, Role
from tests.factories.accounts import UserFactory
from tests.factories.letters import a_letter
from tests.factories.placements import MONDAY, a_booking, a_placement
from tests.factories.providers import MemberFactory
from tests.factories.visits import client_of
from usce.accounts.models import User
from usce.notifications.actions import suppress
from usce.reference.models import MatchCycle

D = dt.timedelta(days=1)


@pytest.fixture(autouse=True)
def clock(now: dt.datetime, db: None) -> Iterator[time_machine.Traveller]:
    with time_machine.travel(now) as traveller:
        yield traveller


def page(placement: Placement) -> str:
    return f"/rotation/{placement.public_id}/letter"


def text(user: User, path: str) -> str:
    answer = client_of(user).get(path)
    assert answer.status_code == 200
    return answer.content.decode()


def filled(placement: Placement, **more: Any) -> dict[str, Any]:
    """The form as a browser sends it."""
    return {
        "writer": placement.booking.offer.preceptor.public_id,
        "target": "eras",
        "form": "narrative",
        "due_on": "2026-11-27",
        "asks": ["personal", "letterhead"],
        "waived": "kept",
        "signed_name": placement.booking.applicant.full_name,
        **more,
    }


def test_learner_asks_from_the_page(placement: Placement, amina: User) -> None:
    assert "Ask for a letter" in text(amina, page(placement))
    form = text(amina, f"{page(placement)}/ask")
    assert 'value="2026-11-27"' in form
    assert "dates of the next season are not published" in form
    for choice in ('value="waived"', 'value="kept"', 'value="days"'):
        before, _mark, after = form.partition(choice)
        assert "checked" not in before[-80:] + after[:80].partition(">")[0]
    answer = client_of(amina).post(f"{page(placement)}/ask", filled(placement), follow=True)
    told = answer.content.decode()
    assert answer.redirect_chain[-1][0] == f"/letters/{Letter.objects.get().public_id}"
    for words in ("is asked by mail", "Kept, signed", "Asked", "Withdraw the request"):
        assert words in told


def test_season_that_is_published_proposes_the_date(placement: Placement, amina: User) -> None:
    MatchCycle.objects.create(
        year=2029, opens_on="2026-06-03", source="AAMC, ERAS timeline", checked_on="2026-10-01",
        programs_read_from_at=dt.datetime(2026, 12, 2, 14, tzinfo=dt.UTC),
    )  # fmt: skip
    form = text(amina, f"{page(placement)}/ask")
    assert 'value="2026-11-04"' in form
    assert "AAMC, ERAS timeline; looked up 1 Oct 2026" in form


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"waived": ""}, "neither is a condition"),
        ({"signed_name": ""}, "Type your name"),
        ({"writer": "other"}, "Name the writer"),
        ({"writer": "other", "other_name": "see www.x.test", "other_email": "o@x.test"}, "alone"),
        ({"form": "standardized"}, "for one specialty"),
        ({"letter_id": "<b>"}, "letters and digits"),
        ({"statement": "Mr. Smith, MRN 12345678"}, "who a patient is"),
        ({"due_on": ""}, "Choose the day"),
        ({"target": "x"}, "valid choice"),
    ],
)
def test_form_says_what_is_missing(
    placement: Placement, amina: User, more: dict[str, str], words: str
) -> None:
    answer = client_of(amina).post(f"{page(placement)}/ask", filled(placement, **more))
    assert (answer.status_code, Letter.objects.count()) == (422, 0)
    assert words in answer.content.decode()


def test_refusal_keeps_what_was_typed(placement: Placement, amina: User, now: dt.datetime) -> None:
    suppress("gone@example.test", reason="bounced", now=now)
    told = {"writer": "other", "other_name": "Otto Lang", "other_email": "gone@example.test"}
    answer = client_of(amina).post(f"{page(placement)}/ask", filled(placement, **told))
    assert answer.status_code == 409
    assert "came back" in answer.content.decode()
    assert "Otto Lang" in answer.content.decode()


def test_seventh_request_is_429(placement: Placement, amina: User) -> None:
    client = client_of(amina)
    told = {"writer": "other", "other_name": "Otto", "signed_name": "Somebody Else"}
    codes = [
        client.post(
            f"{page(placement)}/ask", filled(placement, **told, other_email=f"o{n}@x.test")
        ).status_code
        for n in range(7)
    ]
    assert codes == [409] * 6 + [429]


def test_before_the_last_two_weeks_the_page_says_from_when(
    placement: Placement, amina: User, clock: time_machine.Traveller
) -> None:
    clock.shift(-7 * D)
    told = text(amina, page(placement))
    assert "from Friday 16 October 2026 on" in told
    assert "/letter/ask" not in told


def test_tab_leads_from_the_application(
    placement: Placement, provider: Provider, amina: User
) -> None:
    application = placement.booking.application
    tab = reverse("letters:of-application", args=[application.public_id])
    assert tab in text(amina, f"/applications/{application.public_id}")
    assert client_of(amina).get(tab)["Location"] == page(placement)
    ahead = a_booking(provider, amina, MONDAY + 364 * D).application
    tab = reverse("letters:of-application", args=[ahead.public_id])
    days = reverse("placements:of-application", args=[ahead.public_id])
    assert client_of(amina).get(tab)["Location"] == days


def test_share_withdraw_and_seen_from_the_page(
    letter: Letter, amina: User, now: dt.datetime
) -> None:
    address, client = f"/letters/{letter.public_id}", client_of(amina)
    assert client.post(f"{address}/share", {"shares": ["wrong"]}).status_code == 422
    client.post(f"{address}/share", {"shares": ["days"], "letter_id": "AB12"})
    letter.refresh_from_db()
    assert (letter.shares, letter.letter_id) == (["days"], "AB12")
    assert client.post(f"{address}/confirm").status_code == 409
    accept_letter(letter, was="requested", can_do=["personal"], note="", now=now)
    told = text(amina, address)
    assert "not a general one: can be done" in told
    assert "not ticked by the writer" in told
    say_submitted(letter, was="accepted", now=now)
    assert "I see it in MyERAS" in text(amina, address)
    assert "Say that it is there" in text(amina, page(letter.placement))
    client.post(f"{address}/confirm")
    letter.refresh_from_db()
    assert letter.state == "confirmed"
    assert client.post(f"{address}/withdraw").status_code == 409
    assert client.post(f"{address}/share", {}).status_code == 409


def test_after_a_no_another_is_asked_with_all_but_the_signed_choice(
    letter: Letter, amina: User, now: dt.datetime
) -> None:
    another = Another("Otto Lang", "otto@example.test")
    decline_letter(letter, was="requested", why="", another=another, now=now)
    link = f"{page(letter.placement)}/ask?like={letter.public_id}"
    assert link in text(amina, f"/letters/{letter.public_id}")
    form = text(amina, link)
    for words in ("Otto Lang", "otto@example.test", "I hope to match", "Taken over"):
        assert words in form
    before, _mark, after = form.partition('value="waived"')
    assert "checked" not in before[-80:] + after[:80].partition(">")[0]


def test_withdrawn_from_the_page(letter: Letter, amina: User) -> None:
    client = client_of(amina)
    client.post(f"/letters/{letter.public_id}/withdraw")
    assert "You withdrew this request" in text(amina, f"/letters/{letter.public_id}")


def test_nobody_else_finds_the_pages(letter: Letter, bruno: User, dora: User, chen: User) -> None:
    for other in (bruno, dora, chen):
        client = client_of(other)
        for path in (
            page(letter.placement),
            f"{page(letter.placement)}/ask",
            f"/letters/{letter.public_id}",
        ):
            assert client.get(path).status_code == 404
        for verb in ("share", "withdraw", "confirm"):
            assert client.post(f"/letters/{letter.public_id}/{verb}").status_code == 404


def test_request_of_somebody_else_is_not_taken_over(
    letter: Letter, provider: Provider, dora: User, now: dt.datetime
) -> None:
    theirs = a_placement(provider, dora, now)
    form = text(dora, f"{page(theirs)}/ask?like={letter.public_id}")
    assert "I hope to match" not in form
    assert "Taken over" not in form


# Home.


def test_home_says_in_the_last_weeks_to_ask_then_to_look(
    placement: Placement, amina: User, now: dt.datetime, clock: time_machine.Traveller
) -> None:
    clock.move_to(dt.datetime(2026, 10, 24, 15, tzinfo=dt.UTC))  # a Saturday: no day to check in
    now = dt.datetime.now(dt.UTC)
    home = text(amina, "/home")
    assert "Ask for the letter" in home
    assert page(placement) in home
    letter = a_letter(placement, now)
    assert "Ask for the letter" not in text(amina, "/home")
    accept_letter(letter, was="requested", can_do=[], note="", now=now)
    say_submitted(letter, was="accepted", now=now)
    assert f"/letters/{letter.public_id}" in text(amina, "/home")
    confirm_letter(letter, actor=amina, now=now)
    assert "submitted your letter" not in text(amina, "/home")


@pytest.mark.parametrize("count", [1, 3])
def test_letters_of_a_rotation_take_the_same_queries(
    placement: Placement, amina: User, now: dt.datetime, count: int,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:  # fmt: skip
    for number in range(count):
        named = {"preceptor": None, "name": "Otto", "email": f"otto{number}@example.test"}
        a_letter(placement, now, **named)
    client = client_of(amina)
    client.get(page(placement))
    with django_assert_num_queries(6):
        assert client.get(page(placement)).content.decode().count("/letters/") == count


# The team.


def asked(provider: Provider, count: int, now: dt.datetime) -> list[Letter]:
    """Of one preceptor, by so many learners."""
    made: list[Letter] = []
    for _number in range(count):
        placement = a_placement(provider, UserFactory(full_name="Lina Ortega"), now, MONDAY)
        if made and (writer := made[0].preceptor):
            Offer.objects.filter(pk=placement.booking.offer_id).update(preceptor=writer)
            placement = placement_by_id(placement.pk)
        made.append(a_letter(placement, now, statement="Qzwords"))
    return made


@pytest.mark.parametrize("count", [1, 3])
def test_team_sees_state_and_dates_alone(
    provider: Provider, bruno: User, now: dt.datetime, count: int,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:  # fmt: skip
    made = asked(provider, count, now)
    another = Another("Otto Lang", "otto@example.test")
    decline_letter(made[0], was="requested", why="Qzwhy", another=another, now=now + D)
    client = client_of(bruno)
    client.get(f"/p/{provider.slug}/letters")
    with django_assert_num_queries(9):
        told = client.get(f"/p/{provider.slug}/letters").content.decode()
    assert told.count("Lina Ortega") == count
    assert f"1 of {count} request" in told
    for words in ("Qzwords", "Qzwhy", "Otto Lang", "otto@example.test"):
        assert words not in told


def test_median_stands_there_from_five_requests_on(
    provider: Provider, bruno: User, now: dt.datetime
) -> None:
    made = asked(provider, 5, now)
    for days, letter in enumerate(made[:3], start=1):
        accept_letter(letter, was="requested", can_do=[], note="", now=now + days * D)
    (_writer, time), *rest = answer_times(provider)
    assert (time.days, time.answered, time.asked, rest) == (2, 3, 5, [])
    told = text(bruno, f"/p/{provider.slug}/letters")
    assert "3 of 5" in told
    assert "2 days" in told


def test_late_letter_is_marked(
    letter: Letter, provider: Provider, bruno: User, clock: time_machine.Traveller
) -> None:
    assert "Late" not in text(bruno, f"/p/{provider.slug}/letters")
    clock.shift(40 * D)
    assert "Late" in text(bruno, f"/p/{provider.slug}/letters")


def test_letter_of_an_outsider_is_not_the_hosts_business(
    placement: Placement, provider: Provider, bruno: User, now: dt.datetime
) -> None:
    a_letter(placement, now, preceptor=None, name="Otto Lang", email="otto@example.test")
    told = text(bruno, f"/p/{provider.slug}/letters")
    assert "No learner has asked" in told
    assert letters().count() == 1


@pytest.mark.parametrize("role", [Role.SCHEDULER, Role.FINANCE, Role.PRECEPTOR])
def test_rest_of_the_team_is_refused(provider: Provider, dora: User, role: str) -> None:
    assert client_of(dora).get(f"/p/{provider.slug}/letters").status_code == 404
    MemberFactory(provider=provider, user=dora, role=role)
    assert client_of(dora).get(f"/p/{provider.slug}/letters").status_code == 403
