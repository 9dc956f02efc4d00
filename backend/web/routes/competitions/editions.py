"""The competition's front: the present edition with its calendar, problems and ideas."""

from typing import Any

from flask import Response, redirect, request, url_for

from backend.core.actor import current_actor
from backend.core.api import json_response
from backend.core.clock import utcnow
from backend.core.db import db
from backend.core.limits import limit
from backend.core.pages import forms
from backend.core.policy import requires
from backend.ideas import queries, wording
from backend.ideas.faces import open_kinds, words
from backend.ideas.queries.ideas import ORDERS, IdeaFilters
from backend.ideas.queries.votes import way_to_vote
from backend.web import ground
from backend.web.blueprint import blueprint

PAGE, TOP = 24, 5
VIEWS = ("cards", "list", "map")


@blueprint.get("/competitions/")
@requires("competition.read")
@limit("lists", "300 per minute")
def competitions() -> Response:
    """The competition that people mean: the edition that runs, or the last one."""
    current = queries.current_edition(db.session())
    if current is None:
        return forms.page("web/competitions/none.html")
    return show_edition(current)


@blueprint.get("/competitions/editions/<edition_id>")
@requires("edition.read")
@limit("lists", "300 per minute")
def edition(edition_id: str) -> Response:
    """One edition."""
    return show_edition(edition_id)


def show_edition(edition_id: str) -> Response:
    """The page of an edition."""
    session, actor = db.session(), current_actor()
    found = queries.read_edition(session, actor, edition_id)
    items, _next = queries.ideas_page(session, actor, edition_id, limit=6)
    problems, _more = queries.problems_page(session, actor, edition_id, limit=TOP)
    mine = queries.my_ideas(session, actor, edition_id) if actor.account_id else []
    winners, _rest = queries.ideas_page(
        session, actor, edition_id, IdeaFilters(states=("winner",)), limit=12
    )
    return forms.page(
        "web/competitions/edition.html",
        edition=found,
        vote=way_to_vote(session, edition_id),
        winners=winners,
        editions=queries.editions(session, actor),
        open_kinds=open_kinds(found),
        ideas=items,
        problem_items=problems,
        mine=mine,
        now=utcnow(),
        **words(),
    )


@blueprint.get("/competitions/editions/<edition_id>/ideas")
@requires("idea.list")
@limit("lists", "300 per minute")
def ideas_of(edition_id: str) -> Response:
    """The ideas of an edition as cards, as a list, or on the map."""
    session, actor = db.session(), current_actor()
    found = queries.read_edition(session, actor, edition_id)
    view = request.args.get("view", "cards")
    view = view if view in VIEWS else "cards"
    filters = _filters()
    items, following = queries.ideas_page(
        session, actor, edition_id, filters, limit=PAGE if view != "map" else 100,
        cursor=request.args.get("cursor"),
    )  # fmt: skip
    shown = words()
    return forms.page(
        "web/competitions/ideas.html",
        edition=found,
        items=items,
        next_cursor=following,
        view=view,
        filters=filters,
        chosen=_chosen(filters, shown),
        compared=[i for i in request.args.getlist("pick")[:2] if i.isalnum()],
        **shown,
        **ground.map_place(session),
    )


def _filters() -> IdeaFilters:
    asked = request.args
    state = asked.get("state", "")
    order = asked.get("order", "")
    return IdeaFilters(
        states=(state,) if state in wording.STATES and state != "draft" else (),
        problem=asked.get("problem") or None,
        domain=asked.get("domain") or None,
        district=asked.get("district") or None,
        text=asked.get("q", "")[:200] or None,
        order=order if order in ORDERS else "endorsements",
    )


def _chosen(filters: IdeaFilters, shown: dict[str, Any]) -> list[tuple[str, str]]:
    found = []
    for name, label in (
        ("state", str(wording.STATES[filters.states[0]]) if filters.states else ""),
        ("domain", shown["domains"].get(filters.domain or "", "")),
        ("district", shown["districts"].get(filters.district or "", "")),
        ("q", filters.text or ""),
    ):
        if label:
            rest: dict[str, Any] = {
                k: v for k, v in request.args.items() if k not in (name, "cursor")
            }
            view_args: dict[str, Any] = dict(request.view_args or {})
            found.append((label, url_for(str(request.endpoint), **view_args, **rest)))
    return found


