"""A yes without a seat, dates that go away, and many decisions at once."""

import datetime as dt
from collections.abc import Iterator

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from pytest_django import DjangoAssertNumQueries

from rotations.applications.actions import (
    decline_application,
    leave_dates,
    waitlist_application,
    withdraw_application,
)
from rotations.applications.models import Application
from rotations.applications.queries import place_on_list
from rotations.applications.states import ApplicationState as S
from rotations.applications.tasks import sweep_dates
from rotations.bookings.actions import make_offer, withdraw_from_canceled
from rotations.bookings.models import Offer
from rotations.catalog.actions import cancel_opening
from rotations.catalog.models import Opening
from rotations.catalog.states import OpeningState
from rotations.eligibility.rules import Finding, Verdict
from rotations.providers.models import Provider
from tests.factories.catalog import OpeningFactory
from tests.factories.providers import MemberFactory
from tests.factories.stories import (
    a_named_applicant,
    an_application,
    an_offer,
    an_opening,
    an_owner,
)
from tests.factories.visits import client_of
from usce.accounts.models import User
from usce.notifications.models import Mail
from usce.permissions import SYSTEM
from usce.states import TransitionRefused

pytestmark = pytest.mark.django_db
AT = dt.datetime(2026, 7, 1, 12, tzinfo=dt.UTC)


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(AT, tick=False) as clock:
        yield clock


@pytest.fixture
def opening(provider: Provider) -> Opening:
    return an_opening(provider)


def listed(opening: Opening, now: dt.datetime) -> Application:
    application = an_application(opening, a_named_applicant())
    owner = an_owner(opening.rotation.provider)
    return waitlist_application(application, reason="", actor=owner, now=now)


def mails(event: str) -> list[Mail]:
    return list(Mail.objects.filter(event=f"applications.{event}"))


def test_places_follow_the_moment_and_close_up(bruno: User, opening: Opening) -> None:
    first, second, third = (listed(opening, AT + dt.timedelta(hours=n)) for n in range(3))
    assert [place_on_list(one) for one in (first, second, third)] == [1, 2, 3]
    assert [mail.facts["place"] for mail in mails("waitlisted")] == [1, 2, 3]
    withdraw_application(first, actor=first.applicant, now=AT)
    assert [place_on_list(one) for one in (second, third)] == [1, 2]
    page = client_of(third.applicant).get(f"/applications/{third.public_id}").content.decode()
    assert "You are 2nd on the list for 5 October 2026." in page
    text = client_of(bruno).get(f"/p/lakeshore/applicants/{third.public_id}").content.decode()
    assert "Number 2 on the list" in text


def test_two_at_the_same_moment_have_two_places(opening: Opening) -> None:
    assert [place_on_list(one) for one in (listed(opening, AT), listed(opening, AT))] == [1, 2]


def test_list_is_of_one_opening(opening: Opening) -> None:
    other = OpeningFactory(
        rotation=opening.rotation, starts_on=dt.date(2026, 11, 2), ends_on=dt.date(2026, 11, 27)
    )
    listed(opening, AT)
    assert place_on_list(listed(other, AT)) == 1


def test_from_the_list_comes_an_offer_or_a_no(bruno: User, opening: Opening) -> None:
    one, two = listed(opening, AT), listed(opening, AT)
    offer = make_offer(one, expires_at=AT + dt.timedelta(days=7), actor=bruno, now=AT)
    assert offer.application.state == S.OFFERED
    assert decline_application(two, reason="Full", actor=bruno, now=AT).state == S.DECLINED


@pytest.mark.parametrize("state", [S.IN_REVIEW, S.OFFERED, S.WAITLISTED, S.DECLINED])
def test_only_what_waits_is_listed(bruno: User, opening: Opening, state: S) -> None:
    application = an_application(opening, a_named_applicant(), state)
    with pytest.raises(TransitionRefused):
        waitlist_application(application, reason="", actor=bruno, now=AT)


