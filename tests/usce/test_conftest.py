import threading

from django.db import connection

from tests.factories.accounts import UserFactory
from usce.accounts.models import User


def test_clean_db_is_seen_by_other_threads(clean_db: str) -> None:
    UserFactory(email="seen@example.test")
    found: list[int] = []

    def look() -> None:
        found.append(User.objects.count())
        connection.close()

    thread = threading.Thread(target=look)
    thread.start()
    thread.join()
    assert found == [1]


def test_clean_db_starts_empty_again(clean_db: str) -> None:
    assert User.objects.count() == 0


def test_the_cast_is_complete(amina: User, bruno: User, chen: User, fay: User, dora: User) -> None:
    assert [u.has_staff_role("reviewer") for u in (amina, bruno, chen, fay, dora)] == [
        False,
        False,
        True,
        False,
        False,
    ]
