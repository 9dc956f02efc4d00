"""Sessions: where somebody is signed in, the second step, and proving to be there again."""

from typing import Any

from flask import Response, g

from backend.accounts import cookies, queries, schemas, service
from backend.accounts.routes.edge import handed_over, listed, me, path_id, refusal
from backend.core.actor import current_actor
from backend.core.api import ApiBlueprint, json_response
from backend.core.db import db
from backend.core.i18n import _
from backend.core.policy import requires
from backend.core.problems import Invalid, SignInNeeded

blueprint = ApiBlueprint("sessions", __name__, description="Where somebody is signed in.")


@blueprint.get("/sessions")
@requires("session.list")
@blueprint.response(200, schemas.page_schema(schemas.SessionOut))
def list_sessions() -> Response:
    """Where one is signed in."""
    actor, account_id = me()
    rows = queries.sessions_of(db.session, account_id)
    return listed(
        schemas.SessionOut, [{**row, "current": row["id"] == actor.session_id} for row in rows]
    )


@blueprint.delete("/sessions")
@requires("session.list")
@blueprint.response(200, schemas.CountOut)
def end_others() -> Response:
    """Sign out everywhere but here."""
    return json_response({"count": service.end_other_sessions(db.session, current_actor())})


@blueprint.delete("/sessions/current")
@requires("session.end")
@blueprint.response(204)
def end_current() -> Response:
    """Sign out here."""
    service.end_session(db.session, current_actor())
    response = Response(status=204)
    state = g.get("session_state")
    if state is not None and state.kind == "cookie":
        cookies.clear_session_cookie(response)
    return response


@blueprint.delete("/sessions/<string:session_id>")
@requires("session.list")
@blueprint.response(204)
def end_one(session_id: str) -> Response:
    """Sign out on another device."""
    service.end_session_of(db.session, current_actor(), path_id(session_id))
    return Response(status=204)


@blueprint.post("/sessions/current/second-factor/options")
@requires("session.prove")
@blueprint.arguments(schemas.Nothing)
@blueprint.response(200, schemas.PasskeyOptions)
def passkey_options(_given: dict[str, Any]) -> Response:
    """What the browser needs to use a passkey as the second step."""
    actor = current_actor()
    if actor.session_id is None:
        raise SignInNeeded()
    ticket, options = service.begin_passkey_sign_in(
        db.session, sender=f"session:{actor.session_id}"
    )
    return json_response({"ticket": ticket, "options": options})


@blueprint.post("/sessions/current/second-factor")
@requires("session.prove")
@blueprint.arguments(schemas.ProofIn)
@blueprint.response(200, schemas.TokenOut)
def prove_second_factor(given: dict[str, Any]) -> Response:
    """The second step of signing in; the session gets a new token."""
    token = _second_factor(given)
    if token is None:
        message = _("These digits do not fit, or were used already. Wait for the next ones.")
        return refusal(Invalid(errors={_named(given): message}))
    return handed_over(token)


def _named(given: dict[str, Any]) -> str:
    return next((name for name in ("recovery_code", "credential") if given.get(name)), "totp")


def _second_factor(given: dict[str, Any]) -> str | None:
    actor = current_actor()
    if actor.session_id is None:
        raise SignInNeeded()
    if given.get("credential"):
        return service.prove_by_passkey(
            db.session, actor, given.get("ticket") or "", given["credential"]
        )
    return service.prove_second_factor(
        db.session, actor, totp=given.get("totp"), recovery=given.get("recovery_code")
    )


@blueprint.post("/sessions/current/proof/code")
@requires("session.list")
@blueprint.arguments(schemas.Nothing)
@blueprint.response(202, schemas.TicketOut)
def send_proof_code(_given: dict[str, Any]) -> Response:
    """Send a code to one's own address, to prove to be there."""
    ticket = service.start_proof_by_code(db.session, current_actor())
    return json_response({"ticket": ticket, "expires_in": cookies.TICKET_SECONDS}, 202)


@blueprint.post("/sessions/current/proof")
@requires("session.list")
@blueprint.arguments(schemas.ProofIn)
@blueprint.response(200, schemas.TokenOut)
def prove(given: dict[str, Any]) -> Response:
    """Prove to be there, before a sensitive change; it holds for ten minutes."""
    actor = current_actor()
    if given.get("credential") or given.get("totp") or given.get("recovery_code"):
        token = _second_factor(given)
        if token is not None:
            return handed_over(token)
        return refusal(Invalid(errors={_named(given): _("This does not fit. Try again.")}))
    if given.get("password"):
        field, proven = "password", service.prove_by_password(db.session, actor, given["password"])
    else:
        field, proven = (
            "code",
            service.prove_by_code(
                db.session, actor, given.get("ticket") or "", given.get("code") or ""
            ),
        )
    if not proven:
        return refusal(Invalid(errors={field: _("This is not right. Try again.")}))
    return json_response({"token": None})
