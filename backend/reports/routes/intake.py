"""Sending reports over HTTP."""

from typing import Any

import orjson
from flask import Response, request

from backend.city import queries as city
from backend.core.actor import current_actor
from backend.core.api import json_response
from backend.core.db import db
from backend.core.i18n import _, current_language
from backend.core.idempotency import idempotent
from backend.core.limits import check_limit, limit
from backend.core.policy import requires
from backend.core.problems import Invalid, UnsupportedType
from backend.media.develop import developed_photos, photos_developed
from backend.media.queries import PhotoInfo
from backend.media.service import keep
from backend.reports.naming import lookup
from backend.reports.queries import similar_reports
from backend.reports.routes import blueprint
from backend.reports.routes.reading import loaded
from backend.reports.schemas import CheckIn, CheckOut, ReportIn, SubmittedOut
from backend.reports.service import Contact, NewReport, submit_report
from backend.reports.service.intake import emergency_notice

PER_SENDER, PER_STAFF = "120 per 10 minutes", "100000 per hour"
MOST_PHOTOS = 5
_REPORT = ReportIn()
_FLAGS = {"true": True, "1": True, "on": True, "false": False, "0": False, "": False}
_MULTIPART = {
    "type": "object",
    "required": ["text"],
    "properties": {
        **{name: {"type": "string"} for name in (
            "text", "kind", "service", "address", "language", "client_time", "visibility",
            "channel", "contact.name", "contact.email", "contact.phone",
        )},
        "lon": {"type": "number"},
        "lat": {"type": "number"},
        "answers": {"type": "string", "description": "JSON: code of the question → answer"},
        "on_behalf": {"type": "boolean"},
        "photos": {"type": "array", "maxItems": 5, "items": {"type": "string", "format": "binary"}},
    },
}  # fmt: skip


@blueprint.route("", methods=["POST"])
@requires("report.submit")
@blueprint.doc(
    requestBody={
        "required": True,
        "content": {
            "application/json": {"schema": ReportIn},
            "multipart/form-data": {"schema": _MULTIPART},
        },
    },
    parameters=[
        {
            "name": "Idempotency-Key",
            "in": "header",
            "schema": {"type": "string"},
            "description": "A random id of this report: sent again, it is not stored again.",
        }
    ],
)
@blueprint.response(201, SubmittedOut)
@photos_developed
@idempotent
def submit() -> Response:
    """Send a report, with or without an account; the answer holds the private return link."""
    actor = current_actor()
    check_limit("reports", PER_STAFF if actor.is_staff or actor.kind == "machine" else PER_SENDER)
    body = loaded(_REPORT, _sent())
    photos: list[str | PhotoInfo] = [
        *body.pop("photos"),
        *(keep(db.session, actor, photo) for photo in developed_photos()),
    ]
    if len(photos) > MOST_PHOTOS:
        raise Invalid(errors={"photos": _("Send at most %(n)s photos.", n=MOST_PHOTOS)})
    on_behalf = body.pop("on_behalf")
    _check_channel(body["channel"], on_behalf=on_behalf)
    contact = body.pop("contact")
    body["language"] = body["language"] or current_language()
    new = NewReport(**body, photos=photos, contact=Contact(**contact) if contact else None)
    done = submit_report(db.session, actor, new, on_behalf=on_behalf)
    return json_response(
        done.document(), 201, Location=f"/api/v1/reports/{done.public_id}", ETag=f'"{done.version}"'
    )


def _check_channel(channel: str, *, on_behalf: bool) -> None:
    if channel in ("phone", "desk", "mail") and not on_behalf:
        raise Invalid(errors={"channel": _("Only city hall takes in reports by this way.")})


def _sent() -> Any:
    if request.mimetype == "application/json":
        return request.get_json()
    if request.mimetype in ("multipart/form-data", "application/x-www-form-urlencoded"):
        return _from_form()
    raise UnsupportedType(_("Send application/json or multipart/form-data."))


def _from_form() -> dict[str, Any]:
    """A form's fields in the shape of the JSON body; empty ones count as left out."""
    form = {name: value for name, value in request.form.items() if value.strip()}
    data: dict[str, Any] = {}
    lon, lat = form.pop("lon", None), form.pop("lat", None)
    if lon is not None or lat is not None:
        data["place"] = {"type": "Point", "coordinates": [_number(lon, "lon"), _number(lat, "lat")]}
    if "answers" in form:
        try:
            data["answers"] = orjson.loads(form.pop("answers"))
        except orjson.JSONDecodeError as error:
            raise Invalid(errors={"answers": _("Write the answers as a JSON object.")}) from error
    contact = {
        name.removeprefix("contact."): form.pop(name)
        for name in list(form)
        if name.startswith("contact.")
    }
    if contact:
        data["contact"] = contact
    if "on_behalf" in form:
        data["on_behalf"] = _FLAGS.get(form.pop("on_behalf").strip().lower(), False)
    if "photo_ids" in form:
        data["photos"] = [part.strip() for part in form.pop("photo_ids").split(",")]
    return form | data


def _number(text: str | None, field: str) -> float:
    try:
        return float((text or "")[:40])
    except ValueError as error:
        raise Invalid(errors={field: _("Write a number of degrees.")}) from error


@blueprint.route("/check", methods=["POST"])
@requires("report.check")
@blueprint.arguments(CheckIn)
@blueprint.response(200, CheckOut)
@limit("report checks", "240 per minute")
def check(body: dict[str, Any]) -> Response:
    """Before sending: danger to life, inside the city or not, and similar open reports nearby."""
    session: Any = db.session
    place, known = body["place"], lookup(db.session)
    found = known.facts.ground.check(*place) if place else None
    nearest = found.nearest if found and not found.inside else None
    similar = similar_reports(
        session, current_actor(), body["text"], place, service=body["service"]
    )
    district = (
        city.district_by_id(session, found.district_id) if found and found.district_id else None
    )
    return json_response(
        {
            "emergency": emergency_notice(known, body["text"]),
            "inside": found.inside if found else None,
            "nearest_place": {"type": "Point", "coordinates": list(nearest)} if nearest else None,
            "district": district.code if district else None,
            "similar": similar,
        }
    )
