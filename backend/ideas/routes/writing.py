"""Writing ideas over HTTP: drafts, proposing, revising, the team, endorsing, merging."""

from typing import Any

from flask import Response, current_app

from backend.core.actor import current_actor
from backend.core.api import json_response
from backend.core.db import db
from backend.core.idempotency import idempotent
from backend.core.limits import limit
from backend.core.policy import requires
from backend.ideas.queries.checks import joinings_about, joinings_of
from backend.ideas.queries.ideas import find_idea, read_idea
from backend.ideas.routes import editions, ideas
from backend.ideas.routes.reading import shown
from backend.ideas.routes.versions import IF_MATCH, sent_versions
from backend.ideas.schemas.idea_answers import EndorsementsOut, IdeaOut, IdeaStateOut, JoiningList
from backend.ideas.schemas.ideas import (
    AgeIn,
    AgreeIn,
    EndorseIn,
    IdeaChangeIn,
    IdeaIn,
    IdeaWithdrawalIn,
    JoiningIn,
    KeepIn,
    TeamAnswerIn,
    TeamInvitationIn,
    TeamInvitationOut,
)
from backend.ideas.service import endorsing, joining, teams
from backend.ideas.service import ideas as service


@editions.route("/<edition_id>/ideas", methods=["POST"])
@requires("idea.start")
@editions.arguments(IdeaIn)
@editions.response(201, IdeaOut)
@limit("ideas", "60 per day")
@idempotent
def start(body: dict[str, Any], edition_id: str) -> Response:
    """Start a draft, however little of it is written; only its team reads it."""
    made = service.start_idea(db.session, current_actor(), edition_id, body)
    return shown(made.public_id, 201)


@ideas.route("/<idea_id>", methods=["PATCH"])
@requires("idea.write")
@ideas.doc(parameters=IF_MATCH)
@ideas.arguments(IdeaChangeIn)
@ideas.response(200, IdeaOut)
@limit("idea-save", "120 per minute")
def save(body: dict[str, Any], idea_id: str) -> Response:
    """Save what is written so far; a proposed idea gets a new version."""
    note = body.pop("note")
    service.save_idea(
        db.session, current_actor(), idea_id, body, versions=sent_versions(), note=note
    )
    return shown(idea_id)


@ideas.route("/<idea_id>", methods=["DELETE"])
@requires("idea.write")
@ideas.response(204)
def discard(idea_id: str) -> Response:
    """Delete a draft for good."""
    service.discard_draft(db.session, current_actor(), idea_id)
    return Response(status=204)


@ideas.route("/<idea_id>/proposal", methods=["POST"])
@requires("idea.write")
@ideas.arguments(AgeIn)
@ideas.response(200, IdeaOut)
@idempotent
def propose(body: dict[str, Any], idea_id: str) -> Response:
    """Hand an idea in: it gets a number and everybody reads it."""
    service.propose_idea(db.session, current_actor(), idea_id, old_enough=body["old_enough"])
    return shown(idea_id)


@ideas.route("/<idea_id>/withdrawal", methods=["POST"])
@requires("idea.withdraw")
@ideas.doc(parameters=IF_MATCH)
@ideas.arguments(IdeaWithdrawalIn)
@ideas.response(200, IdeaOut)
def withdraw(body: dict[str, Any], idea_id: str) -> Response:
    """Take one's own idea back."""
    service.withdraw_idea(
        db.session, current_actor(), idea_id, body["reason"], versions=sent_versions()
    )
    return shown(idea_id)


@ideas.route("/<idea_id>/invitations", methods=["POST"])
@requires("idea.invite")
@ideas.arguments(TeamInvitationIn)
@ideas.response(201, TeamInvitationOut)
@limit("invitations", "30 per day")
@idempotent
def invite(body: dict[str, Any], idea_id: str) -> Response:
    """Invite a co-author or a sponsor; the link works once."""
    secret = teams.invite(db.session, current_actor(), idea_id, body["role"], email=body["email"])
    base = current_app.config["VOX"].base_url
    return json_response({"link": f"{base}/competitions/invitations/{secret}"}, 201)


@ideas.route("/invitations/<secret>", methods=["POST"])
@requires("idea.answer_invitation")
@ideas.arguments(TeamAnswerIn)
@ideas.response(200, IdeaStateOut)
def answer_invitation(body: dict[str, Any], secret: str) -> Response:
    """Accept or decline to stand behind an idea."""
    idea = teams.answer_invitation(
        db.session, current_actor(), secret, accept=body["accept"], signature=body["signature"]
    )
    return json_response({"id": idea.public_id, "state": idea.state})


