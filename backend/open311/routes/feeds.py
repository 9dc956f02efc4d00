"""Feeds over HTTP: for readers of news, and for maps that draw them."""

from flask import Blueprint, Response, request

from backend.core.db import db
from backend.core.limits import limit
from backend.core.policy import requires
from backend.open311 import feeds

blueprint = Blueprint("feeds", __name__, url_prefix="/feeds")
FRESH = 60
PER_READER = "600 per minute"


@blueprint.get("/reports.atom")
@requires("feed.read")
@limit("feeds", PER_READER)
def city() -> Response:
    """What changed in the city."""
    return _answer(feeds.city_feed(db.session()))


@blueprint.get("/districts/<code>.atom")
@requires("feed.read")
@limit("feeds", PER_READER)
def district(code: str) -> Response:
    """What changed in a district."""
    return _answer(feeds.district_feed(db.session(), code))


@blueprint.get("/services/<code>.atom")
@requires("feed.read")
@limit("feeds", PER_READER)
def service(code: str) -> Response:
    """What changed of a service."""
    return _answer(feeds.service_feed(db.session(), code))


@blueprint.get("/reports/<report_id>.atom")
@requires("feed.read")
@limit("feeds", PER_READER)
def report(report_id: str) -> Response:
    """What became of one report."""
    return _answer(feeds.report_feed(db.session(), report_id))


def _answer(feed: feeds.Feed) -> Response:
    response = Response(feed.atom(), content_type="application/atom+xml; charset=utf-8")
    response.headers["Cache-Control"] = f"public, max-age={FRESH}"
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    response.vary.update(["Accept-Language", "Cookie"])
    response.add_etag()
    response.make_conditional(request)
    return response
