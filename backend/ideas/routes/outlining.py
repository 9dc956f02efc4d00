"""Problems over HTTP: outline, start from reports, support, evidence, moderation."""

from collections.abc import Mapping
from typing import Any

from flask import Response

from backend.core.actor import current_actor
from backend.core.api import json_response, page_response, with_version
from backend.core.db import db
from backend.core.idempotency import idempotent
from backend.core.limits import limit
from backend.core.policy import requires
from backend.ideas import queries
from backend.ideas.routes import editions, problems
from backend.ideas.routes.versions import IF_MATCH, sent_versions
from backend.ideas.schemas.problems import (
    EvidenceIn,
    NewIdOut,
    ProblemFromReportsIn,
    ProblemIn,
    ProblemOut,
    ProblemPage,
    ProblemQuery,
    SupportIn,
    VisibilityReasonIn,
)
from backend.ideas.service import moderation
from backend.ideas.service import problems as service
from backend.ideas.service.problems import NewProblem, ReportMark

SAID = ("title", "text", "groups", "language", "district", "place", "component", "signature",
        "photos")  # fmt: skip


def shown(public_id: str, status: int = 200) -> Response:
    """A problem as its reader may see it, with its version."""
    document = queries.read_problem(db.session, current_actor(), public_id)
    return with_version(json_response(document, status), document["version"])


def _new(body: Mapping[str, Any]) -> NewProblem:
    return NewProblem(**{name: body[name] for name in SAID})


@editions.route("/<edition_id>/problems", methods=["GET"])
@requires("problem.list")
@editions.arguments(ProblemQuery, location="query")
@editions.response(200, ProblemPage)
def list_problems(query: dict[str, Any], edition_id: str) -> Response:
    """The problems of an edition, the most supported first."""
    items, cursor = queries.problems_page(db.session, current_actor(), edition_id, **query)
    return page_response(items, cursor)


@editions.route("/<edition_id>/problems", methods=["POST"])
@requires("problem.outline")
@editions.arguments(ProblemIn)
@editions.response(201, ProblemOut)
@limit("problems", "20 per day")
@idempotent
def outline(body: dict[str, Any], edition_id: str) -> Response:
    """Outline a problem while the phase for it is open."""
    made = service.outline_problem(
        db.session, current_actor(), edition_id, _new(body), old_enough=body["old_enough"]
    )
    return shown(made.public_id, 201)


@editions.route("/<edition_id>/problems/from-reports", methods=["POST"])
@requires("problem.start_from_reports")
@editions.arguments(ProblemFromReportsIn)
@editions.response(201, ProblemOut)
@idempotent
def from_reports(body: dict[str, Any], edition_id: str) -> Response:
    """Start a problem from a cluster of reports, which stay linked to it."""
    marks = [ReportMark(mark["report"], mark["place"]) for mark in body["reports"]]
    made = service.start_from_reports(db.session, current_actor(), edition_id, _new(body), marks)
    return shown(made.public_id, 201)


@problems.route("/<problem_id>", methods=["GET"])
@requires("problem.read")
@problems.response(200, ProblemOut)
def read_problem(problem_id: str) -> Response:
    """One problem: support, evidence, the places of its reports."""
    return shown(problem_id)


@problems.route("/<problem_id>", methods=["PUT"])
@requires("problem.change")
@problems.doc(parameters=IF_MATCH)
@problems.arguments(ProblemIn)
@problems.response(200, ProblemOut)
def change_problem(body: dict[str, Any], problem_id: str) -> Response:
    """Change what a problem says."""
    service.change_problem(
        db.session, current_actor(), problem_id, _new(body), versions=sent_versions()
    )
    return shown(problem_id)


@problems.route("/<problem_id>/supports", methods=["POST"])
@requires("problem.support")
@problems.arguments(SupportIn)
@problems.response(200, ProblemOut)
@limit("supports", "60 per minute")
def support(body: dict[str, Any], problem_id: str) -> Response:
    """Support a problem; it counts once per person, however often it is sent."""
    service.support_problem(db.session, current_actor(), problem_id, **body)
    return shown(problem_id)


@problems.route("/<problem_id>/supports", methods=["DELETE"])
@requires("problem.support")
@problems.arguments(SupportIn, location="query")
@problems.response(200, ProblemOut)
def take_back(body: dict[str, Any], problem_id: str) -> Response:
    """Take one's support back."""
    service.support_problem(db.session, current_actor(), problem_id, wanted=False, **body)
    return shown(problem_id)


@problems.route("/<problem_id>/evidence", methods=["POST"])
@requires("problem.bring_evidence")
@problems.arguments(EvidenceIn)
@problems.response(201, NewIdOut)
@limit("evidence", "30 per hour")
@idempotent
def bring_evidence(body: dict[str, Any], problem_id: str) -> Response:
    """Bring what shows that a problem is real."""
    made = service.bring_evidence(
        db.session, current_actor(), problem_id, body["text"], link=body["link"],
        photos=tuple(body["photos"]),
    )  # fmt: skip
    return json_response({"id": made}, 201)


@problems.route("/<problem_id>/visibility", methods=["POST"])
@requires("problem.moderate")
@problems.arguments(VisibilityReasonIn)
@problems.response(200, ProblemOut)
def hide_problem(body: dict[str, Any], problem_id: str) -> Response:
    """Take a problem out of sight with a reason, or show it again with none."""
    moderation.hide_problem(db.session, current_actor(), problem_id, body["reason"])
    return shown(problem_id)


@problems.route("/evidence/<evidence_id>/visibility", methods=["POST"])
@requires("problem.moderate")
@problems.arguments(VisibilityReasonIn)
@problems.response(204)
def hide_evidence(body: dict[str, Any], evidence_id: str) -> Response:
    """Take a piece of evidence out of sight with a reason, or show it again with none."""
    moderation.hide_evidence(db.session, current_actor(), evidence_id, body["reason"])
    return Response(status=204)