@ideas.route("/<idea_id>/team/me", methods=["DELETE"])
@requires("idea.write")
@ideas.response(204)
def leave(idea_id: str) -> Response:
    """Stand behind an idea no longer."""
    teams.leave_team(db.session, current_actor(), idea_id)
    return Response(status=204)


def _voices(idea_id: str) -> Response:
    found = read_idea(db.session, current_actor(), idea_id)
    return json_response(
        {"endorsements": found["endorsements"], "needed": found["endorsements_needed"]}
    )


@ideas.route("/<idea_id>/endorsements", methods=["POST"])
@requires("idea.endorse")
@ideas.arguments(EndorseIn)
@ideas.response(200, EndorsementsOut)
@limit("endorsements", "60 per minute")
def endorse(body: dict[str, Any], idea_id: str) -> Response:
    """Support an idea; it counts once per person, however often it is sent."""
    endorsing.endorse(db.session, current_actor(), idea_id, **body)
    return _voices(idea_id)


@ideas.route("/<idea_id>/endorsements", methods=["DELETE"])
@requires("idea.endorse")
@ideas.arguments(EndorseIn, location="query")
@ideas.response(200, EndorsementsOut)
def take_back(body: dict[str, Any], idea_id: str) -> Response:
    """Take one's support back."""
    endorsing.endorse(db.session, current_actor(), idea_id, wanted=False, **body)
    return _voices(idea_id)


@ideas.route("/<idea_id>/endorsements/carried", methods=["POST"])
@requires("idea.endorse")
@ideas.arguments(KeepIn)
@ideas.response(200, EndorsementsOut)
def answer_carried(body: dict[str, Any], idea_id: str) -> Response:
    """Say whether a support that came along with a merge or split still holds."""
    endorsing.answer_carried(db.session, current_actor(), idea_id, keep=body["keep"])
    return _voices(idea_id)


@ideas.route("/<idea_id>/follows", methods=["POST"])
@requires("idea.follow")
@ideas.response(204)
def follow(idea_id: str) -> Response:
    """Hear of an idea from now on."""
    endorsing.follow(db.session, current_actor(), idea_id)
    return Response(status=204)


@ideas.route("/<idea_id>/follows", methods=["DELETE"])
@requires("idea.follow")
@ideas.response(204)
def unfollow(idea_id: str) -> Response:
    """Hear of it no longer."""
    endorsing.follow(db.session, current_actor(), idea_id, wanted=False)
    return Response(status=204)


@ideas.route("/joinings", methods=["POST"])
@requires("idea.join")
@ideas.arguments(JoiningIn)
@ideas.response(201, IdeaStateOut)
@idempotent
def propose_joining(body: dict[str, Any]) -> Response:
    """Propose to merge ideas, or to split one; every team is asked."""
    made = joining.propose_joining(
        db.session, current_actor(), body["kind"], body["ideas"], body["content"],
        reason=body["reason"],
    )  # fmt: skip
    return json_response({"id": made.public_id, "state": made.state}, 201)


@ideas.route("/joinings/<joining_id>/answer", methods=["POST"])
@requires("idea.answer_joining")
@ideas.arguments(AgreeIn)
@ideas.response(200, IdeaStateOut)
def answer_joining(body: dict[str, Any], joining_id: str) -> Response:
    """Agree or refuse for one's team."""
    found = joining.answer_joining(
        db.session, current_actor(), joining_id, agree=body["agree"], reason=body["reason"]
    )
    return json_response({"id": found.public_id, "state": found.state})


@ideas.route("/joinings/<joining_id>", methods=["DELETE"])
@requires("idea.join")
@ideas.response(200, IdeaStateOut)
def withdraw_joining(joining_id: str) -> Response:
    """Take a proposal back."""
    found = joining.withdraw_joining(db.session, current_actor(), joining_id)
    return json_response({"id": found.public_id, "state": found.state})


@ideas.route("/<idea_id>/joinings", methods=["GET"])
@requires("idea.read")
@ideas.response(200, JoiningList)
def joinings_here(idea_id: str) -> Response:
    """The merges and splits that are proposed for an idea."""
    idea, _relation = find_idea(db.session, current_actor(), idea_id)
    return json_response({"items": joinings_about(db.session, idea.id)})


@editions.route("/<edition_id>/joinings", methods=["GET"])
@requires("competition.organise")
@editions.response(200, JoiningList)
def list_joinings(edition_id: str) -> Response:
    """The merges and splits of an edition that wait for an answer."""
    return json_response({"items": joinings_of(db.session, current_actor(), edition_id)})
