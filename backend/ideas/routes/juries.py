"""Juries over HTTP: set up, declare, draw the plan, score, close."""

from typing import Any

from flask import Response

from backend.core.actor import current_actor
from backend.core.api import ApiBlueprint, json_response
from backend.core.db import db
from backend.core.policy import requires
from backend.ideas.schemas.after import (
    ConflictsIn,
    JudgementOut,
    JurorIn,
    JuryIn,
    PlanIn,
    ScoreIn,
    SeatOut,
    SharedOut,
)
from backend.ideas.schemas.votes import MadeOut
from backend.ideas.service import judging

blueprint = ApiBlueprint(
    "juries", __name__, path="/juries", description="Juries: who judges what, and what they found"
)


@blueprint.route("/editions/<edition_id>", methods=["PUT"])
@requires("jury.organise")
@blueprint.arguments(JuryIn)
@blueprint.response(200, MadeOut)
def set_up(body: dict[str, Any], edition_id: str) -> Response:
    """Say by which criteria an edition is judged; frozen when the plan is drawn."""
    jury_id = judging.set_up_jury(
        db.session(), current_actor(), edition_id, body["criteria"], body["per_idea"],
        (body["lowest"], body["highest"]),
    )  # fmt: skip
    return json_response({"id": jury_id})


@blueprint.route("/<jury_id>/jurors", methods=["POST"])
@requires("jury.organise")
@blueprint.arguments(JurorIn)
@blueprint.response(201, MadeOut)
def add_juror(body: dict[str, Any], jury_id: str) -> Response:
    """Ask somebody to judge."""
    made = judging.add_juror(db.session(), current_actor(), jury_id, body["account"])
    return json_response({"id": made}, 201)


@blueprint.route("/<jury_id>/mine", methods=["GET"])
@requires("jury.judge")
@blueprint.response(200, SeatOut)
def read_seat(jury_id: str) -> Response:
    """One's own place in a jury: what to declare, what to judge; never others' scores."""
    return json_response(judging.own_list(db.session(), current_actor(), jury_id))


@blueprint.route("/<jury_id>/mine/conflicts", methods=["POST"])
@requires("jury.judge")
@blueprint.arguments(ConflictsIn)
@blueprint.response(204)
def declare(body: dict[str, Any], jury_id: str) -> Response:
    """Declare one's conflicts of interest, before any score can be given."""
    judging.declare_conflicts(db.session(), current_actor(), jury_id, body["conflicts"])
    return Response(status=204)


@blueprint.route("/<jury_id>/plan", methods=["POST"])
@requires("jury.organise")
@blueprint.arguments(PlanIn)
@blueprint.response(200, SharedOut)
def draw_plan(body: dict[str, Any], jury_id: str) -> Response:
    """Share the ideas out: balanced, without conflicts, comparable; repeatable from the seed."""
    plan = judging.draw_plan(db.session(), current_actor(), jury_id, body["seed"])
    return json_response({"plan": plan})


@blueprint.route("/<jury_id>/mine/scores/<idea_id>", methods=["PUT"])
@requires("jury.judge")
@blueprint.arguments(ScoreIn)
@blueprint.response(204)
def score(body: dict[str, Any], jury_id: str, idea_id: str) -> Response:
    """Judge an idea of one's own list."""
    judging.give_score(
        db.session(), current_actor(), jury_id, idea_id, body["marks"], note=body["note"]
    )
    return Response(status=204)


@blueprint.route("/<jury_id>/result", methods=["POST"])
@requires("jury.organise")
@blueprint.response(200, JudgementOut)
def close(jury_id: str) -> Response:
    """End the judging: the order by the juror-effect model, with the other methods beside it."""
    return json_response(judging.close_jury(db.session(), current_actor(), jury_id))
