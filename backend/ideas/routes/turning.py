"""Phases over HTTP: plan, open, extend, suspend, resume, close, annul."""

from typing import Any

from flask import Response

from backend.core.actor import current_actor
from backend.core.db import db
from backend.core.policy import requires
from backend.ideas.queries.checks import edition_of_phase
from backend.ideas.routes import phases
from backend.ideas.routes.calling import shown
from backend.ideas.routes.versions import IF_MATCH, sent_versions
from backend.ideas.schemas.editions import EditionOut, ExtensionIn, PhaseIn, PublicReasonIn
from backend.ideas.service import phases as service


def _shown(phase_id: str) -> Response:
    return shown(edition_of_phase(db.session, phase_id))


@phases.route("/<phase_id>", methods=["PUT"])
@requires("competition.organise")
@phases.doc(parameters=IF_MATCH)
@phases.arguments(PhaseIn)
@phases.response(200, EditionOut)
def plan(body: dict[str, Any], phase_id: str) -> Response:
    """Set when a phase is and whom it is for, before it opens."""
    service.plan_phase(db.session, current_actor(), phase_id, **body, versions=sent_versions())
    return _shown(phase_id)


@phases.route("/<phase_id>/opening", methods=["POST"])
@requires("competition.organise")
@phases.response(200, EditionOut)
def open_phase(phase_id: str) -> Response:
    """Open a phase now; refused with a list of what is missing."""
    service.open_phase(db.session, current_actor(), phase_id)
    return _shown(phase_id)


@phases.route("/<phase_id>/extension", methods=["POST"])
@requires("competition.organise")
@phases.arguments(ExtensionIn)
@phases.response(200, EditionOut)
def extend(body: dict[str, Any], phase_id: str) -> Response:
    """Give a phase more time; everybody reads why."""
    service.extend_phase(db.session, current_actor(), phase_id, body["ends_at"], body["reason"])
    return _shown(phase_id)


@phases.route("/<phase_id>/suspension", methods=["POST"])
@requires("competition.organise")
@phases.arguments(PublicReasonIn)
@phases.response(200, EditionOut)
def suspend(body: dict[str, Any], phase_id: str) -> Response:
    """Halt a phase; everybody reads why."""
    service.suspend_phase(db.session, current_actor(), phase_id, body["reason"])
    return _shown(phase_id)


@phases.route("/<phase_id>/resumption", methods=["POST"])
@requires("competition.organise")
@phases.arguments(PublicReasonIn)
@phases.response(200, EditionOut)
def resume(body: dict[str, Any], phase_id: str) -> Response:
    """Go on with a suspended phase; everybody reads why."""
    service.resume_phase(db.session, current_actor(), phase_id, body["reason"])
    return _shown(phase_id)


@phases.route("/<phase_id>/closing", methods=["POST"])
@requires("competition.organise")
@phases.arguments(PublicReasonIn)
@phases.response(200, EditionOut)
def close(body: dict[str, Any], phase_id: str) -> Response:
    """Close a phase before its time; everybody reads why."""
    service.close_phase(db.session, current_actor(), phase_id, body["reason"])
    return _shown(phase_id)


@phases.route("/<phase_id>/annulment", methods=["POST"])
@requires("competition.organise")
@phases.arguments(PublicReasonIn)
@phases.response(200, EditionOut)
def annul(body: dict[str, Any], phase_id: str) -> Response:
    """Declare a phase void; everybody reads why."""
    service.annul_phase(db.session, current_actor(), phase_id, body["reason"])
    return _shown(phase_id)
