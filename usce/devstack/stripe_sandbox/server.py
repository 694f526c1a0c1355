"""HTTP on loopback: authentication, idempotency, failures on order, then the call itself."""

import json
import secrets
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Self
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

from usce.devstack.stripe_sandbox import idempotency, layout, onboarding, pages
from usce.devstack.stripe_sandbox.control import control
from usce.devstack.stripe_sandbox.errors import ApiError
from usce.devstack.stripe_sandbox.events import Deliverer
from usce.devstack.stripe_sandbox.faults import Faults
from usce.devstack.stripe_sandbox.params import parse
from usce.devstack.stripe_sandbox.resources import sessions
from usce.devstack.stripe_sandbox.routes import answer
from usce.devstack.stripe_sandbox.store import Store

LIVE_PREFIXES = ("sk_live", "rk_live")
EXPIRY_TICK_SECONDS = 1.0
HOSTED: dict[str, Any] = {"pay": pages, "onboard": onboarding}


class LiveKeyError(Exception):
    """A live key is at hand: the sandbox must not stand where real money is meant."""


class SandboxServer:
    """The sandbox in this process; a context manager for tests."""

    def __init__(
        self,
        state: Path | None = None,
        *,
        port: int = 0,
        webhook_url: str = "",
        webhook_secret: str = "",
        api_key: str = "",
    ) -> None:
        if api_key.startswith(LIVE_PREFIXES):
            raise LiveKeyError("A live Stripe key is set; the sandbox refuses to start beside it.")
        self.store = Store(state)
        idempotency.forget_unfinished(self.store)
        self.faults = Faults()
        self.http = ThreadingHTTPServer(("127.0.0.1", port), _handler(self.store, self.faults))
        self.http.daemon_threads = True
        self.base_url = f"http://127.0.0.1:{self.http.server_address[1]}"
        self.store.set_meta("base_url", self.base_url)
        self.deliverer = Deliverer(self.store, webhook_url, webhook_secret)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self.stop()

    def start(self) -> None:
        threading.Thread(target=self.http.serve_forever, daemon=True, name="sandbox").start()
        threading.Thread(target=self._tick, daemon=True, name="expiry").start()
        self.deliverer.start()

    def stop(self) -> None:
        self.deliverer.stopped.set()
        self.http.shutdown()
        self.http.server_close()

    def control(self, name: str, **asked: Any) -> dict[str, Any]:
        return call_control(self.base_url, name, **asked)

    def _tick(self) -> None:
        while not self.deliverer.stopped.wait(EXPIRY_TICK_SECONDS):
            sessions.expire_due(self.store)


def call_control(base_url: str, name: str, **asked: Any) -> dict[str, Any]:
    """A control call to a sandbox in another process."""
    request = Request(f"{base_url}/_control/{name}", data=json.dumps(asked).encode())  # noqa: S310 -- loopback
    with urlopen(request, timeout=30) as reply:  # noqa: S310 -- loopback
        found: dict[str, Any] = json.loads(reply.read())
    return found


def _handler(store: Store, faults: Faults) -> type[BaseHTTPRequestHandler]:
    class Handler(_Handler):
        pass

    Handler.store, Handler.faults = store, faults
    return Handler


