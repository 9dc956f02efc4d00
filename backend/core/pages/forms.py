"""Forms of pages: what was sent, once; where it leads next; what was wrong with it."""

from typing import Any

from flask import Response, make_response, redirect, render_template, request
from markupsafe import Markup
from sqlalchemy.orm import Session

from backend.core.actor import current_actor
from backend.core.clock import utcnow
from backend.core.db import insert_ignore
from backend.core.fields import clean_text
from backend.core.i18n import _
from backend.core.idempotency import IdempotencyKey
from backend.core.ids import new_public_id
from backend.core.problems import Invalid, Problem


def page(template: str, status: int = 200, **values: Any) -> Response:
    """A page that nobody keeps: it is somebody's own, or holds a form."""
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
    return _cleaned(name, most, line=True)


def text(name: str, most: int = 10_000) -> str:
    """A longer text that a form sent."""
    return _cleaned(name, most, line=False)


def _cleaned(name: str, most: int, *, line: bool) -> str:
    try:
        found = clean_text(request.form.get(name, "")[: 4 * most + 100], line=line)
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
