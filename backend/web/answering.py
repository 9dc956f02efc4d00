"""How pages answer: who may keep a copy, where a form leads next, what was wrong with it."""

from typing import Any
from urllib.parse import urlsplit

from flask import Response, make_response, redirect, render_template, request

from backend.accounts.problems import ProofNeeded
from backend.core.actor import current_actor
from backend.core.errors import render_errors_below
from backend.core.problems import Problem, SignInNeeded

FRESH = 30  # seconds for which a public page may be kept


def public_page(template: str, **values: Any) -> Response:
    """A page that is the same for everybody and may be kept for a moment."""
    response = make_response(render_template(template, **values))
    chosen = "lang" in request.args or "theme" in request.args
    if current_actor().is_anonymous and not chosen:
        response.headers["Cache-Control"] = f"public, max-age={FRESH}"
    else:
        response.headers["Cache-Control"] = "private, no-cache"
    response.vary.update(["Cookie", "Accept-Language"])
    return response


def secretly(response: Response) -> Response:
    """A page whose address is a key: nowhere kept, found or handed on."""
    response.headers["Cache-Control"] = "no-store"
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    return response


def safe_next(address: str | None, otherwise: str) -> str:
    """An address of ours to go on to; a foreign one is not followed."""
    if not address or not address.startswith("/") or address.startswith(("//", "/\\")):
        return otherwise
    parts = urlsplit(address)
    if parts.scheme or parts.netloc or any(ord(c) < 33 or c == "\\" for c in address):
        return otherwise
    return address[:500]


def _sign_in_or_say(problem: Problem) -> Response:
    if isinstance(problem, ProofNeeded):
        return make_response(redirect(f"/account/prove?{_query(next=_page_of_the_form())}", 303))
    if isinstance(problem, SignInNeeded):
        wanted = request.full_path.rstrip("?") if request.method == "GET" else _page_of_the_form()
        return make_response(redirect(f"/sign-in?{_query(next=wanted)}", 303))
    from flask import g

    html = render_template("problem.html", problem=problem, request_id=g.get("request_id", ""))
    return Response(html, status=problem.status, mimetype="text/html")


def _page_of_the_form() -> str:
    """Where somebody goes on who had to sign in or prove to be there before a form counted."""
    own_page = {"/account/erase": "/account/data", "/mine/claim": "/mine"}.get(request.path)
    if own_page is not None:
        return own_page
    return request.path.rsplit("/", 1)[0] if request.path.count("/") > 2 else request.path


def _query(**values: str) -> str:
    from urllib.parse import urlencode

    return urlencode(values)


_LED = (
    "/account",
    "/mine",
    "/news",
    "/reports/",
    "/votes/",
    "/winners/",
    "/competitions/",
)


def init_answers() -> None:
    """Who must sign in for a page is led to the sign-in page and back."""
    for prefix in _LED:
        render_errors_below(prefix, _sign_in_or_say)
