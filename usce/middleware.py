from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from usce.requestinfo import new_request_id, request_id

Next = Callable[[HttpRequest], HttpResponse]


class RequestIdMiddleware:
    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with request_id(new_request_id(request.headers.get("X-Request-Id", ""))) as value:
            response = self.get_response(request)
            response["X-Request-Id"] = value
            return response


class SecurityHeadersMiddleware:
    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)


class RefusedMiddleware:
    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)
