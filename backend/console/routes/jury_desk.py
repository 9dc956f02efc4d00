"""The organiser's side of a jury: criteria, jurors, the plan, what is missing, what they found."""

from collections.abc import Callable, Mapping
from typing import Any

from flask import Response, flash, request, url_for

from backend.accounts.queries import staff_members
from backend.console.blueprint import blueprint
from backend.console.routes.jury import HUES, jury_state_name
from backend.core.actor import current_actor
from backend.core.db import db
from backend.core.i18n import _, in_language
from backend.core.pages.forms import go, line, messages, page
from backend.core.policy import requires
from backend.core.problems import Conflict, Invalid, NotFound, Problem
from backend.ideas.queries.juries import edition_jury, jurors_of, missing_scores, titles_of_judged
from backend.ideas.service import judging

LINES, WIDE, STEP = 8, 320.0, 26
METHODS = ("corrected", "raw_mean", "borda", "median")


def drawing_of(jury: Mapping[str, Any], titles: Mapping[str, str]) -> dict[str, Any]:
    """The result best first: figures for the table, and where each mark stands on the scale."""
    result = jury["result"]
    low, high = float(jury["lowest"]), float(jury["highest"])

    def at(mark: float) -> float:
        return round(WIDE * min(1.0, max(0.0, (mark - low) / (high - low))), 1)

    rows = [
        {
            "place": place, "title": titles.get(idea, idea), "judged": result["judged_by"][idea],
            "corrected_at": at(result["corrected"][idea]), "raw_at": at(result["raw_mean"][idea]),
            "y": (place - 1) * STEP + STEP / 2,
            **{name: result[name][idea] for name in METHODS},
        }
        for place, idea in enumerate(result["order"], start=1)
    ]  # fmt: skip
    return {"rows": rows, "width": WIDE, "height": STEP * len(rows)}


def _shown(edition_id: str, problem: Problem | None = None) -> Response:
    session = db.session()
    jury = edition_jury(session, edition_id)
    jurors = jurors_of(session, jury) if jury["id"] else []
    sitting = {row["account_id"] for row in jurors}
    names = {row["public_id"]: row["name"] or f"{_('Juror')} {row['number']}" for row in jurors}
    titles = titles_of_judged(session, jury) if jury["result"] else {}
    return page(
        "console/jury/desk.html",
        problem.status if problem else 200,
        jury=jury, jurors=jurors, names=names, titles=titles,
        missing=missing_scores(session, jury) if jury["state"] == "judging" else [],
        people=[
            (member.public_id, member.name)
            for member in staff_members(session)
            if "jury" in member.roles and member.account_id not in sitting
        ],
        found=drawing_of(jury, titles) if jury["result"] else None,
        lines=range(LINES), name=in_language(jury["name"]), hue=HUES.get(jury["state"], "new"),
        state=jury_state_name(jury["state"]),
        errors=messages(problem) if problem else {}, sent=request.form if problem else {},
    )  # fmt: skip


def _acted(edition_id: str, act: Callable[[Mapping[str, Any]], Any], said: str) -> Response:
    """Do something with the jury of an edition; what was wrong is shown on its page."""
    jury = edition_jury(db.session(), edition_id)
    try:
        act(jury)
    except (Invalid, Conflict) as problem:
        db.session.rollback()
        return _shown(edition_id, problem)
    flash(said, "success")
    return go(url_for("console.jury_desk", edition_id=edition_id))


def _jury_id(jury: Mapping[str, Any]) -> str:
    if jury["public_id"] is None:
        raise NotFound()
    return str(jury["public_id"])


def _whole(name: str) -> int:
    found = line(name, 3)
    if not (found.isascii() and found.isdecimal()):
        raise Invalid(errors={name: _("Write a whole number.")})
    return int(found)


def _criteria() -> list[dict[str, Any]]:
    """The criteria of the form; a line without a name is none."""
    found = []
    for place in range(LINES):
        name = line(f"name-{place}", 120)
        if not name:
            continue
        weight = line(f"weight-{place}", 6).replace(",", ".")
        if not weight.replace(".", "", 1).isdecimal() or not weight.isascii():
            raise Invalid(errors={f"weight-{place}": _("Write a weight such as 2 or 1.5.")})
        if float(weight) > 1000:
            raise Invalid(errors={f"weight-{place}": _("A weight is 1000 at most.")})
        found.append({"code": f"c{place + 1}", "name": name, "weight": float(weight)})
    return found


@blueprint.get("/jury/editions/<edition_id>")
@requires("jury.organise")
def jury_desk(edition_id: str) -> Response:
    """The jury of one edition."""
    return _shown(edition_id)


@blueprint.post("/jury/editions/<edition_id>/criteria")
@requires("jury.organise")
def set_criteria(edition_id: str) -> Response:
    """Say by which criteria, on which scale and by how many each idea is judged."""

    def act(_jury: Mapping[str, Any]) -> None:
        per_idea = _whole("per_idea")
        if not 1 <= per_idea <= 20:
            raise Invalid(errors={"per_idea": _("Between 1 and 20 jurors judge an idea.")})
        scale = (_whole("lowest"), _whole("highest"))
        if scale[1] > 100:
            raise Invalid(errors={"highest": _("The highest mark is 100 at most.")})
        judging.set_up_jury(
            db.session(), current_actor(), edition_id, _criteria(), per_idea, scale
        )

    return _acted(edition_id, act, _("The criteria are kept."))


@blueprint.post("/jury/editions/<edition_id>/jurors")
@requires("jury.organise")
def seat_juror(edition_id: str) -> Response:
    """Ask somebody to judge."""
    return _acted(
        edition_id,
        lambda jury: judging.add_juror(
            db.session(), current_actor(), _jury_id(jury), line("account", 64)
        ),
        _("The juror is asked to declare conflicts on their own page."),
    )


@blueprint.post("/jury/editions/<edition_id>/plan")
@requires("jury.organise")
def draw_jury_plan(edition_id: str) -> Response:
    """Share the ideas out; the criteria are frozen from here on."""

    def act(jury: Mapping[str, Any]) -> None:
        seed = line("seed", 120)
        if not seed:
            raise Invalid(errors={"seed": _("Write the public words or numbers of the lot.")})
        judging.draw_plan(db.session(), current_actor(), _jury_id(jury), seed)

    return _acted(edition_id, act, _("The ideas are shared out."))


@blueprint.post("/jury/editions/<edition_id>/result")
@requires("jury.organise")
def end_judging(edition_id: str) -> Response:
    """End the judging and find the order."""
    return _acted(
        edition_id,
        lambda jury: judging.close_jury(db.session(), current_actor(), _jury_id(jury)),
        _("The jury is closed."),
    )
