"""For the operator: is it alive, is it ready, how is it doing."""

import hmac

from alembic.runtime.migration import MigrationContext
from flask import Blueprint, Flask, Response, current_app, request
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from backend.core import jobs, metrics
from backend.core.api import json_response
from backend.core.db import db
from backend.core.migrate import head_revision
from backend.core.policy import EVERYONE, PolicyTable, requires
from backend.core.problems import SignInNeeded, Unavailable

blueprint = Blueprint("health", __name__)
policy = PolicyTable("core")
policy.allow("core.health", {"any": EVERYONE})
policy.allow("core.metrics", {"any": EVERYONE})


@blueprint.get("/health/live")
@requires("core.health")
def live() -> Response:
    """The process answers."""
    return json_response({"status": "live"})


@blueprint.get("/health/ready")
@requires("core.health")
def ready() -> Response:
    """The database answers and has the schema of this release."""
    try:
        context = MigrationContext.configure(db.session.connection())
        current = context.get_current_revision()
    except Exception as error:
        raise Unavailable("The database does not answer.") from error
    if current != head_revision():
        raise Unavailable("The database is of another release: run vox migrate.")
    return json_response({"status": "ready", "schema": current})


@blueprint.get("/metrics")
@requires("core.metrics")
def read_metrics() -> Response:
    """Counters for monitoring; with VOX_METRICS_TOKEN set, only to who knows it."""
    token = current_app.config["VOX"].metrics_token
    sent = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if token and not hmac.compare_digest(sent, token):
        raise SignInNeeded()
    for state in ("waiting", "running", "dead"):
        metrics.JOBS.labels(state).set(0)
    for state, number in jobs.counts(db.session).items():  # type: ignore[arg-type]
        metrics.JOBS.labels(state).set(number)
    metrics.take_readings(db.session)  # type: ignore[arg-type]
    return Response(generate_latest(), content_type=CONTENT_TYPE_LATEST)


def init_health(app: Flask) -> None:
    """Answer under /health and /metrics."""
    app.register_blueprint(blueprint)
