import datetime as dt

import pytest
from pytest_django import DjangoAssertNumQueries

from usce.reference.actions import TABLES, _load, load_reference
from usce.reference.models import Country, Specialty, State, ZipPlace
from usce.reference.queries import country_choices, place_of_zip, specialties, states

pytestmark = pytest.mark.django_db


@pytest.fixture
def loaded() -> None:
    """All tables but the 41,000 ZIP places."""
    for table in TABLES[:4]:
        _load(table)


def test_load_twice_changes_nothing_and_writes_in_batches(
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    with django_assert_max_num_queries(25):  # of 41,000 places
        first = load_reference()
    assert load_reference() == first
    assert [table.model._default_manager.count() for table in TABLES] == list(first.values())
    for table in TABLES:
        assert not table.model._default_manager.filter(source="").exists()


def test_load_corrects_a_row_and_keeps_what_the_file_lost() -> None:
    read = {"source": "test", "checked_on": dt.date(2020, 1, 1)}
    State.objects.create(code="OH", name="Ohayo", time_zone="UTC", **read)
    Country.objects.create(code="XX", name="Nowhere", **read)
    for table in TABLES[:4]:
        _load(table)
    assert State.objects.get(code="OH").name == "Ohio"
    assert Country.objects.filter(code="XX").exists()


def test_match_figures_add_up(loaded: None) -> None:
    assert states().count() == 52
    assert sum(s.us_img_matched or 0 for s in states()) == 3417
    assert sum(s.non_us_img_matched or 0 for s in states()) == 4546


def test_choices_come_from_the_tables(loaded: None) -> None:
    assert ("IN", "India") in country_choices()
    medicine = Specialty.objects.get(code="internal-medicine")
    assert specialties().get(code="cardiology").parent == medicine


def test_zip_tells_place_and_zone() -> None:
    state = {"code": "IL", "name": "Illinois", "time_zone": "America/Chicago"}
    State.objects.create(**state, source="test", checked_on=dt.date(2020, 1, 1))
    assert place_of_zip("60601") is None
    ZipPlace.objects.create(
        zip="60601",
        city="Chicago",
        state_id="IL",
        latitude="41.88",
        longitude="-87.62",
        time_zone="America/Chicago",
        source="test",
        checked_on=dt.date(2020, 1, 1),
    )
    place = place_of_zip("60601")
    assert place is not None
    assert (place.city, place.state.name) == ("Chicago", "Illinois")
