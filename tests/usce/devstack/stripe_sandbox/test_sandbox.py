"""The stand-in held to what it stands in for, over a real socket and with Stripe's own client."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import pytest
import stripe  # noqa: TID251 -- the real client is what the sandbox must satisfy

from usce.devstack.stripe_sandbox import LiveKeyError, SandboxServer
from usce.devstack.stripe_sandbox.idempotency import begin, fingerprint
from usce.devstack.stripe_sandbox.server import call_control


@pytest.fixture
def sandbox() -> Iterator[SandboxServer]:
    with SandboxServer() as server:
        yield server


@pytest.fixture
def client(sandbox: SandboxServer) -> stripe.StripeClient:
    return client_of(sandbox.base_url)


def client_of(url: str) -> stripe.StripeClient:
    return stripe.StripeClient(
        "sk_test_x", base_addresses={"api": url}, max_network_retries=0,
        http_client=stripe.RequestsClient(timeout=5),
    )  # fmt: skip


def session(client: stripe.StripeClient, **more: object) -> stripe.checkout.Session:
    params: dict[str, object] = {
        "mode": "payment",
        "line_items": [{"quantity": 1, "price_data": {"currency": "usd", "unit_amount": 60_000,
                        "product_data": {"name": "Deposit"}}}],
        "success_url": "http://127.0.0.1/done/{CHECKOUT_SESSION_ID}",
        "cancel_url": "http://127.0.0.1/back",
        **more,
    }  # fmt: skip
    return client.v1.checkout.sessions.create(params)  # type: ignore[arg-type]


def test_customer_is_kept_and_changed(client: stripe.StripeClient) -> None:
    made = client.v1.customers.create({"name": "Amina", "metadata": {"a": "1"}})
    client.v1.customers.update(made.id, {"email": "a@example.test"})
    found = client.v1.customers.retrieve(made.id)
    assert (found.name, found.email) == ("Amina", "a@example.test")
    assert found.to_dict()["metadata"] == {"a": "1"}


@pytest.mark.parametrize(
    "params",
    [{"nmae": "x"}, {"metadata": {"a": {"b": "c"}}}],
)
def test_unknown_parameter_is_refused(client: stripe.StripeClient, params: object) -> None:
    with pytest.raises(stripe.InvalidRequestError, match="unknown parameter"):
        client.v1.customers.create(params)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "change",
    [{"mode": "subscription"}, {"success_url": ""}, {"line_items": []}, {"customer": "cus_no"},
     {"expires_at": 1}, {"expires_at": int(time.time()) + 90_000}, {"expires_at": "soon"}],
)  # fmt: skip
def test_bad_session_is_refused(client: stripe.StripeClient, change: dict[str, object]) -> None:
    with pytest.raises(stripe.InvalidRequestError):
        session(client, **change)


def test_wrong_key_is_refused(sandbox: SandboxServer) -> None:
    stranger = stripe.StripeClient("pk_nothing", base_addresses={"api": sandbox.base_url})
    with pytest.raises(stripe.AuthenticationError):
        stranger.v1.balance.retrieve()


@pytest.mark.parametrize("path", ["customers/cus_no", "charges/ch_no", "nothing", "refunds/re_no",
                                  "payment_intents/pi_no", "checkout/sessions/cs_no"])  # fmt: skip
def test_unknown_things_are_not_found(client: stripe.StripeClient, path: str) -> None:
    with pytest.raises(stripe.InvalidRequestError):
        client.raw_request("get", f"/v1/{path}")


@pytest.mark.parametrize(
    ("method", "outcome"),
    [("pm_card_visa", "succeeded"), ("pm_card_threeDSecure2Required", "requires_action")],
)
def test_intent_is_confirmed(client: stripe.StripeClient, method: str, outcome: str) -> None:
    made = client.v1.payment_intents.create({"amount": 500, "currency": "usd"})
    assert client.v1.payment_intents.confirm(made.id, {"payment_method": method}).status == outcome


def test_declined_intent_carries_its_code(client: stripe.StripeClient) -> None:
    with pytest.raises(stripe.CardError) as caught:
        client.v1.payment_intents.create(
            {"amount": 500, "currency": "usd", "confirm": True,
             "payment_method": "pm_card_chargeDeclinedInsufficientFunds"}
        )  # fmt: skip
    assert caught.value.code == "card_declined"
    kinds = [event.type for event in client.v1.events.list().data]
    assert kinds[0] == "payment_intent.payment_failed"


def test_canceled_intent_stays_canceled(client: stripe.StripeClient) -> None:
    made = client.v1.payment_intents.create({"amount": 500, "currency": "usd"})
    assert client.v1.payment_intents.cancel(made.id).status == "canceled"
    with pytest.raises(stripe.InvalidRequestError, match="status of canceled"):
        client.v1.payment_intents.cancel(made.id)
    with pytest.raises(stripe.InvalidRequestError):
        client.v1.payment_intents.confirm(made.id, {"payment_method": "pm_nothing"})


def paid(client: stripe.StripeClient, sandbox: SandboxServer) -> stripe.checkout.Session:
    made = session(client)
    sandbox.control("pay", session=made.id)
    return client.v1.checkout.sessions.retrieve(
        made.id, {"expand": ["payment_intent.latest_charge.balance_transaction"]}
    )


def test_refunds_never_exceed_the_charge(
    client: stripe.StripeClient, sandbox: SandboxServer
) -> None:
    intent = paid(client, sandbox).to_dict()["payment_intent"]["id"]
    client.v1.refunds.create({"payment_intent": intent, "amount": 59_000})
    with pytest.raises(stripe.InvalidRequestError, match="greater than unrefunded"):
        client.v1.refunds.create({"payment_intent": intent, "amount": 1_001})
    client.v1.refunds.create({"payment_intent": intent})
    with pytest.raises(stripe.InvalidRequestError, match="already been refunded"):
        client.v1.refunds.create({"payment_intent": intent})
    assert client.v1.balance.retrieve().available[0].amount == -1_770


def test_list_turns_its_pages(client: stripe.StripeClient) -> None:
    made = [client.v1.customers.create({}).id for _n in range(3)]
    first = client.v1.events.list({"limit": 2})
    rest = client.v1.events.list({"limit": 2, "starting_after": first.data[-1].id})
    assert (first.has_more, len(rest.data), len(made)) == (True, 1, 3)
    assert client.v1.events.retrieve(rest.data[0].id).type == "customer.created"
    with pytest.raises(stripe.InvalidRequestError):
        client.v1.events.list({"starting_after": "evt_no"})


def test_wrong_expansion_is_refused(client: stripe.StripeClient) -> None:
    with pytest.raises(stripe.InvalidRequestError, match="cannot be expanded"):
        client.v1.checkout.sessions.retrieve(session(client).id, {"expand": ["nothing"]})


def test_one_key_gives_one_answer(client: stripe.StripeClient) -> None:
    keyed = {"idempotency_key": "k"}
    first = client.v1.customers.create({"name": "A"}, keyed)  # type: ignore[arg-type]
    second = client.v1.customers.create({"name": "A"}, keyed)  # type: ignore[arg-type]
    assert first.id == second.id
    assert second.last_response.headers["Idempotent-Replayed"] == "true"  # type: ignore[union-attr]
    with pytest.raises(stripe.IdempotencyError):
        client.v1.customers.create({"name": "B"}, keyed)  # type: ignore[arg-type]


def test_key_in_use_is_a_conflict(client: stripe.StripeClient, sandbox: SandboxServer) -> None:
    sandbox.control("latency", seconds=0)
    begin(sandbox.store, "k", fingerprint("/v1/customers", [("name", "A")]))
    with pytest.raises(stripe.StripeError, match="in-progress"):
        client.v1.customers.create({"name": "A"}, {"idempotency_key": "k"})


@pytest.mark.parametrize(
    ("kind", "made"),
    [("refuse", 0), ("error_after", 1), ("timeout_after", 1), ("rate_limit", 0)],
)
def test_call_fails_as_ordered(
    client: stripe.StripeClient, sandbox: SandboxServer, kind: str, made: int
) -> None:
    sandbox.control("fail", method="POST", path="customers", kind=kind)
    with pytest.raises(stripe.StripeError):
        client.v1.customers.create({})
    assert len(sandbox.store.all("customer")) == made
    sandbox.faults.clear()


def page(url: str, **fields: str) -> tuple[int, str, str]:
    place = urlsplit(url)
    link = HTTPConnection(place.netloc)
    body = urlencode(fields)
    link.request("POST" if fields else "GET", place.path, body or None)
    reply = link.getresponse()
    found = reply.status, reply.headers.get("Location", ""), reply.read().decode()
    link.close()
    return found


def test_page_takes_a_card_after_a_decline(
    client: stripe.StripeClient, sandbox: SandboxServer
) -> None:
    url = session(client).url or ""
    assert "Test payments" in page(url)[2]
    assert "insufficient funds" in page(url, do="pay", number="4000 0000 0000 9995")[2]
    assert "number is invalid" in page(url, do="pay", number="1")[2]
    status, target, _body = page(url, do="pay", number="4242 4242 4242 4242")
    assert (status, target.startswith("http://127.0.0.1/done/cs_test_")) == (303, True)
    assert "has been paid" in page(url)[2]
    assert page(f"{sandbox.base_url}/c/style.css")[0] == 200
    assert page(f"{sandbox.base_url}/c/pay/cs_no")[0] == 404


def test_page_asks_the_bank(client: stripe.StripeClient) -> None:
    url = session(client).url or ""
    assert "Your bank asks" in page(url, do="pay", number="4000 0025 0000 3155")[2]
    assert "could not authenticate" in page(url, do="fail")[2]
    assert "Your bank asks" in page(url, do="pay", number="4000 0025 0000 3155")[2]
    assert page(url, do="complete")[0] == 303


def test_page_that_ran_out_says_so(client: stripe.StripeClient, sandbox: SandboxServer) -> None:
    made = session(client)
    sandbox.control("advance", seconds=90_000)
    assert "has expired" in page(made.url or "")[2]
    assert "has expired" not in page(session(client).url or "")[2]
    with pytest.raises(stripe.InvalidRequestError, match="status of open"):
        client.v1.checkout.sessions.expire(made.id)


@pytest.mark.parametrize("name", ["nothing", "webhooks", "fail"])
def test_control_refuses_what_it_does_not_know(sandbox: SandboxServer, name: str) -> None:
    with pytest.raises(OSError, match="HTTP Error 40"):
        sandbox.control(name, mode="x", kind="x", method="GET", path="x")


class Listener:
    """Somebody's webhook address: keeps what came, answers as told."""

    def __init__(self) -> None:
        self.heard: list[dict[str, object]] = []
        self.answers: list[int] = []
        listener = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                stripe.Webhook.construct_event(body, self.headers["Stripe-Signature"], "whsec_x")
                listener.heard.append(json.loads(body))
                self.send_response(listener.answers.pop(0) if listener.answers else 200)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_args: object) -> None:
                """Silent."""

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}/"

    def wait(self, count: int) -> list[str]:
        end = time.monotonic() + 10
        while len(self.heard) < count and time.monotonic() < end:
            time.sleep(0.02)
        return [str(event["id"]) for event in self.heard]


