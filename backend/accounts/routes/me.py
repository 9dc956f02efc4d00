"""One's own account: who one is, consents, devices, data."""

from typing import Any

from flask import Response

from backend.accounts import cookies, queries, schemas, service
from backend.accounts.choices import PURPOSES, SEXES
from backend.accounts.routes.edge import (
    district_code,
    handed_over,
    listed,
    me,
    path_id,
    refusal,
)
from backend.core.actor import current_actor
from backend.core.api import ApiBlueprint, check_version, json_response, with_version
from backend.core.db import db
from backend.core.i18n import _
from backend.core.idempotency import idempotent
from backend.core.policy import requires
from backend.core.problems import Gone, Invalid, NotFound

blueprint = ApiBlueprint("me", __name__, path="/me", description="One's own account.")


def _shown() -> dict[str, Any]:
    actor, account_id = me()
    row = queries.account_details(db.session, account_id)
    if row is None:
        raise Gone()
    return {
        **row,
        "district": district_code(row["district_id"]),
        "roles": sorted(actor.roles),
        "second_factor_pending": actor.pending_second_factor,
        "recovery_codes_left": queries.recovery_codes_left(db.session, account_id),
    }


@blueprint.get("")
@requires("account.read")
@blueprint.response(200, schemas.MeOut)
def read() -> Response:
    """One's own account."""
    row = _shown()
    return with_version(json_response(schemas.MeOut().dump(row)), row["version"])


@blueprint.patch("")
@requires("account.change")
@blueprint.arguments(schemas.MePatch)
@blueprint.response(200, schemas.MeOut)
def change(given: dict[str, Any]) -> Response:
    """Change name, telephone or language; needs If-Match."""
    row = _shown()
    check_version(row["version"])
    service.change_account(db.session, current_actor(), given, version=row["version"])
    db.session.flush()
    row = _shown()
    return with_version(json_response(schemas.MeOut().dump(row)), row["version"])


@blueprint.delete("")
@requires("account.erase")
@blueprint.response(202)
def erase() -> Response:
    """Erase one's account and personal data, in every part of the house."""
    service.ask_for_erasure(db.session, current_actor())
    response = json_response({"state": "erasing"}, 202)
    cookies.clear_session_cookie(response)
    return response


@blueprint.put("/password")
@requires("account.change")
@blueprint.arguments(schemas.PasswordIn)
@blueprint.response(200, schemas.TokenOut)
def set_password(given: dict[str, Any]) -> Response:
    """Set or change the password; every other session ends."""
    return handed_over(service.set_password(db.session, current_actor(), given["password"]))


@blueprint.delete("/password")
@requires("account.change")
@blueprint.response(204)
def remove_password() -> Response:
    """Go without a password."""
    service.remove_password(db.session, current_actor())
    return Response(status=204)


@blueprint.post("/email")
@requires("account.change")
@blueprint.arguments(schemas.EmailIn)
@blueprint.response(202, schemas.TicketOut)
def start_email(given: dict[str, Any]) -> Response:
    """Send a code to a new address."""
    ticket = service.start_email_change(db.session, current_actor(), given["email"])
    return json_response({"ticket": ticket, "expires_in": cookies.TICKET_SECONDS}, 202)


@blueprint.post("/email/confirm")
@requires("account.change")
@blueprint.arguments(schemas.EmailConfirm)
@blueprint.response(200, schemas.TokenOut)
def finish_email(given: dict[str, Any]) -> Response:
    """Take the new address with the code that came to it."""
    token = service.finish_email_change(db.session, current_actor(), given["ticket"], given["code"])
    if token is None:
        message = _("This is not right or no longer valid. Check it, or ask for a new one.")
        return refusal(Invalid(errors={"code": message}))
    return handed_over(token)


@blueprint.get("/statistics-profile")
@requires("account.read")
@blueprint.response(200, schemas.ProfileOut)
def read_profile() -> Response:
    """What one said about oneself for statistics, and the choices."""
    return _profile()


def _profile() -> Response:
    _actor, account_id = me()
    row = queries.statistics_profile_of(db.session, account_id) or {
        "version": 0,
        "age_band": None,
        "sex": None,
        "district_id": None,
        "updated_at": None,
    }
    shown = {
        **row,
        "district": district_code(row["district_id"]),
        "age_bands": service.age_bands(db.session),
        "sexes": SEXES,
    }
    return with_version(json_response(schemas.ProfileOut().dump(shown)), row["version"])


