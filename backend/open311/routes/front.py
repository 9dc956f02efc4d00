"""The page that partners read: where the endpoint is, how to try it, how to get a key."""

from flask import Response, make_response, render_template

from backend.core.db import db
from backend.core.policy import requires
from backend.open311.catalogue import offered
from backend.open311.jurisdiction import base_url, contact, jurisdiction
from backend.open311.routes import blueprint


@blueprint.get("/")
@requires("open311.read")
def front() -> Response:
    """What a developer of another system needs to begin."""
    session = db.session()
    services = offered(session)
    response = make_response(
        render_template(
            "open311/front.html",
            base=base_url(),
            jurisdiction=jurisdiction(session),
            contact=contact(session),
            example=services[0].code if services else "pothole",
            number=len(services),
        )
    )
    response.headers["Cache-Control"] = "private, no-cache"
    response.vary.update(["Accept-Language", "Cookie"])
    return response
