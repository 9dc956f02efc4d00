"""What the routes of the room share: filters and versions as requests carry them."""

from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any, cast

from flask import Response, request
from marshmallow import Schema, ValidationError
from werkzeug.exceptions import HTTPException

from backend.core.actor import current_actor
from backend.core.api import json_response, validation_errors, with_version
from backend.core.clock import utcnow
from backend.core.db import db
from backend.core.geo import parse_box, parse_near
from backend.core.i18n import _
from backend.core.problems import Invalid, PreconditionRequired
from backend.reports.queries import Filters, read_report

MOST_VALUES = 40


def listed(text: str | None) -> tuple[str, ...]:
    """Values that are separated by commas."""
    values = tuple(dict.fromkeys(part.strip() for part in (text or "").split(",") if part.strip()))
    if len(values) > MOST_VALUES:
        raise Invalid(_("Choose at most %(n)s values for one filter.", n=MOST_VALUES))
    return values


def filters_from(query: Mapping[str, Any]) -> Filters:
    """The filters of a request."""
    return Filters(
        statuses=listed(query.get("status")),
        is_open=query.get("open"),
        kinds=listed(query.get("kind")),
        services=listed(query.get("service")),
        domains=listed(query.get("domain")),
        components=listed(query.get("component")),
        districts=listed(query.get("district")),
        departments=listed(query.get("department")),
        bbox=parse_box(query["bbox"]) if query.get("bbox") else None,
        near=parse_near(query["near"]) if query.get("near") else None,
        radius=query.get("radius", 2000.0),
        since=query.get("since"),
        until=query.get("until"),
        updated_since=query.get("updated_since"),
        text=query.get("q") or None,
        mine=query.get("mine", False),
        assignee_id=query.get("assignee"),
        unsure=query.get("unsure"),
        overdue_at=utcnow() if query.get("overdue") else None,
        visibilities=listed(query.get("visibility")),
        oldest_first=query.get("order") == "oldest",
    )


def sent_versions() -> frozenset[int] | None:
    """The versions that If-Match names; None for any; a change without it is refused."""
    header = request.headers.get("If-Match")
    if header is None:
        raise PreconditionRequired()
    if header.strip() == "*":
        return None
    tags = [tag.strip().removeprefix("W/").strip('"') for tag in header[:400].split(",")]
    return frozenset(int(tag) for tag in tags if tag.isascii() and tag.isdigit() and len(tag) < 10)


def loaded(schema: Schema, data: Any) -> dict[str, Any]:
    """Load what was sent; faults name their fields."""
    try:
        return cast("dict[str, Any]", schema.load(data))
    except ValidationError as error:
        holder = SimpleNamespace(data={"messages": {"body": error.messages}})
        raise Invalid(errors=validation_errors(cast(HTTPException, holder))) from error


def shown(public_id: str, status: int = 200) -> Response:
    """A report as its reader may see it, with its version."""
    document = read_report(db.session, current_actor(), public_id)
    response = with_version(json_response(document, status), document["version"])
    response.headers["Vary"] = "Accept-Language, Cookie, Authorization"
    return response
