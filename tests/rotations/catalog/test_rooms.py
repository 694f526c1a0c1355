"""The rooms of a listing: two writers, frozen offers, dates with learners, hostile words."""

import datetime as dt
from collections.abc import Iterator

import pytest
import time_machine
from pytest_django import DjangoAssertNumQueries

from rotations.catalog.actions import NotReady, change_seats, reopen_opening, save_page
from rotations.catalog.actions.errors import BadOpening
from rotations.catalog.forms import page_initial
from rotations.catalog.models import Opening, Rotation, Setting
from rotations.catalog.states import OpeningState, RotationState
from rotations.providers.models import Preceptor, Provider
from tests.factories.catalog import OpeningFactory, RequirementFactory, RotationFactory
from tests.factories.providers import MemberFactory, PreceptorFactory
from tests.factories.stories import an_offer, an_opening
from tests.factories.visits import client_of
from usce.accounts.models import User

pytestmark = pytest.mark.django_db
AT = dt.datetime(2026, 7, 1, 12, tzinfo=dt.UTC)


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(AT, tick=False) as clock:
        yield clock


@pytest.fixture
def rotation(provider: Provider) -> Rotation:
    made = RotationFactory(provider=provider)
    Preceptor.objects.filter(pk=made.preceptor_id).update(license_checked_on=AT.date())
    return Rotation.objects.select_related("preceptor").get(pk=made.pk)


def url(rotation: Rotation, room: str = "") -> str:
    return f"/p/lakeshore/rotations/{rotation.public_id}{room}"


def page(rotation: Rotation, **other: object) -> dict[str, object]:
    told = page_initial(rotation) | {"duties": "Observe\nDiscuss", "not_included": ""}
    kept = {k: v for k, v in told.items() if v is not None and v is not False}
    return kept | other


def seen(rotation: Rotation) -> str:
    return Rotation.objects.get(pk=rotation.pk).updated_at.isoformat()


def test_page_is_saved_with_its_matrix(bruno: User, rotation: Rotation) -> None:
    told = page(
        rotation,
        **{"title": "Clinic <script>x</script>", "history-outpatient": "assist",
           "history-remote": "observe"},
    )  # fmt: skip
    assert client_of(bruno).post(url(rotation), told).status_code == 302
    rotation.refresh_from_db()
    assert rotation.duties == ["Observe", "Discuss"]
    assert list(rotation.matrix.values_list("place", "level")) == [("outpatient", "assist")]
    text = client_of(bruno).get(url(rotation)).content.decode()
    assert "<script>x" not in text


@pytest.mark.parametrize(
    ("field", "value"),
    [("title", ""), ("title", "x" * 141), ("duties", ""), ("duties", "x" * 121),
     ("duties", "\n".join("abcdefghijklm")), ("hours_per_week", "0"), ("setting", "moon"),
     ("attending_changes_weeks", "0")],
)  # fmt: skip
def test_page_tells_errors_at_the_field(
    bruno: User, rotation: Rotation, field: str, value: str
) -> None:
    answer = client_of(bruno).post(url(rotation), page(rotation, **{field: value}))
    assert answer.status_code == 422
    assert f'id="id_{field}-error"' in answer.content.decode()


def test_second_writer_sees_both_versions_and_loses_nothing(
    bruno: User, rotation: Rotation, clock: time_machine.Traveller
) -> None:
    first, second = client_of(bruno), client_of(bruno)
    mine = page(rotation, title="Second title", summary="Second words")
    assert first.post(url(rotation), page(rotation, title="First title")).status_code == 302
    answer = second.post(url(rotation), mine)
    text = answer.content.decode()
    assert answer.status_code == 409
    for words in ("First title", "Second title", "Second words"):
        assert words in text
    rotation.refresh_from_db()
    assert rotation.title == "First title"
    assert f'value="{seen(rotation)}"' in text
    assert second.post(url(rotation), mine | {"seen": seen(rotation)}).status_code == 302
    rotation.refresh_from_db()
    assert rotation.title == "Second title"


