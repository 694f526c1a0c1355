"""The pages about days: the learner's, the mailed one, the team's and those of staff."""

import datetime as dt
import re
from collections.abc import Iterator
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from rotations.bookings.models import Booking
from rotations.placements.actions import check_in, object_to_day, settle_days
from rotations.placements.models import CheckIn, Day, Objection, Placement
from rotations.placements.states import DayState
from rotations.providers.actions import save_preceptor
from rotations.providers.models import Provider, Role
from tests.factories.accounts import UserFactory
from tests.factories.placements import MONDAY, a_booking, a_placement, days_of
from tests.factories.providers import MemberFactory
from tests.factories.visits import client_of
from tests.rotations.placements.house import A, C, confirm, link, marks
from usce.accounts.models import User
from usce.links.actions import grant

CHICAGO = ZoneInfo("America/Chicago")
FRIDAY = dt.datetime(2026, 10, 9, 16, tzinfo=CHICAGO)
MORNING = dt.datetime(2026, 10, 9, 7, 58, tzinfo=CHICAGO)
D = dt.timedelta(days=1)


@pytest.fixture(autouse=True)
def clock(db: None) -> Iterator[time_machine.Traveller]:
    with time_machine.travel(FRIDAY) as traveller:
        yield traveller


def door_of(placement: Placement, *, days: int = 21) -> str:
    now = dt.datetime.now(dt.UTC)
    token = grant(
        "placements.host",
        subject_type="providers.preceptor",
        subject_id=placement.booking.offer.preceptor_id,
        expires_at=now + days * D,
        now=now,
    )
    return f"/d/learners/{token}"


def sent(placement: Placement, days: list[Day], state: str = C, **more: str) -> dict[str, str]:
    """The form of one learner as a browser would send it."""
    pid = placement.public_id
    data = {"what": "days", **{f"{pid}-{name}": value for name, value in more.items()}}
    for day in days:
        data[f"{pid}-state_{day.public_id}"] = state
        data[f"{pid}-was_{day.public_id}"] = day.state
        data[f"{pid}-hours_{day.public_id}"] = "7.5"
    return data


def page(placement: Placement) -> str:
    return f"/rotation/{placement.public_id}"


# The learner's own.


def test_learner_checks_in_from_the_page(placement: Placement, amina: User) -> None:
    today = days_of(placement)[4]
    client = client_of(amina)
    assert "Check in for today" in client.get(page(placement)).content.decode()
    answer = client.post(f"{page(placement)}/check-in", {"day": today.public_id}, follow=True)
    assert "Checked in: Fri 9 Oct 2026, 16:00 Chicago" in answer.content.decode()
    assert "Check in for today" not in answer.content.decode()


def test_script_tells_it_later_with_its_own_time(
    placement: Placement, amina: User, clock: time_machine.Traveller
) -> None:
    today, client = days_of(placement)[4], client_of(amina)
    clock.shift(2 * D)
    data = {"day": today.public_id, "at": "2026-10-09T12:58:00.000Z"}
    for _twice in range(2):
        answer = client.post(f"{page(placement)}/check-in", data, headers={"Accept": "text/plain"})
        assert answer.status_code == 204
    kept = CheckIn.objects.get()
    assert (kept.arrived_at, kept.is_late) == (MORNING.astimezone(dt.UTC), True)
    assert "told" in client.get(page(placement)).content.decode()


@pytest.mark.parametrize(
    ("data", "status"), [({}, 422), ({"day": "x", "at": "yesterday"}, 422), ({"day": "x"}, 404)]
)
def test_check_in_that_cannot_be_read(
    placement: Placement, amina: User, data: dict[str, str], status: int
) -> None:
    assert client_of(amina).post(f"{page(placement)}/check-in", data).status_code == status


def test_refused_check_in_says_why_to_page_and_script(placement: Placement, amina: User) -> None:
    first, client = days_of(placement)[0], client_of(amina)
    data, address = {"day": first.public_id}, f"{page(placement)}/check-in"
    answer = client.post(address, data)
    assert (answer.status_code, "on the day itself" in answer.content.decode()) == (409, True)
    plain = client.post(address, data, headers={"Accept": "text/plain"})
    assert (plain.status_code, plain.content[:12]) == (409, b"One checks i")


def test_page_of_the_days_tells_all_of_it(placement: Placement, amina: User, bruno: User) -> None:
    days = days_of(placement)
    first = days[0]
    first.placement = placement
    check_in(first, arrived_at=None, actor=amina, now=FRIDAY - 4 * D)
    confirm(placement, days[:2], FRIDAY)
    settle_days(placement, marks(days[2:3], A, why="<b>ill</b>"), host=link(placement), now=FRIDAY)
    text = client_of(amina).get(page(placement)).content.decode()
    for words in ("2 of 20 days, 16 hours", "2 of 2 days with", "&lt;b&gt;ill", "I was there"):
        assert words in text
    assert text.count("Week of") == 4


