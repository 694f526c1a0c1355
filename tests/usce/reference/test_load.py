import datetime as dt
import time

import pytest

from usce.reference.actions import TABLES, load_reference
from usce.reference.models import Country, MatchCycle, Specialty, State, ZipPlace
from usce.reference.queries import country_choices, next_cycle, place_of_zip, specialties, states

pytestmark = pytest.mark.django_db


def test_load_twice_changes_nothing_and_is_quick() -> None:
    started = time.monotonic()
    first = load_reference()
    assert time.monotonic() - started < 10
    assert load_reference() == first
    assert [table.model._default_manager.count() for table in TABLES] == list(first.values())


def test_load_corrects_a_row_and_keeps_what_the_file_lost() -> None:
    State.objects.create(
        code="OH", name="Ohayo", time_zone="UTC", source="", checked_on=dt.date(2020, 1, 1)
    )
    Country.objects.create(code="XX", name="Nowhere", source="test", checked_on=dt.date(2020, 1, 1))
    load_reference()
    assert State.objects.get(code="OH").name == "Ohio"
    assert Country.objects.filter(code="XX").exists()


def test_every_fact_has_a_source_and_a_day() -> None:
    load_reference()
    for table in TABLES:
        assert not table.model._default_manager.filter(source="").exists()


def test_match_figures_add_up() -> None:
    load_reference()
    assert states().count() == 52
    assert sum(s.us_img_matched or 0 for s in states()) == 3417
    assert sum(s.non_us_img_matched or 0 for s in states()) == 4546


def test_queries_choose() -> None:
    load_reference()
    place = place_of_zip("60601")
    assert place is not None
    assert (place.city, place.state.code, place.time_zone) == ("Chicago", "IL", "America/Chicago")
    assert place_of_zip("00000") is None
    assert ("IN", "India") in country_choices()
    assert specialties().get(code="cardiology").parent == Specialty.objects.get(
        code="internal-medicine"
    )
    assert ZipPlace.objects.count() > 40_000


def test_next_cycle_is_the_season_of_the_coming_match(now: dt.datetime) -> None:
    load_reference()
    assert next_cycle(now) == MatchCycle.objects.get(year=2026)
    assert next_cycle(dt.datetime(2030, 1, 1, tzinfo=dt.UTC)) is None
