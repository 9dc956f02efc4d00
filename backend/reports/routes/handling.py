"""Working on reports over HTTP; every change names the version that it was made on."""

from typing import Any

from flask import Response

from backend.core.actor import current_actor
from backend.core.api import json_response
from backend.core.db import db
from backend.core.idempotency import idempotent
from backend.core.policy import requires
from backend.core.problems import NotFound
from backend.reports import service
from backend.reports.routes import blueprint
from backend.reports.routes.reading import sent_versions, shown
from backend.reports.schemas import (
    AssignmentIn,
    ContactOut,
    CreatedOut,
    DisputeAnswerIn,
    MergeIn,
    NoteIn,
    PlacementIn,
    ReasonIn,
    ReportOut,
    StatusIn,
    VisibilityIn,
)

IF_MATCH = [
    {
        "name": "If-Match",
        "in": "header",
        "required": False,
        "schema": {"type": "string"},
        "description": "The ETag of the version that was read; without it 428, with another 412.",
    }
]


@blueprint.route("/<report_id>/status", methods=["POST"])
@requires("report.change_status")
@blueprint.doc(parameters=IF_MATCH)
@blueprint.arguments(StatusIn)
@blueprint.response(200, ReportOut)
def change_status(body: dict[str, Any], report_id: str) -> Response:
    """Take a report into another status; the reporter reads the reason."""
    step = service.Step(target=body.pop("status"), **body)
    service.change_status(db.session, current_actor(), report_id, step, versions=sent_versions())
    return shown(report_id)


@blueprint.route("/<report_id>/assignment", methods=["POST"])
@requires("report.assign")
@blueprint.doc(parameters=IF_MATCH)
@blueprint.arguments(AssignmentIn)
@blueprint.response(200, ReportOut)
def assign(body: dict[str, Any], report_id: str) -> Response:
    """Give a report to a department, and to somebody there."""
    service.assign(
        db.session, current_actor(), report_id,
        department=body["department"], assignee_id=body["assignee"], versions=sent_versions(),
    )  # fmt: skip
    return shown(report_id)


@blueprint.route("/<report_id>/placement", methods=["POST"])
@requires("report.place")
@blueprint.doc(parameters=IF_MATCH)
@blueprint.arguments(PlacementIn)
@blueprint.response(200, ReportOut)
def place(body: dict[str, Any], report_id: str) -> Response:
    """Decide to which service or component a report belongs; the model learns from it."""
    service.place_in_taxonomy(
        db.session, current_actor(), report_id, **body, versions=sent_versions()
    )
    return shown(report_id)


@blueprint.route("/<report_id>/visibility", methods=["POST"])
@requires("report.hide")
@blueprint.doc(parameters=IF_MATCH)
@blueprint.arguments(VisibilityIn)
@blueprint.response(200, ReportOut)
def set_visibility(body: dict[str, Any], report_id: str) -> Response:
    """Hide a report, keep it to its department, or show it again."""
    service.set_visibility(
        db.session, current_actor(), report_id,
        body["visibility"], body["reason"], versions=sent_versions(),
    )  # fmt: skip
    return shown(report_id)


@blueprint.route("/<report_id>/merge", methods=["POST"])
@requires("report.merge")
@blueprint.doc(parameters=IF_MATCH)
@blueprint.arguments(MergeIn)
@blueprint.response(200, ReportOut)
def merge(body: dict[str, Any], report_id: str) -> Response:
    """Close a report as a duplicate of another, which takes over its voices."""
    service.merge(db.session, current_actor(), report_id, body["into"], versions=sent_versions())
    return shown(report_id)


@blueprint.route("/<report_id>/unmerge", methods=["POST"])
@requires("report.merge")
@blueprint.doc(parameters=IF_MATCH)
@blueprint.arguments(ReasonIn)
@blueprint.response(200, ReportOut)
def unmerge(body: dict[str, Any], report_id: str) -> Response:
    """Take a duplicate apart again; it is reopened."""
    service.unmerge(
        db.session, current_actor(), report_id, body["reason"], versions=sent_versions()
    )
    return shown(report_id)


@blueprint.route("/<report_id>/notes", methods=["POST"])
@requires("report.note")
@blueprint.arguments(NoteIn)
@blueprint.response(201, CreatedOut)
@idempotent
def add_note(body: dict[str, Any], report_id: str) -> Response:
    """Write an internal note that only those who work on the report read."""
    note_id = service.add_note(db.session, current_actor(), report_id, body["text"])
    return json_response({"id": note_id}, 201)


@blueprint.route("/<report_id>/contact", methods=["POST"])
@requires("report.read_contact")
@blueprint.response(200, ContactOut)
def read_contact(report_id: str) -> Response:
    """How the reporter may be reached; that it was read stays in the history."""
    contact = service.read_contact(db.session, current_actor(), report_id)
    if contact is None:
        raise NotFound()
    return json_response(contact)


@blueprint.route("/<report_id>/disputes/answer", methods=["POST"])
@requires("report.answer_dispute")
@blueprint.doc(parameters=IF_MATCH)
@blueprint.arguments(DisputeAnswerIn)
@blueprint.response(200, ReportOut)
def answer_dispute(body: dict[str, Any], report_id: str) -> Response:
    """Reopen a disputed report, or answer why it stays closed."""
    service.answer_dispute(db.session, current_actor(), report_id, **body, versions=sent_versions())
    return shown(report_id)
