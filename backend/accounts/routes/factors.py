"""Second factors and passkeys of one's own account."""

from typing import Any

from flask import Response

from backend.accounts import queries, schemas, service
from backend.accounts.routes.edge import handed_over, listed, me, path_id
from backend.core.actor import current_actor
from backend.core.api import ApiBlueprint, json_response
from backend.core.db import db
from backend.core.policy import requires

blueprint = ApiBlueprint(
    "factors", __name__, path="/me", description="The second step of signing in, and passkeys."
)


@blueprint.post("/totp")
@requires("account.change")
@blueprint.arguments(schemas.Nothing)
@blueprint.response(200, schemas.TotpOut)
def enrol_totp(_given: dict[str, Any]) -> Response:
    """Begin with a new authenticator; the old one works until the new one is confirmed."""
    made = service.enrol_totp(db.session, current_actor())
    return json_response({"secret": made.secret, "uri": made.uri}, Cache_Control="no-store")


@blueprint.post("/totp/confirm")
@requires("account.change")
@blueprint.arguments(schemas.TotpConfirm)
@blueprint.response(200, schemas.RecoveryCodesOut)
def confirm_totp(given: dict[str, Any]) -> Response:
    """Take the authenticator into use; recovery codes come once."""
    token, codes = service.confirm_totp(db.session, current_actor(), given["totp"])
    return handed_over(token, recovery_codes=codes)


@blueprint.delete("/totp")
@requires("account.change")
@blueprint.response(204)
def remove_totp() -> Response:
    """Go without changing digits."""
    service.remove_totp(db.session, current_actor())
    return Response(status=204)


@blueprint.post("/recovery-codes")
@requires("account.change")
@blueprint.arguments(schemas.Nothing)
@blueprint.response(200, schemas.RecoveryCodesOut)
def renew_recovery_codes(_given: dict[str, Any]) -> Response:
    """Make new recovery codes; the old ones are void."""
    codes = service.renew_recovery_codes(db.session, current_actor())
    return json_response({"recovery_codes": codes, "token": None}, Cache_Control="no-store")


@blueprint.get("/passkeys")
@requires("account.read")
@blueprint.response(200, schemas.page_schema(schemas.PasskeyOut))
def list_passkeys() -> Response:
    """One's passkeys."""
    return listed(schemas.PasskeyOut, queries.passkeys_of(db.session, me()[1]))


@blueprint.post("/passkeys/options")
@requires("account.change")
@blueprint.arguments(schemas.Nothing)
@blueprint.response(200, schemas.PasskeyOptions)
def begin_passkey(_given: dict[str, Any]) -> Response:
    """What the browser needs to make a passkey."""
    ticket, options = service.begin_passkey(db.session, current_actor())
    return json_response({"ticket": ticket, "options": options})


@blueprint.post("/passkeys")
@requires("account.change")
@blueprint.arguments(schemas.PasskeyIn)
@blueprint.response(201, schemas.PasskeyOut)
def add_passkey(given: dict[str, Any]) -> Response:
    """Keep a new passkey."""
    actor, account_id = me()
    public_id = service.add_passkey(
        db.session, actor, given["ticket"], given["credential"], given.get("name")
    )
    rows = queries.passkeys_of(db.session, account_id)
    row = next(row for row in rows if row["public_id"] == public_id)
    return json_response(schemas.PasskeyOut().dump(row), 201)


@blueprint.delete("/passkeys/<string:passkey_id>")
@requires("account.change")
@blueprint.response(204)
def remove_passkey(passkey_id: str) -> Response:
    """Remove a passkey."""
    service.remove_passkey(db.session, current_actor(), path_id(passkey_id))
    return Response(status=204)
