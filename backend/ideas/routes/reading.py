"""Reading ideas over HTTP: lists, the map, one idea, its versions, what reads alike."""

from typing import Any

from flask import Response

from backend.core.actor import current_actor
from backend.core.api import json_response, page_response, with_version
from backend.core.db import db
from backend.core.geo import parse_box
from backend.core.ledger import entries_of
from backend.core.limits import limit
from backend.core.policy import requires
from backend.ideas import queries
from backend.ideas.queries import IdeaFilters
from backend.ideas.routes import editions, ideas
from backend.ideas.schemas.idea_answers import (
    IdeaDifferenceOut,
    IdeaHistoryOut,
    IdeaList,
    IdeaOut,
    IdeaPage,
    IdeaVersionList,
    WritingHelpOut,
)
from backend.ideas.schemas.ideas import IdeaQuery, WritingIn


def shown(public_id: str, status: int = 200) -> Response:
    """An idea as its reader may see it, with its version."""
    document = queries.read_idea(db.session, current_actor(), public_id)
    response = with_version(json_response(document, status), document["version"])
    response.headers["Vary"] = "Accept-Language, Cookie, Authorization"
    return response


def filters_from(query: dict[str, Any]) -> IdeaFilters:
    """The filters of a request."""
    states = tuple(s for s in (query.get("state") or "").split(",") if s)[:12]
    return IdeaFilters(
        states=states, problem=query.get("problem"), domain=query.get("domain"),
        district=query.get("district"), text=query.get("q"),
        box=parse_box(query["bbox"]) if query.get("bbox") else None,
        endorsed=query.get("endorsed"), order=query.get("order") or "endorsements",
    )  # fmt: skip


@editions.route("/<edition_id>/ideas", methods=["GET"])
@requires("idea.list")
@editions.arguments(IdeaQuery, location="query")
@editions.response(200, IdeaPage)
def list_ideas(query: dict[str, Any], edition_id: str) -> Response:
    """The ideas of an edition by any filter, the most endorsed first."""
    items, cursor = queries.ideas_page(
        db.session, current_actor(), edition_id, filters_from(query), limit=query["limit"],
        cursor=query["cursor"],
    )  # fmt: skip
    return page_response(items, cursor)


@editions.route("/<edition_id>/ideas/mine", methods=["GET"])
@requires("idea.start")
@editions.response(200, IdeaList)
def list_mine(edition_id: str) -> Response:
    """One's own drafts and ideas."""
    items = queries.my_ideas(db.session, current_actor(), edition_id)
    return json_response({"items": items})


@editions.route("/<edition_id>/ideas/check", methods=["POST"])
@requires("idea.check")
@editions.arguments(WritingIn)
@editions.response(200, WritingHelpOut)
@limit("idea-check", "120 per minute")
def check(body: dict[str, Any], edition_id: str) -> Response:
    """While an idea is written: ideas that read alike, and what such things cost before."""
    actor = current_actor()
    similar = queries.similar_ideas(
        db.session, actor, edition_id, body["text"], besides=body["besides"]
    )
    costs = queries.costs_before(db.session, actor, edition_id, body["text"])
    return json_response({"similar": similar, "costs": costs})


@ideas.route("/<idea_id>", methods=["GET"])
@requires("idea.read")
@ideas.response(200, IdeaOut)
@ideas.alt_response(304, description="The reader has this version already.")
def read_idea(idea_id: str) -> Response:
    """One idea: what it says, who stands behind it, what was found about it."""
    return shown(idea_id)


@ideas.route("/<idea_id>/versions", methods=["GET"])
@requires("idea.read")
@ideas.response(200, IdeaVersionList)
def list_versions(idea_id: str) -> Response:
    """The versions of an idea, the first one first."""
    items = queries.versions_of(db.session, current_actor(), idea_id)
    return json_response({"items": items})


@ideas.route("/<idea_id>/versions/<int:old>/<int:new>", methods=["GET"])
@requires("idea.read")
@ideas.response(200, IdeaDifferenceOut)
def difference(idea_id: str, old: int, new: int) -> Response:
    """What changed between two versions, word by word."""
    found = queries.changes_between(db.session, current_actor(), idea_id, old, new)
    return json_response(found)


@ideas.route("/<idea_id>/history", methods=["GET"])
@requires("idea.read")
@ideas.response(200, IdeaHistoryOut)
def history(idea_id: str) -> Response:
    """Everything that happened to an idea; nothing can be taken out of it unnoticed."""
    idea, _relation = queries.find_idea(db.session, current_actor(), idea_id)
    items = [
        {"seq": e["seq"], "at": e["at"], "action": e["action"]}
        for e in entries_of(db.session, "idea", idea.public_id)
    ]
    return json_response({"items": items})
