"""Organisations and businesses as participants."""

from typing import Any

from flask import Response

from backend.accounts import queries, schemas, service
from backend.accounts.routes.edge import listed, me, path_id
from backend.core.actor import current_actor
from backend.core.api import (
    ApiBlueprint,
    check_version,
    decode_cursor,
    encode_cursor,
    json_response,
    page_response,
    with_version,
)
from backend.core.db import db
from backend.core.idempotency import idempotent
from backend.core.policy import authorise, requires
from backend.core.problems import NotFound

blueprint = ApiBlueprint(
    "organisations", __name__, description="Organisations beside persons, and who speaks for them."
)


def _found(public_id: str) -> dict[str, Any]:
    """An organisation that the actor may see."""
    row = queries.organisation(db.session, path_id(public_id))
    if row is None:
        raise NotFound()
    actor = current_actor()
    own = queries.is_member(db.session, actor.account_id, row["id"])
    authorise(actor, "organisation.read", "own" if own else "other")
    return dict(row)


@blueprint.get("/me/organisations")
@requires("organisation.list")
@blueprint.response(200, schemas.page_schema(schemas.OwnOrganisationOut))
def list_own() -> Response:
    """The organisations that one is in or invited to."""
    return listed(schemas.OwnOrganisationOut, queries.organisations_of(db.session, me()[1]))


@blueprint.get("/organisations")
@requires("organisation.decide")
@blueprint.arguments(schemas.OrganisationsQuery, location="query")
@blueprint.response(200, schemas.page_schema(schemas.OrganisationOut))
def list_all(given: dict[str, Any]) -> Response:
    """Organisations, for who confirms them."""
    after = decode_cursor(given.get("cursor"), ("int",))
    limit = given["limit"]
    rows = queries.organisations_in(
        db.session, given.get("state"), after[0] if after else None, limit + 1
    )
    cursor = encode_cursor([rows[limit - 1]["id"]]) if len(rows) > limit else None
    return page_response(schemas.OrganisationOut(many=True).dump(rows[:limit]), cursor)


@blueprint.post("/organisations")
@requires("organisation.register")
@blueprint.arguments(schemas.OrganisationIn)
@blueprint.response(201, schemas.OrganisationOut)
@idempotent
def register(given: dict[str, Any]) -> Response:
    """Put an organisation forward; the city confirms it."""
    public_id = service.register_organisation(
        db.session, current_actor(), given["name"], given["kind"], given.get("registration")
    )
    return _shown(public_id, 201)


def _shown(public_id: str, status: int = 200) -> Response:
    db.session.flush()
    row = _found(public_id)
    return with_version(json_response(schemas.OrganisationOut().dump(row), status), row["version"])


@blueprint.get("/organisations/<string:organisation_id>")
@requires("organisation.read")
@blueprint.response(200, schemas.OrganisationOut)
def read(organisation_id: str) -> Response:
    """One organisation."""
    return _shown(organisation_id)


@blueprint.patch("/organisations/<string:organisation_id>")
@requires("organisation.change")
@blueprint.arguments(schemas.OrganisationPatch)
@blueprint.response(200, schemas.OrganisationOut)
def change(given: dict[str, Any], organisation_id: str) -> Response:
    """Give an organisation another name; needs If-Match."""
    row = _found(organisation_id)
    check_version(row["version"])
    service.change_organisation(
        db.session, current_actor(), row["public_id"], name=given["name"], version=row["version"]
    )
    return _shown(organisation_id)


@blueprint.post("/organisations/<string:organisation_id>/decision")
@requires("organisation.decide")
@blueprint.arguments(schemas.DecisionIn)
@blueprint.response(200, schemas.OrganisationOut)
def decide(given: dict[str, Any], organisation_id: str) -> Response:
    """Confirm or refuse an organisation."""
    service.decide_organisation(
        db.session,
        current_actor(),
        path_id(organisation_id),
        confirmed=given["confirmed"],
        reason=given["reason"],
    )
    return _shown(organisation_id)


@blueprint.get("/organisations/<string:organisation_id>/members")
@requires("organisation.read")
@blueprint.response(200, schemas.page_schema(schemas.MemberOut))
def list_members(organisation_id: str) -> Response:
    """Who is in an organisation."""
    row = _found(organisation_id)
    return listed(schemas.MemberOut, queries.members_of(db.session, row["id"]))


@blueprint.post("/organisations/<string:organisation_id>/members")
@requires("organisation.change")
@blueprint.arguments(schemas.MemberIn)
@blueprint.response(202)
def invite(given: dict[str, Any], organisation_id: str) -> Response:
    """Invite somebody by address; the answer is the same for every address."""
    service.invite_member(
        db.session,
        current_actor(),
        path_id(organisation_id),
        given["email"],
        speaks=given["speaks"],
        owner=given["owner"],
    )
    return json_response({"state": "invited"}, 202)


@blueprint.post("/organisation-members/<string:membership_id>/accept")
@requires("organisation.list")
@blueprint.arguments(schemas.Nothing)
@blueprint.response(204)
def accept(_given: dict[str, Any], membership_id: str) -> Response:
    """Join an organisation that one was invited to."""
    service.accept_invitation(db.session, current_actor(), path_id(membership_id))
    return Response(status=204)


@blueprint.delete("/organisation-members/<string:membership_id>")
@requires("organisation.list")
@blueprint.response(204)
def remove(membership_id: str) -> Response:
    """Leave an organisation, or let a member go."""
    service.remove_member(db.session, current_actor(), path_id(membership_id))
    return Response(status=204)
