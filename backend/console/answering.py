"""How the desk answers: pages that nobody keeps, forms that lead on, errors in its own frame."""

from typing import Any
from urllib.parse import urlencode

from flask import Response, g, make_response, redirect, render_template, request
from sqlalchemy.orm import Session

from backend.accounts.problems import ProofNeeded
from backend.core.actor import current_actor
from backend.core.clock import utcnow
from backend.core.db import insert_ignore
from backend.core.errors import render_errors_below
from backend.core.fields import clean_text
from backend.core.i18n import _
from backend.core.idempotency import IdempotencyKey
from backend.core.problems import Invalid, Problem, SignInNeeded


def page(template: str, status: int = 200, **values: Any) -> Response:
    """A page of the desk; what it shows is kept nowhere."""
    response = make_response(render_template(template, **values), status)
    response.headers["Cache-Control"] = "no-store"
    return response


def go(address: str) -> Response:
    """After a form: on to a page that can be reloaded."""
    response = make_response(redirect(address, 303))
    response.headers["Cache-Control"] = "no-store"
    return response


def line(name: str, most: int = 200) -> str:
    """One line that a form sent."""
    return _cleaned(name, most, one_line=True)


def text(name: str, most: int = 10_000) -> str:
    """A longer text that a form sent."""
    return _cleaned(name, most, one_line=False)


def _cleaned(name: str, most: int, *, one_line: bool) -> str:
    value = request.form.get(name, "")
    try:
        found = clean_text(value[: 4 * most + 100], line=one_line)
    except ValueError as error:
        raise Invalid(
            errors={name: _("This holds characters that are not text. Type it again.")}
        ) from error
    if len(found) > most:
        raise Invalid(errors={name: _("Shorten this to %(n)s characters.", n=most)})
    return found


def first_time(session: Session) -> bool:
    """Whether this form is sent for the first time; it then counts as sent with the transaction."""
    key = request.form.get("once", "")
    if not 8 <= len(key) <= 40 or not key.isalnum() or not key.isascii():
        return True
    values = {
        "scope": f"{current_actor().key} form {request.endpoint}"[:160],
        "key": key,
        "fingerprint": "form",
        "status": 303,
        "created_at": utcnow(),
    }
    return insert_ignore(session, IdempotencyKey, values, ("scope", "key"))


def messages(problem: Problem) -> dict[str, str]:
    """What was wrong, field by field, for an error summary."""
    found = {field: str(message) for field, message in problem.errors.items()}
    return found or {"form": str(problem.detail)}


def safe_next(address: str | None, otherwise: str = "/console/") -> str:
    """An address of the desk to go on to; any other is not followed."""
    if not address or not address.startswith("/console/") or len(address) > 500:
        return otherwise
    return otherwise if any(ord(c) < 33 or c == "\\" for c in address) else address


def _asked() -> str:
    """The page to come back to: this one, or the one whose form was sent."""
    if request.method == "GET":
        return request.full_path.rstrip("?")
    return safe_next(request.form.get("back"))


def _answer(problem: Problem) -> Response:
    """Lead to the sign-in or to the proof; say everything else in the desk's frame."""
    if isinstance(problem, SignInNeeded):
        return go("/sign-in?" + urlencode({"next": _asked()}))
    if isinstance(problem, ProofNeeded):
        return go("/console/prove?" + urlencode({"next": _asked()}))
    html = render_template(
        "console/problem.html", problem=problem, request_id=g.get("request_id", "")
    )
    return Response(html, status=problem.status, mimetype="text/html")


def init_answers() -> None:
    """Let errors below the desk be told in its own way."""
    render_errors_below("/console", _answer)
