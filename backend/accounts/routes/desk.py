"""City hall: accounts of others, roles, residence at the desk, partners' keys."""

from typing import Any

from flask import Response

from backend.accounts import queries, schemas, service
from backend.accounts.routes.edge import department_code, district_code, listed, path_id
from backend.core.actor import current_actor
from backend.core.api import (
    ApiBlueprint,
    decode_cursor,
    encode_cursor,
    json_response,
    page_response,
)
from backend.core.db import db
from backend.core.policy import authorise, requires
from backend.core.problems import NotFound

blueprint = ApiBlueprint("accounts", __name__, description="Accounts, roles and partners' keys.")


def _account(public_id: str) -> Response:
    db.session.flush()
    row = queries.account_for_desk(db.session, public_id)
    if row is None:
        raise NotFound()
    shown = {**row, "district": district_code(row["district_id"])}
    return json_response(schemas.AccountOut().dump(shown), Cache_Control="no-store")


@blueprint.get("/accounts")
@requires("account.find")
@blueprint.arguments(schemas.FindQuery, location="query")
@blueprint.response(200, schemas.AccountOut)
def find(given: dict[str, Any]) -> Response:
    """The account of an address."""
    found = queries.find_account_by_email(db.session, given["email"])
    if found is None:
        raise NotFound()
    return _account(found.public_id)


@blueprint.get("/accounts/<string:account_id>")
@requires("account.find")
@blueprint.response(200, schemas.AccountOut)
def read(account_id: str) -> Response:
    """An account."""
    authorise(current_actor(), "account.read", "other")
    return _account(path_id(account_id))


@blueprint.put("/accounts/<string:account_id>/state")
@requires("account.disable")
@blueprint.arguments(schemas.AccountStateIn)
@blueprint.response(200, schemas.AccountOut)
def set_state(given: dict[str, Any], account_id: str) -> Response:
    """Close an account, or open it again."""
    change = service.disable_account if given["state"] == "disabled" else service.enable_account
    public_id = path_id(account_id)
    change(db.session, current_actor(), public_id, given["reason"])
    return _account(public_id)


@blueprint.post("/accounts/<string:account_id>/second-factor-reset")
@requires("account.disable")
@blueprint.arguments(schemas.AccountReasonIn)
@blueprint.response(204)
def reset_second_factor(given: dict[str, Any], account_id: str) -> Response:
    """Let somebody begin anew who lost their second factor."""
    service.reset_second_factor(db.session, current_actor(), path_id(account_id), given["reason"])
    return Response(status=204)


@blueprint.post("/accounts/<string:account_id>/erasure")
@requires("account.find")
@blueprint.arguments(schemas.AccountReasonIn)
@blueprint.response(202)
def erase(given: dict[str, Any], account_id: str) -> Response:
    """Erase an account at the person's written request."""
    service.erase_account(db.session, current_actor(), path_id(account_id), given["reason"])
    return json_response({"state": "erasing"}, 202)


@blueprint.post("/accounts/<string:account_id>/residence")
@requires("residence.confirm")
@blueprint.arguments(schemas.DeskIn)
@blueprint.response(204)
def confirm_residence(given: dict[str, Any], account_id: str) -> Response:
    """Note that the person showed their papers at the desk."""
    service.confirm_at_desk(
        db.session, current_actor(), path_id(account_id), district=given.get("district")
    )
    return Response(status=204)


@blueprint.get("/residence-letters")
@requires("residence.letters")
@blueprint.response(200, schemas.page_schema(schemas.LetterOut))
def list_letters() -> Response:
    """Letters that wait to be printed."""
    return listed(schemas.LetterOut, service.letters_to_print(db.session, current_actor()))


@blueprint.post("/residence-letters/sent")
@requires("residence.letters")
@blueprint.arguments(schemas.SentIn)
@blueprint.response(200, schemas.CountOut)
def mark_sent(given: dict[str, Any]) -> Response:
    """Note that letters went out."""
    count = service.mark_letters_sent(db.session, current_actor(), given["ids"])
    return json_response({"count": count})


