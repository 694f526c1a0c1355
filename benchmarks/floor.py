"""The floor: a plain Django list of 25 cards and 45 counts, three queries, two templates."""

from django.contrib.auth.decorators import login_not_required
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from rotations.catalog.models import Rotation


@login_not_required
def page(request: HttpRequest) -> HttpResponse:
    rows = Rotation.objects.values("title", "provider__name", "site__city", "price_cents")[:25]
    by_specialty = Rotation.objects.values("specialty").annotate(n=Count("id"))
    by_state = Rotation.objects.values("site__region").annotate(n=Count("id"))
    counts = {row["specialty"]: row["n"] for row in by_specialty}
    counts |= {row["site__region"]: row["n"] for row in by_state}
    boxes = [(name, counts.get(name, 0)) for name in NAMES]
    return render(request, "floor/list.html", {"rows": list(rows), "boxes": boxes})


NAMES = [f"box {number}" for number in range(45)]
