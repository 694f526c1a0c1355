"""The copy of a signed text as PDF: what was signed, by whom, when, and a hash that proves it."""

from html.parser import HTMLParser

from django.conf import settings

from usce.accounts.models import ConsentRecord
from usce.accounts.texts import Text, body_of, sha256_of
from usce.render.pdf import Statement, statement
from usce.ui.dates import day_short, moment

KINDS = {"h2": "heading", "h3": "heading", "p": "paragraph", "li": "paragraph"}
PROOF = (
    "A signature is never changed; a new version of the text is signed anew. The hash is that of "
    "the text's words as they were shown when it was signed."
)


class _Blocks(HTMLParser):
    """Headings and paragraphs of a text's page, in their order."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, str]] = []
        self._kind = ""
        self._words = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002 -- the library's
        if tag in KINDS:
            self._kind, self._words = KINDS[tag], ""

    def handle_data(self, data: str) -> None:
        self._words += data

    def handle_endtag(self, tag: str) -> None:
        if tag in KINDS and self._kind:
            self.found.append((self._kind, " ".join(self._words.split())))
            self._kind = ""


def signed_pdf(signed: ConsentRecord, text: Text, *, for_host: bool = False) -> bytes:
    """The copy of either side; a host's is without the signer's addresses."""
    blocks = _Blocks()
    blocks.feed(body_of(text))
    facts = [
        ("Signed as", signed.signed_name),
        ("When", moment(signed.at, signed.user.time_zone)),
        ("Text", f"version {text.version}, published {day_short(text.published_on)}"),
        ("Reference", signed.public_id),
        ("Hash of the text (SHA-256)", signed.text_sha256),
    ]
    if not for_host:
        known = f"{signed.user.full_name}, {signed.user.email}"
        facts[1:1] = [("Account", known)]
        facts[3:3] = [("From", signed.ip_address or "an address that is not known")]
    return statement(
        Statement(
            title=text.title,
            facts=facts,
            body=blocks.found,
            notes=(PROOF,),
            issuer=(settings.COMPANY_NAME, *settings.COMPANY_ADDRESS.splitlines()),
        )
    )


def is_as_signed(signed: ConsentRecord, text: Text) -> bool:
    """Whether the words that we hold today under that version are those that were signed."""
    return signed.text_sha256 == sha256_of(text)