@pytest.mark.parametrize("room", ["/requirements", "/price"])
def test_every_room_notices_the_other_writer(bruno: User, rotation: Rotation, room: str) -> None:
    told = {"seen": seen(rotation), "fee": "none", "refunds": "strict"}
    client = client_of(bruno)
    assert client.post(url(rotation, room), told).status_code == 302
    assert client.post(url(rotation, room), told).status_code == 409
    assert client.post(url(rotation, room), told | {"seen": "yesterday"}).status_code == 422


def test_changed_price_holds_for_new_offers_only(
    bruno: User, amina: User, provider: Provider
) -> None:
    offer = an_offer(an_opening(provider), amina, AT)
    rotation = offer.opening.rotation
    told = {"fee": "week", "price": "700", "refunds": "flexible", "seen": seen(rotation)}
    assert client_of(bruno).post(url(rotation, "/price"), told).status_code == 302
    offer.refresh_from_db()
    rotation.refresh_from_db()
    assert offer.terms["total_cents"] == 165_000
    assert offer.terms["policy"]["key"] == "standard"
    assert (rotation.price_cents, rotation.net_cents(4)) == (70_000, 280_000 + 28_000)


def test_requirements_are_weighed_and_checked(bruno: User, rotation: Rotation) -> None:
    RequirementFactory(rotation=rotation)
    client = client_of(bruno)
    text = client.get(url(rotation, "/requirements")).content.decode()
    assert 'value="5"' in text
    told = {
        "seen": seen(rotation), "applicant_status": "must", "allowed": ["graduate"],
        "tb_test": "by_start", "tb_test_months": "6",
    }  # fmt: skip
    missing = client.post(url(rotation, "/requirements"), told | {"visa_accepted": "must"})
    assert missing.status_code == 422
    assert 'id="id_accepted-error"' in missing.content.decode()
    too_hard = client.post(url(rotation, "/requirements"), told | {"tb_test": "must"})
    assert too_hard.status_code == 422
    assert client.post(url(rotation, "/requirements"), told).status_code == 302
    kept = rotation.requirements.values_list("kind", "weight")
    assert set(kept) == {("applicant_status", "must"), ("tb_test", "by_start")}
    assert rotation.requirements.get(kind="tb_test").params == {"months": 6}
    assert (
        'name="tb_test_months" value="6"'
        in client.get(url(rotation, "/requirements")).content.decode()
    )


def test_remote_listing_asks_for_no_health_papers(bruno: User, rotation: Rotation) -> None:
    Rotation.objects.update(setting=Setting.REMOTE)
    told = {"seen": seen(rotation), "tb_test": "by_start"}
    assert client_of(bruno).post(url(rotation, "/requirements"), told).status_code == 409


def test_public_listing_keeps_a_license_looked_up(
    bruno: User, rotation: Rotation, provider: Provider
) -> None:
    other = PreceptorFactory(provider=provider)
    answer = client_of(bruno).post(url(rotation), page(rotation, preceptor=other.pk))
    assert answer.status_code == 409
    told = page_initial(rotation) | {"site": rotation.site, "preceptor": rotation.preceptor}
    Rotation.objects.update(state=RotationState.ARCHIVED)
    with pytest.raises(NotReady):
        save_page(rotation, told, matrix=[], seen=rotation.updated_at, actor=bruno, now=AT)


def test_dates_with_learners_are_not_canceled(bruno: User, rotation: Rotation) -> None:
    opening = OpeningFactory(rotation=rotation, seats=3, taken=2)
    client, path = client_of(bruno), url(rotation, f"/dates/{opening.public_id}")
    assert client.post(f"{path}/cancel", {"reason": ""}).status_code == 422
    refused = client.post(f"{path}/cancel", {"reason": "Leave"})
    assert refused.status_code == 409
    assert "Seats of this opening are taken." in refused.content.decode()
    assert client.post(f"{path}/seats", {"seats": "1"}).status_code == 409
    assert client.post(f"{path}/seats", {"seats": "x"}).status_code == 422
    assert client.post(f"{path}/seats", {"seats": "2"}).status_code == 302
    for state in (OpeningState.CLOSED, OpeningState.OPEN):
        assert client.post(f"{path}/close").status_code == 302
        opening.refresh_from_db()
        assert opening.state == state
    Opening.objects.update(taken=0)
    assert client.get(f"{path}/cancel").status_code == 200
    assert client.post(f"{path}/cancel", {"reason": "Leave"}).status_code == 302
    assert client.post(f"{path}/close").status_code == 409


