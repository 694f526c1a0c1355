"""The hosted payment page, in the sandbox's own words and on its own port."""

from html import escape
from urllib.parse import parse_qs

from usce.devstack.stripe_sandbox.errors import ApiError
from usce.devstack.stripe_sandbox.resources import intents, sessions
from usce.devstack.stripe_sandbox.store import Found, Store

POLICY = "default-src 'none'; style-src 'self'; img-src data:; form-action *; base-uri 'none'"
STYLE = """
:root{color-scheme:light dark;font:16px/1.5 system-ui,sans-serif}
body{margin:0;background:light-dark(#f5f7fa,#14171c);color:light-dark(#1a1f36,#e8eaf0)}
.banner{background:light-dark(#fff3cd,#43380c);padding:.75rem 1rem;text-align:center}
main{max-width:min(26rem,100% - 5rem);margin:2rem auto;padding:1.5rem;border-radius:10px;
background:light-dark(#fff,#1d2129);border:1px solid light-dark(#d9dee7,#363c48)}
h1{font-size:1.1rem;margin:0 0 .25rem}.sum{font-size:2rem;font-weight:600;margin:0 0 1rem}
ul{list-style:none;margin:0 0 1rem;padding:0}li{display:flex;justify-content:space-between;gap:1rem}
label{display:block;font-weight:600;margin-block-end:.25rem}
input{box-sizing:border-box;inline-size:100%;padding:.75rem;font:inherit;border-radius:6px;
border:1px solid light-dark(#6b7280,#9aa3b2);background:transparent;color:inherit}
button,a.back{display:block;box-sizing:border-box;inline-size:100%;min-block-size:44px;
margin-block-start:.75rem;padding:.6rem;font:inherit;font-weight:600;text-align:center;
border-radius:6px;border:1px solid transparent;cursor:pointer;text-decoration:none}
button{background:#0b57d0;color:#fff}button.plain,a.back{background:transparent;color:inherit;
border-color:light-dark(#6b7280,#9aa3b2)}
.error{color:light-dark(#a3231f,#ff9d95);font-weight:600}
small{color:light-dark(#4b5563,#b3bac7)}dl{margin:.75rem 0 0;display:grid;gap:.15rem .75rem;
grid-template-columns:auto 1fr;font-size:.9rem}dd{margin:0}
"""
CARDS = (
    ("4242 4242 4242 4242", "is charged"),
    ("4000 0000 0000 0002", "is declined"),
    ("4000 0000 0000 9995", "has insufficient funds"),
    ("4000 0025 0000 3155", "asks for 3-D Secure"),
)


def show(
    store: Store, identifier: str, error: str = "", number: str = "4242 4242 4242 4242"
) -> str:
    session = sessions.find(store, identifier)
    if session["status"] != "open":
        return _closed(session)
    if _waits_for_bank(store, session):
        return _bank(session)
    items = "".join(
        f"<li><span>{escape(item['description'])}</span><span>{_dollars(item['amount_total'])}"
        "</span></li>"
        for item in session["line_items"]["data"]
    )
    hints = "".join(f"<dt>{number}</dt><dd>{does}</dd>" for number, does in CARDS)
    told = f'<p class="error" role="alert">{escape(error)}</p>' if error else ""
    return _page(
        "Pay",
        f"""<h1>Pay Rounds</h1><p class="sum">{_dollars(session["amount_total"])}</p>
<ul>{items}</ul>{told}<form method="post"><label for="number">Test card number</label>
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
    return "", show(store, identifier)


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


def _bank(session: Found) -> str:
    return _page(
        "Your bank",
        f"""<h1>Your bank asks: is it you?</h1>
<p class="sum">{_dollars(session["amount_total"])}</p>
<form method="post"><button name="do" value="complete">Complete authentication</button>
<button class="plain" name="do" value="fail">Fail authentication</button></form>""",
    )


def _closed(session: Found) -> str:
    word = "has been paid" if session["status"] == "complete" else "has expired"
    return _page("Closed", f"<h1>This payment page {word}.</h1>{_back(session)}")


def _back(session: Found) -> str:
    target = session["cancel_url"] or session["success_url"].split("?")[0]
    return f'<a class="back" href="{escape(target)}">Back to Rounds</a>'


def _dollars(cents: int) -> str:
    return f"${cents // 100:,}.{cents % 100:02d}"


def _page(title: str, body: str) -> str:
    return f"""<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{title}</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="icon" href="data:,"><link rel="stylesheet" href="/c/style.css"></head>
<body><header class="banner">Test payments: no real card is charged.</header>
<main>{body}</main></body></html>"""