@pytest.mark.parametrize("weeks", [1, 3])
def test_page_of_the_days_takes_the_same_queries(
    provider: Provider, amina: User, weeks: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    placement = a_placement(provider, amina, FRIDAY, last=MONDAY + D * (7 * weeks - 3))
    confirm(placement, days_of(placement)[:5], FRIDAY)
    client = client_of(amina)
    client.get(page(placement))
    with django_assert_num_queries(7):
        client.get(page(placement))


def test_nobody_else_sees_the_days(placement: Placement, bruno: User, dora: User) -> None:
    for other in (bruno, dora):
        client = client_of(other)
        assert client.get(page(placement)).status_code == 404
        data = {"day": days_of(placement)[4].public_id}
        assert client.post(f"{page(placement)}/check-in", data).status_code == 404


def test_tab_leads_from_the_application_to_the_days(
    placement: Placement, provider: Provider, amina: User
) -> None:
    client = client_of(amina)
    application = placement.booking.application
    tab = reverse("placements:of-application", args=[application.public_id])
    assert tab in client.get(f"/applications/{application.public_id}").content.decode()
    assert client.get(tab)["Location"] == page(placement)
    fresh = a_booking(provider, amina, MONDAY + 56 * D)
    waits = client.get(
        reverse("placements:of-application", args=[fresh.application.public_id]), follow=True
    )
    assert "being written down" in waits.content.decode()
    Booking.objects.filter(pk=fresh.pk).update(state="canceled")
    gone = reverse("placements:of-application", args=[fresh.application.public_id])
    assert client.get(gone).status_code == 404


def test_home_asks_to_check_in_once_a_day(placement: Placement, amina: User) -> None:
    client = client_of(amina)
    assert "Check in at" in client.get("/home").content.decode()
    today = days_of(placement)[4]
    today.placement = placement
    check_in(today, arrived_at=None, actor=amina, now=FRIDAY)
    assert "is under way" in client.get("/home").content.decode()


def test_learner_objects_to_a_missed_day(placement: Placement, amina: User) -> None:
    day, client = days_of(placement)[0], client_of(amina)
    settle_days(placement, marks([day], A), host=link(placement), now=FRIDAY)
    address = f"{page(placement)}/days/{day.public_id}/object"
    assert client.get(address).status_code == 200
    assert client.post(address, {"words": ""}).status_code == 422
    named = client.post(address, {"words": "I saw patient John Smith, MRN 1234567"})
    assert named.status_code == 422
    assert client.post(address, {"words": "I was in clinic all day"}).status_code == 302
    assert client.post(address, {"words": "Once more"}).status_code == 409
    assert "You objected" in client.get(page(placement)).content.decode()


# The mailed page.


def test_preceptor_confirms_a_week_without_an_account(placement: Placement) -> None:
    door, week, client = door_of(placement), days_of(placement)[:5], Client()
    for _scanner in range(2):
        shown = client.get(door)
        assert (shown.status_code, client.head(door).status_code) == (200, 200)
    assert not Day.objects.exclude(state="planned").exists()
    assert "Amina Rahm" in shown.content.decode()
    assert client.post(door, sent(placement, week)).status_code == 302
    assert {(d.state, d.minutes) for d in days_of(placement)[:5]} == {(C, 450)}
    assert "Every day so far is settled" in client.get(door).content.decode()


def test_one_button_confirms_what_is_open(placement: Placement, amina: User) -> None:
    week, pid = days_of(placement)[:5], placement.public_id
    data = sent(placement, week, "") | {"all": "here"}
    data |= {f"{pid}-state_{week[1].public_id}": A, f"{pid}-why": "Was ill"}
    assert Client().post(door_of(placement), data).status_code == 302
    assert [day.state for day in days_of(placement)[:5]] == [C, A, C, C, C]


def test_page_offers_what_was_checked_in(placement: Placement, amina: User) -> None:
    today = days_of(placement)[4]
    today.placement = placement
    check_in(today, arrived_at=None, actor=amina, now=FRIDAY)
    text = Client().get(door_of(placement)).content.decode()
    assert len(re.findall(r'<option value="confirmed" selected', text)) == 1
    assert "16:00" in text


def test_missed_day_needs_a_word_on_the_page(placement: Placement) -> None:
    week = days_of(placement)[:2]
    answer = Client().post(door_of(placement), sent(placement, week, A))
    assert (answer.status_code, "Say why a day was missed" in answer.content.decode()) == (
        422,
        True,
    )
    told = sent(placement, week, A, why="Patient John Smith, MRN 1234567, had the room")
    assert Client().post(door_of(placement), told).status_code == 422


def test_page_that_is_behind_is_shown_again(placement: Placement, bruno: User) -> None:
    week, door = days_of(placement)[:5], door_of(placement)
    settle_days(placement, marks(week[:1], A), host=link(placement), now=FRIDAY)
    late = sent(placement, week[1:]) | {"what": "days"}
    confirm(placement, week[1:2], FRIDAY)
    settle_days(placement, marks(days_of(placement)[1:2], A), host=link(placement), now=FRIDAY)
    answer = Client().post(door, late)
    # The second day left the page with its absence; the others are saved.
    assert answer.status_code == 302
    assert [day.state for day in days_of(placement)[:5]] == [A, A, C, C, C]


@pytest.mark.parametrize("token", ["guessed", "x" * 43])
def test_guessed_link_opens_nothing(placement: Placement, token: str) -> None:
    for method in ("get", "post"):
        answer = getattr(Client(), method)(f"/d/learners/{token}")
        assert (answer.status_code, "has ended" in answer.content.decode()) == (410, True)


def test_link_of_another_door_opens_nothing(placement: Placement) -> None:
    now = dt.datetime.now(dt.UTC)
    preceptor = placement.booking.offer.preceptor_id
    for scope, subject in (
        ("providers.preceptor", "providers.preceptor"),
        ("placements.host", "x.y"),
    ):
        token = grant(
            scope, subject_type=subject, subject_id=preceptor, expires_at=now + D, now=now
        )
        assert Client().get(f"/d/learners/{token}").status_code == 410


def test_link_ends_with_its_days(placement: Placement, clock: time_machine.Traveller) -> None:
    door = door_of(placement)
    clock.shift(21 * D)
    assert Client().post(door, sent(placement, days_of(placement)[:5])).status_code == 410


def test_link_ends_when_the_preceptors_address_changes(
    placement: Placement, provider: Provider, bruno: User
) -> None:
    door, one = door_of(placement), placement.booking.offer.preceptor
    told = {"email": "new@example.test", "npi": one.npi}
    now = dt.datetime.now(dt.UTC)
    save_preceptor(provider, told, preceptor=one, actor=bruno, now=now)
    assert Client().get(door).status_code == 410


def test_link_shows_own_learners_alone(
    placement: Placement, provider: Provider, dora: User
) -> None:
    other = a_placement(provider, dora, FRIDAY)
    door = door_of(placement)
    assert "Dora" not in Client().get(door).content.decode()
    data = sent(other, days_of(other)[:2])
    Client().post(door, data)
    assert not Day.objects.filter(placement=other).exclude(state="planned").exists()


def test_make_up_and_pause_by_link(placement: Placement) -> None:
    door, pid, client = door_of(placement), placement.public_id, Client()
    missed = days_of(placement)[:1]
    settle_days(placement, marks(missed, A), host=link(placement), now=FRIDAY)
    extra = {"what": "make_up", "learner": pid, f"make-up-{pid}-day_on": "2026-10-10"}
    assert client.post(door, extra).status_code == 302
    assert client.post(door, extra).status_code == 409
    assert client.post(door, {"what": "make_up", "learner": pid}).status_code == 422
    assert Day.objects.get(is_make_up=True).planned_minutes == 480
    pause = {
        "what": "pause", "learner": pid, f"pause-{pid}-first_on": "2026-10-12",
        f"pause-{pid}-last_on": "2026-10-16", f"pause-{pid}-why": "Clinic closed",
    }  # fmt: skip
    assert client.post(door, pause).status_code == 302
    assert Day.objects.filter(state=DayState.PAUSED).count() == 5
    for data in ({"what": "pause", "learner": "x"}, {"what": "x"}, {}):
        assert client.post(door, data).status_code == 422


@pytest.mark.parametrize("count", [1, 3, 25])
def test_mailed_page_takes_the_same_queries(
    provider: Provider, count: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    made = [a_placement(provider, UserFactory(), FRIDAY) for _ in range(count)]
    preceptor = made[0].booking.offer.preceptor
    for one in made:
        offer = one.booking.offer
        type(offer).objects.filter(pk=offer.pk).update(preceptor=preceptor)
    door = door_of(made[0])
    with django_assert_num_queries(7):
        text = Client().get(door).content.decode()
    assert text.count("days confirmed") == count


# The team's.


def test_team_confirms_every_learners_days(
    placement: Placement, provider: Provider, bruno: User, dora: User
) -> None:
    other, client = a_placement(provider, dora, FRIDAY), client_of(bruno)
    text = client.get("/p/lakeshore/learners").content.decode()
    assert "4 to confirm" in text
    data = sent(placement, days_of(placement)[:5]) | sent(other, days_of(other)[:3])
    answer = client.post("/p/lakeshore/learners/days", data, follow=True)
    assert "8 days are saved" in answer.content.decode()
    assert Day.objects.filter(state=C, settled_by=bruno).count() == 8


def test_team_corrects_what_was_recorded(placement: Placement, bruno: User) -> None:
    client, address = client_of(bruno), f"/p/lakeshore/learners/{placement.public_id}"
    confirm(placement, days_of(placement)[:2], FRIDAY)
    first = days_of(placement)[0]
    assert "Was there" in client.get(address).content.decode()
    data = sent(placement, [first], A, why="Left at nine")
    answer = client.post(address, data, follow=True)
    assert "1 day is saved" in answer.content.decode()
    first.refresh_from_db()
    assert (first.state, first.why) == (A, "Left at nine")
    assert (
        "Nothing was left to save"
        in client.post(address, {"what": "days"}, follow=True).content.decode()
    )


def test_stale_page_of_the_team_is_refused(placement: Placement, bruno: User) -> None:
    """The page showed the first day as confirmed; meanwhile it was recorded as missed."""
    client, address = client_of(bruno), f"/p/lakeshore/learners/{placement.public_id}"
    second = days_of(placement)[1]
    data = sent(placement, [second])
    settle_days(placement, marks([second], A), host=link(placement), now=FRIDAY)
    answer = client.post(address, data)
    assert (answer.status_code, "in the meantime" in answer.content.decode()) == (409, True)


def test_team_pages_are_closed_to_others(
    placement: Placement, provider: Provider, amina: User, dora: User
) -> None:
    scheduler = MemberFactory(provider=provider, role=Role.SCHEDULER).user
    for path in ("/p/lakeshore/learners/days", f"/p/lakeshore/learners/{placement.public_id}"):
        assert client_of(scheduler).get(path).status_code == 403
        for stranger in (amina, dora):
            assert client_of(stranger).post(path, {"what": "days"}).status_code == 404


def test_no_learner_has_a_day_to_confirm(provider: Provider, bruno: User) -> None:
    text = client_of(bruno).get("/p/lakeshore/learners/days").content.decode()
    assert "Every day that has come is settled" in text


@pytest.mark.parametrize("count", [1, 3])
def test_days_of_the_team_take_the_same_queries(
    provider: Provider, bruno: User, count: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(count):
        a_placement(provider, UserFactory(), FRIDAY)
    client = client_of(bruno)
    client.get("/p/lakeshore/learners/days")
    with django_assert_num_queries(10):
        client.get("/p/lakeshore/learners/days")


# Staff.


def test_trust_decides_on_the_page(placement: Placement, amina: User, trudy: User) -> None:
    day = days_of(placement)[0]
    settle_days(placement, marks([day], A), host=link(placement), now=FRIDAY)
    day.refresh_from_db()
    day.placement = placement
    found = object_to_day(day, "I was there", actor=amina, now=FRIDAY)
    client, address = client_of(trudy), f"/staff/objections/{found.public_id}"
    assert "I was there" in client.get(address).content.decode()
    assert client.post(address, {"outcome": "upheld"}).status_code == 422
    told = {"outcome": "upheld", "answer": "The list has you."}
    assert client.post(address, told).status_code == 302
    assert client.post(address, told).status_code == 409
    assert Objection.objects.get().state == "upheld"
    assert "Decided on" in client.get(address).content.decode()
    assert client.get(f"/staff/attendance/{placement.public_id}").status_code == 200


def test_finance_releases_on_the_page(placement: Placement, fay: User) -> None:
    last = MONDAY + 25 * D
    settle_days(placement, marks(days_of(placement), A), host=link(placement), now=FRIDAY + 21 * D)
    with time_machine.travel(FRIDAY + 22 * D):
        from rotations.placements.actions import advance  # noqa: PLC0415
        from rotations.placements.queries import placement_by_id  # noqa: PLC0415

        advance(placement_by_id(placement.pk), now=FRIDAY + 22 * D)
        client, address = client_of(fay), f"/staff/attendance/{placement.public_id}"
        assert "Release it to the provider" in client.get(address).content.decode()
        assert client.post(f"{address}/release").status_code == 302
        assert "Release it to the provider" not in client.get(address).content.decode()
    assert last < (FRIDAY + 22 * D).date()