def test_canceled_dates_take_no_seats(bruno: User, rotation: Rotation) -> None:
    opening = OpeningFactory(rotation=rotation, state=OpeningState.CANCELED)
    with pytest.raises(BadOpening):
        change_seats(opening, 4, actor=bruno, now=AT)
    closed = OpeningFactory(
        rotation=rotation, state=OpeningState.CLOSED, starts_on=dt.date(2026, 11, 2),
        ends_on=dt.date(2026, 11, 27),
    )  # fmt: skip
    assert reopen_opening(closed, actor=bruno, now=AT).state == OpeningState.OPEN
    with pytest.raises(BadOpening):
        change_seats(closed, 51, actor=bruno, now=AT)


def test_history_says_who_did_what(bruno: User, rotation: Rotation) -> None:
    client = client_of(bruno)
    client.post(url(rotation), page(rotation, title="New title"))
    client.post(url(rotation, "/dates"), {"first_on": "2026-11-02", "blocks": "2", "seats": "1"})
    text = client.get(url(rotation, "/history")).content.decode()
    assert "changed the page" in text
    assert text.count("added dates") == 2
    assert "Bruno Keller" in text


@pytest.mark.parametrize("room", ["", "/requirements", "/price", "/history", "/submit", "/dates"])
@pytest.mark.parametrize(
    ("role", "status"), [("coordinator", 200), ("scheduler", 403), ("preceptor", 403),
                         ("finance", 403)],
)  # fmt: skip
def test_rooms_by_role(
    provider: Provider, rotation: Rotation, room: str, role: str, status: int
) -> None:
    member = MemberFactory(provider=provider, role=role)
    if room == "/submit":
        Rotation.objects.update(state=RotationState.DRAFT)
    expected = 200 if (role, room) == ("scheduler", "/dates") else status
    assert client_of(member.user).get(url(rotation, room)).status_code == expected
    assert client_of(MemberFactory().user).get(url(rotation, room)).status_code == 404


def test_listing_of_another_provider_is_not_here(bruno: User, provider: Provider) -> None:
    assert client_of(bruno).get(url(RotationFactory())).status_code == 404


@pytest.mark.parametrize("count", [1, 3])
def test_rotations_take_the_same_queries(
    bruno: User,
    provider: Provider,
    count: int,
    django_assert_num_queries: DjangoAssertNumQueries,
    clock: time_machine.Traveller,
) -> None:
    for _ in range(count):
        OpeningFactory(rotation=RotationFactory(provider=provider))
    client = client_of(bruno)
    client.get("/p/lakeshore/rotations")
    clock.shift(5)
    with django_assert_num_queries(8):
        text = client.get("/p/lakeshore/rotations").content.decode()
    assert text.count("5 Oct 2026") == count


def test_dates_stand_soonest_first_and_ended_ones_apart(
    bruno: User, rotation: Rotation, clock: time_machine.Traveller
) -> None:
    today = dt.datetime.now(dt.UTC).date()
    for days in (200, 100, -100):
        first = today + dt.timedelta(days=days)
        OpeningFactory(
            rotation=rotation,
            starts_on=first,
            ends_on=first + dt.timedelta(days=25),
            seats=abs(days) // 10,
        )
    client = client_of(bruno)
    coming = client.get(url(rotation, "/dates")).content.decode()
    assert coming.index('value="10"') < coming.index('value="20"')
    ended = client.get(url(rotation, "/dates") + "?ended=yes").content.decode()
    assert ended.count('value="10"') == 1
    assert 'value="20"' not in ended
