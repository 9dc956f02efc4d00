"""Comments over HTTP: say, answer, judge, flag, remove, hide."""

from typing import Any

from flask import Response

from backend.core.actor import current_actor
from backend.core.api import json_response
from backend.core.db import db
from backend.core.idempotency import idempotent
from backend.core.limits import limit
from backend.core.policy import requires
from backend.ideas import queries
from backend.ideas.routes import ideas
from backend.ideas.schemas.idea_answers import CommentList, UsefulOut
from backend.ideas.schemas.ideas import CommentIn, FlagIn, JudgeIn
from backend.ideas.schemas.problems import NewIdOut, VisibilityReasonIn
from backend.ideas.service import talking as service


@ideas.route("/<idea_id>/comments", methods=["GET"])
@requires("idea.read")
@ideas.response(200, CommentList)
def list_comments(idea_id: str) -> Response:
    """What is said about an idea, as threads, the most useful first."""
    items = queries.comments_of(db.session, current_actor(), idea_id)
    return json_response({"items": items})


@ideas.route("/<idea_id>/comments", methods=["POST"])
@requires("idea.comment")
@ideas.arguments(CommentIn)
@ideas.response(201, NewIdOut)
@limit("comments", "30 per 10 minutes")
@idempotent
def comment(body: dict[str, Any], idea_id: str) -> Response:
    """Say something for an idea, against it or neither, or answer somebody."""
    made = service.comment(db.session, current_actor(), idea_id, **body)
    return json_response({"id": made.public_id}, 201)


@ideas.route("/comments/<comment_id>/judgement", methods=["PUT"])
@requires("comment.judge")
@ideas.arguments(JudgeIn)
@ideas.response(200, UsefulOut)
@limit("judgements", "120 per minute")
def judge(body: dict[str, Any], comment_id: str) -> Response:
    """Say whether a comment is useful; the last word counts."""
    row = service.judge_comment(
        db.session, current_actor(), comment_id, body["value"], device=body["device"]
    )
    return json_response({"useful": row.useful, "useless": row.useless})


@ideas.route("/comments/<comment_id>/flags", methods=["POST"])
@requires("comment.judge")
@ideas.arguments(FlagIn)
@ideas.response(204)
@limit("flags", "30 per hour")
def flag(body: dict[str, Any], comment_id: str) -> Response:
    """Ask the desk to look at a comment; nothing is hidden before a person decides."""
    service.flag_comment(db.session, current_actor(), comment_id, device=body["device"])
    return Response(status=204)


@ideas.route("/comments/<comment_id>", methods=["DELETE"])
@requires("comment.remove")
@ideas.response(204)
def remove(comment_id: str) -> Response:
    """Take one's own comment back."""
    service.remove_comment(db.session, current_actor(), comment_id)
    return Response(status=204)


@ideas.route("/comments/<comment_id>/visibility", methods=["POST"])
@requires("idea.moderate")
@ideas.arguments(VisibilityReasonIn)
@ideas.response(204)
def hide(body: dict[str, Any], comment_id: str) -> Response:
    """Take a comment out of sight with a reason, or show it again with none."""
    service.hide_comment(db.session, current_actor(), comment_id, body["reason"])
    return Response(status=204)
