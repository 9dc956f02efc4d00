"""Winners over HTTP: steps, benefit reports, residents' word, data agreements and deliveries."""

from typing import Any

from flask import Response, request

from backend.core.actor import current_actor
from backend.core.api import ApiBlueprint, json_response
from backend.core.db import db
from backend.core.idempotency import idempotent
from backend.core.limits import limit
from backend.core.policy import is_allowed, requires
from backend.ideas.queries.after import read_delivery, read_winner
from backend.ideas.schemas.after import (
    AgreedOut,
    AgreementIn,
    BenefitIn,
    DeliveredOut,
    DeliveryIn,
    MilestoneIn,
    ProgressIn,
    VoiceIn,
    WinnerOut,
)
from backend.ideas.schemas.votes import MadeOut
from backend.ideas.service import after

blueprint = ApiBlueprint(
    "winners", __name__, path="/winners", description="What became of the winners"
)


@blueprint.route("/<idea_id>", methods=["GET"])
@requires("after.read")
@blueprint.response(200, WinnerOut)
@limit("lists", "300 per minute")
def read(idea_id: str) -> Response:
    """A winner: steps with money, benefit reports, agreements and deliveries."""
    found = read_winner(db.session(), idea_id)
    hidden = ("id", "idea_id")
    document = {
        "id": found["public_id"], "title": found["title"], "planned": found["planned"],
        "spent": found["spent"],
        **{
            part: [{k: v for k, v in row.items() if k not in hidden} for row in found[part]]
            for part in ("milestones", "benefits", "agreements")
        },
    }  # fmt: skip
    return json_response(document)


@blueprint.route("/<idea_id>/milestones", methods=["POST"])
@requires("after.carry_out")
@blueprint.arguments(MilestoneIn)
@blueprint.response(201, MadeOut)
@idempotent
def plan(body: dict[str, Any], idea_id: str) -> Response:
    """Plan a step."""
    made = after.plan_milestone(db.session(), current_actor(), idea_id, **body)
    return json_response({"id": made}, 201)


@blueprint.route("/milestones/<milestone_id>", methods=["PUT"])
@requires("after.carry_out")
@blueprint.arguments(ProgressIn)
@blueprint.response(204)
def progress(body: dict[str, Any], milestone_id: str) -> Response:
    """Say how far a step is and what it has cost."""
    after.update_milestone(db.session(), current_actor(), milestone_id, **body)
    return Response(status=204)


@blueprint.route("/<idea_id>/benefits", methods=["POST"])
@requires("after.carry_out")
@blueprint.arguments(BenefitIn)
@blueprint.response(201, MadeOut)
@idempotent
def report(body: dict[str, Any], idea_id: str) -> Response:
    """Publish what a winner brought."""
    made = after.report_benefit(db.session(), current_actor(), idea_id, **body)
    return json_response({"id": made}, 201)


@blueprint.route("/benefits/<benefit_id>/voice", methods=["PUT"])
@requires("after.confirm")
@blueprint.arguments(VoiceIn)
@blueprint.response(204)
@limit("voices", "60 per minute")
def confirm(body: dict[str, Any], benefit_id: str) -> Response:
    """Confirm or contest a benefit report; the last word counts."""
    after.say_on_benefit(db.session(), current_actor(), benefit_id, **body)
    return Response(status=204)


@blueprint.route("/<idea_id>/agreements", methods=["POST"])
@requires("after.agree")
@blueprint.arguments(AgreementIn)
@blueprint.response(201, AgreedOut)
def agree(body: dict[str, Any], idea_id: str) -> Response:
    """Agree on what a winner's service delivers; its key is shown once."""
    made, key = after.agree_on_data(db.session(), current_actor(), idea_id, body)
    return json_response({"id": made, "key": key}, 201)


@blueprint.route("/agreements/<agreement_id>/deliveries", methods=["POST"])
@requires("after.deliver")
@blueprint.arguments(DeliveryIn)
@blueprint.response(201, DeliveredOut)
@limit("deliveries", "120 per hour")
@idempotent
def deliver(body: dict[str, Any], agreement_id: str) -> Response:
    """Deliver the figures of a period with the agreement's key in the header Delivery-Key."""
    key = request.headers.get("Delivery-Key", "")[:64]
    made, version = after.deliver(db.session(), agreement_id, key, body["period"], body["records"])
    return json_response({"id": made, "version": version}, 201)


@blueprint.route("/deliveries/<delivery_id>", methods=["GET"])
@requires("after.read")
@blueprint.response(200, content_type="application/json")
@limit("packages", "120 per hour")
def download(delivery_id: str) -> Response:
    """The records of a delivery."""
    at_desk = is_allowed(current_actor(), "after.agree")
    data = read_delivery(db.session(), delivery_id, at_desk=at_desk)
    return json_response(data)
