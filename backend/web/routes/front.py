"""The front page: what one can do here, what happened lately, and how the city is doing."""

from flask import Response, url_for

from backend.city import queries as city
from backend.core.actor import ANONYMOUS
from backend.core.clock import utcnow
from backend.core.db import db
from backend.core.policy import requires
from backend.reports.queries import Filters, list_page
from backend.reports.queries.figures import figures
from backend.web import answering, ground
from backend.web.blueprint import blueprint

RECENT = 6


@blueprint.get("/")
@requires("page.read")
def front() -> Response:
    """The front page."""
    session = db.session()
    recent = list_page(session, ANONYMOUS, Filters(), limit=RECENT)
    return answering.public_page(
        "web/front.html",
        facts=city.facts(session),
        recent=recent.items(),
        names=recent.names(session),
        figures=figures(session),
        now=utcnow(),
        points_url=url_for("web.map_points"),
        **ground.map_place(session),
    )
