"""The search row says what its sources say, after each kind of change."""

import datetime as dt
from collections.abc import Callable
from decimal import Decimal

import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from django.db.models import F

from rotations.catalog.actions import cancel_opening, close_opening, pause_rotation
from rotations.catalog.models import (
    Duty,
    HandsOn,
    Opening,
    PricePer,
    Requirement,
    Rotation,
    SearchRow,
    Weight,
)
from rotations.catalog.search import refresh_passed_starts
from rotations.catalog.states import RotationState
from rotations.catalog.tasks import rebuild, refresh_passed
from rotations.providers.actions import suspend_provider, verify_provider
from rotations.providers.models import Provider, Site
from tests.factories.accounts import UserFactory
from tests.factories.catalog import OpeningFactory, RequirementFactory, RotationFactory
from tests.factories.reference import StateFactory, TaxRateFactory
from usce.accounts.models import StaffRole, User
from usce.reference.models import TaxRate, ZipPlace

pytestmark = pytest.mark.django_db
TODAY = dt.datetime.now(dt.UTC).date()
START = TODAY + dt.timedelta(days=100)
DIFFERENCE = """
    (SELECT * FROM catalog_search_source EXCEPT SELECT {columns} FROM catalog_searchrow)
    UNION ALL
    (SELECT {columns} FROM catalog_searchrow EXCEPT SELECT * FROM catalog_search_source)
"""


def days(count: int) -> dt.timedelta:
    return dt.timedelta(days=count)


