"""The way from the invitation to the first listing, and where one stands on it."""

from dataclasses import dataclass

from django.urls import reverse

from rotations.providers.models import Provider
from rotations.providers.queries import preceptors_of, sites_of
from rotations.providers.states import ProviderState

LABELS = ("Accept", "Place", "Preceptor", "Rotation", "Dates", "Preview and submit")
ACCEPT, PLACE, PRECEPTOR, ROTATION, DATES, PREVIEW = range(6)


@dataclass(frozen=True)
class Step:
    label: str
    url: str
    state: str


def steps_to_listing(provider: Provider, current: int, rotation_id: str = "") -> list[Step]:
    """The six screens; what lies behind can be opened again, nothing in it is lost.

    Empty once the organization was submitted: later listings need no such map.
    """
    if provider.state != ProviderState.DRAFT:
        return []
    urls = ["", *_urls(provider, rotation_id)]
    return [
        Step(label, url, "done" if n < current else "current" if n == current else "next")
        for n, (label, url) in enumerate(zip(LABELS, urls, strict=True))
    ]


def _urls(provider: Provider, rotation_id: str) -> list[str]:
    slug = provider.slug
    about = [
        reverse("providers:place", args=[slug]),
        reverse("providers:first-preceptor", args=[slug]),
    ]
    about.append(reverse("catalog:new", args=[slug]))
    if not rotation_id:
        return [*about, "", ""]
    address = [slug, rotation_id]
    pages = ("catalog:dates", "catalog:preview")
    return [*about, *(reverse(page, args=address) for page in pages)]


def next_about(provider: Provider) -> tuple[str, str] | None:
    """What is still to be said about the organization itself: a sentence and its page."""
    if not sites_of(provider).exists():
        return "Say where learners go", reverse("providers:place", args=[provider.slug])
    if not preceptors_of(provider).exists():
        page = reverse("providers:first-preceptor", args=[provider.slug])
        return "Say who supervises", page
    return None