@blueprint.get("/competitions/editions/<edition_id>/points.json")
@requires("idea.list")
@limit("map", "600 per minute")
def idea_points(edition_id: str) -> Response:
    """The ideas of an edition for the map."""
    rows = queries.idea_places(db.session(), current_actor(), edition_id)
    features = [
        {
            "type": "Feature",
            "geometry": {"type": "Point", "coordinates": [row["lon"], row["lat"]]},
            "properties": {
                "id": row["public_id"],
                "title": row["title"],
                "href": url_for("web.idea", idea_id=row["public_id"]),
                "hue": wording.hue_of(row["state"]),
                "status": str(wording.STATES[row["state"]]),
            },
        }
        for row in rows
    ]
    return json_response({"type": "FeatureCollection", "features": features})


@blueprint.get("/competitions/editions/<edition_id>/problems")
@requires("problem.list")
@limit("lists", "300 per minute")
def problems_of(edition_id: str) -> Response:
    """The problems of an edition, the most supported first."""
    session, actor = db.session(), current_actor()
    found = queries.read_edition(session, actor, edition_id)
    items, following = queries.problems_page(
        session, actor, edition_id, limit=50, cursor=request.args.get("cursor")
    )
    return forms.page(
        "web/competitions/problems.html",
        edition=found,
        items=items,
        next_cursor=following,
        open_kinds=open_kinds(found),
        errors={},
        **words(),
    )


@blueprint.get("/competitions/problems/<problem_id>")
@requires("problem.read")
@limit("lists", "300 per minute")
def problem(problem_id: str) -> Response:
    """One problem with its support, evidence and the ideas that answer it."""
    return show_problem(problem_id)


def show_problem(problem_id: str, errors: dict[str, str] | None = None) -> Response:
    """The page of a problem, with what was wrong with a form."""
    session, actor = db.session(), current_actor()
    found = queries.read_problem(session, actor, problem_id)
    in_edition = queries.read_edition(session, actor, found["edition"])
    items, _next = queries.ideas_page(
        session, actor, found["edition"], IdeaFilters(problem=found["id"]), limit=50
    )
    return forms.page(
        "web/competitions/problem.html",
        422 if errors else 200,
        problem=found,
        edition=in_edition,
        open_kinds=open_kinds(in_edition),
        ideas=items,
        errors=errors or {},
        points_url=url_for("web.problem_points", problem_id=found["id"]),
        **words(),
        **ground.map_place(session),
    )


@blueprint.get("/competitions/problems/<problem_id>/points.json")
@requires("problem.read")
@limit("map", "600 per minute")
def problem_points(problem_id: str) -> Response:
    """The places of the reports that a problem was started from."""
    found = queries.read_problem(db.session(), current_actor(), problem_id)
    features = [
        {
            "type": "Feature",
            "geometry": {"type": "Point", "coordinates": list(place)},
            "properties": {"id": f"r{number}", "hue": "new", "status": ""},
        }
        for number, place in enumerate(found["report_places"])
    ]
    return json_response({"type": "FeatureCollection", "features": features})


@blueprint.get("/competitions/editions/<edition_id>/compare")
@requires("idea.list")
@limit("lists", "300 per minute")
def compare(edition_id: str) -> Response:
    """Two ideas side by side."""
    session, actor = db.session(), current_actor()
    picked = [i for i in request.args.getlist("pick") if i.isalnum()]
    if len(picked) != 2:
        return forms.go(url_for("web.ideas_of", edition_id=edition_id, pick=picked[:1]))
    pair = [queries.read_idea(session, actor, one) for one in picked]
    found = queries.read_edition(session, actor, edition_id)
    return forms.page("web/competitions/compare.html", edition=found, pair=pair, **words())


@blueprint.get("/competitions")
@requires("competition.read")
def competitions_bare() -> Response:
    """The address without its stroke."""
    response: Any = redirect(url_for("web.competitions"), 301)
    return response  # type: ignore[no-any-return]
