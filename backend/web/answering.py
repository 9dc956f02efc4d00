"""How pages answer: who may keep a copy, where a form leads next, what was wrong with it."""

from typing import Any
from urllib.parse import urlsplit

from flask import Response, make_response, redirect, render_template, request
from markupsafe import Markup
from sqlalchemy.orm import Session

from backend.accounts.problems import ProofNeeded
from backend.core.actor import current_actor
from backend.core.clock import utcnow
from backend.core.db import insert_ignore
from backend.core.errors import render_errors_below
from backend.core.fields import clean_text
from backend.core.i18n import _
from backend.core.idempotency import IdempotencyKey
from backend.core.ids import new_public_id
from backend.core.problems import Invalid, Problem, SignInNeeded

FRESH = 30  # seconds for which a public page may be kept


def page(template: str, status: int = 200, **values: Any) -> Response:
    """A page that nobody keeps: it is somebody's own, or holds a form."""
    response = make_response(render_template(template, **values), status)
    response.headers["Cache-Control"] = "no-store"
    return response


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


def go(address: str) -> Response:
    """After a form: on to a page that can be reloaded."""
    response = make_response(redirect(address, 303))
    response.headers["Cache-Control"] = "no-store"
    return response


def safe_next(address: str | None, otherwise: str) -> str:
    """An address of ours to go on to; a foreign one is not followed."""
    if not address or not address.startswith("/") or address.startswith(("//", "/\\")):
        return otherwise
    parts = urlsplit(address)
    if parts.scheme or parts.netloc or any(ord(c) < 33 or c == "\\" for c in address):
        return otherwise
    return address[:500]


def line(name: str, most: int) -> str:
    """One line that a form sent."""
    return _cleaned(request.form.get(name, ""), name, most, line=True)


def text(name: str, most: int) -> str:
    """A longer text that a form sent."""
    return _cleaned(request.form.get(name, ""), name, most, line=False)


def _cleaned(value: str, name: str, most: int, *, line: bool) -> str:
    try:
        found = clean_text(value[: 4 * most + 100], line=line)
    except ValueError as error:
        raise Invalid(
            errors={name: _("This holds characters that are not text. Type it again.")}
        ) from error
    if len(found) > most:
        raise Invalid(errors={name: _("Shorten this to %(n)s characters.", n=most)})
    return found


def once_field() -> Markup:
    """The hidden mark by which a form that is sent twice is done once."""
    return Markup('<input type="hidden" name="once" value="{}">').format(new_public_id())


def first_time(session: Session) -> bool:
    """Whether this form is sent for the first time; it then counts as sent with the transaction."""
    key = request.form.get("once", "")
    if not 8 <= len(key) <= 40 or not key.isalnum() or not key.isascii():
        return True
    actor = current_actor()
    values = {
        "scope": f"{actor.key} form {request.endpoint}"[:160],
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


def init_answers() -> None:
    """Who must sign in for a page is led to the sign-in page and back."""
    for prefix in ("/account", "/mine", "/news", "/reports/"):
        render_errors_below(prefix, _sign_in_or_say)
