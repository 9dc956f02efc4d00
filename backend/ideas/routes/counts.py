"""Counts over HTTP: asking, publishing, results, packages, objections, the end of the keys."""

from collections.abc import Mapping
from typing import Any

from flask import Response

from backend.core.actor import current_actor
from backend.core.api import json_response
from backend.core.db import db
from backend.core.idempotency import idempotent
from backend.core.limits import limit
from backend.core.policy import is_allowed, requires
from backend.core.problems import NotFound
from backend.ideas.queries.counts import counts_of, objections_to, package_of, published_count
from backend.ideas.queries.votes import vote_by_id
from backend.ideas.routes.votes import blueprint
from backend.ideas.schemas.votes import (
    AnswerIn,
    CountIn,
    MadeOut,
    ObjectionIn,
    ObjectionOut,
    OutcomeOut,
    ResultOut,
)
from backend.ideas.service import closing, counting


def result_document(count: Mapping[str, Any]) -> dict[str, Any]:
    """A count as everybody may read it."""
    result = dict(count["result"] or {})
    result["pots"] = [
        {name: value for name, value in pot.items() if name != "package"}
        for pot in result.get("pots", ())
    ]
    return {
        "id": count["public_id"],
        **{
            name: count[name]
            for name in ("number", "state", "published_at", "seed", "reason", "package_hash")
        },
        "result": result,
    }


@blueprint.route("/<vote_id>/result", methods=["GET"])
@requires("vote.read")
@blueprint.response(200, ResultOut)
@limit("lists", "300 per minute")
def read_result(vote_id: str) -> Response:
    """The published count: winners, why each won or lost, other rules, what would change it."""
    vote = vote_by_id(db.session(), vote_id)
    count = published_count(db.session(), vote["id"])
    if count is None:
        raise NotFound()
    return json_response(result_document(count))


@blueprint.route("/<vote_id>/counts", methods=["GET"])
@requires("vote.count")
@blueprint.response(200, ResultOut(many=True))
def list_counts(vote_id: str) -> Response:
    """Every count of a vote, published or not, with the signals of the ballot check."""
    vote = vote_by_id(db.session(), vote_id)
    found = [
        {**result_document(count), "signals": count["signals"]}
        for count in counts_of(db.session(), vote["id"])
    ]
    return json_response(found)


@blueprint.route("/<vote_id>/counts", methods=["POST"])
@requires("vote.count")
@blueprint.arguments(CountIn)
@blueprint.response(202, MadeOut)
@idempotent
def ask_for_count(body: dict[str, Any], vote_id: str) -> Response:
    """Count a closed vote; a recount says why."""
    count_id = counting.request_count(db.session(), current_actor(), vote_id, **body)
    return json_response({"id": count_id}, 202)


@blueprint.route("/counts/<count_id>/publication", methods=["POST"])
@requires("vote.count")
@blueprint.response(204)
def publish(count_id: str) -> Response:
    """Publish a count; objections can be made from now on."""
    counting.publish_count(db.session(), current_actor(), count_id)
    return Response(status=204)


@blueprint.route("/counts/<count_id>/packages/<pot>", methods=["GET"])
@requires("vote.read")
@blueprint.response(200, content_type="application/zip")
@limit("packages", "60 per hour")
def read_package(count_id: str, pot: str) -> Response:
    """The package of a count: rules, ballots, result and the program that checks them."""
    at_desk = is_allowed(current_actor(), "vote.count")
    data = package_of(db.session(), count_id, pot, at_desk=at_desk)
    response = Response(data, mimetype="application/zip")
    response.headers["Content-Disposition"] = f'attachment; filename="vote-{count_id}.zip"'
    return response


@blueprint.route("/<vote_id>/objections", methods=["GET"])
@requires("vote.read")
@blueprint.response(200, ObjectionOut(many=True))
@limit("lists", "300 per minute")
def list_objections(vote_id: str) -> Response:
    """Objections to the count and what was decided, without names."""
    vote = vote_by_id(db.session(), vote_id)
    return json_response(
        [
            {"id": row.pop("public_id"), **row}
            for row in objections_to(db.session(), vote["id"])
        ]
    )  # fmt: skip


@blueprint.route("/<vote_id>/objections", methods=["POST"])
@requires("vote.object")
@blueprint.arguments(ObjectionIn)
@blueprint.response(201, MadeOut)
@limit("objections", "10 per hour")
@idempotent
def object_to_count(body: dict[str, Any], vote_id: str) -> Response:
    """Object to the published count."""
    made = counting.object_to(db.session(), current_actor(), vote_id, body["text"])
    return json_response({"id": made}, 201)


@blueprint.route("/objections/<objection_id>/answer", methods=["POST"])
@requires("vote.answer_objection")
@blueprint.arguments(AnswerIn)
@blueprint.response(204)
def answer_objection(body: dict[str, Any], objection_id: str) -> Response:
    """Decide about an objection."""
    counting.answer_objection(db.session(), current_actor(), objection_id, **body)
    return Response(status=204)


@blueprint.route("/<vote_id>/key-destruction", methods=["POST"])
@requires("vote.destroy_key")
@blueprint.response(200, OutcomeOut)
def destroy_key(vote_id: str) -> Response:
    """Destroy the key of the marks after the objections; a second organiser has to agree."""
    outcome = closing.destroy_mark_key(db.session(), current_actor(), vote_id)
    return json_response({"outcome": outcome})