@pytest.fixture
def listener() -> Iterator[Listener]:
    made = Listener()
    yield made
    made.server.shutdown()
    made.server.server_close()


@pytest.fixture
def telling(listener: Listener) -> Iterator[SandboxServer]:
    with SandboxServer(webhook_url=listener.url, webhook_secret="whsec_x") as server:
        yield server


def delivered(sandbox: SandboxServer, count: int) -> list[int]:
    """How often each of so many deliveries was tried, once all of them are delivered."""
    end = time.monotonic() + 10
    while time.monotonic() < end:
        rows = sandbox.control("deliveries")["data"]
        if len(rows) == count and {row["status"] for row in rows} == {"delivered"}:
            return [row["attempts"] for row in rows]
        time.sleep(0.02)
    raise AssertionError(rows)


def test_webhook_is_signed_and_tried_again(listener: Listener, telling: SandboxServer) -> None:
    listener.answers = [500]
    client_of(telling.base_url).v1.customers.create({})
    first, second = listener.wait(2)
    assert first == second
    assert delivered(telling, 1) == [2]
    telling.control("resend", event=first)
    assert delivered(telling, 2) == [2, 1]
    assert [event["id"] for event in listener.heard] == [first] * 3


def test_webhook_is_delayed_as_ordered(listener: Listener, telling: SandboxServer) -> None:
    telling.control("webhooks", delay=1)
    asked_at = time.monotonic()
    client_of(telling.base_url).v1.customers.create({})
    assert len(listener.wait(1)) == 1
    assert time.monotonic() - asked_at >= 1


