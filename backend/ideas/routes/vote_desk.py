"""The organisers' side of a vote over HTTP: declaring, codes, paper, help, withdrawals."""

from typing import Any

from flask import Response, url_for

from backend.city import queries as city
from backend.core.actor import current_actor
from backend.core.api import json_response
from backend.core.clock import rfc3339
from backend.core.db import db
from backend.core.i18n import current_language
from backend.core.limits import limit
from backend.core.policy import requires
from backend.core.settings import current_settings
from backend.ideas.letters import code_letters
from backend.ideas.queries.votes import vote_by_id
from backend.ideas.routes.votes import blueprint, vote_document
from backend.ideas.schemas.votes import (
    AssistedIn,
    BatchOut,
    CodesIn,
    DeclareIn,
    MadeOut,
    OutcomeOut,
    PaperBatchIn,
    PersonIn,
    ReceiptOut,
    SheetIn,
    SheetOut,
    StatedReasonIn,
    VoteOut,
    WithdrawalIn,
)
from backend.ideas.service import closing, codes, opening, paper
from backend.ideas.service.casting import cast
from backend.ideas.service.voters import voter_at_desk


@blueprint.route("", methods=["POST"])
@requires("vote.organise")
@blueprint.arguments(DeclareIn)
@blueprint.response(200, VoteOut)
def declare(body: dict[str, Any]) -> Response:
    """Set the ballot and the rule of an edition's vote; they freeze when it opens."""
    session = db.session()
    vote_id = opening.declare_vote(
        session, current_actor(), body["edition"], body["ballot"], body["rule"]
    )
    return json_response(vote_document(vote_by_id(session, vote_id, drafts=True)))


@blueprint.route("/<vote_id>/withdrawals", methods=["POST"])
@requires("vote.organise")
@blueprint.arguments(WithdrawalIn)
@blueprint.response(200, VoteOut)
def withdraw(body: dict[str, Any], vote_id: str) -> Response:
    """Take an idea off the ballot while people vote, with a reason that everybody reads."""
    session = db.session()
    closing.withdraw_option(session, current_actor(), vote_id, body["number"], body["reason"])
    return json_response(vote_document(vote_by_id(session, vote_id)))


def letters_for(vote_id: str, batch: codes.PrintedBatch) -> Response:
    """The letters of a batch as PDF, for the printer, once."""
    facts = city.facts(db.session())
    vote = vote_by_id(db.session(), vote_id, drafts=True)
    address = current_settings().base_url.rstrip("/") + f"/votes/{vote['public_id']}"
    data = code_letters(
        batch,
        city=facts.name(current_language()),
        title=batch.label,
        address=address,
        closes=rfc3339(vote["closes_at"]) if vote["closes_at"] else "…",
    )
    response = Response(data, 201, mimetype="application/pdf")
    response.headers["Content-Disposition"] = f'attachment; filename="codes-{batch.public_id}.pdf"'
    response.headers["Cache-Control"] = "no-store"
    return response


@blueprint.route("/<vote_id>/codes", methods=["POST"])
@requires("vote.codes")
@blueprint.arguments(CodesIn)
@blueprint.response(201, content_type="application/pdf")
@limit("codes", "60 per hour")
def print_codes(body: dict[str, Any], vote_id: str) -> Response:
    """Make single-use codes and their letters as PDF; the house keeps only hashes of the codes."""
    addressees = [codes.Addressee(tuple(lines)) for lines in body["addressees"]]
    batch = codes.make_codes(
        db.session(), current_actor(), vote_id, body["label"], addressees, body["district"]
    )
    return letters_for(vote_id, batch)


@blueprint.route("/codes/<batch_id>/revocation", methods=["POST"])
@requires("vote.codes")
@blueprint.arguments(StatedReasonIn)
@blueprint.response(204)
def revoke_codes(body: dict[str, Any], batch_id: str) -> Response:
    """Take back codes that were lost or stolen."""
    codes.revoke_batch(db.session(), current_actor(), batch_id, body["reason"])
    return Response(status=204)


@blueprint.route("/<vote_id>/desk-ballots", methods=["POST"])
@requires("vote.assist")
@blueprint.arguments(AssistedIn)
@blueprint.response(200, ReceiptOut)
def cast_at_desk(body: dict[str, Any], vote_id: str) -> Response:
    """Cast the ballot of somebody who stands at the desk and asked for help."""
    session = db.session()
    vote = vote_by_id(session, vote_id)
    choices = body.pop("choices")
    voter = voter_at_desk(session, current_actor(), vote, **body)
    return json_response(cast(session, vote["public_id"], voter, choices).document())


@blueprint.route("/<vote_id>/papers", methods=["POST"])
@requires("vote.assist")
@blueprint.arguments(PersonIn)
@blueprint.response(200, OutcomeOut)
def hand_out_paper(body: dict[str, Any], vote_id: str) -> Response:
    """Give somebody a paper ballot; it locks their vote online and replaces an earlier one."""
    session = db.session()
    vote = vote_by_id(session, vote_id)
    voter = voter_at_desk(session, current_actor(), vote, **body)
    outcome = paper.hand_out(session, current_actor(), vote["public_id"], voter)
    return json_response({"outcome": outcome})


@blueprint.route("/<vote_id>/paper-batches", methods=["POST"])
@requires("vote.paper")
@blueprint.arguments(PaperBatchIn)
@blueprint.response(201, MadeOut)
def open_paper_batch(body: dict[str, Any], vote_id: str) -> Response:
    """Begin a batch of paper ballots with the number of sheets counted in its box."""
    batch_id = paper.open_batch(db.session(), current_actor(), vote_id, **body)
    location = url_for("api_votes.read_paper_batch", batch_id=batch_id)
    return json_response({"id": batch_id}, 201, Location=location)


@blueprint.route("/paper-batches/<batch_id>", methods=["GET"])
@requires("vote.paper")
@blueprint.response(200, BatchOut)
def read_paper_batch(batch_id: str) -> Response:
    """Which sheets of a batch are missing in which pass, and on which the passes differ."""
    found = paper.reconcile(db.session(), batch_id)
    batch = found["batch"]
    return json_response(
        {
            "id": batch["public_id"],
            "label": batch["label"],
            "state": batch["state"],
            "sheets": batch["sheets"],
            "missing": {str(n): sheets for n, sheets in found["missing"].items()},
            "different": found["different"],
        }
    )


@blueprint.route(
    "/paper-batches/<batch_id>/passes/<int:pass_number>/sheets/<int:sheet>", methods=["PUT"]
)
@requires("vote.paper")
@blueprint.arguments(SheetIn)
@blueprint.response(200, SheetOut)
def key_sheet(body: dict[str, Any], batch_id: str, pass_number: int, sheet: int) -> Response:
    """Key a sheet in the first or the second pass; the passes belong to two people."""
    fault = paper.key_sheet(
        db.session(), current_actor(), batch_id, pass_number, sheet, body["choices"]
    )
    return json_response({"fault": fault})


@blueprint.route("/paper-batches/<batch_id>/acceptance", methods=["POST"])
@requires("vote.paper")
@blueprint.response(200, OutcomeOut)
def accept_paper_batch(batch_id: str) -> Response:
    """Put a batch into the box, once both passes agree on every sheet."""
    number = paper.accept_batch(db.session(), current_actor(), batch_id)
    return json_response({"outcome": f"accepted {number}"})
