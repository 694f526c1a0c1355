"""What every answer of the API has in common: problems in one shape, pages by key, ETags."""

import hashlib
from collections.abc import Callable
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.utils.cache import get_conditional_response, patch_cache_control
from rest_framework import exceptions, serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView, exception_handler

from usce.errors import Refused
from usce.limits.actions import TooOften
from usce.paging import Page

PROBLEM = "application/problem+json"
WINDOW_SECONDS = 60


class ApiView(APIView):
    """A page of the API: an answer to GET has an ETag, and only strangers' may be shared."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        response: Any = super().dispatch(request, *args, **kwargs)
        if request.method not in ("GET", "HEAD") or response.status_code != status.HTTP_200_OK:
            return response  # type: ignore[no-any-return]
        response.render()
        etag = response["ETag"] = f'W/"{hashlib.sha256(response.content).hexdigest()[:32]}"'
        patch_cache_control(response, private=True, no_cache=True)
        conditional = get_conditional_response(request, etag=etag, response=response)
        return conditional or response


class Problem(serializers.Serializer[Any]):
    """RFC 9457; `errors` names what is wrong with each parameter or field."""

    type = serializers.CharField()
    title = serializers.CharField()
    status = serializers.IntegerField()
    detail = serializers.CharField()
    errors = serializers.DictField(  # type: ignore[assignment]
        child=serializers.ListField(child=serializers.CharField()), required=False
    )


def page_schema(item: type[serializers.Serializer[Any]]) -> type[serializers.Serializer[Any]]:
    """One page of `item`: `next` is the address of the following one, or null."""
    fields = {
        "results": item(many=True),
        "next": serializers.CharField(allow_null=True),
    }
    return type(f"{item.__name__}Page", (serializers.Serializer,), fields)


def page_answer(
    request: Request, items: list[Any], cursor: str, item: type[serializers.Serializer[Any]]
) -> Response:
    following = None
    if cursor:
        query = request.query_params.copy()
        query["after"] = cursor
        following = request.build_absolute_uri(f"{request.path}?{query.urlencode()}")
    context = {"request": request}
    return Response({"results": item(items, many=True, context=context).data, "next": following})


def page_of_rows(
    request: Request, page: Page[Any], item: type[serializers.Serializer[Any]]
) -> Response:
    return page_answer(request, page.items, page.next_cursor, item)


def problem_of(error: Exception, context: dict[str, Any]) -> Response | None:
    """Each refusal as a problem; what nobody foresaw stays an error of ours."""
    known = _known(error)
    if known is None:
        return None
    code, title, detail, errors = known
    told = {"type": "about:blank", "title": title, "status": code, "detail": detail}
    response = Response(told | ({"errors": errors} if errors else {}), status=code)
    response.content_type = PROBLEM
    if code == status.HTTP_429_TOO_MANY_REQUESTS:
        response["Retry-After"] = str(int(getattr(error, "wait", None) or WINDOW_SECONDS))
    usual = exception_handler(error, context)
    if usual is not None and "WWW-Authenticate" in usual:
        response["WWW-Authenticate"] = usual["WWW-Authenticate"]
    return response


def _known(error: Exception) -> tuple[int, str, str, Any] | None:
    if isinstance(error, exceptions.ValidationError):
        return 400, "Bad request", "Something in the request cannot be read.", error.detail
    if isinstance(error, exceptions.APIException):
        return error.status_code, error.default_code.replace("_", " "), str(error.detail), None
    shapes: list[tuple[type[Exception], Callable[[Any], tuple[int, str, str, Any]]]] = [
        (Http404, lambda _e: (404, "Not found", "There is nothing here for you.", None)),
        (PermissionDenied, lambda e: (403, "Not allowed", str(e) or "Not allowed.", None)),
        (TooOften, lambda e: (429, "Too often", e.sentence, None)),
        (Refused, lambda e: (409, "Refused", e.sentence, None)),
    ]
    return next((shape(error) for kind, shape in shapes if isinstance(error, kind)), None)
