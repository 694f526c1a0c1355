"""Events and their delivery: signed, retried, and as disorderly as a test wants them."""

import hashlib
import hmac
import json
import random
import threading
import time
import urllib.error
import urllib.request
from dataclasses import dataclass, field

from usce.devstack.stripe_sandbox.store import Found, Store

API_VERSION = "2026-10-28.endive"
BACKOFF_SECONDS = (0.5, 1, 2, 5, 10, 30, 60)
OK_FROM, OK_TO = 200, 300


def emit(
    store: Store, kind: str, thing: Found, idempotency_key: str | None = None, account: str = ""
) -> Found:
    """Write the event and put it out for delivery, in the change's own transaction.

    `account` is the connected account whose event this is; without one it is our own.
    """
    version = store.meta("api_version", API_VERSION)
    event = store.add(
        "event",
        "evt",
        type=kind,
        api_version=version,
        data={"object": thing},
        pending_webhooks=1,
        request={"id": None, "idempotency_key": idempotency_key},
        **({"account": account} if account else {}),
    )
    copies = 2 if store.meta("mode") == "duplicate" else 1
    delay = float(store.meta("delay", "0"))
    with store.changing():
        for _copy in range(copies):
            store.db.execute(
                "INSERT INTO deliveries (event, due) VALUES (?, ?)",
                [event["id"], time.time() + delay],
            )
    return event


def signature(body: bytes, secret: str, at: int) -> str:
    signed = f"{at}.".encode() + body
    return f"t={at},v1={hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()}"


@dataclass
class Deliverer:
    """A thread that delivers what is due; a delivery that fails is tried again with back-off."""

    store: Store
    url: str
    secret: str
    stopped: threading.Event = field(default_factory=threading.Event)

    def start(self) -> None:
        threading.Thread(target=self._run, daemon=True, name="deliverer").start()

    def _run(self) -> None:
        while not self.stopped.is_set():
            if not self.deliver_due():
                self.stopped.wait(0.05)

    def deliver_due(self) -> int:
        """Deliver what is due now; "hold" keeps all back, "reorder" shuffles by the seed."""
        mode = self.store.meta("mode")
        if not self.url or mode == "hold":
            return 0
        with self.store.lock:
            rows = self.store.db.execute(
                "SELECT id, event, attempts FROM deliveries "
                "WHERE status = 'pending' AND due <= ? ORDER BY id",
                [time.time()],
            ).fetchall()
        if mode == "reorder":
            random.Random(int(self.store.meta("seed", "0"))).shuffle(rows)  # noqa: S311 -- a test's order, not a secret
        for identifier, event, attempts in rows:
            self._deliver(identifier, event, attempts)
        return len(rows)

    def _deliver(self, identifier: int, event_id: str, attempts: int) -> None:
        dropped = self.store.meta("mode") == "drop_first" and attempts == 0
        status = 0 if dropped else self._post(self.store.get("event", event_id) or {})
        delivered = OK_FROM <= status < OK_TO
        wait = BACKOFF_SECONDS[min(attempts, len(BACKOFF_SECONDS) - 1)]
        with self.store.changing():
            self.store.db.execute(
                "UPDATE deliveries SET attempts = ?, status = ?, answer = ?, due = ? WHERE id = ?",
                [
                    attempts + 1,
                    "delivered" if delivered else "pending",
                    status,
                    time.time() + wait,
                    identifier,
                ],
            )

    def _post(self, event: Found) -> int:
        body = json.dumps(event).encode()
        request = urllib.request.Request(  # noqa: S310 -- the address is our own, on loopback
            self.url,
            data=body,
            headers={
                "Content-Type": "application/json; charset=utf-8",
                "Stripe-Signature": signature(body, self.secret, int(time.time())),
            },
        )
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310 -- as above
                return int(answer.status)
        except urllib.error.HTTPError as error:
            return error.code
        except OSError:
            return 0
