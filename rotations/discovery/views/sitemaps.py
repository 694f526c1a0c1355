"""What search engines may read: the public pages, and each public rotation."""

from datetime import datetime
from typing import TYPE_CHECKING

from django.contrib.sitemaps import Sitemap
from django.db.models import QuerySet
from django.urls import reverse

from rotations.catalog.models import SearchRow
from usce.accounts.texts import TEXTS

EXPLAINING = (
    *("home", "rotations", "how-it-works", "for-providers", "trust", "fees", "refunds", "money"),
    *("complaints", "accessibility", "about", "statuses"),
)


if TYPE_CHECKING:
    _Names = Sitemap[str]
    _Rows = Sitemap[SearchRow]
else:  # generic only in the stubs
    _Names = _Rows = Sitemap


class Pages(_Names):
    def items(self) -> list[str]:
        return [*EXPLAINING, *TEXTS]

    def location(self, item: str) -> str:
        return reverse(f"discovery:{item}")


class Rotations(_Rows):
    """As many to a file as a crawler reads at once; past that the index names further files."""

    limit = 5000

    def items(self) -> QuerySet[SearchRow]:
        rows = SearchRow.objects.select_related("rotation").order_by("pk")
        return rows.only("rotation__public_id", "rotation__slug", "rotation__updated_at")

    def location(self, item: SearchRow) -> str:
        found = item.rotation
        return reverse("discovery:rotation", args=[found.public_id, found.slug])

    def lastmod(self, item: SearchRow) -> datetime:
        return item.rotation.updated_at


SITEMAPS = {"pages": Pages, "rotations": Rotations}
