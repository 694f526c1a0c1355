"""The hosted page on which a provider completes its payout account."""

from html import escape
from urllib.parse import parse_qs

from usce.devstack.stripe_sandbox.layout import page
from usce.devstack.stripe_sandbox.resources import accounts
from usce.devstack.stripe_sandbox.store import Found, Store

FIELDS = (
    ("name", "Legal name of the organization", "Lakeshore Medical Group"),
    ("routing", "Test routing number", "110000000"),
    ("number", "Test account number", "000123456789"),
)


def show(store: Store, identifier: str) -> str:
    link = accounts.find_link(store, identifier)
    if _is_over(store, link):
        return page("Link used", f"<h1>This link has ended.</h1>{_again(link)}")
    inputs = "".join(
        f'<label for="{name}">{label}</label>'
        f'<input id="{name}" name="{name}" autocomplete="off" value="{value}">'
        for name, label, value in FIELDS
    )
    return page(
        "Payout details",
        f"""<h1>Where should Rounds send your money?</h1><form method="post">{inputs}
<button name="do" value="complete">Agree and submit</button>
<button class="plain" name="do" value="later">Finish later</button></form>""",
    )


def act(store: Store, identifier: str, body: str) -> tuple[str, str]:
    """What the person pressed: (address to go to, "") or ("", page to show)."""
    link = accounts.find_link(store, identifier)
    if _is_over(store, link):
        return str(link["refresh_url"]), ""
    link["is_used"] = True
    store.save(link)
    if parse_qs(body).get("do") == ["complete"]:
        accounts.complete(store, link["account"])
    return str(link["return_url"]), ""


def _is_over(store: Store, link: Found) -> bool:
    return bool(link["is_used"]) or link["expires_at"] < store.now()


def _again(link: Found) -> str:
    return f'<a class="back" href="{escape(link["refresh_url"])}">Back to Rounds</a>'
