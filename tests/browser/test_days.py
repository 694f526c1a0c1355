"""A learner checks in on a phone without a line; a preceptor confirms by the mailed page."""

import datetime as dt
from collections.abc import Callable

from rotations.placements.models import CheckIn, Day, Placement
from rotations.placements.queries import zone_of
from rotations.placements.rules import day_at
from tests.browser.conftest import Visit
from tests.browser.entrance import sign_in
from usce.links.actions import grant

LINA = "lina.demo@rounds.example"


def lina() -> Placement:
    """Her demo rotation; on a weekend today is made a day of it."""
    placement = Placement.objects.select_related(
        "booking__offer__site", "booking__offer__preceptor"
    ).get(booking__applicant__email=LINA)
    today = day_at(dt.datetime.now(dt.UTC), zone_of(placement))
    Day.objects.get_or_create(
        placement=placement, day_on=today, defaults={"planned_minutes": 480, "is_make_up": True}
    )
    return placement


def test_check_in_waits_for_the_line(visit: Callable[..., Visit]) -> None:
    placement = lina()
    phone = visit("lina-phone", width=390, scheme="dark")
    phone.expected = ("ERR_INTERNET_DISCONNECTED", "Failed to load resource")
    sign_in(phone, LINA)
    phone.open(f"/rotation/{placement.public_id}")
    phone.shot("days")
    phone.check_axe()
    phone.page.context.set_offline(True)
    phone.page.get_by_role("button", name="Check in for today").click()
    phone.page.get_by_text("Kept on this device with").wait_for()
    assert not CheckIn.objects.filter(day__placement=placement, day__day_on=_today()).exists()
    phone.shot("days-kept")
    phone.page.context.set_offline(False)
    phone.page.get_by_text("Checked in for today").wait_for()
    assert CheckIn.objects.filter(day__placement=placement, day__day_on=_today()).count() == 1


def _today() -> dt.date:
    return day_at(dt.datetime.now(dt.UTC), zone_of(lina()))


def test_preceptor_confirms_by_the_mailed_page(visit: Callable[..., Visit]) -> None:
    placement, now = lina(), dt.datetime.now(dt.UTC)
    token = grant(
        "placements.host",
        subject_type="providers.preceptor",
        subject_id=placement.booking.offer.preceptor_id,
        expires_at=now + dt.timedelta(days=1),
        now=now,
    )
    doctor = visit("preceptor", width=390)
    doctor.open(f"/d/learners/{token}")
    doctor.screen("My learners")
    doctor.shot("door")
    doctor.check_axe()
    doctor.page.get_by_role("button", name="All open days attended").click()
    doctor.page.get_by_text("days are saved").wait_for()
    doctor.shot("door-settled")
    open_days = Day.objects.filter(placement=placement, state="planned")
    assert not open_days.filter(day_on__lt=_today()).exists()
