"""Whatever dies, and in whatever moment: nothing is lost, nothing happens twice."""

import os
import signal
import time

import pytest
import redis
from django.db import connections
from django.db.models import QuerySet

from rotations.bookings.models import Booking
from rotations.bookings.states import BookingState
from tests.accidents.conftest import Buyer, booking_of, buyers, is_confirmed, money_agrees
from tests.support.http import get
from tests.support.stack import Stack
from usce.devstack.services.postgres import cluster_in, start_postgres
from usce.devstack.services.valkey import start_valkey, valkey_in
from usce.jobs.models import Job, JobState, PeriodicRun
from usce.notifications.models import Mail

pytestmark = pytest.mark.processes
AWAY_SECONDS = 60


@pytest.fixture
def people(stack: Stack) -> list[Buyer]:
    found = buyers(stack, 6, seats=6)
    stack.start()
    stack.until(lambda: Job.objects.filter(state=JobState.DONE).count() >= 5, "workers work")
    return found


def charged(buyer: Buyer) -> None:
    """Accept, open the payment page, pay there: the webhook is on its way."""
    assert buyer.accept().status == 302
    assert buyer.pay(booking_of(buyer)).status == 303
    buyer.pay_at_stripe(booking_of(buyer))


def confirmed(stack: Stack, buyer: Buyer, after: str) -> None:
    stack.until(lambda: is_confirmed(buyer), f"confirmed after {after}", 120)


def test_every_process_may_die(stack: Stack, people: list[Buyer]) -> None:
    child, main, web, broker, flushed, database = people

    charged(child)
    stack.kill_child("worker1")
    stack.kill_child("worker2")
    time.sleep(2)
    stack.revive()
    confirmed(stack, child, "the death of both worker children")

    stack.kill_main("worker1")
    stack.kill("worker2")
    charged(main)
    stack.worker("worker3")
    confirmed(stack, main, "the death of both workers")

    assert web.accept().status == 302
    assert web.pay(booking_of(web)).status == 303
    stack.kill("web")
    web.pay_at_stripe(booking_of(web))
    stack.web()
    stack.wait_until_up()
    confirmed(stack, web, "a webhook that met no web process")

    kill_valkey(stack)
    away_since = time.monotonic()
    charged(broker)
    while time.monotonic() - away_since < AWAY_SECONDS:
        assert get(f"{stack.url}/rotations").status == 200
        time.sleep(5)
    start_valkey(stack.folder / "services", durable=True)
    confirmed(stack, broker, "a time without the broker")

    charged(flushed)
    redis.Redis.from_url(stack.services.redis_url).flushall()
    confirmed(stack, flushed, "a flush of the broker")

    charged(database)
    kill_postgres(stack)
    start_postgres(stack.folder / "services", durable=True)
    connections.close_all()
    stack.until(lambda: get(f"{stack.url}/readyz").status == 200, "ready again")
    confirmed(stack, database, "the death of the database")

    everything_happened_once(stack)


def everything_happened_once(stack: Stack) -> None:
    assert Booking.objects.filter(state=BookingState.CONFIRMED).count() == 6
    stack.until(lambda: told().filter(state="sent").count() == 6, "six mails left", 120)
    assert told().count() == 6
    assert money_agrees(stack)
    stack.manage("verify_audit")


def told() -> QuerySet[Mail]:
    return Mail.objects.filter(event="bookings.confirmed")


def test_two_beats_queue_each_period_once(stack: Stack, people: list[Buyer]) -> None:
    """The sealer is due every five seconds; two beats ring every five seconds each."""
    assert people
    before = sealer_runs()
    time.sleep(16)
    assert 2 <= sealer_runs() - before <= 5
    assert PeriodicRun.objects.filter(name="audit.seal").count() == 1


def sealer_runs() -> int:
    return Job.objects.filter(name="audit.seal").count()


def kill_valkey(stack: Stack) -> None:
    place = valkey_in(stack.folder / "services", durable=True)
    info = redis.Redis(unix_socket_path=str(place.socket)).info("server")
    os.kill(int(info["process_id"]), signal.SIGKILL)


def kill_postgres(stack: Stack) -> None:
    cluster = cluster_in(stack.folder / "services", durable=True)
    pid = int((cluster.data / "postmaster.pid").read_text().split()[0])
    os.kill(pid, signal.SIGKILL)
