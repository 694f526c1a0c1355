"""Versions of what a person agrees to; a changed text gets a new version and is asked for again."""

import hashlib
from dataclasses import dataclass
from datetime import date

from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe


@dataclass(frozen=True)
class Text:
    """One version of a public text; its words stand in a template of the public site."""

    key: str
    title: str
    version: str
    published_on: date
    changes: str


def _first(key: str, title: str) -> tuple[Text, ...]:
    return (Text(key, title, "2026-11-draft", date(2026, 11, 23), "The first version."),)


def _second(
    key: str, title: str, changes: str, published: date = date(2026, 11, 24)
) -> tuple[Text, ...]:
    newest = Text(key, title, "2026-11-draft-2", published, changes)
    return (newest, *_first(key, title))


# Newest first. An old version stays: somebody agreed to it, and her bookings keep it.
TEXTS: dict[str, tuple[Text, ...]] = {
    "terms": _first("terms", "Terms for applicants"),
    "provider-agreement": _first("provider-agreement", "Provider agreement"),
    "privacy": (
        Text(
            "privacy",
            "Privacy notice",
            "2026-11-draft-3",
            date(2026, 11, 27),
            "How long things are kept, as a table; a copy of your data and its deletion on a page.",
        ),
        *_second(
            "privacy",
            "Privacy notice",
            "How long each kind of paper is kept; what a host sees of papers; what a student's "
            "school is asked.",
        ),
    ),
    "health-papers": (
        Text(
            "health-papers",
            "Health papers",
            "2026-11-draft-3",
            date(2026, 11, 27),
            "The lines typed on the immunization form, and a doctor's note, are named.",
        ),
        *_second(
            "health-papers", "Health papers", "Rounds takes health papers now, with a consent."
        ),
    ),
    "truthful-papers": _first("truthful-papers", "Truthful papers"),
    "cookies": _second(
        "cookies", "Cookies", "A cookie by which a new device is noticed.", date(2026, 11, 27)
    ),
}
TERMS = TEXTS["terms"][0].version
ADULT = TERMS
HEALTH_PAPERS = TEXTS["health-papers"][0].version
TRUTHFUL_PAPERS = TEXTS["truthful-papers"][0]
SIGNED = ("truthful-papers",)  # with a typed name, on the text itself
PROVIDER_AGREEMENT = TEXTS["provider-agreement"][0].version

# The links open beside the form: nothing that was typed is lost.
AGREE_TERMS: SafeString = mark_safe(
    'I am 18 or over and agree to the <a href="/terms" target="_blank" rel="noopener">terms</a> '
    "(draft of November 2026)."
)
AGREE_HEALTH: SafeString = mark_safe(
    'I agree that Rounds keeps my health papers as the <a href="/health-papers" target="_blank" '
    'rel="noopener">notice on health papers</a> says (draft of November 2026).'
)
AGREE_PROVIDER: SafeString = mark_safe(
    'I agree to the <a href="/provider-agreement" target="_blank" rel="noopener">provider '
    "agreement</a> for this organization (draft of November 2026)."
)


def text_of(key: str, version: str = "") -> Text | None:
    """That version of the text, by default the newest; None if there is no such."""
    versions = TEXTS.get(key, ())
    wanted = [text for text in versions if version in ("", text.version)]
    return wanted[0] if wanted else None


def body_of(text: Text) -> str:
    """The words of that version as the page shows them."""
    return render_to_string(f"discovery/texts/{text.key}/{text.version}.html")


def sha256_of(text: Text) -> str:
    return hashlib.sha256(body_of(text).encode()).hexdigest()
