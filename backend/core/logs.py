"""Logs: one JSON line per event, in UTC, with the request's id and without personal data."""

import logging
import re
import sys
from collections.abc import MutableMapping
from pathlib import Path
from typing import Any, TextIO

import structlog
from flask import g, has_app_context

from backend.core.settings import Settings

_PRIVATE = re.compile(
    r"[\w.+-]{1,64}@[\w-]{1,63}\.[\w.-]{1,63}"  # e-mail
    r"|\+?\d[\d ()./-]{7,18}\d"  # telephone
    r"|(?i:bearer )\S{8,}"
)
_ALLOWED_NUMBERS = frozenset({"timestamp", "request_id", "ms", "status"})


def _redact(
    _logger: object, _name: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    for key, value in event.items():
        if isinstance(value, str) and key not in _ALLOWED_NUMBERS:
            event[key] = _PRIVATE.sub("[removed]", value[:2000])
    return event


def _of_the_request(
    _logger: object, _name: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    if has_app_context() and "request_id" in g:
        event.setdefault("request_id", g.request_id)
    return event


def init_logs(settings: Settings) -> None:
    """Write structured logs to standard error or the file of the settings."""
    level = getattr(logging, settings.log_level.upper(), logging.INFO)
    stream: TextIO = sys.stderr
    if settings.log_file:
        stream = Path(settings.log_file).open("a", buffering=1)  # noqa: SIM115 - lives with the process
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            _of_the_request,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _redact,
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(stream),
        cache_logger_on_first_use=False,
    )
    logging.basicConfig(level=max(level, logging.WARNING), stream=stream, force=False)
