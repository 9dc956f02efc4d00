"""Signing in and out: a code or a link by e-mail, a password, the second step."""

from flask import Response, g, request, url_for

from backend.accounts import cookies, service
from backend.accounts.routes.edge import device_label
from backend.accounts.service import SignedIn
from backend.core.actor import current_actor
from backend.core.clock import utcnow
from backend.core.db import db
from backend.core.i18n import _, current_language, lazy
from backend.core.limits import sender_key
from backend.core.pages import forms
from backend.core.policy import requires
from backend.core.problems import Invalid, Problem, TooMany
from backend.core.settings import current_settings
from backend.web import answering
from backend.web.blueprint import blueprint

WRONG = lazy("This is not right or no longer valid. Check it, or ask for a new one.")


def wanted_page() -> str:
    """Where somebody goes once signed in."""
    wish = request.form.get("next") or request.args.get("next")
    return answering.safe_next(wish, url_for("web.mine"))


def _step(template: str, errors: dict[str, str] | None = None, **values: object) -> Response:
    status = 422 if errors else 200
    return forms.page(
        f"web/signing/{template}.html", status, errors=errors or {}, next=wanted_page(), **values
    )


@blueprint.get("/sign-in")
@requires("session.start")
def sign_in() -> Response:
    """Ask for the e-mail address."""
    actor = current_actor()
    if actor.pending_second_factor and actor.is_anonymous:
        return forms.go(url_for("web.second_step", next=wanted_page()))
    if not actor.is_anonymous:
        return forms.go(wanted_page())
    return _step("address", email="", oidc=bool(current_settings().oidc_issuer))


@blueprint.post("/sign-in")
@requires("session.start")
def send_code() -> Response:
    """Send a code and a link."""
    email = request.form.get("email", "")[:300].strip()
    try:
        ticket = service.start_sign_in(
            db.session, email, sender=sender_key(), language=current_language()
        )
    except (Invalid, TooMany) as problem:
        oidc = bool(current_settings().oidc_issuer)
        return _step("address", _said(problem, "email"), email=email, oidc=oidc)
    response = forms.go(url_for("web.code", next=wanted_page()))
    cookies.set_ticket_cookie(response, ticket)
    return response


def _said(problem: Problem, field: str) -> dict[str, str]:
    found = forms.messages(problem)
    return {field: found.pop("form")} if "form" in found else found


@blueprint.get("/sign-in/code")
@requires("session.start")
def code() -> Response:
    """Ask for the code from the letter."""
    return _step("code")


@blueprint.post("/sign-in/code")
@requires("session.start")
def finish_by_code() -> Response:
    """Sign in with the code; a wrong one is counted."""
    given = request.form.get("code", "")[:40]
    done = service.sign_in_by_code(
        db.session, cookies.ticket_of(request) or "", code=given,
        sender=sender_key(), kind="cookie", label=device_label(),
    )  # fmt: skip
    return started(done) if done else _step("code", {"code": str(WRONG)})


@blueprint.get("/sign-in/link")
@requires("session.start")
def link() -> Response:
    """The page that a letter's link opens: only a press of its button signs in."""
    same_browser = cookies.ticket_of(request) is not None
    return answering.secretly(
        _step("link", token=request.args.get("token", "")[:64], same_browser=same_browser)
    )


@blueprint.post("/sign-in/link")
@requires("session.start")
def finish_by_link() -> Response:
    """Sign in with the link."""
    token = request.form.get("token", "")[:64]
    done = service.sign_in_by_code(
        db.session, cookies.ticket_of(request) or "", link=token,
        sender=sender_key(), kind="cookie", label=device_label(),
    )  # fmt: skip
    if done:
        return started(done)
    return _step("link", {"form": str(WRONG)}, token="", same_browser=True)


@blueprint.get("/sign-in/password")
@requires("session.start")
def password() -> Response:
    """Ask for address and password."""
    return _step("password", email="")


@blueprint.post("/sign-in/password")
@requires("session.start")
def finish_by_password() -> Response:
    """Sign in with a password."""
    email = request.form.get("email", "")[:300].strip()
    try:
        done = service.sign_in_by_password(
            db.session, email, request.form.get("password", "")[:1000],
            sender=sender_key(), kind="cookie", label=device_label(),
        )  # fmt: skip
    except (Invalid, TooMany) as problem:
        return _step("password", _said(problem, "email"), email=email)
    if done is None:
        return _step("password", {"password": _("Address or password is not right.")}, email=email)
    return started(done)


def started(done: SignedIn) -> Response:
    """Signed in: on to the page that was wanted, or to the second step first."""
    target = wanted_page()
    if done.second_factor_needed:
        endpoint = "web.second_step" if done.second_factor_enrolled else "web.enrol_second_step"
        target = url_for(endpoint, next=target)
    response = forms.go(target)
    cookies.set_session_cookie(response, done.token, seconds=done.seconds)
    cookies.clear_ticket_cookie(response)
    return response


def with_token(response: Response, token: str) -> Response:
    """Give the present session its new token."""
    state = g.get("session_state")
    seconds = None
    if state is not None and not state.second_factor_needed:
        seconds = max(1, int((state.expires_at - utcnow()).total_seconds()))
    cookies.set_session_cookie(response, token, seconds=seconds)
    return response


@blueprint.get("/sign-in/second-step")
@requires("session.prove")
def second_step() -> Response:
    """Ask for the changing digits, or a recovery code."""
    if current_actor().session_id is None:
        return forms.go(url_for("web.sign_in", next=wanted_page()))
    return _step("second_step")


@blueprint.post("/sign-in/second-step")
@requires("session.prove")
def finish_second_step() -> Response:
    """The second step of signing in."""
    actor = current_actor()
    if actor.session_id is None:
        return forms.go(url_for("web.sign_in", next=wanted_page()))
    recovery = request.form.get("recovery", "")[:64].strip()
    digits = request.form.get("totp", "")[:20].strip()
    field = "recovery" if recovery else "totp"
    try:
        token = service.prove_second_factor(
            db.session, actor, totp=digits or None, recovery=recovery or None
        )
    except TooMany as problem:
        return _step("second_step", _said(problem, field))
    if token is None:
        words = _("This does not fit, or was used already. Wait for the next digits.")
        return _step("second_step", {field: words})
    return with_token(forms.go(wanted_page()), token)


@blueprint.get("/sign-out")
@requires("page.sign_in")
def sign_out() -> Response:
    """Ask before signing out; a link alone never does."""
    if current_actor().session_id is None:
        return _step("signed_out")
    return _step("sign_out")


@blueprint.post("/sign-out")
@requires("session.end")
def end_session() -> Response:
    """Sign out here."""
    service.end_session(db.session, current_actor())
    response = forms.go(url_for("web.sign_out"))
    cookies.clear_session_cookie(response)
    return response
