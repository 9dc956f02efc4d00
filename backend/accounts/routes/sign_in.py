"""Ways of signing in."""

from typing import Any
from urllib.parse import urlsplit

from flask import Response, request
from flask import session as browser

from backend.accounts import cookies, schemas, service
from backend.accounts.identity.registry import firebase_identity, oidc_identity
from backend.accounts.routes.edge import device_label, refusal, sender, started
from backend.core.api import API_PREFIX, ApiBlueprint, json_response
from backend.core.db import db, reading
from backend.core.i18n import _, current_language
from backend.core.limits import limit
from backend.core.policy import requires
from backend.core.problems import Invalid, SignInNeeded
from backend.core.settings import current_settings

blueprint = ApiBlueprint(
    "sign_in", __name__, description="Ways of signing in; each gives a session of our own."
)
RETURN_PATH = API_PREFIX + "/sign-in/oidc/callback"


@blueprint.get("/sign-in/methods")
@requires("session.start")
@blueprint.response(200, schemas.MethodsOut)
def list_methods() -> Response:
    """The ways of signing in that this city offers."""
    settings = current_settings()
    return json_response(
        {
            "code": True,
            "password": True,
            "passkey": True,
            "firebase_project": settings.firebase_project or None,
            "oidc": bool(settings.oidc_issuer),
        }
    )


@blueprint.post("/sign-in")
@requires("session.start")
@blueprint.arguments(schemas.SignInStart)
@blueprint.response(202, schemas.TicketOut)
def start(given: dict[str, Any]) -> Response:
    """Send a code and a link to an address; the answer is the same for every address."""
    ticket = service.start_sign_in(
        db.session,
        given["email"],
        sender=sender(),
        language=given.get("language") or current_language(),
    )
    if given["kind"] == "bearer":
        return json_response({"ticket": ticket, "expires_in": cookies.TICKET_SECONDS}, 202)
    response = json_response({"ticket": None, "expires_in": cookies.TICKET_SECONDS}, 202)
    cookies.set_ticket_cookie(response, ticket)
    return response


@blueprint.post("/sign-in/code")
@requires("session.start")
@blueprint.arguments(schemas.CodeIn)
@blueprint.response(200, schemas.SessionStarted)
def finish_by_code(given: dict[str, Any]) -> Response:
    """Sign in with the code or link from the letter; five tries, ten minutes."""
    done = service.sign_in_by_code(
        db.session,
        given.get("ticket") or cookies.ticket_of(request) or "",
        code=given.get("code"),
        link=given.get("link"),
        sender=sender(),
        kind=given["kind"],
        label=device_label(),
    )
    if done is None:
        field = "link" if given.get("link") else "code"
        message = _("This is not right or no longer valid. Check it, or ask for a new one.")
        return refusal(Invalid(errors={field: message}))
    return started(done, given["kind"])


@blueprint.post("/sign-in/password")
@requires("session.start")
@blueprint.arguments(schemas.PasswordSignIn)
@blueprint.response(200, schemas.SessionStarted)
def by_password(given: dict[str, Any]) -> Response:
    """Sign in with address and password."""
    done = service.sign_in_by_password(
        db.session,
        given["email"],
        given["password"],
        sender=sender(),
        kind=given["kind"],
        label=device_label(),
    )
    if done is None:
        return refusal(SignInNeeded(_("Address or password is not right.")))
    return started(done, given["kind"])


@blueprint.post("/sign-in/passkey/options")
@requires("session.start")
@blueprint.arguments(schemas.Nothing)
@blueprint.response(200, schemas.PasskeyOptions)
def passkey_options(_given: dict[str, Any]) -> Response:
    """What the browser needs to use a passkey."""
    ticket, options = service.begin_passkey_sign_in(db.session, sender=sender())
    return json_response({"ticket": ticket, "options": options})


@blueprint.post("/sign-in/passkey")
@requires("session.start")
@blueprint.arguments(schemas.PasskeySignIn)
@blueprint.response(200, schemas.SessionStarted)
def by_passkey(given: dict[str, Any]) -> Response:
    """Sign in with a passkey; that is both factors at once."""
    done = service.sign_in_by_passkey(
        db.session,
        given["ticket"],
        given["credential"],
        sender=sender(),
        kind=given["kind"],
        label=device_label(),
    )
    if done is None:
        return refusal(SignInNeeded(_("This passkey does not fit. Try another way.")))
    return started(done, given["kind"])


@blueprint.post("/sessions/firebase")
@requires("session.start")
@limit("firebase", "60 per hour")
@blueprint.arguments(schemas.FirebaseIn)
@blueprint.response(200, schemas.SessionStarted)
def by_firebase(given: dict[str, Any]) -> Response:
    """Exchange a Firebase ID token for a session of our own, which can be revoked."""
    done = service.sign_in(
        db.session,
        firebase_identity(),
        {"id_token": given["id_token"]},
        kind=given["kind"],
        label=device_label(),
    )
    if done is None:
        return refusal(SignInNeeded(_("This token is not valid. Sign in again.")))
    return started(done, given["kind"])


def local_path(wish: str | None) -> str:
    """A page of ours to go to next; anything else becomes the front page."""
    path = wish or "/"
    parts = urlsplit(path)
    plain = path.startswith("/") and not path.startswith(("//", "/\\")) and "\\" not in path
    if not plain or parts.scheme or parts.netloc or any(ord(c) < 33 for c in path):
        return "/"
    return path[:500]


@blueprint.get("/sign-in/oidc")
@requires("session.start")
@limit("oidc", "60 per hour")
@blueprint.response(302)
def to_oidc() -> Response:
    """Go to the provider of the city's staff."""
    response = oidc_identity().leave(current_settings().base_url + RETURN_PATH)
    browser["after_sign_in"] = local_path(request.args.get("next"))
    return response


@blueprint.get("/sign-in/oidc/callback")
@requires("session.start")
@limit("oidc", "60 per hour")
@blueprint.response(302)
def from_oidc() -> Response:
    """Come back from the provider."""
    adapter = oidc_identity()
    claims = adapter.receive()
    target = local_path(browser.pop("after_sign_in", None))
    db.session.rollback()
    # The protocol returns by GET; state, nonce and PKCE have just tied it to this browser, so
    # this one GET may write, in a transaction of its own.
    with reading(False):
        done = service.sign_in(db.session, adapter, claims, kind="cookie", label=device_label())
        db.session.commit()
    if done is None:
        raise SignInNeeded(_("The sign-in was not completed. Try again."))
    response = Response(status=302, headers={"Location": target})
    cookies.set_session_cookie(response, done.token, seconds=done.seconds)
    return response
