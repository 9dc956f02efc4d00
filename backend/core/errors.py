"""The one handler of errors: problem+json for machines, a helpful page for people."""

from collections.abc import Callable

import structlog
from flask import Flask, Response, current_app, g, render_template, request
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge

from backend.core.api import validation_errors
from backend.core.db import db
from backend.core.fastjson import dumps
from backend.core.i18n import _
from backend.core.problems import (
    BadRequest,
    Forbidden,
    Invalid,
    Problem,
    TooLarge,
    Unavailable,
    problem_for,
)

log = structlog.get_logger(__name__)

Renderer = Callable[[Problem], Response]
_renderers: dict[str, Renderer] = {}


def render_errors_below(prefix: str, renderer: Renderer) -> None:
    """Let a face render errors below its addresses in its own form."""
    _renderers[prefix] = renderer


def problem_json(problem: Problem) -> Response:
    """The error as RFC 9457."""
    body = problem.body(instance=f"urn:request:{g.get('request_id', '')}")
    return Response(dumps(body), status=problem.status, content_type="application/problem+json")


def _page(problem: Problem) -> Response:
    html = render_template("problem.html", problem=problem, request_id=g.get("request_id", ""))
    return Response(html, status=problem.status, mimetype="text/html")


def render(problem: Problem) -> Response:
    """The error in the form that the asker understands."""
    for prefix, renderer in _renderers.items():
        if request.path.startswith(prefix):
            response = renderer(problem)
            break
    else:
        page = "text/html" in request.headers.get("Accept", "") and not request.path.startswith(
            ("/api/", "/health/", "/metrics")
        )
        response = _page(problem) if page else problem_json(problem)
    response.headers.update(problem.headers)
    response.headers["Cache-Control"] = "no-store"
    return response


def as_problem(error: Exception) -> Problem:
    """Any exception as the problem that the asker is told; details of ours stay in the log."""
    if isinstance(error, Problem):
        return error
    if isinstance(error, RequestEntityTooLarge):
        return TooLarge()
    if isinstance(error, CSRFError):
        return Forbidden(_("The form has expired. Go back, reload the page and send it again."))
    if isinstance(error, HTTPException):
        return _from_http(error)
    if isinstance(error, RecursionError):
        return BadRequest(_("The request is nested too deeply."))
    if isinstance(error, OperationalError | PoolTimeout):
        log.error("database_away", error=type(error.__cause__ or error).__name__)
        return Unavailable()
    _log(error)
    return Problem()


def _from_http(error: HTTPException) -> Problem:
    if error.code == 422:
        return Invalid(errors=validation_errors(error))
    problem = problem_for(error.code or 500)
    response_headers = dict(error.get_headers() or [])
    for name in ("Allow", "Retry-After", "WWW-Authenticate"):
        if name in response_headers:
            problem.headers[name] = response_headers[name]
    return problem


def _log(error: Exception) -> None:
    import traceback

    frames = traceback.extract_tb(error.__traceback__)[-8:]
    trace = [f"{f.filename.rsplit('/', 2)[-1]}:{f.lineno} {f.name}" for f in frames]
    kind = type(error.orig).__name__ if isinstance(error, DBAPIError) else type(error).__name__
    shown = str(error)[:500] if current_app.config["VOX"].env != "production" else None
    log.error("unexpected", error=kind, trace=trace, message=shown)


def handle(error: Exception) -> Response:
    """Undo what the request began and answer with the problem."""
    db.session.rollback()
    problem = as_problem(error)
    if type(problem) is Problem and current_app.config["VOX"].debug:
        raise error
    return render(problem)


def init_errors(app: Flask) -> None:
    """Register the handler for everything."""
    app.register_error_handler(Exception, handle)
    app.register_error_handler(HTTPException, handle)
