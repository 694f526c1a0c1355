"""Public pages as every visitor without a session gets them, kept for a few seconds.

Nothing of a person may be in such a page: it is kept only for requests that carry no session.
The one thing that differs, the token of its forms, is cut out before it is kept and put in when
it is served, so that forms work without a script.
"""

import hashlib
import re
from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.utils.cache import get_conditional_response, patch_vary_headers

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponse]
TOKEN = re.compile(rb'(?<=name="csrfmiddlewaretoken" value=")[A-Za-z0-9]{64}(?=")')
HOLE = b"token-of-the-visitor"
PERSONAL_COOKIES = (settings.SESSION_COOKIE_NAME, "messages")


def kept_for_visitors(view: View[P]) -> View[P]:
    """Answer visitors from the page kept under this address; everybody else from the view."""

    @wraps(view)
    def look(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if not settings.PAGE_CACHE_SECONDS or not _is_visitor(request):
            return view(request, *args, **kwargs)
        key = _key(request)
        page: bytes | None = cache.get(key)
        if page is None:
            response = view(request, *args, **kwargs)
            if response.status_code != 200 or request.session.modified:
                return response
            page = TOKEN.sub(HOLE, response.content)
            cache.set(key, page, settings.PAGE_CACHE_SECONDS)
        return _served(request, page)

    return look


def _is_visitor(request: HttpRequest) -> bool:
    is_plain = request.method in ("GET", "HEAD") and "HX-Request" not in request.headers
    return is_plain and not any(name in request.COOKIES for name in PERSONAL_COOKIES)


def _key(request: HttpRequest) -> str:
    address = f"{request.get_host()}{request.get_full_path()}"
    return f"page:{hashlib.sha256(address.encode()).hexdigest()}"


def _served(request: HttpRequest, page: bytes) -> HttpResponse:
    """The page with this visitor's token; 304 if it is the one her browser has."""
    seal = hashlib.sha256(page)
    if HOLE in page:
        page = page.replace(HOLE, get_token(request).encode())
        seal.update(request.META["CSRF_COOKIE"].encode())
    response = HttpResponse(page, headers={"Cache-Control": "private, no-cache"})
    patch_vary_headers(response, ["Cookie"])
    etag = response["ETag"] = f'W/"{seal.hexdigest()[:32]}"'
    conditional = get_conditional_response(request, etag=etag, response=response)
    return conditional if isinstance(conditional, HttpResponse) else response
