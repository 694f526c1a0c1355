"""The small parts at the edge of every request."""

import re
import subprocess
import sys
import threading
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as live
from django.core.cache import cache
from django.core.exceptions import ImproperlyConfigured
from django.db import OperationalError, connection
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from pytest_django import DjangoAssertNumQueries, Settings

from usce import guards, views
from usce.accounts.models import User
from usce.cache import SoftRedisCache
from usce.errors import Refused
from usce.ids import PublicIdConverter, new_public_id
from usce.limits.actions import TooOften, allow, check, forget
from usce.limits.models import Counter
from usce.middleware import ClientAddressMiddleware, RefusedMiddleware, _way_back, content_policy
from usce.paging import next_url, page_of
from usce.requestinfo import current_request_id, new_request_id, request_id
from usce.storage import private_storage
from usce.text import clean_line, clean_text

GOOD: dict[str, Any] = {
    "environment": "production", "debug": False, "site_url": "https://rounds.example",
    "secret_key": "abcdefghijklmnopqrstuvwxyz0123456789" * 2, "stripe_secret_key": "sk_live_x",
    "stripe_webhook_secrets": ["whsec_x"], "stripe_api_base": "", "files_kek": b"k" * 32,
    "files_url": "s3://b", "clamav_address": "tcp://clamav:3310", "email_url": "smtp://x",
}  # fmt: skip


def test_production_with_good_settings_starts() -> None:
    guards.refuse_unsafe(GOOD)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"debug": True}, "DEBUG is on."),
        ({"secret_key": ""}, "SECRET_KEY"),
        ({"secret_key": "a" * 80}, "SECRET_KEY"),
        ({"site_url": "http://rounds.example"}, "SITE_URL is not https."),
        ({"stripe_secret_key": "sk_test_x"}, "not a live key"),
        ({"stripe_webhook_secrets": []}, "STRIPE_WEBHOOK_SECRET"),
        ({"stripe_webhook_secrets": [""]}, "STRIPE_WEBHOOK_SECRET"),
        ({"stripe_api_base": "http://127.0.0.1"}, "a sandbox address"),
        ({"files_kek": b"short"}, "FILES_KEK"),
        ({"clamav_address": ""}, "CLAMAV_ADDRESS"),
        ({"email_url": "dev://"}, "EMAIL_URL"),
    ],
)
def test_production_refuses(change: dict[str, Any], told: str) -> None:
    with pytest.raises(ImproperlyConfigured, match=told):
        guards.refuse_unsafe({**GOOD, **change})


@pytest.mark.parametrize(
    "change",
    [{"debug": True}, {"stripe_api_base": "http://127.0.0.1"}, {"site_url": "http://127.0.0.1"}],
)
def test_live_key_is_refused_in_development_too(change: dict[str, Any]) -> None:
    found = guards.unsafe({**GOOD, "environment": "development", **change})
    assert [sentence[:17] for sentence in found] == ["A live Stripe key"]