def drift() -> list[object]:
    """The rows that differ from what the sources say; none, ever."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM catalog_search_source LIMIT 0")
        names = [column.name for column in cursor.description]
        cursor.execute(DIFFERENCE.format(columns=", ".join(names)))
        return list(cursor.fetchall())


def row_of(rotation: Rotation) -> SearchRow:
    assert drift() == []
    return SearchRow.objects.get(pk=rotation.pk)


@pytest.fixture
def rotation(provider: Provider) -> Rotation:
    made = RotationFactory(provider=provider)
    OpeningFactory(rotation=made, starts_on=START, ends_on=START + days(25), seats=2)
    OpeningFactory(rotation=made, starts_on=START + days(60), ends_on=START + days(73), seats=3)
    return made


@pytest.fixture
def vera(db: None) -> User:
    return UserFactory(staff_roles=[StaffRole.VERIFIER])


def test_row_gathers_dates_seats_and_price(rotation: Rotation) -> None:
    row = row_of(rotation)
    assert (row.soonest_on, row.open_dates, row.open_seats) == (START, 2, 5)
    assert (row.least_cents, row.specialty, row.state) == (165_000, "internal-medicine", "IL")


def test_least_price_by_the_week_is_that_of_the_shortest_dates(rotation: Rotation) -> None:
    Rotation.objects.update(price_per=PricePer.WEEK, price_cents=50_000)
    assert row_of(rotation).least_cents == 2 * 50_000 + 15_000


def test_listing_without_dates_costs_one_block_or_week(provider: Provider) -> None:
    row = row_of(RotationFactory(provider=provider))
    assert (row.soonest_on, row.open_dates, row.open_seats) == (None, 0, 0)
    assert row.least_cents == 165_000


def test_taking_the_last_seat_moves_the_soonest_start(rotation: Rotation) -> None:
    first = Opening.objects.filter(starts_on=START)
    first.update(taken=F("taken") + 1)
    assert row_of(rotation).open_seats == 4
    first.update(taken=F("taken") + 1)
    row = row_of(rotation)
    assert (row.soonest_on, row.open_dates, row.open_seats) == (START + days(60), 1, 3)
    first.update(taken=F("taken") - 1)
    assert row_of(rotation).soonest_on == START


def test_closing_and_canceling_dates_take_them_out(
    rotation: Rotation, bruno: User, now: dt.datetime
) -> None:
    first, second = rotation.openings.order_by("starts_on")
    close_opening(first, actor=bruno, now=now)
    assert row_of(rotation).open_dates == 1
    cancel_opening(second, reason="travel", actor=bruno, now=now)
    assert row_of(rotation).soonest_on is None


def test_pausing_takes_the_row_away(rotation: Rotation, bruno: User, now: dt.datetime) -> None:
    pause_rotation(rotation, reason="holiday", actor=bruno, now=now)
    assert drift() == []
    assert not SearchRow.objects.exists()


def test_suspended_provider_has_no_rows_until_verified_again(
    rotation: Rotation, provider: Provider, vera: User, now: dt.datetime
) -> None:
    suspend_provider(provider, reason="evidence lapsed", actor=vera, now=now)
    assert not SearchRow.objects.exists()
    verify_provider(provider, actor=vera, now=now)
    assert row_of(rotation).open_dates == 2


def test_draft_has_no_row(provider: Provider) -> None:
    RotationFactory(provider=provider, state=RotationState.DRAFT)
    assert not SearchRow.objects.exists()


def test_row_follows_duties(rotation: Rotation) -> None:
    assert row_of(rotation).hands_on == HandsOn.OBSERVES
    duty = Duty.objects.create(
        rotation=rotation, duty="exam", place="outpatient", level="supervised"
    )
    assert row_of(rotation).hands_on == HandsOn.DOES
    Duty.objects.update(level="assist")
    assert row_of(rotation).hands_on == HandsOn.ASSISTS
    duty.delete()
    assert row_of(rotation).hands_on == HandsOn.OBSERVES


def test_row_follows_required_rules_and_no_others(rotation: Rotation) -> None:
    RequirementFactory(rotation=rotation)
    RequirementFactory(
        rotation=rotation, kind="visa_accepted", params={"accepted": ["b1_b2", "esta"]}
    )
    RequirementFactory(rotation=rotation, kind="ecfmg_certified", params={}, weight=Weight.WISH)
    row = row_of(rotation)
    assert (row.needs_years, row.needs_visa, row.needs_status) == (5, ["b1_b2", "esta"], None)
    assert not row.needs_ecfmg
    Requirement.objects.filter(kind="ecfmg_certified").update(weight=Weight.MUST)
    assert row_of(rotation).needs_ecfmg


def test_row_follows_names_and_places(rotation: Rotation, provider: Provider) -> None:
    ZipPlace.objects.create(
        zip="00901", city="San Juan", state=StateFactory(code="PR", name="Puerto Rico"),
        latitude="18.46550", longitude="-66.10570", time_zone="America/Puerto_Rico",
        source="test", checked_on=TODAY,
    )  # fmt: skip
    Site.objects.update(city="  Bayamón ", region="PR", zip="00901")
    Provider.objects.update(name="Río Piedras Clinic")
    row = row_of(rotation)
    assert (row.city_key, row.state, row.latitude) == ("bayamon", "PR", 18.4655)
    assert "'rio'" in row.document
    assert "'pr'" in row.document


def test_license_looked_up_reaches_the_row(rotation: Rotation) -> None:
    rotation.preceptor.license_checked_on = TODAY
    rotation.preceptor.save()
    assert row_of(rotation).license_checked_on == TODAY


def age(rotation: Rotation) -> None:
    """As if days had passed: the row still names a start that no source offers any more."""
    SearchRow.objects.filter(pk=rotation.pk).update(soonest_on=TODAY, open_dates=3)


def test_passed_starts_go_on_to_the_next(rotation: Rotation) -> None:
    age(rotation)
    assert refresh_passed_starts(TODAY) == 1
    assert row_of(rotation).soonest_on == START
    assert refresh_passed_starts(TODAY) == 0


@pytest.mark.parametrize(
    "correct", [rebuild, refresh_passed, lambda: call_command("rebuild_search")]
)
def test_jobs_and_command_correct_a_row(rotation: Rotation, correct: Callable[[], None]) -> None:
    age(rotation)
    correct()
    assert row_of(rotation).open_dates == 2


def test_sources_are_looked_up_by_key() -> None:
    """Joins crossed all tables where the server last counted them while they were empty."""
    with connection.cursor() as cursor:
        cursor.execute(
            "EXPLAIN (FORMAT JSON) SELECT * FROM catalog_search_source WHERE rotation_id = 1"
        )
        nodes = [(cursor.fetchone()[0][0]["Plan"], "")]
    above: dict[str, str] = {}
    while nodes:
        node, parent = nodes.pop()
        if name := node.get("Relation Name"):
            above[name] = parent
        nodes += [(child, node["Node Type"]) for child in node.get("Plans", [])]
    looked_up = {name for name, parent in above.items() if parent == "Limit"}
    assert looked_up == {
        "providers_provider",
        "providers_site",
        "providers_preceptor",
        "reference_specialty",
        "reference_state",
        "reference_zipplace",
    }


def test_tax_of_the_state_is_in_the_least_price_while_it_runs(rotation: Rotation) -> None:
    other = TaxRateFactory(state=StateFactory(code="OH", name="Ohio"), percent=Decimal(20))
    rate = TaxRateFactory(percent=Decimal("6.25"))
    assert (row_of(rotation).tax_millis, row_of(rotation).least_cents) == (6_250, 175_313)
    TaxRateFactory(kind=rotation.kind, percent=Decimal("0.001"))
    assert (row_of(rotation).tax_millis, row_of(rotation).least_cents) == (1, 165_002)
    TaxRate.objects.filter(kind=rotation.kind).delete()
    TaxRate.objects.filter(pk=rate.pk).update(ends_on=TODAY - days(2))
    assert row_of(rotation).least_cents == 165_000
    TaxRate.objects.filter(pk=other.pk).update(percent=Decimal(10))
    assert row_of(rotation).tax_millis == 0


def test_tax_that_begins_by_the_calendar_is_taken_up_by_the_hour(rotation: Rotation) -> None:
    TaxRateFactory(starts_on=TODAY - days(1))
    SearchRow.objects.update(tax_millis=0, least_cents=165_000)
    refresh_passed()
    assert row_of(rotation).least_cents == 175_313


def test_rates_of_one_state_and_kind_never_overlap(db: None) -> None:
    first = TaxRateFactory(ends_on=dt.date(2026, 12, 31))
    TaxRateFactory(starts_on=dt.date(2027, 1, 1))
    with pytest.raises(IntegrityError), transaction.atomic():
        TaxRateFactory(starts_on=dt.date(2026, 12, 31), ends_on=dt.date(2026, 12, 31))
    for wrong in ({"percent": 0}, {"percent": 26}, {"ends_on": dt.date(2025, 12, 31)}):
        with pytest.raises(IntegrityError), transaction.atomic():
            TaxRate.objects.filter(pk=first.pk).update(**wrong)
    assert (str(first), first.rate) == ("Sales tax, IL, 6.25 percent", "6.25")
