"""Competitions and editions over HTTP: found, copy, set up, publish, look what is missing."""

from typing import Any

from flask import Response, current_app

from backend.core.actor import current_actor
from backend.core.api import json_response, with_version
from backend.core.db import db
from backend.core.i18n import current_language
from backend.core.idempotency import idempotent
from backend.core.policy import requires
from backend.ideas import queries
from backend.ideas.feed import calendar_of
from backend.ideas.routes import competitions, editions
from backend.ideas.routes.versions import IF_MATCH, sent_versions
from backend.ideas.schemas.editions import (
    CompetitionIn,
    CompetitionList,
    CompetitionOut,
    CopyIn,
    EditionChangeIn,
    EditionIn,
    EditionList,
    EditionOut,
    PreflightOut,
    TurnIn,
)
from backend.ideas.service import editions as service
from backend.ideas.service import following, phases


def shown(public_id: str, status: int = 200) -> Response:
    """An edition as its reader may see it, with its version."""
    document = queries.read_edition(db.session, current_actor(), public_id)
    return with_version(json_response(document, status), document["version"])


@competitions.route("", methods=["GET"])
@requires("competition.read")
@competitions.response(200, CompetitionList)
def list_competitions() -> Response:
    """The city's competitions."""
    return json_response({"items": queries.competitions(db.session, current_actor())})


@competitions.route("", methods=["POST"])
@requires("competition.organise")
@competitions.arguments(CompetitionIn)
@competitions.response(201, CompetitionOut)
@idempotent
def found(body: dict[str, Any]) -> Response:
    """Found a recurring competition."""
    made = service.found_competition(
        db.session, current_actor(), body["slug"], body["name"], body["description"]
    )
    document = {
        "id": made.public_id, "slug": made.slug, "name": made.name,
        "description": made.description,
    }  # fmt: skip
    return json_response(document, 201)


@competitions.route("/<competition_id>/editions", methods=["GET"])
@requires("competition.read")
@competitions.response(200, EditionList)
def list_editions(competition_id: str) -> Response:
    """The editions of a competition, the latest first."""
    items = queries.editions(db.session, current_actor(), competition_id)
    return json_response({"items": items})


@competitions.route("/<competition_id>/editions", methods=["POST"])
@requires("competition.organise")
@competitions.arguments(EditionIn)
@competitions.response(201, EditionOut)
@idempotent
def create_edition(body: dict[str, Any], competition_id: str) -> Response:
    """Start a first edition with the usual calendar; it is a draft until it is published."""
    made = service.create_edition(db.session, current_actor(), competition_id, **body)
    return shown(made.public_id, 201)


@editions.route("", methods=["GET"])
@requires("competition.read")
@editions.response(200, EditionList)
def list_all_editions() -> Response:
    """All editions, the latest first."""
    return json_response({"items": queries.editions(db.session, current_actor())})


@editions.route("/<edition_id>", methods=["GET"])
@requires("edition.read")
@editions.response(200, EditionOut)
def read_edition(edition_id: str) -> Response:
    """One edition: its calendar, its rules, what was done to it and why."""
    return shown(edition_id)


@editions.route("/<edition_id>", methods=["PATCH"])
@requires("competition.organise")
@editions.doc(parameters=IF_MATCH)
@editions.arguments(EditionChangeIn)
@editions.response(200, EditionOut)
def change_edition(body: dict[str, Any], edition_id: str) -> Response:
    """Change the settings of an edition."""
    service.change_edition(db.session, current_actor(), edition_id, body, versions=sent_versions())
    return shown(edition_id)


@editions.route("/<edition_id>/state", methods=["POST"])
@requires("competition.organise")
@editions.doc(parameters=IF_MATCH)
@editions.arguments(TurnIn)
@editions.response(200, EditionOut)
def turn_edition(body: dict[str, Any], edition_id: str) -> Response:
    """Publish, archive or annul an edition."""
    service.turn_edition(
        db.session, current_actor(), edition_id, body["state"], reason=body["reason"],
        versions=sent_versions(),
    )  # fmt: skip
    return shown(edition_id)


@editions.route("/<edition_id>/copies", methods=["POST"])
@requires("competition.organise")
@editions.arguments(CopyIn)
@editions.response(201, EditionOut)
@idempotent
def copy_edition(body: dict[str, Any], edition_id: str) -> Response:
    """Start a new edition as a copy of this one, its calendar moved to another year."""
    made = service.copy_edition(db.session, current_actor(), edition_id, **body)
    return shown(made.public_id, 201)


@editions.route("/<edition_id>/preflight", methods=["GET"])
@requires("competition.organise")
@editions.response(200, PreflightOut)
def preflight(edition_id: str) -> Response:
    """What each phase that is still to come needs before it can open."""
    found = phases.missing_in(db.session, current_actor(), edition_id)
    items = [
        {
            "phase": phase.public_id, "kind": phase.kind, "starts_at": phase.starts_at,
            "missing": [m.document() for m in missing],
        }
        for phase, missing in found
    ]  # fmt: skip
    return json_response({"items": items})


@editions.route("/<edition_id>/calendar.ics", methods=["GET"])
@requires("edition.read")
@editions.response(200)
def calendar(edition_id: str) -> Response:
    """The phases as a calendar that a phone can subscribe to."""
    document = queries.read_edition(db.session, current_actor(), edition_id)
    body = calendar_of(document, current_app.config["VOX"].base_url)
    response = Response(body, mimetype="text/calendar")
    response.headers["Content-Language"] = current_language()
    response.headers["Cache-Control"] = "private, max-age=300"
    response.headers["Vary"] = "Accept-Language, Cookie, Authorization"
    return response


@editions.route("/<edition_id>/follows", methods=["POST"])
@requires("edition.follow")
@editions.response(204)
def follow(edition_id: str) -> Response:
    """Hear of the calendar of an edition from now on."""
    following.follow_edition(db.session, current_actor(), edition_id)
    return Response(status=204)


@editions.route("/<edition_id>/follows", methods=["DELETE"])
@requires("edition.follow")
@editions.response(204)
def unfollow(edition_id: str) -> Response:
    """Hear of it no longer."""
    following.follow_edition(db.session, current_actor(), edition_id, wanted=False)
    return Response(status=204)
