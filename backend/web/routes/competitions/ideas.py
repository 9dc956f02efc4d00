"""One idea: what it says, who stands behind it, what is said about it, how it changed."""

from typing import Any

from flask import Response, request

from backend.core.actor import current_actor
from backend.core.clock import utcnow
from backend.core.db import db
from backend.core.limits import limit
from backend.core.pages import forms
from backend.core.policy import requires
from backend.ideas import queries
from backend.ideas.faces import open_kinds, words
from backend.web import ground
from backend.web.blueprint import blueprint

TALKING = {"propose", "endorse", "feasibility", "jury", "vote"}


@blueprint.get("/competitions/ideas/<idea_id>")
@requires("idea.read")
@limit("lists", "300 per minute")
def idea(idea_id: str) -> Response:
    """The page of one idea."""
    return show_idea(idea_id)


def show_idea(idea_id: str, errors: dict[str, str] | None = None, **sent: Any) -> Response:
    """The page of an idea, with what was wrong with a form."""
    session, actor = db.session(), current_actor()
    found = queries.read_idea(session, actor, idea_id)
    edition = queries.read_edition(session, actor, found["edition"])
    opened = open_kinds(edition)
    comments = queries.comments_of(session, actor, idea_id)
    row, _relation = queries.find_idea(session, actor, idea_id)
    return forms.page(
        "web/competitions/idea.html",
        422 if errors else 200,
        idea=found,
        edition=edition,
        open_kinds=opened,
        may_talk=bool(opened & TALKING) and found["state"] != "draft",
        sides=_sides(comments),
        joinings=queries.joinings_about(session, row.id),
        versions=queries.versions_of(session, actor, idea_id),
        similar=_similar(found),
        errors=errors or {},
        sent=sent,
        done=request.args.get("done", ""),
        invited=request.args.get("invited", ""),
        now=utcnow(),
        **words(),
        **ground.map_place(session),
    )


def _similar(found: dict[str, Any]) -> list[dict[str, Any]]:
    text = f"{found['title']} {found['summary']}"
    return queries.similar_ideas(
        db.session(), current_actor(), found["edition"], text, besides=found["id"], limit=3
    )


def _sides(comments: list[dict[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    """The threads by side, each the most useful first."""
    return {
        side: [c for c in comments if c["side"] == side] for side in ("for", "against", "neutral")
    }


@blueprint.get("/competitions/ideas/<idea_id>/versions")
@requires("idea.read")
@limit("lists", "300 per minute")
def idea_versions(idea_id: str) -> Response:
    """What changed between two versions of an idea."""
    session, actor = db.session(), current_actor()
    found = queries.read_idea(session, actor, idea_id)
    versions = queries.versions_of(session, actor, idea_id)
    last = versions[-1]["number"] if versions else 0
    new = request.args.get("new", default=last, type=int)
    old = request.args.get("old", default=max(1, new - 1), type=int)
    changes = (
        queries.changes_between(session, actor, idea_id, old, new)
        if old != new and versions
        else None
    )
    return forms.page(
        "web/competitions/versions.html",
        idea=found,
        versions=versions,
        old=old,
        new=new,
        changes=changes,
        **words(),
    )