def _grant(row: dict[str, Any]) -> dict[str, Any]:
    return {
        **row,
        "department": department_code(row["department_id"]),
        "district": district_code(row["district_id"]),
    }


@blueprint.get("/role-grants")
@requires("role.list")
@blueprint.arguments(schemas.GrantsQuery, location="query")
@blueprint.response(200, schemas.page_schema(schemas.GrantOut))
def list_grants(given: dict[str, Any]) -> Response:
    """Who holds which role."""
    after = decode_cursor(given.get("cursor"), ("int",))
    limit = given["limit"]
    rows = queries.role_grants(
        db.session, given.get("account"), after[0] if after else None, limit + 1
    )
    cursor = encode_cursor([rows[limit - 1]["id"]]) if len(rows) > limit else None
    shown = [_grant(dict(row)) for row in rows[:limit]]
    return page_response(schemas.GrantOut(many=True).dump(shown), cursor)


@blueprint.post("/role-grants")
@requires("role.grant")
@blueprint.arguments(schemas.GrantIn)
@blueprint.response(201, schemas.GrantOut)
def grant(given: dict[str, Any]) -> Response:
    """Grant a role; the person signs in again with a second factor."""
    found = queries.find_account(db.session, given["account"])
    if found is None:
        raise NotFound()
    department, district = given.get("department"), given.get("district")
    public_id = service.grant_role(
        db.session,
        current_actor(),
        found.id,
        given["role"],
        department_id=service.department_id_of(db.session, department) if department else None,
        district_id=service.district_id_of(db.session, district) if district else None,
    )
    rows = queries.role_grants(db.session, found.public_id, None, 200)
    row = next(row for row in rows if row["public_id"] == public_id)
    return json_response(schemas.GrantOut().dump(_grant(dict(row))), 201)


@blueprint.delete("/role-grants/<string:grant_id>")
@requires("role.grant")
@blueprint.response(204)
def revoke(grant_id: str) -> Response:
    """Take a role away, at once."""
    service.revoke_role(db.session, current_actor(), path_id(grant_id))
    return Response(status=204)


@blueprint.get("/api-keys")
@requires("api_key.manage")
@blueprint.response(200, schemas.page_schema(schemas.ApiKeyOut))
def list_keys() -> Response:
    """Partners' keys."""
    return listed(schemas.ApiKeyOut, queries.api_keys(db.session))


@blueprint.post("/api-keys")
@requires("api_key.manage")
@blueprint.arguments(schemas.ApiKeyIn)
@blueprint.response(201, schemas.NewKeyOut)
def make_key(given: dict[str, Any]) -> Response:
    """Make a key for a partner's machine; it is shown this once."""
    public_id, key = service.create_api_key(
        db.session,
        current_actor(),
        given["name"],
        scopes=given["scopes"],
        rate=given["rate"],
        organisation=given.get("organisation"),
        expires_at=given.get("expires_at"),
    )
    return json_response({"id": public_id, "key": key}, 201, Cache_Control="no-store")


@blueprint.post("/api-keys/<string:key_id>/rotation")
@requires("api_key.manage")
@blueprint.arguments(schemas.Nothing)
@blueprint.response(200, schemas.NewKeyOut)
def rotate_key(_given: dict[str, Any], key_id: str) -> Response:
    """Renew a key; the former one works for another week."""
    public_id = path_id(key_id)
    key = service.rotate_api_key(db.session, current_actor(), public_id)
    return json_response({"id": public_id, "key": key}, Cache_Control="no-store")


@blueprint.delete("/api-keys/<string:key_id>")
@requires("api_key.manage")
@blueprint.response(204)
def revoke_key(key_id: str) -> Response:
    """Close a key at once."""
    service.revoke_api_key(db.session, current_actor(), path_id(key_id))
    return Response(status=204)
