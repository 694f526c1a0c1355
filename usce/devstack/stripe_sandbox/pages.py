"""The hosted payment page, in the sandbox's own words and on its own port."""

from html import escape
from urllib.parse import parse_qs

from usce.devstack.stripe_sandbox.errors import ApiError
from usce.devstack.stripe_sandbox.layout import page
from usce.devstack.stripe_sandbox.resources import intents, sessions
from usce.devstack.stripe_sandbox.store import Found, Store

PLAIN = "4242 4242 4242 4242"
CARDS = (
    (PLAIN, "is charged"),
    ("4000 0000 0000 0002", "is declined"),
    ("4000 0000 0000 9995", "has insufficient funds"),
    ("4000 0025 0000 3155", "asks for 3-D Secure"),
    ("4000 0027 6000 3184", "asks for 3-D Secure each time"),
    ("4000 0000 0000 0259", "is charged, then disputed"),
)


def show(store: Store, identifier: str, error: str = "", number: str = PLAIN) -> str:
    session = sessions.find(store, identifier)
    if session["status"] != "open":
        return _closed(session)
    if _waits_for_bank(store, session):
        return _bank(session, number)
    items = "".join(
        f"<li><span>{escape(item['description'])}</span><span>{_dollars(item['amount_total'])}"
        "</span></li>"
        for item in session["line_items"]["data"]
    )
    hints = "".join(f"<dt>{number}</dt><dd>{does}</dd>" for number, does in CARDS)
    keeps = session["payment_intent_data"].get("setup_future_usage")
    kept = "<p>The card is kept for later charges.</p>" if keeps else ""
    told = f'<p class="error" role="alert">{escape(error)}</p>' if error else ""
    return page(
        "Pay",
        f"""<h1>Pay Rounds</h1><p class="sum">{_dollars(session["amount_total"])}</p>
<ul>{items}</ul>{kept}{told}<form method="post"><label for="number">Test card number</label>
<input id="number" name="number" inputmode="numeric" autocomplete="off" value="{escape(number)}">
<button name="do" value="pay">Pay {_dollars(session["amount_total"])}</button></form>
{_back(session)}<dl>{hints}</dl>""",
    )


def act(store: Store, identifier: str, body: str) -> tuple[str, str]:
    """What the person pressed: (address to go to, "") or ("", page to show)."""
    fields = {name: values[0] for name, values in parse_qs(body).items()}
    authenticated = {"complete": True, "fail": False}.get(fields.get("do", ""))
    number = fields.get("number", "4000002500003155")
    try:
        with store.changing():
            session = sessions.find(store, identifier)
            failure = _try(store, identifier, number, authenticated=authenticated)
    except ApiError as error:
        return "", show(store, identifier, str(error), number)
    if failure:
        return "", show(store, identifier, failure, number)
    session = sessions.find(store, identifier)
    if session["status"] == "complete":
        return session["success_url"].replace("{CHECKOUT_SESSION_ID}", session["id"]), ""
    return "", show(store, identifier, number=number)


def _try(store: Store, identifier: str, number: str, *, authenticated: bool | None) -> str:
    """A decline is a result to keep, not an accident to roll back."""
    try:
        sessions.pay(store, identifier, number, authenticated=authenticated)
    except ApiError as error:
        return str(error)
    return ""


def _waits_for_bank(store: Store, session: Found) -> bool:
    if not session["payment_intent"]:
        return False
    return bool(intents.find(store, session["payment_intent"])["status"] == "requires_action")


def _bank(session: Found, number: str) -> str:
    """It remembers which card asked: what is kept afterwards is that one."""
    asked = (
        "" if number == PLAIN else f'<input type="hidden" name="number" value="{escape(number)}">'
    )
    return page(
        "Your bank",
        f"""<h1>Your bank asks: is it you?</h1>
<p class="sum">{_dollars(session["amount_total"])}</p>
<form method="post">{asked}<button name="do" value="complete">Complete authentication</button>
<button class="plain" name="do" value="fail">Fail authentication</button></form>""",
    )


def _closed(session: Found) -> str:
    word = "has been paid" if session["status"] == "complete" else "has expired"
    return page("Closed", f"<h1>This payment page {word}.</h1>{_back(session)}")


def _back(session: Found) -> str:
    target = session["cancel_url"] or session["success_url"].split("?")[0]
    return f'<a class="back" href="{escape(target)}">Back to Rounds</a>'


def _dollars(cents: int) -> str:
    return f"${cents // 100:,}.{cents % 100:02d}"
