"""Votes over HTTP: what is voted on, casting, one's own ballot, the receipt."""

from collections.abc import Mapping
from typing import Any

from flask import Response

from backend.core.actor import current_actor
from backend.core.api import ApiBlueprint, json_response
from backend.core.db import db
from backend.core.limits import check_limit, limit
from backend.core.policy import requires
from backend.ideas.queries.votes import find_by_receipt, option_rows, turnout, vote_by_id
from backend.ideas.schemas.votes import (
    CastIn,
    ClaimIn,
    FoundOut,
    OutcomeOut,
    OwnBallotOut,
    ReceiptIn,
    ReceiptOut,
    VoteOut,
)
from backend.ideas.service.casting import cast, own_ballot
from backend.ideas.service.reminding import begin
from backend.ideas.service.voters import Claim, voter_of

blueprint = ApiBlueprint(
    "votes", __name__, path="/votes", description="Voting on the ideas of an edition, and the count"
)
CODES = "10 per 10 minutes"
CASTS = "60 per 10 minutes"


def vote_document(vote: Mapping[str, Any]) -> dict[str, Any]:
    """A vote as everybody may read it."""
    session = db.session()
    hidden = ("idea_id",)
    options = [
        {name: value for name, value in row.items() if name not in hidden}
        for row in option_rows(session, vote["id"])
    ]
    return {
        "id": vote["public_id"],
        **{
            name: vote[name]
            for name in (
                "state", "opens_at", "closes_at", "ballot", "pots", "voters", "rule",
                "manifest_hash", "manifest", "objections_until",
            )
        },
        "options": options,
        "turnout": turnout(session, vote["id"]),
        "keys_destroyed_at": vote["destroyed_at"],
    }  # fmt: skip


def guarded_claim(body: dict[str, Any]) -> Claim:
    """What a voter brings; trying codes is limited more than casting."""
    if body.get("code"):
        check_limit("voting codes", CODES)
    return Claim(body.pop("code"), body.pop("of_age"), body.pop("for_another"))


@blueprint.route("/<vote_id>", methods=["GET"])
@requires("vote.read")
@blueprint.response(200, VoteOut)
@limit("lists", "300 per minute")
def read_vote(vote_id: str) -> Response:
    """What is voted on, by which rules, until when, and how many have voted."""
    return json_response(vote_document(vote_by_id(db.session(), vote_id)))


@blueprint.route("/<vote_id>/ballot", methods=["PUT"])
@requires("vote.cast")
@blueprint.arguments(CastIn)
@blueprint.response(200, ReceiptOut)
@limit("ballots", CASTS)
def cast_ballot(body: dict[str, Any], vote_id: str) -> Response:
    """Cast a ballot, or change it; sent again it changes nothing.

    No idempotency key is kept here: it would stand beside the choices.
    """
    session = db.session()
    vote = vote_by_id(session, vote_id)
    voter = voter_of(session, current_actor(), vote, guarded_claim(body))
    receipt = cast(session, vote["public_id"], voter, body["choices"])
    return json_response(receipt.document())


@blueprint.route("/<vote_id>/ballot/mine", methods=["POST"])
@requires("vote.cast")
@blueprint.arguments(ClaimIn)
@blueprint.response(200, OwnBallotOut)
@limit("ballots", CASTS)
def read_own(body: dict[str, Any], vote_id: str) -> Response:
    """Whether one has voted and, until the close, what one has cast."""
    session = db.session()
    vote = vote_by_id(session, vote_id)
    voter = voter_of(session, current_actor(), vote, guarded_claim(body))
    found = own_ballot(session, vote["public_id"], voter)
    return json_response(
        {
            "voted": found.voted,
            "way": found.way,
            "choices": found.choices,
            "receipt": found.receipt.document() if found.receipt else None,
        }
    )


@blueprint.route("/<vote_id>/ballot/begun", methods=["POST"])
@requires("vote.cast")
@blueprint.response(200, OutcomeOut)
@limit("ballots", CASTS)
def begin_ballot(vote_id: str) -> Response:
    """Say that one has begun a ballot, to be reminded once before the close."""
    session = db.session()
    vote = vote_by_id(session, vote_id)
    begun = begin(session, current_actor(), vote)
    return json_response({"outcome": "reminder" if begun else "none"})


@blueprint.route("/<vote_id>/receipts", methods=["POST"])
@requires("vote.check_receipt")
@blueprint.arguments(ReceiptIn)
@blueprint.response(200, FoundOut)
@limit("receipts", "60 per 10 minutes")
def check_receipt(body: dict[str, Any], vote_id: str) -> Response:
    """Whether the ballot of a receipt lies in the box; after the close also what it says."""
    session = db.session()
    vote = vote_by_id(session, vote_id)
    found = find_by_receipt(session, vote, body["receipt"])
    return json_response(
        {
            "found": found is not None,
            "commitment": found["commitment"] if found else None,
            "choices": found["choices"] if found else None,
        }
    )
