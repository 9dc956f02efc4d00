"""Feasibility and moderation over HTTP: ask, decide, appeal, answer, place, hide."""

from typing import Any

from flask import Response
from marshmallow import fields

from backend.core.actor import current_actor
from backend.core.api import json_response
from backend.core.db import db
from backend.core.fields import StrictSchema
from backend.core.idempotency import idempotent
from backend.core.policy import requires
from backend.ideas import queries
from backend.ideas.routes import editions, ideas
from backend.ideas.routes.reading import shown
from backend.ideas.schemas.idea_answers import FindingList, IdeaOut
from backend.ideas.schemas.ideas import (
    AppealAnswerIn,
    AppealIn,
    CheckDepartmentIn,
    FindingIn,
    IdeaPlacementIn,
)
from backend.ideas.schemas.problems import NewIdOut, VisibilityReasonIn
from backend.ideas.service import feasibility as service
from backend.ideas.service import ideas as writing
from backend.ideas.service import moderation
from backend.ideas.service.feasibility import Finding


class CheckQuery(StrictSchema):
    """Which checks."""

    waiting = fields.Boolean(load_default=None)


@editions.route("/<edition_id>/checks", methods=["GET"])
@requires("feasibility.decide")
@editions.arguments(CheckQuery, location="query")
@editions.response(200, FindingList)
def list_checks(query: dict[str, Any], edition_id: str) -> Response:
    """The feasibility checks of an edition, the next due first; a department sees its own."""
    items = queries.checks_page(db.session, current_actor(), edition_id, waiting=query["waiting"])
    return json_response({"items": items})


@ideas.route("/<idea_id>/checks", methods=["POST"])
@requires("feasibility.ask")
@ideas.arguments(CheckDepartmentIn)
@ideas.response(201, NewIdOut)
@idempotent
def ask(body: dict[str, Any], idea_id: str) -> Response:
    """Ask a department whether an idea can be done."""
    made = service.ask_department(db.session, current_actor(), idea_id, **body)
    return json_response({"id": made.public_id}, 201)


@ideas.route("/checks/<check_id>/finding", methods=["POST"])
@requires("feasibility.decide")
@ideas.arguments(FindingIn)
@ideas.response(200, NewIdOut)
@idempotent
def decide(body: dict[str, Any], check_id: str) -> Response:
    """Write down what was found; everybody reads it."""
    made = service.decide(db.session, current_actor(), check_id, Finding(**body))
    return json_response({"id": made.public_id})


@ideas.route("/checks/<check_id>/appeal", methods=["POST"])
@requires("feasibility.appeal")
@ideas.arguments(AppealIn)
@ideas.response(201, NewIdOut)
@idempotent
def appeal(body: dict[str, Any], check_id: str) -> Response:
    """Object to a finding before the deadline."""
    made = service.appeal(db.session, current_actor(), check_id, body["text"])
    return json_response({"id": made}, 201)


@ideas.route("/appeals/<appeal_id>/answer", methods=["POST"])
@requires("feasibility.answer_appeal")
@ideas.arguments(AppealAnswerIn)
@ideas.response(200, NewIdOut)
def answer_appeal(body: dict[str, Any], appeal_id: str) -> Response:
    """Uphold an appeal, so that it is checked again, or reject it; with reasons."""
    found = service.answer_appeal(db.session, current_actor(), appeal_id, **body)
    return json_response({"id": found.public_id})


@ideas.route("/<idea_id>/resubmission", methods=["POST"])
@requires("feasibility.appeal")
@ideas.response(200, IdeaOut)
def submit_again(idea_id: str) -> Response:
    """Hand an amended idea in again; the same department checks it anew."""
    service.submit_again(db.session, current_actor(), idea_id)
    return shown(idea_id)


@ideas.route("/<idea_id>/placement", methods=["POST"])
@requires("idea.place")
@ideas.arguments(IdeaPlacementIn)
@ideas.response(200, IdeaOut)
def place(body: dict[str, Any], idea_id: str) -> Response:
    """Say where in the taxonomy an idea belongs."""
    writing.place_idea(
        db.session, current_actor(), idea_id, body["component"], reason=body["reason"]
    )
    return shown(idea_id)


@ideas.route("/<idea_id>/visibility", methods=["POST"])
@requires("idea.moderate")
@ideas.arguments(VisibilityReasonIn)
@ideas.response(200, IdeaOut)
def hide(body: dict[str, Any], idea_id: str) -> Response:
    """Take an idea out of sight with a reason, or show it again with none."""
    moderation.hide_idea(db.session, current_actor(), idea_id, body["reason"])
    return shown(idea_id)
