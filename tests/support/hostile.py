"""Thousands of requests made from the API's own document, valid and broken ones alike."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from flask import Flask
from hypothesis import HealthCheck, Verbosity, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode, openapi
from schemathesis.checks import CHECKS

from backend.core.api import document
from tests.support.house import forget_limits

PROMISES = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
)
MODES = (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)


def _operations(app: Flask) -> Iterator[Any]:
    with app.test_request_context():
        schema = openapi.from_dict(document(app))
    schema.app = app
    for found in schema.get_all_operations():
        yield found.ok()


def hammer(
    app: Flask,
    cases: int,
    headers: Mapping[str, str] | None = None,
    rest: Callable[[], None] = lambda: None,
) -> tuple[int, list[str]]:
    """Send so many cases, spread over all operations; how many were sent, and what broke."""
    operations = list(_operations(app))
    share = max(4, -(-cases // (len(operations) * len(MODES))))
    sent, faults = 0, []
    while sent < cases:
        before = sent
        for operation in operations:
            for mode in MODES:
                count, fault = _hammer_one(app, operation, mode, share, headers or {})
                sent += count
                if fault:
                    faults.append(f"{operation.label} ({mode.value}): {fault}")
                rest()
        if faults or sent == before:
            break
    return sent, faults


def _hammer_one(
    app: Flask, operation: Any, mode: GenerationMode, share: int, headers: Mapping[str, str]
) -> tuple[int, str]:
    sent = 0
    promises = [check for check in CHECKS.get_all() if check.__name__ in PROMISES]
    assert len(promises) == len(PROMISES)

    @given(case=operation.as_strategy(generation_mode=mode))
    @settings(
        max_examples=share,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
        report_multiple_bugs=False,
        verbosity=Verbosity.quiet,
    )
    def one(case: Any) -> None:
        nonlocal sent
        sent += 1
        forget_limits(app)
        response = case.call(headers=dict(headers))
        kind = response.headers.get("content-type", [""])[0]
        if response.status_code >= 400 and operation.method.upper() != "HEAD":
            assert kind == "application/problem+json", f"{response.status_code} as {kind}"
        case.validate_response(response, checks=promises)

    try:
        one()
    except Unsatisfiable:
        return sent, ""  # nothing about this operation can be broken in this way
    except BaseExceptionGroup as group:
        return sent, "; ".join(str(error) for error in group.exceptions)
    except Exception as error:
        return sent, str(error)
    return sent, ""