def test_crash_at_is_refused_in_production(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CRASH_AT", "anywhere")
    assert guards.unsafe(GOOD) == ["CRASH_AT is set."]


def test_process_dies_only_at_its_label() -> None:
    code = "from usce.crashpoints import reach; reach('other'); print('alive'); reach('here')"
    done = subprocess.run(
        [sys.executable, "-c", code], env={"CRASH_AT": "here"}, cwd=live.BASE_DIR,
        capture_output=True, check=False,
    )  # fmt: skip
    assert done.returncode == -9


def test_policy_allows_nothing_inline() -> None:
    policy = content_policy()
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "form-action 'self' https://checkout.stripe.com" in policy


@pytest.mark.parametrize("path", ["/", "/healthz", "/nowhere", "/home", "/static/favicon.svg"])
def test_every_answer_carries_the_headers(db: None, path: str) -> None:
    response = Client().get(path)
    assert response["Content-Security-Policy"] == content_policy()
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Cross-Origin-Opener-Policy"] == "same-origin"
    assert len(response["X-Request-Id"]) == 16
    response.close()


def test_signed_in_pages_are_kept_by_no_cache(amina: User) -> None:
    client = Client()
    client.force_login(amina)
    assert client.get("/home")["Cache-Control"] == "private, no-store"


def test_proxy_id_is_taken_if_well_formed(db: None) -> None:
    good = Client().get("/healthz", headers={"X-Request-Id": "proxy-0123"})
    bad = Client().get("/healthz", headers={"X-Request-Id": "<script>"})
    assert good["X-Request-Id"] == "proxy-0123"
    assert bad["X-Request-Id"] != "<script>"


def test_request_id_ends_with_its_block() -> None:
    with request_id(new_request_id("abcdefgh")):
        assert current_request_id() == "abcdefgh"
    assert current_request_id() == ""


def refusing(request: HttpRequest) -> HttpResponse:
    raise Refused("Somebody was quicker.")


def test_refusal_nobody_caught_is_a_page(db: None) -> None:
    middleware = RefusedMiddleware(refusing)
    request = RequestFactory().get("/x")
    request.user = None  # type: ignore[assignment]
    response = middleware.process_exception(request, Refused("Somebody was quicker."))
    assert response is not None
    assert response.status_code == 409
    assert "Somebody was quicker." in response.content.decode()
    assert middleware.process_exception(request, ValueError()) is None


def test_lock_that_takes_too_long_is_a_page_with_retry(db: None) -> None:
    request = RequestFactory().get("/x")
    request.user = None  # type: ignore[assignment]
    error = OperationalError()
    error.__cause__ = type("Lock", (Exception,), {"pgcode": "55P03"})()
    response = RefusedMiddleware(refusing).process_exception(request, error)
    assert response is not None
    assert (response.status_code, response["Retry-After"]) == (503, "5")


def test_healthz_touches_nothing(
    db: None, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(0):
        assert Client().get("/healthz").content == b"ok"


def test_readyz_tells_little_in_production(db: None, settings: Settings) -> None:
    settings.HAS_DEVSTACK = False
    assert Client().get("/readyz").json() == {"ready": True}


def test_readyz_says_no_without_a_migrated_database(
    db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    views._migrated.clear()
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'payments'")
    response = Client().get("/readyz")
    assert (response.status_code, response.json()["database"]) == (503, "not migrated")


def test_status_page_speaks_to_people(db: None) -> None:
    assert "Service status" in Client().get("/status").content.decode()


def test_forged_form_reads_a_sentence(amina: User) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(amina)
    page = client.post("/profile", {})
    assert page.status_code == 403
    assert "open for too long" in page.content.decode()


@pytest.fixture
def away() -> SoftRedisCache:
    return SoftRedisCache("redis://127.0.0.1:1/0", {})


def test_cache_that_is_away_misses_and_never_raises(away: SoftRedisCache) -> None:
    away.set("k", 1)
    away.clear()
    assert away.get("k", "default") == "default"
    assert (away.add("k", 1), away.touch("k"), away.delete("k"), away.has_key("k")) == (
        True, False, False, False,
    )  # fmt: skip
    assert (away.get_many(["k"]), away.set_many({"k": 1}), away.incr("k", 3)) == ({}, [], 0)


def test_cache_leaves_a_broken_server_alone_for_five_seconds(
    away: SoftRedisCache, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls: list[int] = []

    def failing() -> None:
        calls.append(1)
        raise OSError

    away._softly(None, failing)
    away._softly(None, failing)
    assert len(calls) == 1
    away._closed_until -= 6
    away._softly(None, failing)
    assert len(calls) == 2


def test_cache_works_when_redis_does() -> None:
    cache.set("edge", 5)
    assert (cache.get("edge"), cache.incr("edge"), cache.get_many(["edge"])) == (5, 6, {"edge": 6})
    assert (cache.touch("edge"), cache.has_key("edge"), cache.delete("edge")) == (True, True, True)
    assert cache.set_many({"edge": 1}) == []


def test_limit_counts_in_one_window(db: None, now: datetime) -> None:
    key = f"test-{new_public_id()}"
    answers = [allow(key, limit=2, window=timedelta(minutes=5), now=now) for _n in range(3)]
    assert answers == [True, True, False]
    later = now + timedelta(minutes=5)
    assert allow(key, limit=2, window=timedelta(minutes=5), now=later)


def test_limit_is_kept_without_redis(
    db: None, now: datetime, monkeypatch: pytest.MonkeyPatch, away: SoftRedisCache
) -> None:
    monkeypatch.setattr("usce.limits.actions.cache", away)
    answers = [allow("k", limit=2, window=timedelta(hours=1), now=now) for _n in range(3)]
    assert answers == [True, True, False]
    assert Counter.objects.get().count == 3
    assert allow("k", limit=2, window=timedelta(hours=1), now=now + timedelta(hours=1))


def test_limit_raises_a_sentence(db: None, now: datetime) -> None:
    with pytest.raises(TooOften, match="tried too often"):
        check(f"test-{new_public_id()}", limit=0, window=timedelta(minutes=1), now=now)


@pytest.mark.race
def test_twenty_at_once_pass_no_more_than_the_limit(
    clean_db: str, now: datetime, monkeypatch: pytest.MonkeyPatch, away: SoftRedisCache
) -> None:
    monkeypatch.setattr("usce.limits.actions.cache", away)
    passed: list[bool] = []

    def ask() -> None:
        passed.append(allow("k", limit=5, window=timedelta(hours=1), now=now))
        connection.close()

    threads = [threading.Thread(target=ask) for _n in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(passed) == 5


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  Ana\tMaria ", "Ana Maria"),
        ("a\u202eb", "ab"),
        ("e\u0301", "é"),
        ("line\x00two", "linetwo"),
        ("محمد", "محمد"),
    ],
)
def test_line_keeps_what_people_typed(typed: str, kept: str) -> None:
    assert clean_line(typed) == kept


def test_text_keeps_its_line_breaks() -> None:
    assert clean_text(" a\nb\x07 ") == "a\nb"


def test_public_ids_fit_their_route() -> None:
    assert re.fullmatch(PublicIdConverter.regex, new_public_id())
    assert PublicIdConverter().to_python("x") == PublicIdConverter().to_url("x")


@pytest.mark.parametrize("cursor", ["", "nonsense", "a:b:c"])
def test_bad_cursor_is_page_one(db: None, cursor: str) -> None:
    for number in range(3):
        User.objects.create_user(f"u{number}@example.test")
    page = page_of(User.objects.order_by("-id"), cursor, size=2)
    assert [user.email for user in page.items] == ["u2@example.test", "u1@example.test"]
    further = page_of(User.objects.order_by("-id"), page.next_cursor, size=2)
    assert ([u.email for u in further.items], further.next_cursor) == (["u0@example.test"], "")


def test_next_url_keeps_the_filters() -> None:
    request = RequestFactory().get("/x?state=open&after=old")
    assert next_url(request, "new") == "?state=open&after=new"
    assert next_url(request, "") == ""


def test_private_folder_is_private(tmp_path: Path) -> None:
    storage = private_storage(f"file://{tmp_path / 'files'}")
    assert (tmp_path / "files").stat().st_mode & 0o777 == 0o700
    assert storage is not None


def test_bucket_is_private() -> None:
    bucket: Any = private_storage("s3://papers?region=us-east-1")
    assert (bucket.bucket_name, bucket.default_acl) == ("papers", "private")


@pytest.mark.parametrize(
    ("proxies", "forwarded", "seen"),
    [
        (0, "203.0.113.9", "127.0.0.1"),
        (1, "203.0.113.9", "203.0.113.9"),
        (1, "198.51.100.1, 203.0.113.9", "203.0.113.9"),
        (2, "198.51.100.1, 203.0.113.9, 10.0.0.2", "203.0.113.9"),
        (2, "203.0.113.9", "127.0.0.1"),
        (1, "", "127.0.0.1"),
        (1, "<script>", "127.0.0.1"),
        (1, "2001:db8::1", "2001:db8::1"),
    ],
)
def test_client_address_is_what_a_trusted_proxy_saw(
    settings: Settings, proxies: int, forwarded: str, seen: str
) -> None:
    settings.TRUSTED_PROXIES = proxies
    request = RequestFactory().get("/", headers={"X-Forwarded-For": forwarded})
    ClientAddressMiddleware(lambda _request: HttpResponse())(request)
    assert request.META["REMOTE_ADDR"] == seen


@pytest.mark.parametrize(
    ("referer", "way"),
    [
        ("http://testserver/offers/x", "http://testserver/offers/x"),
        ("https://evil.example/", "/"),
        ("//evil.example/", "/"),
        ("javascript:alert(1)", "/"),
    ],
)
def test_way_back_from_a_refusal_stays_here(referer: str, way: str) -> None:
    assert _way_back(RequestFactory().get("/x", headers={"Referer": referer})) == way


def test_limited_person_reads_the_sentence_under_429(db: None) -> None:
    request = RequestFactory().get("/x")
    request.user = None  # type: ignore[assignment]
    response = RefusedMiddleware(refusing).process_exception(request, TooOften())
    assert response is not None
    assert response.status_code == 429
    assert "tried too often" in response.content.decode()


def test_health_asks_no_database_even_for_a_known_browser(
    amina: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    client = Client()
    client.force_login(amina)
    with django_assert_num_queries(0):
        assert client.get("/healthz").status_code == 200


def test_log_names_the_route_and_no_token(capfd: pytest.CaptureFixture[str], db: None) -> None:
    Client().get("/d/preceptor/a-secret-token")
    assert "a-secret-token" not in capfd.readouterr().err


def test_what_was_counted_can_be_taken_back(
    db: None, now: datetime, monkeypatch: pytest.MonkeyPatch, away: SoftRedisCache
) -> None:
    window = timedelta(minutes=5)
    for kept in (cache, away):
        monkeypatch.setattr("usce.limits.actions.cache", kept)
        key = f"test-{new_public_id()}"
        assert allow(key, limit=1, window=window, now=now)
        forget(key, window=window, now=now)
        assert allow(key, limit=1, window=window, now=now)
