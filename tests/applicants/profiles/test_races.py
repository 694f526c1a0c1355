import datetime as dt

import pytest

from applicants.profiles.actions import save_passport
from applicants.profiles.models import Passport, SamePassport
from tests.factories.accounts import UserFactory
from tests.support.races import at_once
from usce.accounts.models import User
from usce.cases.models import Case

pytestmark = pytest.mark.race

NUMBER = "K1234567"
NOW = dt.datetime(2026, 7, 1, 12, tzinfo=dt.UTC)


def test_case_is_opened_once_under_a_race(clean_db: str) -> None:
    people = [UserFactory() for _ in range(4)]

    def give(person: User) -> Passport:
        return save_passport(person, {"number": NUMBER}, actor=person, now=NOW)

    assert at_once([lambda p=p: give(p) for p in people]) == {"Passport": 4}  # type: ignore[misc]
    assert (SamePassport.objects.count(), Case.objects.count()) == (6, 6)
