from typing import Any


class ApiError(Exception):
    """An answer in Stripe's error shape."""

    def __init__(
        self, status: int, message: str, kind: str = "invalid_request_error", **more: Any
    ) -> None:
        super().__init__(message)
        self.status = status
        self.body = {"error": {"type": kind, "message": message, **more}}


def missing(kind: str, identifier: str) -> ApiError:
    return ApiError(404, f"No such {kind}: '{identifier}'", code="resource_missing", param="id")


def invalid(message: str, param: str, code: str = "parameter_invalid") -> ApiError:
    return ApiError(400, message, param=param, code=code)
