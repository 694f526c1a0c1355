"""Letters as the provider's team sees them: states, dates and answer times, nothing else."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from rotations.letters.permissions import can_see_letters
from rotations.letters.queries import answer_times, letters_at, total_of
from rotations.letters.rules import FEWEST
from rotations.providers.queries import provider_for
from usce.accounts.people import signed_in
from usce.paging import next_url, page_of
from usce.permissions import require


@require_GET
def letters(request: HttpRequest, provider_slug: str) -> HttpResponse:
    user = signed_in(request)
    provider = provider_for(user, provider_slug)
    require(can_see_letters(user, provider), "Owners and coordinators see learners.")
    page = page_of(letters_at(provider), request.GET.get("after", ""))
    times = answer_times(provider)
    answered, asked = total_of(times)
    context = {
        "provider": provider,
        "page": page,
        "next_url": next_url(request, page.next_cursor),
        "today": timezone.now().date(),
        "times": times,
        "answered": answered,
        "asked": asked,
        "fewest": FEWEST,
    }
    return render(request, "letters/at_provider.html", context)
