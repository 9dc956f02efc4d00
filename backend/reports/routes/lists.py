"""Reading reports over HTTP: lists, the map, one report, its history."""

from typing import Any

import orjson
from flask import Response, request

from backend.core.actor import ANONYMOUS, current_actor
from backend.core.api import json_response, next_link
from backend.core.db import db
from backend.core.fastjson import dumps
from backend.core.geo import parse_box
from backend.core.i18n import _
from backend.core.policy import requires
from backend.core.problems import Invalid
from backend.reports import queries
from backend.reports.queries import Page
from backend.reports.routes import blueprint
from backend.reports.routes.known import VARY, answered_from_known, body_of, list_response, remember
from backend.reports.routes.reading import filters_from, shown
from backend.reports.schemas import (
    ClusterQuery,
    HistoryOut,
    ListFilters,
    ListQuery,
    MapOut,
    ReportOut,
    ReportPage,
    UpdatesOut,
)
from backend.reports.tiles import MIMETYPE, vector_tile


@blueprint.route("", methods=["GET"])
@requires("report.list")
@answered_from_known
@blueprint.arguments(ListQuery, location="query")
@blueprint.response(200, ReportPage)
def list_reports(query: dict[str, Any]) -> Response:
    """Reports by any filter, newest first; nearest first with `near`, last arrived with `q`."""
    filters, limit, cursor = filters_from(query), query["limit"], query.get("cursor")
    page = queries.list_page(db.session, current_actor(), filters, limit=limit, cursor=cursor)
    link = next_link(page.cursor) if page.cursor else None
    names = dumps(page.names(db.session))
    if query["format"] == "json":
        remember(filters, limit, cursor)
        return list_response(body_of(page.body(), link, names), link)
    response = Response(_geojson(page, link, names), mimetype="application/geo+json")
    if link:
        response.headers["Link"] = f'<{link}>; rel="next"'
    response.headers["Vary"] = VARY
    return response


def _geojson(page: Page, link: str | None, names: bytes) -> bytes:
    features = [
        {
            "type": "Feature",
            "id": item["id"],
            "geometry": item.pop("place"),
            "properties": item,
        }
        for item in page.items()
    ]
    return dumps(
        {
            "type": "FeatureCollection",
            "features": features,
            "next": link,
            "names": orjson.loads(names),
        }
    )


@blueprint.route("/clusters", methods=["GET"])
@requires("report.list")
@blueprint.arguments(ClusterQuery, location="query")
@blueprint.response(200, MapOut)
def clusters(query: dict[str, Any]) -> Response:
    """The marks of a piece of the map; single reports from zoom 16 on."""
    if not query.get("bbox"):
        raise Invalid(errors={"bbox": _("Give the box as west,south,east,north in degrees.")})
    box = parse_box(query.pop("bbox"))
    return _map_response(box, query["zoom"], query)


@blueprint.route("/tiles/<int:z>/<int:x>/<int:y>", methods=["GET"])
@requires("report.list")
@blueprint.arguments(ListFilters, location="query")
@blueprint.response(200, MapOut)
def tile(query: dict[str, Any], z: int, x: int, y: int) -> Response:
    """The marks of one map tile in the usual numbering."""
    query.pop("bbox", None)
    return _map_response(queries.tile_box(z, x, y), z, query)


@blueprint.route("/tiles/<int:z>/<int:x>/<int:y>.mvt", methods=["GET"])
@requires("report.list")
@blueprint.arguments(ListFilters, location="query")
@blueprint.response(200, {"type": "string", "format": "binary"}, content_type=MIMETYPE)
def vector(query: dict[str, Any], z: int, x: int, y: int) -> Response:
    """One map tile as vectors (MVT): public reports, the same for whoever asks."""
    query.pop("bbox", None)
    box = queries.tile_box(z, x, y)
    view = queries.clusters(db.session, ANONYMOUS, box, z, filters_from(query))
    response = Response(vector_tile(view, z, x, y), mimetype=MIMETYPE)
    response.headers["Cache-Control"] = "public, max-age=15"
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    response.add_etag()
    response.make_conditional(request)
    return response


def _map_response(box: Any, zoom: int, query: dict[str, Any]) -> Response:
    view = queries.clusters(db.session, current_actor(), box, zoom, filters_from(query))
    body = {"clusters": [mark.document() for mark in view.clusters], "reports": view.reports}
    response = json_response(body)
    if current_actor().is_anonymous:
        response.headers["Cache-Control"] = "public, max-age=15"
    response.headers["Vary"] = "Cookie, Authorization"
    return response


@blueprint.route("/<report_id>", methods=["GET"])
@requires("report.read")
@blueprint.response(200, ReportOut)
@blueprint.alt_response(304, description="The reader has this version already.")
def read_report(report_id: str) -> Response:
    """One report: its state, timeline and photos; more for its reporter and for staff."""
    return shown(report_id)


@blueprint.route("/<report_id>/updates", methods=["GET"])
@requires("report.read")
@blueprint.response(200, UpdatesOut)
def list_updates(report_id: str) -> Response:
    """The timeline of a report, oldest first."""
    document = queries.read_report(db.session, current_actor(), report_id)
    return json_response({"items": document["updates"]})


@blueprint.route("/<report_id>/history", methods=["GET"])
@requires("report.read")
@blueprint.response(200, HistoryOut)
def list_history(report_id: str) -> Response:
    """Everything that happened to a report; nothing can be taken out of it unnoticed."""
    items = queries.history(db.session, current_actor(), report_id)
    return json_response({"items": items})
