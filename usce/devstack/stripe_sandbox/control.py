"""What only a test may do: bend time, the network, and the order of things."""

import json
import time
from typing import Any

from usce.devstack.stripe_sandbox.errors import ApiError
from usce.devstack.stripe_sandbox.faults import KINDS, Fault, Faults
from usce.devstack.stripe_sandbox.resources import (
    accounts,
    disputes,
    methods,
    refunds,
    sessions,
    transfers,
)
from usce.devstack.stripe_sandbox.store import Found, Store

MODES = ("normal", "duplicate", "reorder", "hold", "drop_first")


def control(store: Store, faults: Faults, name: str, asked: dict[str, Any]) -> Found:
    """Answer a call under /_control/; ApiError when there is no such call."""
    try:
        call = CALLS[name]
    except KeyError:
        raise ApiError(404, f"No control call {name}.") from None
    return call(store, faults, asked)


def _webhooks(store: Store, _faults: Faults, asked: dict[str, Any]) -> Found:
    if asked.get("mode", "normal") not in MODES:
        raise ApiError(400, f"mode is one of {', '.join(MODES)}.")
    store.set_meta("mode", asked.get("mode", "normal"))
    store.set_meta("delay", str(asked.get("delay", 0)))
    store.set_meta("seed", str(asked.get("seed", 0)))
    return {"mode": asked.get("mode", "normal")}


def _resend(store: Store, _faults: Faults, asked: dict[str, Any]) -> Found:
    with store.changing():
        store.db.execute(
            "INSERT INTO deliveries (event, due) VALUES (?, ?)", [asked["event"], time.time()]
        )
    return {"resent": asked["event"]}


def _deliveries(store: Store, _faults: Faults, _asked: dict[str, Any]) -> Found:
    names = ("id", "event", "due", "attempts", "status", "answer")
    with store.lock:
        rows = store.db.execute(
            f"SELECT {', '.join(names)} FROM deliveries ORDER BY id"  # noqa: S608 -- fixed names
        ).fetchall()
    return {"data": [dict(zip(names, row, strict=True)) for row in rows]}


def _advance(store: Store, _faults: Faults, asked: dict[str, Any]) -> Found:
    store.advance(int(asked["seconds"]))
    sessions.expire_due(store)
    return {"now": store.now()}


def _fail(_store: Store, faults: Faults, asked: dict[str, Any]) -> Found:
    if asked["kind"] not in KINDS:
        raise ApiError(400, f"kind is one of {', '.join(KINDS)}.")
    fault = Fault(asked["method"], asked["path"], asked["kind"])
    faults.order(fault, int(asked.get("times", 1)))
    return {"ordered": json.dumps(asked)}


def _latency(_store: Store, faults: Faults, asked: dict[str, Any]) -> Found:
    faults.latency_seconds = float(asked["seconds"])
    return {"seconds": faults.latency_seconds}


def _pay(store: Store, _faults: Faults, asked: dict[str, Any]) -> Found:
    number = asked.get("card", "4242424242424242")
    return sessions.shown(
        sessions.pay(store, asked["session"], number, authenticated=asked.get("authenticated"))
    )


def _turn_card(store: Store, _faults: Faults, asked: dict[str, Any]) -> Found:
    return methods.turn(store, asked["payment_method"], asked["number"])


def _fail_refund(store: Store, _faults: Faults, asked: dict[str, Any]) -> Found:
    return refunds.fail(store, asked["refund"])


def _dispute(store: Store, _faults: Faults, asked: dict[str, Any]) -> Found:
    return disputes.open_on(
        store,
        asked["charge"],
        reason=asked.get("reason", "product_not_received"),
        amount=asked.get("amount"),
    )


def _close_dispute(store: Store, _faults: Faults, asked: dict[str, Any]) -> Found:
    return disputes.close(store, asked["dispute"], asked["status"])


def _onboard(store: Store, _faults: Faults, asked: dict[str, Any]) -> Found:
    return accounts.complete(store, asked["account"])


def _close_account(store: Store, _faults: Faults, asked: dict[str, Any]) -> Found:
    return accounts.close(store, asked["account"])


def _pay_out(store: Store, _faults: Faults, asked: dict[str, Any]) -> Found:
    return transfers.pay_out(store, int(asked["amount"]), account=asked.get("account", ""))


def _give_details(store: Store, _faults: Faults, asked: dict[str, Any]) -> Found:
    return refunds.give_details(store, asked["refund"])


CALLS = {
    "webhooks": _webhooks,
    "resend": _resend,
    "deliveries": _deliveries,
    "advance": _advance,
    "fail": _fail,
    "latency": _latency,
    "pay": _pay,
    "turn_card": _turn_card,
    "fail_refund": _fail_refund,
    "dispute": _dispute,
    "close_dispute": _close_dispute,
    "onboard": _onboard,
    "close_account": _close_account,
    "pay_out": _pay_out,
    "give_details": _give_details,
}
