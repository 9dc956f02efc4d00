"""The safety of one's account: password, second step, passkeys, where one is signed in."""

import segno
from flask import Response, request, url_for
from markupsafe import Markup

from backend.accounts import cookies, queries, service
from backend.core.actor import current_actor
from backend.core.db import db
from backend.core.i18n import _
from backend.core.pages import forms
from backend.core.policy import requires
from backend.core.problems import Conflict, Invalid, TooMany
from backend.web.blueprint import blueprint
from backend.web.routes.account import own, show
from backend.web.routes.sign_in import wanted_page, with_token


@blueprint.get("/account/security")
@requires("account.read")
def security() -> Response:
    """How one signs in, and where one is signed in."""
    return _security()


def _security(errors: dict[str, str] | None = None) -> Response:
    row, session = own(), db.session()
    return show(
        "security",
        errors,
        account=row,
        here=current_actor().session_id,
        sessions=queries.sessions_of(session, row["id"]),
        passkeys=queries.passkeys_of(session, row["id"]),
        codes_left=queries.recovery_codes_left(session, row["id"]) if row["has_totp"] else 0,
    )


@blueprint.post("/account/password")
@requires("account.change")
def set_password() -> Response:
    """Set or change the password, or go without one."""
    actor = current_actor()
    if request.form.get("do") == "remove":
        service.remove_password(db.session, actor)
        return forms.go(url_for("web.security", done="password_gone"))
    try:
        token = service.set_password(db.session, actor, request.form.get("password", "")[:1000])
    except Invalid as problem:
        return _security(forms.messages(problem))
    return with_token(forms.go(url_for("web.security", done="password")), token)


@blueprint.post("/account/sessions/end")
@requires("session.list")
def end_sessions() -> Response:
    """Sign out on another device, or everywhere but here."""
    which = request.form.get("session", "")[:40]
    if which:
        service.end_session_of(db.session, current_actor(), which)
    else:
        service.end_other_sessions(db.session, current_actor())
    return forms.go(url_for("web.security", done="ended"))


@blueprint.post("/account/passkeys/remove")
@requires("account.change")
def drop_passkey() -> Response:
    """Remove a passkey."""
    service.remove_passkey(db.session, current_actor(), request.form.get("passkey", "")[:40])
    return forms.go(url_for("web.security", done="passkey_gone"))


@blueprint.get("/account/second-step")
@requires("account.read")
def enrol_second_step() -> Response:
    """Why there is a second step, and the button that begins it."""
    return show("second_step", enrolment=None, next=wanted_page())


@blueprint.post("/account/second-step")
@requires("account.change")
def begin_second_step() -> Response:
    """Show what an authenticator needs to know, once."""
    made = service.enrol_totp(db.session, current_actor())
    return _enrolment(made.secret, made.uri)


def _enrolment(secret: str, uri: str, errors: dict[str, str] | None = None) -> Response:
    drawing = segno.make(uri, error="m").svg_inline(
        scale=4, border=2, svgclass="qr", lineclass=None
    )
    return show(
        "second_step",
        errors,
        enrolment={"secret": secret, "uri": uri, "drawing": Markup(drawing)},  # noqa: S704 - drawn by us
        next=wanted_page(),
    )


@blueprint.post("/account/second-step/confirm")
@requires("account.change")
def confirm_second_step() -> Response:
    """Take the authenticator into use; the recovery codes are shown once."""
    secret, uri = request.form.get("secret", "")[:64], request.form.get("uri", "")[:400]
    try:
        token, codes = service.confirm_totp(
            db.session, current_actor(), request.form.get("totp", "")[:20]
        )
    except (Invalid, TooMany) as problem:
        words = {"totp": next(iter(forms.messages(problem).values()))}
        db.session.rollback()
        return _enrolment(secret, uri, words)
    page = show("recovery_codes", codes=codes, next=wanted_page())
    return with_token(page, token)


@blueprint.post("/account/second-step/codes")
@requires("account.change")
def renew_codes() -> Response:
    """New recovery codes; the old ones are void."""
    codes = service.renew_recovery_codes(db.session, current_actor())
    return show("recovery_codes", codes=codes, next=url_for("web.security"))


@blueprint.post("/account/second-step/remove")
@requires("account.change")
def remove_second_step() -> Response:
    """Go without the second step."""
    try:
        service.remove_totp(db.session, current_actor())
    except Conflict as problem:
        return _security({"totp": str(problem.detail)})
    return forms.go(url_for("web.security", done="totp_gone"))


@blueprint.get("/account/prove")
@requires("session.list")
def prove() -> Response:
    """Ask to prove to be there again, before a sensitive change."""
    return _prove()


def _prove(errors: dict[str, str] | None = None) -> Response:
    return show("prove", errors, next=wanted_page(), sent="sent" in request.args)


@blueprint.post("/account/prove")
@requires("session.list")
def finish_proof() -> Response:
    """Prove it by a code, the password, or the changing digits."""
    actor, session, form = current_actor(), db.session, request.form
    target = wanted_page()
    if form.get("do") == "send":
        try:
            ticket = service.start_proof_by_code(session, actor)
        except (Conflict, TooMany) as problem:
            return _prove({"form": str(problem.detail)})
        response = forms.go(url_for("web.prove", next=target, sent=1))
        cookies.set_ticket_cookie(response, ticket)
        return response
    if form.get("totp"):
        token = service.prove_second_factor(session, actor, totp=form["totp"][:20])
        return with_token(forms.go(target), token) if token else _refused("totp")
    if form.get("password"):
        proven = service.prove_by_password(session, actor, form["password"][:1000])
        return forms.go(target) if proven else _refused("password")
    ticket = cookies.ticket_of(request) or ""
    proven = service.prove_by_code(session, actor, ticket, form.get("code", "")[:40])
    return forms.go(target) if proven else _refused("code")


def _refused(field: str) -> Response:
    return _prove({field: _("This is not right. Try again.")})
