"""The registers and the plan."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask import Response
from marshmallow import Schema

from backend.core.api import json_response
from backend.core.db import db
from backend.core.policy import requires
from backend.indicators.queries import registers
from backend.indicators.routes.blueprint import blueprint
from backend.indicators.schemas import (
    PlanOut,
    ProjectOut,
    ProjectsOut,
    PublicServiceOut,
    PublicServicesOut,
    TargetOut,
)


def _items(rows: Sequence[Mapping[str, Any]], schema: type[Schema]) -> Response:
    shown = set(schema().fields)
    items = [{k: v for k, v in row.items() if k in shown} for row in rows]
    response = json_response({"items": items})
    response.headers["Cache-Control"] = "public, max-age=60"
    return response


@blueprint.route("/public-services", methods=["GET"])
@requires("indicators.read")
@blueprint.response(200, PublicServicesOut)
def list_public_services() -> Response:
    """The register of public services, with how far each can be done online."""
    return _items(registers.public_services(db.session()), PublicServiceOut)


@blueprint.route("/projects", methods=["GET"])
@requires("indicators.read")
@blueprint.response(200, ProjectsOut)
def list_projects() -> Response:
    """The register of smart-city projects: what was invested, equipment, state, results."""
    return _items(registers.projects(db.session()), ProjectOut)


@blueprint.route("/plan", methods=["GET"])
@requires("indicators.read")
@blueprint.response(200, PlanOut)
def read_plan() -> Response:
    """What the city wants of each component, by when, and who decided it."""
    return _items(registers.targets(db.session()), TargetOut)
