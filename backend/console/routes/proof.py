"""Proving again to be there, before a change that only the person may make."""

from flask import Response, request

from backend.accounts import service
from backend.accounts.cookies import set_session_cookie
from backend.console.answering import safe_next
from backend.console.blueprint import blueprint
from backend.core.actor import current_actor
from backend.core.db import db
from backend.core.i18n import _
from backend.core.pages.forms import go, line, page
from backend.core.policy import requires


@blueprint.get("/prove")
@requires("console.prove")
def prove() -> Response:
    """Ask for the digits of the authenticator."""
    return page("console/prove.html", next=safe_next(request.args.get("next")), errors={})


@blueprint.post("/prove")
@requires("console.prove")
def prove_now() -> Response:
    """Take the digits, or a recovery code, and go on."""
    onward = safe_next(request.form.get("next"))
    given = line("digits", 64)
    digits = "".join(given.split())
    recovery = given if len(digits) > 8 else None
    token = service.prove_second_factor(
        db.session(), current_actor(), totp=None if recovery else digits, recovery=recovery
    )
    if token is None:
        errors = {"digits": _("These digits do not fit. Take the ones shown now.")}
        return page("console/prove.html", 422, next=onward, errors=errors)
    response = go(onward)
    set_session_cookie(response, token)
    return response
