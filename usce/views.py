"""Health, service status and the pages of last resort."""

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.cache import cache
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from usce.cache import is_reachable
from usce.jobs.queries import figures

LATE_SECONDS = 120
_migrated: list[bool] = []


@login_not_required
@require_GET
def healthz(request: HttpRequest) -> HttpResponse:
    """The process answers. Touches nothing, so that a database outage restarts no process."""
    return HttpResponse("ok", content_type="text/plain")


@login_not_required
@require_GET
def readyz(request: HttpRequest) -> HttpResponse:
    """Whether requests may come here: 503 without database or migrations.

    Cache and queue are told but decide nothing: pages answer without them.
    """
    checks = {"database": _database(), "cache": _soft(is_reachable(cache))}
    ready = checks["database"] == "ok"
    checks["queue"] = _queue() if ready else "unknown"
    return JsonResponse(
        {"ready": ready, **checks} if settings.HAS_DEVSTACK else {"ready": ready},
        status=200 if ready else 503,
    )


@login_not_required
@require_GET
def status(request: HttpRequest) -> HttpResponse:
    """How the service stands, for people: no figure that a stranger could use."""
    now = timezone.now()
    queue = figures(now)
    parts = [
        ("Pages", True),
        ("Mail and confirmations", queue.oldest_age < LATE_SECONDS),
        ("Background work", queue.beat_age is not None and queue.beat_age < LATE_SECONDS),
    ]
    return render(request, "status.html", {"parts": parts, "now": now})


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    context = {"sentence": "This page was open for too long. Go back, reload it and try again."}
    return render(request, "403.html", context, status=403)


def _database() -> str:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        return "ok" if _is_migrated() else "not migrated"
    except DatabaseError:
        connection.close()
        return "away"


def _is_migrated() -> bool:
    """Asked until it is true once: migrations are not taken back under a running process."""
    if not _migrated:
        executor = MigrationExecutor(connection)
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            return False
        _migrated.append(True)
    return True


def _soft(reachable: bool) -> str:  # noqa: FBT001 -- one word for one fact
    return "ok" if reachable else "away"


def _queue() -> str:
    try:
        found = figures(timezone.now())
    except DatabaseError:
        return "unknown"
    return "late" if found.oldest_age > LATE_SECONDS else "ok"
