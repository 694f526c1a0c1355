from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from payments.actions.events import store_event
from payments.gateway import BadSignature, read_event


@csrf_exempt
@login_not_required
@require_POST
def stripe(request: HttpRequest) -> HttpResponse:
    """Verify, store, answer. Work is left to the workers, so Stripe never waits for it."""
    try:
        event = read_event(request.body, request.headers.get("Stripe-Signature", ""))
    except BadSignature:
        return HttpResponseBadRequest("signature does not fit")
    store_event(event, now=timezone.now())
    return HttpResponse("stored")