class _Handler(BaseHTTPRequestHandler):
    store: Store
    faults: Faults
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self._serve("GET")

    def do_POST(self) -> None:
        self._serve("POST")

    def log_message(self, *_args: Any) -> None:
        """Stay silent: the store keeps what matters."""

    def _serve(self, method: str) -> None:
        place = urlsplit(self.path)
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
        if place.path.startswith("/c/"):
            self._page(method, place.path, body)
            return
        if place.path.startswith("/_control/"):
            self._control(place.path.removeprefix("/_control/"), body)
            return
        pairs = parse(body) + parse(place.query)
        self._api(method, place.path, pairs)

    def _api(self, method: str, path: str, pairs: list[tuple[str, str]]) -> None:
        time.sleep(self.faults.latency_seconds)
        key = self.headers.get("Idempotency-Key") if method == "POST" else None
        try:
            self._check_key()
            fault = self._fault(method, path)
            mark = idempotency.fingerprint(path, pairs)
            stored = idempotency.begin(self.store, key, mark) if key else None
        except ApiError as error:
            self._send(error.status, json.dumps(error.body))
            return
        if stored:
            self._send(stored[0], stored[1], replayed=True)
            return
        status, reply = self._do(method, path, pairs, key, fault)
        if key and status in (400, 401, 404):
            idempotency.forget(self.store, key)
        elif key:
            idempotency.keep(self.store, key, status, reply)
        if fault == "timeout_after":
            self.close_connection = True
            self.connection.close()
            return
        self._send(status, reply)

    def _fault(self, method: str, path: str) -> str:
        fault = self.faults.take(method, path)
        if fault == "rate_limit":
            raise ApiError(429, "Too many requests.", "rate_limit_error", code="rate_limit")
        return fault

    def _do(
        self, method: str, path: str, pairs: list[tuple[str, str]], key: str | None, fault: str
    ) -> tuple[int, str]:
        broken = json.dumps({"error": {"type": "api_error", "message": "An error occurred."}})
        if fault == "refuse":
            return 500, broken
        try:
            with self.store.changing():
                self.store.set_meta(
                    "api_version", self.headers.get("Stripe-Version") or "2026-10-28.endive"
                )
                found, declined = self._call(method, path, pairs, key)
        except ApiError as error:
            return error.status, json.dumps(error.body)
        if fault == "error_after":
            return 500, broken
        if declined:
            return declined.status, json.dumps(declined.body)
        return 200, json.dumps(found)

    def _call(
        self, method: str, path: str, pairs: list[tuple[str, str]], key: str | None
    ) -> tuple[dict[str, Any], ApiError | None]:
        """A declined card is a result with traces; every other error leaves none."""
        try:
            return answer(self.store, method, path, pairs, key), None
        except ApiError as error:
            if error.body["error"]["type"] == "card_error":
                return {}, error
            raise

    def _check_key(self) -> None:
        kind, _space, token = (self.headers.get("Authorization") or "").partition(" ")
        if kind == "Bearer" and token.startswith("sk_test_"):
            return
        raise ApiError(401, "Invalid API Key provided.")

    def _page(self, method: str, path: str, body: str) -> None:
        if path == "/c/style.css":
            self._send(200, layout.STYLE, media_type="text/css")
            return
        _empty, _c, door, identifier = (path.split("/", 3) + [""] * 4)[:4]
        target = ""
        try:
            with self.store.changing():
                shown = HOSTED.get(door, pages)
                if method == "POST":
                    target, page = shown.act(self.store, identifier, body)
                else:
                    page = shown.show(self.store, identifier)
        except ApiError as error:
            self._send(error.status, str(error), media_type="text/plain")
            return
        if target:
            self.send_response(303)
            self.send_header("Location", target)
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        self._send(200, page, media_type="text/html")

    def _control(self, name: str, body: str) -> None:
        try:
            found = control(self.store, self.faults, name, json.loads(body or "{}"))
        except ApiError as error:
            self._send(error.status, json.dumps(error.body))
            return
        self._send(200, json.dumps(found))

    def _send(
        self,
        status: int,
        body: str,
        *,
        replayed: bool = False,
        media_type: str = "application/json",
    ) -> None:
        content = body.encode()
        self.send_response(status)
        self.send_header("Content-Type", f"{media_type}; charset=utf-8")
        self.send_header("Content-Length", str(len(content)))
        self.send_header("Request-Id", f"req_{secrets.token_hex(7)}")
        self.send_header("Content-Security-Policy", layout.POLICY)
        if replayed:
            self.send_header("Idempotent-Replayed", "true")
        self.end_headers()
        self.wfile.write(content)
