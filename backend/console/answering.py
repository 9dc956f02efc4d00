"""How the desk answers: pages that nobody keeps, forms that lead on, errors in its own frame."""

from urllib.parse import urlencode

from flask import Response, g, render_template, request

from backend.accounts.problems import ProofNeeded
from backend.core.errors import render_errors_below
from backend.core.pages.forms import go
from backend.core.problems import Problem, SignInNeeded


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