@blueprint.put("/statistics-profile")
@requires("account.change")
@blueprint.arguments(schemas.ProfileIn)
@blueprint.response(200, schemas.ProfileOut)
def set_profile(given: dict[str, Any]) -> Response:
    """Say something about oneself, for statistics alone; sending it is the consent."""
    service.set_statistics_profile(db.session, current_actor(), given)
    return _profile()


@blueprint.delete("/statistics-profile")
@requires("account.change")
@blueprint.response(204)
def delete_profile() -> Response:
    """Take it back; it is deleted."""
    service.withdraw_consent(db.session, current_actor(), "statistics")
    return Response(status=204)


@blueprint.get("/consents")
@requires("account.read")
@blueprint.response(200, schemas.page_schema(schemas.ConsentOut))
def list_consents() -> Response:
    """What one agreed to, and took back."""
    return listed(schemas.ConsentOut, queries.consents_of(db.session, me()[1]))


@blueprint.put("/consents/<string:purpose>")
@requires("account.change")
@blueprint.response(204)
def give_consent(purpose: str) -> Response:
    """Agree to a purpose."""
    _known(purpose)
    service.give_consent(db.session, current_actor(), purpose)
    return Response(status=204)


@blueprint.delete("/consents/<string:purpose>")
@requires("account.change")
@blueprint.response(204)
def withdraw_consent(purpose: str) -> Response:
    """Take an agreement back."""
    _known(purpose)
    service.withdraw_consent(db.session, current_actor(), purpose)
    return Response(status=204)


def _known(purpose: str) -> None:
    if purpose not in PURPOSES:
        raise NotFound()


@blueprint.get("/devices")
@requires("account.read")
@blueprint.response(200, schemas.page_schema(schemas.PushDeviceOut))
def list_devices() -> Response:
    """The devices that get one's news."""
    return listed(schemas.PushDeviceOut, queries.devices_to_show(db.session, me()[1]))


@blueprint.post("/devices")
@requires("account.change")
@blueprint.arguments(schemas.PushDeviceIn)
@blueprint.response(201, schemas.PushDeviceOut)
@idempotent
def add_device(given: dict[str, Any]) -> Response:
    """Let this device have one's news; it leaves whoever had it before."""
    actor, account_id = me()
    public_id = service.register_device(
        db.session,
        actor,
        given["channel"],
        given["token"],
        key=given.get("key"),
        secret=given.get("secret"),
        name=given.get("name"),
    )
    rows = queries.devices_to_show(db.session, account_id)
    row = next(row for row in rows if row["public_id"] == public_id)
    return json_response(schemas.PushDeviceOut().dump(row), 201)


@blueprint.delete("/devices/<string:device_id>")
@requires("account.change")
@blueprint.response(204)
def remove_device(device_id: str) -> Response:
    """Let a device have no more news."""
    service.remove_device(db.session, current_actor(), path_id(device_id))
    return Response(status=204)


@blueprint.get("/exports")
@requires("account.export")
@blueprint.response(200, schemas.page_schema(schemas.ExportOut))
def list_exports() -> Response:
    """One's requests for a copy of one's data."""
    return listed(schemas.ExportOut, queries.exports_of(db.session, me()[1]))


@blueprint.post("/exports")
@requires("account.export")
@blueprint.arguments(schemas.Nothing)
@blueprint.response(202, schemas.ExportOut)
def ask_for_export(_given: dict[str, Any]) -> Response:
    """Ask for a copy of one's data."""
    actor, account_id = me()
    public_id = service.ask_for_export(db.session, actor)
    row = queries.exports_of(db.session, account_id, public_id)[0]
    return json_response(schemas.ExportOut().dump(row), 202)


@blueprint.get("/exports/<string:export_id>")
@requires("account.export")
@blueprint.response(200, schemas.ExportOut)
def read_export(export_id: str) -> Response:
    """Whether a copy is ready."""
    rows = queries.exports_of(db.session, me()[1], path_id(export_id))
    if not rows:
        raise NotFound()
    return json_response(schemas.ExportOut().dump(rows[0]))


@blueprint.get("/exports/<string:export_id>/file")
@requires("account.export")
@blueprint.response(200)
def download_export(export_id: str) -> Response:
    """The copy itself, for ten minutes, for one's own session only."""
    body = service.read_export(db.session, current_actor(), path_id(export_id))
    return json_response(
        body, Content_Disposition='attachment; filename="my-data.json"', Cache_Control="no-store"
    )
