"""Real servers that are slow, locked or gone."""

import os
import signal
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import psycopg2
import pytest
from django.db import connection, connections
from django.test import Client

from tests.factories.accounts import UserFactory
from tests.factories.visits import client_of
from usce.accounts.models import User
from usce.cache import OPEN_SECONDS, SoftRedisCache
from usce.cases.actions import open_case
from usce.devstack.services.valkey import Valkey, start_valkey, stop_valkey
from usce.permissions import SYSTEM


def test_row_that_another_holds_is_a_503_with_retry(clean_db: str, now: datetime) -> None:
    staff: User = UserFactory(staff_roles=["reviewer"])
    case = open_case(
        "t.review", staff, title="t", queue="reviewer", due_at=now, actor=SYSTEM, now=now
    )
    client = client_of(staff)
    with connection.cursor() as cursor:
        cursor.execute("SET lock_timeout = '100ms'")
    place = connections["default"].get_connection_params()
    del place["cursor_factory"]
    holder = psycopg2.connect(**place)
    with holder, holder.cursor() as cursor:
        cursor.execute("SELECT 1 FROM cases_case WHERE id = %s FOR UPDATE", [case.pk])
        response = client.post(f"/staff/cases/{case.public_id}/claim")
    holder.close()
    assert (response.status_code, response["Retry-After"]) == (503, "5")
    assert client.post(f"/staff/cases/{case.public_id}/claim").status_code == 302


def test_readyz_says_no_without_a_database(clean_db: str) -> None:
    wrapper = connections["default"]
    connections.close_all()
    wrapper.settings_dict["NAME"] = "nowhere"
    response = Client().get("/readyz")
    wrapper.settings_dict["NAME"] = clean_db
    assert (response.status_code, response.json()["database"]) == (503, "away")
    assert Client().get("/readyz").status_code == 200


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Valkey]:
    valkey = start_valkey(tmp_path, durable=False)
    yield valkey
    stop_valkey(valkey)


@pytest.fixture
def soft(server: Valkey) -> SoftRedisCache:
    return SoftRedisCache(server.url, {})


def test_cache_comes_back_after_its_server(soft: SoftRedisCache, server: Valkey) -> None:
    soft.set("k", 1)
    stop_valkey(server)
    assert (soft.get("k"), soft.get_many(["k"]), soft.incr("k")) == (None, {}, 0)
    start_valkey(server.data.parent, durable=False)
    assert soft.get("k") is None
    soft._closed_until -= OPEN_SECONDS
    soft.set("k", 2)
    assert soft.get("k") == 2


def test_cache_does_not_wait_for_a_server_that_hangs(soft: SoftRedisCache, server: Valkey) -> None:
    soft.set("k", 1)
    pid = int(server.pid_file.read_text())
    os.kill(pid, signal.SIGSTOP)
    try:
        assert (soft.get("k", "none"), soft.add("k", 1), soft.get("k", "none")) == (
            "none", True, "none",
        )  # fmt: skip
    finally:
        os.kill(pid, signal.SIGCONT)
