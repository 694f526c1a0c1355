"""Structured logs: JSON lines with the request's id, nothing that names a person."""

import logging
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog

from usce.requestinfo import current_request_id


def _with_request_id(
    _logger: Any, _method: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    if identifier := current_request_id():
        event["request_id"] = identifier
    return event


def configure(*, level: int = logging.INFO) -> None:
    """Send our own lines and the libraries' through one renderer to standard error."""
    shared: list[Any] = [
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _with_request_id,
        structlog.processors.format_exc_info,
    ]
    structlog.configure(
        processors=[*shared, structlog.processors.JSONRenderer()],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler()
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            processor=structlog.processors.JSONRenderer(),
            foreign_pre_chain=[structlog.stdlib.add_logger_name, *shared],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(logging.WARNING)
    # Anybody can send a wrong Host: the answer is 400, and no trace fills the log.
    logging.getLogger("django.security.DisallowedHost").setLevel(logging.CRITICAL)
