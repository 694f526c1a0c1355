"""The doorbell: one message without content that tells a worker to look at the jobs table."""

import structlog
from celery import current_app
from prometheus_client import Counter

log = structlog.get_logger()
unheard = Counter("rounds_bell_unheard_total", "Rings that the broker did not take")


def ring() -> None:
    """Ring once; a broker that is away costs nothing, because beat rings again by itself."""
    try:
        current_app.send_task("usce.jobs.tasks.drain", ignore_result=True, retry=False)
    except Exception as error:  # noqa: BLE001 -- whatever the broker says, the row is committed
        unheard.inc()
        log.warning("bell_unheard", error=type(error).__name__)