@pytest.mark.parametrize("role", ["scheduler", "preceptor", "finance"])
def test_others_of_the_team_list_nobody(provider: Provider, opening: Opening, role: str) -> None:
    application = an_application(opening, a_named_applicant())
    member = MemberFactory(provider=provider, role=role)
    with pytest.raises(PermissionDenied):
        waitlist_application(application, reason="", actor=member.user, now=AT)
    path = f"/p/lakeshore/applicants/{application.public_id}/waitlist"
    assert client_of(member.user).post(path).status_code == 403
    for page in ("applicants", "learners"):
        assert client_of(member.user).get(f"/p/lakeshore/{page}").status_code == 403


@pytest.mark.parametrize("state", [S.SUBMITTED, S.IN_REVIEW, S.FORWARDED, S.WAITLISTED])
@pytest.mark.parametrize("others", [True, False])
def test_canceled_dates_send_back_or_end(
    bruno: User, opening: Opening, state: S, others: bool
) -> None:
    application = an_application(opening, a_named_applicant(), state)
    if others:
        OpeningFactory(
            rotation=opening.rotation,
            starts_on=dt.date(2026, 11, 2),
            ends_on=dt.date(2026, 11, 27),
        )
    sweep_dates()
    application.refresh_from_db()
    assert application.state == state
    cancel_opening(opening, reason="Leave", actor=bruno, now=AT)
    sweep_dates()
    sweep_dates()
    application.refresh_from_db()
    assert application.state == (S.CHANGES_REQUESTED if others else S.EXPIRED)
    assert len(mails("returned" if others else "dates_gone")) == 1
    page = client_of(application.applicant).get(f"/applications/{application.public_id}")
    assert ("Choose others" in page.content.decode()) == others
    (told,) = mails("returned" if others else "dates_gone")
    assert str(told.facts["reason"]).endswith("The reason given: Leave")


def test_offer_on_canceled_dates_is_withdrawn(amina: User, bruno: User, opening: Opening) -> None:
    offer = an_offer(opening, amina, AT)
    assert withdraw_from_canceled(AT) == 0
    cancel_opening(opening, reason="Leave", actor=bruno, now=AT)
    assert withdraw_from_canceled(AT) == 1
    assert withdraw_from_canceled(AT) == 0
    assert Offer.objects.get(pk=offer.pk).state == "withdrawn"
    assert Application.objects.get().state == S.DECLINED
    assert len(mails("declined")) == 1


def test_list_ends_when_the_rotation_begins_at_the_site(
    opening: Opening, clock: time_machine.Traveller
) -> None:
    application = listed(opening, AT)
    clock.move_to(dt.datetime(2026, 10, 5, 3, tzinfo=dt.UTC))  # still the evening before there
    sweep_dates()
    application.refresh_from_db()
    assert application.state == S.WAITLISTED
    clock.move_to(dt.datetime(2026, 10, 5, 6, tzinfo=dt.UTC))
    sweep_dates()
    application.refresh_from_db()
    assert application.state == S.EXPIRED
    with pytest.raises(TransitionRefused):
        leave_dates(application, actor=SYSTEM, now=AT)


def test_people_do_not_end_applications_for_their_dates(bruno: User, opening: Opening) -> None:
    with pytest.raises(PermissionDenied):
        leave_dates(listed(opening, AT), actor=bruno, now=AT)  # type: ignore[arg-type]


