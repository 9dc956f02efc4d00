"""The desk for ideas: feasibility by department, appeals, moderation, merging by consent."""

from collections.abc import Callable
from typing import Any

from flask import Response, flash, request, url_for

from backend.city import queries as city
from backend.classification.queries import component_codes, name_of, suggestion_of
from backend.console.blueprint import blueprint
from backend.core.actor import current_actor
from backend.core.clock import utcnow
from backend.core.db import db
from backend.core.i18n import _, current_language
from backend.core.pages.forms import go, line, messages, page, text
from backend.core.policy import requires
from backend.core.problems import Conflict, Forbidden, Invalid, NotFound, Problem
from backend.ideas import queries
from backend.ideas.faces import words
from backend.ideas.policy import is_organiser
from backend.ideas.queries.ideas import IdeaFilters
from backend.ideas.service import feasibility, ideas, joining, moderation, talking
from backend.ideas.service.feasibility import Finding


@blueprint.get("/competitions/checks")
@requires("feasibility.decide")
def checks_now() -> Response:
    """The checks of the edition that runs."""
    current = queries.current_edition(db.session())
    if current is None:
        raise NotFound()
    return go(url_for("console.idea_checks", edition_id=current))


@blueprint.get("/competitions/<edition_id>/checks")
@requires("feasibility.decide")
def idea_checks(edition_id: str) -> Response:
    """What departments are asked, what they found, and which ideas wait to be asked about."""
    session, actor = db.session(), current_actor()
    found = queries.read_edition(session, actor, edition_id)
    checks = queries.checks_page(session, actor, edition_id)
    to_ask: list[dict[str, Any]] = []
    if is_organiser(actor):
        asked = {check["idea"]["id"] for check in checks}
        filters = IdeaFilters(states=("proposed",), endorsed=True)
        items, _next = queries.ideas_page(session, actor, edition_id, filters, limit=100)
        to_ask = [item for item in items if item["id"] not in asked]
    return page(
        "console/competitions/checks.html",
        edition=found,
        waiting=[c for c in checks if c["decided_at"] is None],
        decided=[c for c in checks if c["decided_at"] is not None],
        appeals=[c for c in checks if c["appeal"] and c["appeal"]["state"] == "open"],
        to_ask=to_ask,
        now=utcnow(),
        **words(),
    )


@blueprint.get("/competitions/<edition_id>/moderation")
@requires("idea.moderate")
def idea_moderation(edition_id: str) -> Response:
    """Comments that readers flagged, what is hidden, and merges that wait."""
    session, actor = db.session(), current_actor()
    return page(
        "console/competitions/moderation.html",
        edition=queries.read_edition(session, actor, edition_id),
        comments=queries.flagged_comments(session, actor, edition_id),
        joinings=queries.joinings_of(session, actor, edition_id) if is_organiser(actor) else [],
        **words(),
    )


@blueprint.post("/competitions/<edition_id>/comments/<comment_id>")
@requires("idea.moderate")
def moderate_comment(edition_id: str, comment_id: str) -> Response:
    """Hide a comment with a reason, or leave it and take the flags away."""
    reason = text("reason", 2000) if request.form.get("do") == "hide" else None
    try:
        talking.hide_comment(db.session, current_actor(), comment_id, reason)
    except Invalid as problem:
        db.session.rollback()
        flash(" ".join(messages(problem).values()), "warning")
    return go(url_for("console.idea_moderation", edition_id=edition_id))


@blueprint.get("/competitions/ideas/<idea_id>")
@requires("feasibility.decide")
def desk_idea(idea_id: str) -> Response:
    """One idea on the desk."""
    return _shown(idea_id)


