"""Partners over HTTP."""

from typing import Any

from flask import Response

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
from backend.core.policy import requires
from backend.open311.partners import queries, schemas, service
from backend.reports.naming import lookup

blueprint = ApiBlueprint(
    "partners",
    __name__,
    path="/partners",
    description="Departments that live elsewhere, reached by Open311",
)
_SAME = (
    "name", "url", "endpoint", "jurisdiction", "photos", "sends_contact", "fallback", "state",
    "updates", "error", "detail", "failing_since", "checked_at", "heard_at", "version",
)  # fmt: skip
_DISPATCH = ("report", "state", "tries", "error", "detail", "code", "remote_id", "due_at",
             "created_at", "done_at")  # fmt: skip


def _document(row: Any) -> dict[str, Any]:
    found = {name: getattr(row, name) for name in _SAME}
    code = lookup(db.session()).department_code(row.department_id)
    counts = queries.counts_by_state(db.session()).get(row.id, {})
    return found | {"id": row.public_id, "department": code, "format": row.form, "reports": counts}


def _shown(partner_id: str, status: int = 200) -> Response:
    row = queries.find_partner(db.session(), partner_id[:40])
    return with_version(json_response(_document(row), status), row.version)


@blueprint.route("", methods=["GET"])
@requires("partner.read")
@blueprint.response(200, schemas.PartnerList)
def list_partners() -> Response:
    """Every partner."""
    return json_response({"items": [_document(row) for row in queries.partners(db.session())]})


@blueprint.route("", methods=["POST"])
@requires("partner.change")
@blueprint.arguments(schemas.PartnerIn)
@blueprint.response(201, schemas.PartnerOut)
@idempotent
def add_partner(body: dict[str, Any]) -> Response:
    """Add a partner for a department; what it offers is read at once."""
    return _shown(service.add_partner(db.session(), current_actor(), body), 201)


@blueprint.route("/<partner_id>", methods=["GET"])
@requires("partner.read")
@blueprint.response(200, schemas.PartnerOut)
def read_partner(partner_id: str) -> Response:
    """One partner."""
    return _shown(partner_id)


@blueprint.route("/<partner_id>", methods=["PATCH"])
@requires("partner.change")
@blueprint.arguments(schemas.PartnerPatch)
@blueprint.response(200, schemas.PartnerOut)
def change_partner(body: dict[str, Any], partner_id: str) -> Response:
    """Change what is named and leave the rest; needs If-Match."""
    version = queries.find_partner(db.session(), partner_id[:40]).version
    check_version(version)
    service.change_partner(db.session(), current_actor(), partner_id[:40], body, version=version)
    return _shown(partner_id)


@blueprint.route("/<partner_id>/check", methods=["POST"])
@requires("partner.change")
@blueprint.response(202)
@idempotent
def check_partner(partner_id: str) -> Response:
    """Read anew what a partner offers."""
    service.check_soon(db.session(), current_actor(), partner_id[:40])
    return Response(status=202)


@blueprint.route("/<partner_id>/mappings", methods=["POST"])
@requires("partner.change")
@blueprint.arguments(schemas.MappingIn)
@blueprint.response(204)
@idempotent
def map_service(body: dict[str, Any], partner_id: str) -> Response:
    """Choose which of the partner's services stands for one of ours."""
    service.map_service(db.session(), current_actor(), partner_id[:40], **body)
    return Response(status=204)


@blueprint.route("/<partner_id>/reports", methods=["GET"])
@requires("partner.read")
@blueprint.arguments(schemas.DispatchQuery, location="query")
@blueprint.response(200, schemas.DispatchPage)
def list_dispatches(query: dict[str, Any], partner_id: str) -> Response:
    """Reports on their way to a partner, newest first."""
    partner, size = queries.find_partner(db.session(), partner_id[:40]), query["limit"]
    mark = decode_cursor(query.get("cursor"), ("int",))
    states = (query["state"],) if query.get("state") else ()
    rows = queries.dispatches(
        db.session(), partner.id, states=states, before=mark[0] if mark else None, limit=size + 1
    )
    items = [{n: getattr(row, n) for n in _DISPATCH} | {"id": row.public_id} for row in rows[:size]]
    return page_response(items, encode_cursor([rows[size - 1].id]) if len(rows) > size else None)


@blueprint.route("/<partner_id>/retry", methods=["POST"])
@requires("partner.retry")
@blueprint.response(200, schemas.RetriedOut)
@idempotent
def retry_all(partner_id: str) -> Response:
    """Try everything that is stuck again."""
    number = service.retry(db.session(), current_actor(), partner_id[:40])
    return json_response({"retried": number})


@blueprint.route("/<partner_id>/reports/<dispatch_id>/retry", methods=["POST"])
@requires("partner.retry")
@blueprint.response(200, schemas.RetriedOut)
@idempotent
def retry_one(partner_id: str, dispatch_id: str) -> Response:
    """Try one report again; what may have arrived is looked up first."""
    number = service.retry(db.session(), current_actor(), partner_id[:40], dispatch_id[:40])
    return json_response({"retried": number})


@blueprint.route("/<partner_id>/reports/<dispatch_id>/give-up", methods=["POST"])
@requires("partner.retry")
@blueprint.response(204)
@idempotent
def give_up(partner_id: str, dispatch_id: str) -> Response:
    """Leave a report as it is: it will not be sent."""
    service.give_up(db.session(), current_actor(), partner_id[:40], dispatch_id[:40])
    return Response(status=204)