def test_many_at_once_and_each_for_itself(bruno: User, opening: Opening) -> None:
    waiting = [an_application(opening, a_named_applicant()) for _ in range(2)]
    offered = an_application(opening, a_named_applicant(full_name="<b>X</b>"), S.OFFERED)
    stranger = an_application(an_opening(), a_named_applicant())
    chosen = [one.public_id for one in (*waiting, offered, stranger)]
    client = client_of(bruno)
    path = "/p/lakeshore/applicants/decide"
    missing = client.post(path, {"application": chosen, "act": "decline", "reason": " "})
    assert missing.status_code == 422
    assert missing.content.decode().count('name="application"') == 4
    assert client.post(path, {"act": "decline", "reason": "Full"}).status_code == 422
    done = client.post(path, {"application": chosen, "act": "decline", "reason": "Full"})
    text = done.content.decode()
    assert "2 of 3 done" in text
    assert "this step is no longer possible" in text
    assert "<b>X</b>" not in text
    assert Application.objects.filter(state=S.DECLINED).count() == 2
    stranger.refresh_from_db()
    assert stranger.state == S.FORWARDED


def test_many_are_listed_without_a_reason(bruno: User, opening: Opening) -> None:
    waiting = [an_application(opening, a_named_applicant()) for _ in range(2)]
    chosen = [one.public_id for one in waiting]
    told = {"application": chosen, "act": "waitlist"}
    text = client_of(bruno).post("/p/lakeshore/applicants/decide", told).content.decode()
    assert "2 of 2 done" in text
    assert len(mails("waitlisted")) == 2


def test_listed_on_the_page_of_one(bruno: User, opening: Opening) -> None:
    application = an_application(opening, a_named_applicant())
    path = f"/p/lakeshore/applicants/{application.public_id}"
    assert client_of(bruno).post(f"{path}/waitlist").status_code == 302
    assert client_of(bruno).post(f"{path}/waitlist").status_code == 409
    assert client_of(bruno).get(f"{path}/offer").status_code == 200
    opening.refresh_from_db()
    assert opening.state == OpeningState.OPEN


@pytest.mark.parametrize(
    ("query", "found"),
    [("", 3), ("q=okoro", 3), ("q=zz", 0), ("q=Grace", 1), ("state=waitlisted", 1),
     ("state=nonsense", 3), ("starts_on=2026-11-01", 1), ("starts_on=x", 3),
     ("qualifies=met", 2), ("qualifies=open", 1), ("q=%25", 0), ("rotation=zz", 3)],
)  # fmt: skip
def test_table_is_narrowed(
    bruno: User, provider: Provider, opening: Opening, query: str, found: int
) -> None:
    an_application(opening, a_named_applicant(full_name="Grace Obi"))
    listed(opening, AT)
    later = OpeningFactory(
        rotation=opening.rotation, starts_on=dt.date(2026, 11, 2), ends_on=dt.date(2026, 11, 27)
    )
    third = an_application(later, a_named_applicant())
    finding = Finding("step1_passed", "must", "not_met", "Step 1", "Not yet.", "Take it.")
    verdict = Verdict("cannot_apply", "This host asks for Step 1.", (finding,)).to_json()
    Application.objects.filter(pk=third.pk).update(verdict=verdict)
    text = client_of(bruno).get(f"/p/lakeshore/applicants?{query}").content.decode()
    assert text.count('scope="row"') == found


def test_reference_and_rotation_find_one(bruno: User, provider: Provider) -> None:
    one, two = (an_application(an_opening(provider), a_named_applicant()) for _ in range(2))
    client = client_of(bruno)
    for query in (f"q={one.reference.lower()}", f"rotation={one.rotation.public_id}"):
        text = client.get(f"/p/lakeshore/applicants?{query}").content.decode()
        assert one.public_id in text
        assert two.public_id not in text


@pytest.mark.parametrize("count", [1, 3])
def test_table_takes_the_same_queries(
    bruno: User,
    opening: Opening,
    count: int,
    django_assert_num_queries: DjangoAssertNumQueries,
    clock: time_machine.Traveller,
) -> None:
    for _ in range(count):
        an_application(opening, a_named_applicant())
    client = client_of(bruno)
    client.get("/p/lakeshore/applicants")
    clock.shift(5)
    with django_assert_num_queries(8):
        client.get("/p/lakeshore/applicants?q=sam")
