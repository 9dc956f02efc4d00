"""The inbox: a view, its filters, and the report that is open beside it."""

from typing import Any

from flask import Response, request

from backend.city import queries as city
from backend.console.blueprint import blueprint
from backend.console.draft import Draft
from backend.console.pane import pane_of, places_of
from backend.console.reading import may_take, report_view
from backend.console.timeline import Happening
from backend.console.way import Way
from backend.console.words import VIEWS
from backend.core.actor import current_actor
from backend.core.api import json_response
from backend.core.db import db
from backend.core.ids import is_public_id, normalise_id
from backend.core.pages.forms import go, page
from backend.core.policy import requires
from backend.core.problems import NotFound
from backend.reports.queries import standing_of

SEARCHED = "open"


@blueprint.get("/inbox")
@requires("console.inbox")
def inbox_first() -> Response:
    """The inbox in the view that one begins with."""
    return go(Way("department" if current_actor().departments else "triage").list_url())


@blueprint.get("/search")
@requires("console.inbox")
def search() -> Response:
    """A report by the id that somebody reads out, else the open ones that hold the words."""
    words = request.args.get("q", "").strip()[:200]
    if is_public_id(normalise_id(words)):
        return go(Way().report_url(normalise_id(words)))
    return go(Way(SEARCHED, {"q": words} if words else {}).list_url())


@blueprint.get("/inbox/<view>")
@requires("console.inbox")
def inbox(view: str) -> Response:
    """A view of the inbox."""
    if view not in VIEWS:
        raise NotFound()
    words = normalise_id(request.args.get("q", "")[:64])
    if is_public_id(words):
        return go(Way(view).report_url(words))
    pane = pane_of(db.session(), current_actor(), Way.of_page(view))
    return page("console/inbox.html", pane=pane, current=None, city_map=city_map())


@blueprint.get("/inbox/<view>/map.geojson")
@requires("console.inbox")
def inbox_map(view: str) -> Response:
    """The places of the reports in a view."""
    if view not in VIEWS:
        raise NotFound()
    found = places_of(db.session(), current_actor(), Way.of_page(view))
    return json_response(found, Cache_Control="no-store")


@blueprint.get("/inbox/<view>/<report_id>")
@requires("console.report")
def report_in_view(view: str, report_id: str) -> Response:
    """A report beside the list that it was opened from."""
    if view not in VIEWS:
        raise NotFound()
    return report_page(report_id, Way.of_page(view))


@blueprint.get("/reports/<report_id>")
@requires("console.report")
def report(report_id: str) -> Response:
    """A report by itself."""
    return report_page(report_id, Way())


@blueprint.get("/reports/<report_id>/print")
@requires("console.report")
def report_print(report_id: str) -> Response:
    """A report on paper: its facts and its whole timeline, no forms."""
    session = db.session()
    view = report_view(session, current_actor(), report_id)
    return page("console/print.html", view=view, report=view.report, created=view.created)


def report_page(
    report_id: str,
    way: Way,
    draft: Draft | None = None,
    *,
    status: int = 200,
    contact: dict[str, object] | None = None,
) -> Response:
    """The page of a report, perhaps with what somebody typed and could not send yet."""
    session, actor = db.session(), current_actor()
    public_id = standing_of(session, report_id).public_id
    view = report_view(session, actor, public_id)
    draft = draft or Draft()
    pane = pane_of(session, actor, way, public_id) if way.view else None
    return page(
        "console/report.html",
        status,
        view=view,
        report=view.report,
        created=view.created,
        pane=pane,
        way=way,
        current=public_id,
        draft=draft,
        meanwhile=_since(view.happenings, draft),
        contact=contact,
        city_map=city_map(),
        may_take=may_take(actor, view),
    )


def _since(happenings: object, draft: Draft) -> list[Happening]:
    """What happened between the reading of the form and its sending."""
    if not draft.stale:
        return []
    return [line for line in happenings if line.number > draft.seen]  # type: ignore[attr-defined]


def city_map() -> dict[str, Any]:
    """What the maps of the desk are drawn with; nothing where there is no city."""
    facts = city.facts(db.session())
    if not facts.loaded or facts.ground.bounds is None:
        return {"districts_url": None, "base_url": None, "bounds": None}
    return {
        "districts_url": "/api/v1/districts",
        "base_url": "/api/v1/map-layers/streets",
        "bounds": facts.ground.bounds,
    }
