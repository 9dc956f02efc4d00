"""Asking for a computing and following its progress."""

from typing import Any

from flask import Response

from backend.core.actor import current_actor
from backend.core.api import json_response
from backend.core.db import db
from backend.core.idempotency import idempotent
from backend.core.policy import requires
from backend.core.problems import NotFound
from backend.indicators.periods import parse_period
from backend.indicators.queries.values import run_of
from backend.indicators.routes.blueprint import blueprint
from backend.indicators.schemas import RunIn, RunOut
from backend.indicators.service.storing import start_run


def _told(public_id: str) -> dict[str, Any]:
    row = run_of(db.session(), public_id)
    if row is None:
        raise NotFound()
    shown = ("periods", "method", "state", "done", "total", "changed", "created_at", "finished_at")
    return {"id": row["public_id"], **{name: row[name] for name in shown}}


@blueprint.route("/runs", methods=["POST"])
@requires("indicators.compute")
@blueprint.arguments(RunIn)
@blueprint.response(202, RunOut)
@idempotent
def compute(body: dict[str, Any]) -> Response:
    """Ask for periods to be computed; a job does it, the run tells how far it is."""
    wanted = [parse_period(text) for text in body["periods"]]
    run = start_run(db.session(), current_actor(), wanted)
    return json_response(_told(run), 202, Location=f"/api/v1/indicators/runs/{run}")


@blueprint.route("/runs/<run_id>", methods=["GET"])
@requires("indicators.desk")
@blueprint.response(200, RunOut)
def read_run(run_id: str) -> Response:
    """How far a computing is."""
    return json_response(_told(run_id))