@pytest.mark.parametrize(
    ("mode", "tries", "heard"),
    [("duplicate", [1, 1], 2), ("drop_first", [2], 1), ("normal", [1], 1)],
)
def test_webhook_mode(
    listener: Listener, telling: SandboxServer, mode: str, tries: list[int], heard: int
) -> None:
    telling.control("webhooks", mode=mode)
    client_of(telling.base_url).v1.customers.create({})
    assert delivered(telling, len(tries)) == tries
    assert len(listener.heard) == heard


def test_webhooks_are_held_then_come_in_another_order(
    listener: Listener, telling: SandboxServer
) -> None:
    telling.control("webhooks", mode="hold")
    for _n in range(6):
        client_of(telling.base_url).v1.customers.create({})
    time.sleep(0.2)
    assert listener.heard == []
    telling.control("webhooks", mode="reorder", seed=3)
    came = listener.wait(6)
    made = [event["id"] for event in reversed(telling.store.all("event"))]
    assert sorted(came) == sorted(made)
    assert came != made


def start(state: Path, url: str = "") -> tuple[subprocess.Popen[str], str]:
    process = subprocess.Popen(
        [sys.executable, "-m", "usce.devstack.stripe_sandbox", "--state", str(state),
         "--webhook-url", url, "--webhook-secret", "whsec_x"],
        stdout=subprocess.PIPE, text=True, env={**os.environ, "STRIPE_SECRET_KEY": "sk_test_x"},
    )  # fmt: skip
    assert process.stdout
    return process, process.stdout.readline().removeprefix("listening on ").strip()


def test_killed_sandbox_resumes_with_all_it_knew(tmp_path: Path, listener: Listener) -> None:
    process, url = start(tmp_path / "s.db", listener.url)
    call_control(url, "webhooks", mode="hold")
    made = client_of(url).v1.customers.create({"name": "Amina"})
    process.send_signal(signal.SIGKILL)
    process.wait()
    again, url = start(tmp_path / "s.db", listener.url)
    assert client_of(url).v1.customers.retrieve(made.id).name == "Amina"
    call_control(url, "webhooks", mode="normal")
    assert len(listener.wait(1)) == 1
    again.terminate()
    assert again.wait() == 0
    for ended in (process, again):
        assert ended.stdout
        ended.stdout.close()


@pytest.mark.parametrize("key", ["sk_live_x", "rk_live_x"])
def test_live_key_is_refused(key: str) -> None:
    with pytest.raises(LiveKeyError):
        SandboxServer(api_key=key)
    done = subprocess.run(
        [sys.executable, "-m", "usce.devstack.stripe_sandbox", "--api-key", key],
        capture_output=True, check=False,
    )  # fmt: skip
    assert done.returncode == 2
