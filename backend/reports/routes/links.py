"""The return link over HTTP: who holds it is the reporter."""

from typing import Any

from flask import Response

from backend.core.actor import current_actor
from backend.core.api import json_response
from backend.core.db import db
from backend.core.idempotency import idempotent
from backend.core.limits import limit
from backend.core.policy import requires
from backend.reports import service
from backend.reports.routes import returns
from backend.reports.schemas import (
    CreatedOut,
    DisputeIn,
    OptionalReasonIn,
    ReportOut,
    SatisfactionIn,
    UpdateIn,
)

PER_SENDER = "60 per minute"


@returns.route("/<secret>", methods=["GET"])
@requires("report.return")
@returns.response(200, ReportOut)
@limit("return links", PER_SENDER)
def read(secret: str) -> Response:
    """The report behind a return link, as its reporter sees it."""
    document = service.read_by_return(db.session, current_actor(), secret)
    return json_response(document, ETag=f'"{document["version"]}"')


@returns.route("/<secret>/updates", methods=["POST"])
@requires("report.return")
@returns.arguments(UpdateIn)
@returns.response(201, CreatedOut)
@limit("return links", PER_SENDER)
@idempotent
def add(body: dict[str, Any], secret: str) -> Response:
    """Answer the city's question, or add something."""
    update_id = service.add_by_return(
        db.session, current_actor(), secret, body["text"],
        language=body["language"], photos=tuple(body["photos"]),
    )  # fmt: skip
    return json_response({"id": update_id}, 201)


@returns.route("/<secret>/withdrawal", methods=["POST"])
@requires("report.return")
@returns.arguments(OptionalReasonIn)
@returns.response(200, ReportOut)
@limit("return links", PER_SENDER)
def withdraw(body: dict[str, Any], secret: str) -> Response:
    """Take the report back."""
    service.withdraw_by_return(db.session, current_actor(), secret, body["reason"])
    return json_response(service.read_by_return(db.session, current_actor(), secret))


@returns.route("/<secret>/disputes", methods=["POST"])
@requires("report.return")
@returns.arguments(DisputeIn)
@returns.response(201, CreatedOut)
@limit("return links", PER_SENDER)
@idempotent
def dispute(body: dict[str, Any], secret: str) -> Response:
    """Say with evidence that the closed report is not done."""
    dispute_id = service.dispute_by_return(
        db.session, current_actor(), secret, body["text"], tuple(body["photos"])
    )
    return json_response({"id": dispute_id}, 201)


@returns.route("/<secret>/satisfaction", methods=["POST"])
@requires("report.return")
@returns.arguments(SatisfactionIn)
@returns.response(204)
@limit("return links", PER_SENDER)
def rate(body: dict[str, Any], secret: str) -> Response:
    """Say how content one is with the outcome."""
    service.rate_by_return(db.session, current_actor(), secret, body["score"], body["text"])
    return Response(status=204)
