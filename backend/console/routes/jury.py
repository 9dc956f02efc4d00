"""A juror's own pages: conflicts first, then the ideas of one's list, criterion by criterion."""

from typing import Any

from flask import Response, flash, request, url_for

from backend.console.blueprint import blueprint
from backend.core.actor import current_actor
from backend.core.db import db
from backend.core.i18n import _, in_language
from backend.core.pages.forms import go, line, messages, page, text
from backend.core.policy import is_allowed, requires
from backend.core.problems import Conflict, Forbidden, Invalid, NotFound, Problem
from backend.ideas.queries.juries import juries_for_desk, seats_of
from backend.ideas.service import judging

HUES = {"gathering": "new", "judging": "busy", "closed": "done"}


def jury_state_name(state: str | None) -> str:
    """How the point at which a jury stands is called."""
    return {
        "gathering": str(_("Conflicts are declared")), "judging": str(_("Judging")),
        "closed": str(_("Closed")),
    }.get(state or "", str(_("Not set up")))  # fmt: skip


def _kinds() -> list[tuple[str, str]]:
    return [
        ("author", _("I wrote or support it")), ("family", _("Family of the authors")),
        ("employer", _("My employer")), ("neighbour", _("It is at my door")),
        ("funder", _("I would pay or earn")), ("other", _("Another reason")),
    ]  # fmt: skip


@blueprint.get("/jury")
@requires("console.jury")
def juries() -> Response:
    """The juries in which I sit; for organisers the jury of every edition too."""
    session, actor = db.session(), current_actor()
    organises = is_allowed(actor, "jury.organise")
    return page(
        "console/jury/list.html", seats=seats_of(session, actor), organises=organises,
        editions=juries_for_desk(session) if organises else [], state_name=jury_state_name,
        hues=HUES, named=in_language,
    )  # fmt: skip


def _mine(jury_id: str, problem: Problem | None = None) -> Response:
    seat = judging.own_list(db.session(), current_actor(), jury_id)
    return page(
        "console/jury/mine.html", problem.status if problem else 200, seat=seat, kinds=_kinds(),
        done=sum(1 for row in seat["mine"] if row["marks"]), state=jury_state_name(seat["state"]),
        hue=HUES[seat["state"]], errors=messages(problem) if problem else {},
        sent=request.form if problem else {},
    )  # fmt: skip


@blueprint.get("/jury/<jury_id>")
@requires("console.jury")
def my_jury(jury_id: str) -> Response:
    """My place in a jury: what to declare, then what to judge."""
    return _mine(jury_id)


@blueprint.post("/jury/<jury_id>/conflicts")
@requires("console.jury")
def declare_conflicts(jury_id: str) -> Response:
    """Declare which ideas I cannot judge; none is an answer too."""
    seat = judging.own_list(db.session(), current_actor(), jury_id)
    given = {row["idea"]: line(f"conflict-{row['idea']}", 20) for row in seat["ideas"]}
    try:
        if not request.form.get("complete"):
            raise Invalid(errors={"complete": _("Confirm that the list is complete.")})
        judging.declare_conflicts(
            db.session(), current_actor(), jury_id, {i: kind for i, kind in given.items() if kind}
        )
    except (Invalid, Conflict) as problem:
        db.session.rollback()
        return _mine(jury_id, problem)
    flash(_("Your declaration is kept."), "success")
    return go(url_for("console.my_jury", jury_id=jury_id))


def _judged(jury_id: str, idea_id: str, problem: Problem | None = None) -> Response:
    seat = judging.own_list(db.session(), current_actor(), jury_id)
    own = next((row for row in seat["mine"] if row["idea"] == idea_id), None)
    if own is None:
        raise NotFound()
    return page(
        "console/jury/score.html", problem.status if problem else 200, seat=seat, own=own,
        idea=next((row for row in seat["ideas"] if row["idea"] == idea_id), own),
        errors=messages(problem) if problem else {}, sent=request.form if problem else {},
    )  # fmt: skip


@blueprint.get("/jury/<jury_id>/ideas/<idea_id>")
@requires("console.jury")
def judge_form(jury_id: str, idea_id: str) -> Response:
    """One idea of my list, with its criteria."""
    return _judged(jury_id, idea_id)


@blueprint.post("/jury/<jury_id>/ideas/<idea_id>")
@requires("console.jury")
def judge_idea(jury_id: str, idea_id: str) -> Response:
    """Keep my marks, and go on to the next idea that has none."""
    session, actor = db.session(), current_actor()
    seat = judging.own_list(session, actor, jury_id)
    try:
        marks: dict[str, Any] = {}
        for place, criterion in enumerate(seat["criteria"]):
            mark = line(f"mark-{place}", 4)
            if not (mark.isascii() and mark.isdecimal()):
                raise Invalid(errors={f"mark-{place}": _("Choose a mark.")})
            marks[criterion["code"]] = int(mark)
        judging.give_score(session, actor, jury_id, idea_id, marks, note=text("note", 2000))
    except (Invalid, Conflict, Forbidden) as problem:
        session.rollback()
        return _judged(jury_id, idea_id, problem)
    flash(_("Your judgement is kept."), "success")
    waiting = [r["idea"] for r in seat["mine"] if not r["marks"] and r["idea"] != idea_id]
    if waiting:
        return go(url_for("console.judge_form", jury_id=jury_id, idea_id=waiting[0]))
    return go(url_for("console.my_jury", jury_id=jury_id))
