"""Photos over HTTP."""

from flask import Response, request

from backend.core.actor import current_actor
from backend.core.api import ApiBlueprint, json_response
from backend.core.db import db
from backend.core.fields import clean_text
from backend.core.i18n import _
from backend.core.idempotency import idempotent
from backend.core.limits import limit
from backend.core.policy import requires
from backend.core.problems import Invalid, NotFound
from backend.media import queries, service
from backend.media.develop import developed_photos, photos_developed
from backend.media.schemas import HideIn, PhotoOut

blueprint = ApiBlueprint(
    "photos", __name__, path="/photos", description="Photos of reports and ideas"
)


@blueprint.route("", methods=["POST"])
@requires("photo.upload")
@blueprint.doc(
    requestBody={
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "properties": {
                        "photo": {"type": "string", "format": "binary"},
                        "description": {"type": "string", "maxLength": 300},
                    },
                    "required": ["photo"],
                }
            }
        },
    }
)
@blueprint.response(201, PhotoOut)
@limit("photos", "60 per hour")
@photos_developed
@idempotent
def upload() -> Response:
    """Send a photo ahead of what it belongs to; it waits a day."""
    photos = developed_photos()
    if len(photos) != 1:
        raise Invalid(errors={"photo": _("Send one photo in the part named photo.")})
    try:
        description = clean_text(request.form.get("description", ""), line=True)[:300] or None
    except ValueError as error:
        raise Invalid(errors={"description": _("This is not text.")}) from error
    info = service.keep(db.session, current_actor(), photos[0], description=description)
    gps = photos[0].gps
    place = {"type": "Point", "coordinates": list(gps)} if gps else None
    body = info.document() | {"suggested_place": place, "taken_at": photos[0].taken_at}
    return json_response(body, 201, Location=f"/api/v1/photos/{info.public_id}/large")


@blueprint.route("/<photo_id>/<size>", methods=["GET"])
@requires("photo.read")
@blueprint.response(200, {"type": "string", "format": "binary"}, content_type="image/jpeg")
def read(photo_id: str, size: str) -> Response:
    """One size of a photo: small, medium or large."""
    photo = service.readable(db.session, current_actor(), photo_id[:40])
    data = queries.read_bytes(photo, size)
    if data is None:
        raise NotFound()
    response = Response(data, mimetype="image/jpeg")
    response.headers["Content-Disposition"] = f'inline; filename="{photo_id}-{size}.jpg"'
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    shared = photo.public and not photo.hidden
    response.headers["Cache-Control"] = "public, max-age=300" if shared else "private, no-store"
    response.set_etag(f"{photo_id}-{size}")
    response.make_conditional(request)
    return response


@blueprint.route("/<photo_id>/visibility", methods=["PUT"])
@requires("photo.hide")
@blueprint.arguments(HideIn)
@blueprint.response(204)
def set_visibility(body: dict[str, str | None], photo_id: str) -> Response:
    """Take a photo out of sight with a reason, or show it again."""
    service.hide(db.session, current_actor(), photo_id[:40], body["reason"])
    return Response(status=204)
