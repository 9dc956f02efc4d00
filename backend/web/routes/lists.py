"""Finding reports: the list, and the map with the list beside it."""

from typing import Any

from flask import Response, request, url_for

from backend.core.actor import ANONYMOUS
from backend.core.api import json_response
from backend.core.clock import parse_rfc3339
from backend.core.db import db
from backend.core.limits import limit
from backend.core.policy import requires
from backend.core.problems import Invalid
from backend.reports.queries import Filters, list_page
from backend.reports.queries.clusters import MapView, clusters
from backend.reports.wording import hue_of, title_of
from backend.web import answering, ground
from backend.web.blueprint import blueprint
from backend.web.listing import Narrowed, box_of_request, choices, narrowed
from backend.web.words import status_word

PAGE, BESIDE_MAP, MOST_POINTS = 25, 20, 200


def listed(narrow: Narrowed, limit_: int) -> dict[str, Any]:
    """One page of reports with what surrounds it; an old or foreign cursor begins anew."""
    session = db.session()
    cursor = request.args.get("cursor")
    try:
        page = list_page(session, ANONYMOUS, narrow.filters, limit=limit_, cursor=cursor)
    except Invalid:
        cursor = None
        page = list_page(session, ANONYMOUS, narrow.filters, limit=limit_)
    return {
        "items": page.items(),
        "names": page.names(session),
        "next_cursor": page.cursor,
        "first_page": cursor is None,
    }


@blueprint.get("/reports")
@requires("report.list")
@limit("lists", "300 per minute")
def reports() -> Response:
    """The list of reports, narrowed as the address says."""
    session = db.session()
    narrow = narrowed(session)
    return answering.public_page(
        "web/reports.html",
        narrow=narrow,
        choices=choices(session),
        map_href=url_for("web.report_map", **narrow.query),
        **listed(narrow, PAGE),
    )


@blueprint.get("/map")
@requires("report.list")
@limit("lists", "300 per minute")
def report_map() -> Response:
    """The map of reports; the newest of them stand beside it."""
    session = db.session()
    narrow = narrowed(session)
    return answering.public_page(
        "web/map.html",
        narrow=narrow,
        choices=choices(session),
        points_url=url_for("web.map_points", **narrow.query),
        list_href=url_for("web.reports", **narrow.query),
        **ground.map_place(session),
        **listed(narrow, BESIDE_MAP),
    )


@blueprint.get("/map/points.json")
@requires("report.list")
@limit("map", "600 per minute")
def map_points() -> Response:
    """What the map draws: single reports when near or few, marks with a number otherwise."""
    session = db.session()
    box = box_of_request()
    filters = narrowed(session, box=box).filters
    page = list_page(session, ANONYMOUS, filters, limit=MOST_POINTS)
    features = [_point(item) for item in page.items() if item["place"]]
    if page.cursor and box is not None:
        zoom = request.args.get("zoom", default=12, type=int)
        features = _marks(filters, box, min(max(zoom, 0), 22)) or features
    response = json_response({"type": "FeatureCollection", "features": features})
    response.headers["Cache-Control"] = "public, max-age=30"
    response.vary.update(["Accept-Language", "Cookie"])
    return response


def _marks(filters: Filters, box: Any, zoom: int) -> list[dict[str, Any]]:
    plain = Filters(**{n: getattr(filters, n) for n in Filters.__slots__ if n != "bbox"})
    try:
        view: MapView = clusters(db.session(), ANONYMOUS, box, zoom, plain)
    except Invalid:
        return []  # the counts do not know this narrowing: the newest are drawn
    marks = [
        {
            "type": "Feature",
            "geometry": mark.document()["place"],
            "properties": {
                "id": f"c{mark.cell:x}",
                "count": mark.number,
                "hue": "busy" if mark.open_number else "done",
            },
        }
        for mark in view.clusters
    ]
    return marks + [_point(item) for item in view.reports if item["place"]]


def _point(item: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "Feature",
        "geometry": item["place"],
        "properties": {
            "id": item["id"],
            "title": title_of(item, 70),
            "href": url_for("web.single", report_id=item["id"]),
            "hue": hue_of(item["status"]),
            "status": status_word(item["status"]),
        },
    }


@blueprint.app_template_filter("moment")
def moment(text: Any) -> Any:
    """A moment of a rendered line as a moment again."""
    return parse_rfc3339(text) if isinstance(text, str) else text
