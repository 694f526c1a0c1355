"""The cast of the whole suite and the databases it plays on."""

import datetime as dt
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg2
import pytest
from allauth.account.models import EmailAddress
from django.conf import settings
from django.core.cache import cache
from django.db import connections
from django.test.utils import setup_databases, teardown_databases
from psycopg2 import sql
from pytest_django import Settings

from rotations.providers.models import Provider, Role
from tests.factories.accounts import UserFactory
from tests.factories.profiles import ProfileFactory
from tests.factories.providers import MemberFactory, ProviderFactory
from usce.accounts.models import StaffRole, User
from usce.devstack.scanner.server import serve_unix
from usce.ids import new_public_id


@pytest.fixture(scope="session")
def django_db_setup(
    django_test_environment: None,
    django_db_modify_db_settings: None,
    django_db_blocker: Any,
    django_db_keepdb: bool,
    django_db_createdb: bool,
) -> Iterator[None]:
    """Set the test database up for whoever asks: `clean_db` is a way to ask as much as `db` is."""
    keepdb = django_db_keepdb and not django_db_createdb
    with django_db_blocker.unblock():
        made = setup_databases(verbosity=0, interactive=False, keepdb=keepdb)
    yield
    if not django_db_keepdb:
        with django_db_blocker.unblock():
            teardown_databases(made, verbosity=0)


@pytest.fixture(scope="session", autouse=True)
def patient_cache() -> None:
    """On a busy machine 0.2 s may pass; what a test counts must not depend on it."""
    settings.CACHES["default"]["OPTIONS"] = {"socket_timeout": 10, "socket_connect_timeout": 10}


@pytest.fixture(scope="session", autouse=True)
def fresh_pages() -> None:
    """What a test has just changed stands on the page; the pages kept for visitors have tests."""
    settings.PAGE_CACHE_SECONDS = 0


@pytest.fixture(autouse=True)
def own_cache() -> None:
    """Each test counts its limits apart: a clone of the database begins its ids anew.

    In this thread, and in those that the test starts: each has a connection of its own.
    """
    prefix = f"test-{new_public_id()}"
    cache.key_prefix = settings.CACHES["default"]["KEY_PREFIX"] = prefix


@pytest.fixture(scope="session")
def anchors(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("anchors")


@pytest.fixture(autouse=True)
def own_anchor(anchors: Path) -> None:
    """Each test seals a chain of its own: what an earlier one sealed was rolled back."""
    settings.AUDIT_ANCHOR_FILE = anchors / f"{new_public_id()}.log"


@pytest.fixture
def now() -> dt.datetime:
    """A Wednesday noon, handed to actions; the clock itself runs on."""
    return dt.datetime(2026, 7, 1, 12, tzinfo=dt.UTC)


def person(email: str, name: str, **fields: object) -> User:
    user = UserFactory(email=email, full_name=name, **fields)
    EmailAddress.objects.create(user=user, email=email, verified=True, primary=True)
    return user


@pytest.fixture
def amina(db: None) -> User:
    """She applies."""
    user = person("amina@example.test", "Amina Rahmān")
    ProfileFactory(user=user)
    return user


@pytest.fixture
def provider(db: None) -> Provider:
    return ProviderFactory(slug="lakeshore")


@pytest.fixture
def bruno(provider: Provider) -> User:
    """He owns the provider."""
    user = person("bruno@example.test", "Bruno Keller")
    MemberFactory(provider=provider, user=user, role=Role.OWNER)
    return user


@pytest.fixture
def chen(db: None) -> User:
    """She reviews, as staff."""
    return person("chen@example.test", "Chen Wei", staff_roles=[StaffRole.REVIEWER])


@pytest.fixture
def fay(db: None) -> User:
    """She keeps the books, as staff."""
    return person("fay@example.test", "Fay Osei", staff_roles=[StaffRole.FINANCE])


@pytest.fixture
def dora(db: None) -> User:
    """A stranger: signed in, with no part in anything."""
    return person("dora@example.test", "Dora Lind")


@pytest.fixture
def scanner(settings: Settings, tmp_path: Path) -> Iterator[object]:
    """The development scanner, listening, and a storage of the test's own."""
    settings.FILES_URL = f"file://{tmp_path / 'files'}"
    settings.CLAMAV_ADDRESS = f"unix://{tmp_path / 's.sock'}"
    server = serve_unix(tmp_path / "s.sock")
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def clean_db(
    request: pytest.FixtureRequest, django_db_setup: None, django_db_blocker: object
) -> Iterator[str]:
    """A committed database of its own, cloned from the test database, for threads and processes.

    TRUNCATE is refused by the append-only tables, so a clone replaces the usual flush.
    Gives the database's name; `connections["default"]` points at it meanwhile.
    """
    blocker = django_db_blocker
    home = settings.DATABASES["default"]["NAME"]
    name = f"{home}_clean"
    with blocker.unblock():  # type: ignore[attr-defined]
        connections.close_all()
        _clone(home, name)
        wrapper = connections["default"]
        wrapper.settings_dict["NAME"] = name
        settings.DATABASES["default"]["NAME"] = name
        try:
            yield name
        finally:
            connections.close_all()
            wrapper.settings_dict["NAME"] = home
            settings.DATABASES["default"]["NAME"] = home
            _drop(name)


def _admin() -> "psycopg2.extensions.connection":
    place = connections["default"].settings_dict
    link = psycopg2.connect(
        dbname="postgres",
        user=place["USER"] or None,
        password=place["PASSWORD"] or None,
        host=place["HOST"] or None,
        port=place["PORT"] or None,
    )
    link.autocommit = True
    return link


def _clone(home: str, name: str) -> None:
    _drop(name)
    link = _admin()
    with link.cursor() as cursor:
        cursor.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(
                sql.Identifier(name), sql.Identifier(home)
            )
        )
    link.close()


def _drop(name: str) -> None:
    """Our own connections first: FORCE would also meet the server's vacuum, and be refused.

    The plain command asks a vacuum to go and waits for it.
    """
    link = _admin()
    with link.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = %s AND usename = current_user",
            [name],
        )
        cursor.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(name)))
    link.close()
