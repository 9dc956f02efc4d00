"""Citizens' voices over HTTP: me too, following, updates, disputes, satisfaction, withdrawal."""

from typing import Any

from flask import Response

from backend.core.actor import current_actor
from backend.core.api import json_response
from backend.core.db import db
from backend.core.idempotency import idempotent
from backend.core.limits import limit
from backend.core.policy import requires
from backend.reports import service
from backend.reports.routes import blueprint
from backend.reports.routes.handling import IF_MATCH
from backend.reports.routes.reading import sent_versions, shown
from backend.reports.schemas import (
    CreatedOut,
    DeviceIn,
    DisputeIn,
    OptionalReasonIn,
    ReportOut,
    SatisfactionIn,
    UpdateIn,
    VoicesOut,
)


@blueprint.route("/<report_id>/confirmations", methods=["POST"])
@requires("report.confirm")
@blueprint.arguments(DeviceIn)
@blueprint.response(200, VoicesOut)
@limit("confirmations", "60 per minute")
def confirm(body: dict[str, Any], report_id: str) -> Response:
    """Say "me too"; it counts once per person, however often it is sent."""
    number = service.confirm(db.session, current_actor(), report_id, device=body["device"])
    return json_response({"confirmations": number})


@blueprint.route("/<report_id>/confirmations", methods=["DELETE"])
@requires("report.confirm")
@blueprint.arguments(DeviceIn, location="query")
@blueprint.response(200, VoicesOut)
def take_back(body: dict[str, Any], report_id: str) -> Response:
    """Take "me too" back."""
    number = service.take_back(db.session, current_actor(), report_id, device=body["device"])
    return json_response({"confirmations": number})


@blueprint.route("/<report_id>/follows", methods=["POST"])
@requires("report.follow")
@blueprint.response(204)
def follow(report_id: str) -> Response:
    """Hear of a report from now on."""
    service.follow(db.session, current_actor(), report_id)
    return Response(status=204)


@blueprint.route("/<report_id>/follows", methods=["DELETE"])
@requires("report.follow")
@blueprint.response(204)
def unfollow(report_id: str) -> Response:
    """Hear of a report no longer."""
    service.follow(db.session, current_actor(), report_id, wanted=False)
    return Response(status=204)


@blueprint.route("/<report_id>/updates", methods=["POST"])
@requires("report.update")
@blueprint.arguments(UpdateIn)
@blueprint.response(201, CreatedOut)
@limit("updates", "30 per 10 minutes")
@idempotent
def post_update(body: dict[str, Any], report_id: str) -> Response:
    """Say something publicly: the city to everyone, or the reporter about their own report."""
    update_id = service.post_update(
        db.session, current_actor(), report_id, body["text"],
        language=body["language"], photos=tuple(body["photos"]),
    )  # fmt: skip
    return json_response({"id": update_id}, 201)


@blueprint.route("/<report_id>/disputes", methods=["POST"])
@requires("report.dispute")
@blueprint.arguments(DisputeIn)
@blueprint.response(201, CreatedOut)
@limit("disputes", "20 per hour")
@idempotent
def dispute(body: dict[str, Any], report_id: str) -> Response:
    """Say with evidence that a closed report is not done; the city reopens it or answers."""
    dispute_id = service.dispute(
        db.session, current_actor(), report_id, body["text"], photos=tuple(body["photos"])
    )
    return json_response({"id": dispute_id}, 201)


@blueprint.route("/<report_id>/satisfaction", methods=["POST"])
@requires("report.rate")
@blueprint.arguments(SatisfactionIn)
@blueprint.response(204)
def rate(body: dict[str, Any], report_id: str) -> Response:
    """Say how content one is with the outcome; the last word counts."""
    service.rate(db.session, current_actor(), report_id, body["score"], body["text"])
    return Response(status=204)


@blueprint.route("/<report_id>/withdrawal", methods=["POST"])
@requires("report.withdraw")
@blueprint.doc(parameters=IF_MATCH)
@blueprint.arguments(OptionalReasonIn)
@blueprint.response(200, ReportOut)
def withdraw(body: dict[str, Any], report_id: str) -> Response:
    """Take one's own report back."""
    service.withdraw(
        db.session, current_actor(), report_id, body["reason"], versions=sent_versions()
    )
    return shown(report_id)