def _shown(idea_id: str, problem: Problem | None = None) -> Response:
    session, actor, language = db.session(), current_actor(), current_language()
    found = queries.read_idea(session, actor, idea_id)
    row, _relation = queries.find_idea(session, actor, idea_id)
    suggested = suggestion_of(session, "idea", found["id"])
    similar = queries.similar_ideas(
        session, actor, found["edition"], f"{found['title']} {found['summary']} {found['text']}",
        besides=found["id"],
    )  # fmt: skip
    departments = [d for d in city.departments(session) if not d.retired]
    return page(
        "console/competitions/idea.html",
        problem.status if problem else 200,
        idea=found,
        edition=queries.read_edition(session, actor, found["edition"]),
        similar=similar,
        joinings=queries.joinings_about(session, row.id),
        suggested=suggested,
        components=[(code, name_of(code, language)) for code in component_codes()],
        department_choices=[(d.code, d.name(language)) for d in departments],
        own_departments={d.code for d in departments if d.id in actor.departments},
        organises=is_organiser(actor),
        errors=messages(problem) if problem else {},
        sent=request.form if problem else {},
        now=utcnow(),
        **words(),
    )


def _acted(idea_id: str, act: Callable[[], Any], said: str) -> Response:
    try:
        act()
    except (Invalid, Conflict, Forbidden) as problem:
        db.session.rollback()
        return _shown(idea_id, problem)
    flash(said, "success")
    return go(url_for("console.desk_idea", idea_id=idea_id))


def _amount(name: str) -> int | None:
    plain = line(name, 20).replace(".", "").replace(",", "").replace(" ", "")
    if plain and not plain.isdigit():
        raise Invalid(errors={name: _("Write a whole amount, for example 12000.")})
    return int(plain) if plain else None


@blueprint.post("/competitions/ideas/<idea_id>/ask")
@requires("feasibility.ask")
def ask_department(idea_id: str) -> Response:
    """Ask a department whether an idea can be done."""
    code = line("department", 40)
    return _acted(
        idea_id,
        lambda: feasibility.ask_department(db.session, current_actor(), idea_id, code),
        _("The department is asked."),
    )


@blueprint.post("/competitions/ideas/<idea_id>/checks/<check_id>")
@requires("feasibility.decide")
def decide_check(idea_id: str, check_id: str) -> Response:
    """Write down what was found."""

    def act() -> None:
        finding = Finding(
            line("outcome", 20), text("finding", 6000), _amount("cost"), _amount("yearly_cost"),
            text("conditions", 4000) or None,
        )  # fmt: skip
        feasibility.decide(db.session, current_actor(), check_id, finding)

    return _acted(idea_id, act, _("The finding is published."))


@blueprint.post("/competitions/ideas/<idea_id>/appeals/<appeal_id>")
@requires("feasibility.answer_appeal")
def answer_appeal(idea_id: str, appeal_id: str) -> Response:
    """Uphold or reject an appeal."""
    uphold, answer = line("uphold", 1) == "1", text("answer", 6000)
    return _acted(
        idea_id,
        lambda: feasibility.answer_appeal(
            db.session, current_actor(), appeal_id, uphold=uphold, answer=answer
        ),
        _("The answer is published."),
    )


@blueprint.post("/competitions/ideas/<idea_id>/place")
@requires("idea.place")
def place_idea(idea_id: str) -> Response:
    """Say where in the taxonomy an idea belongs."""
    code = line("component", 10)
    return _acted(
        idea_id,
        lambda: ideas.place_idea(db.session, current_actor(), idea_id, code),
        _("Placed. The classifier learns from it."),
    )


@blueprint.post("/competitions/ideas/<idea_id>/hide")
@requires("idea.moderate")
def hide_idea(idea_id: str) -> Response:
    """Take an idea out of sight with a reason, or show it again."""
    reason = text("reason", 2000) if request.form.get("do") == "hide" else None
    return _acted(
        idea_id,
        lambda: moderation.hide_idea(db.session, current_actor(), idea_id, reason),
        _("Done. The team is told."),
    )


@blueprint.post("/competitions/ideas/<idea_id>/merge")
@requires("competition.organise")
def propose_merge(idea_id: str) -> Response:
    """Propose to the teams to merge their ideas; it happens when all agree."""

    def act() -> None:
        content = {
            "title": line("title", 120), "summary": line("summary", 300),
            "text": text("text", 12_000),
        }  # fmt: skip
        joining.propose_joining(
            db.session, current_actor(), "merge", [idea_id, line("other", 40)], [content],
            reason=text("reason", 2000),
        )  # fmt: skip

    return _acted(idea_id, act, _("The teams are asked. Nothing changes before all agree."))
