"""The paper desk: ballots handed out, boxes keyed twice, help for who asks for it."""

from collections.abc import Mapping
from typing import Any

from flask import Response, flash, request, url_for

from backend.city import queries as city
from backend.console.blueprint import blueprint
from backend.console.routes.votes import desk_values
from backend.core.actor import current_actor
from backend.core.db import db
from backend.core.i18n import _, current_language, ngettext
from backend.core.limits import check_limit
from backend.core.pages.forms import go, line, messages, page
from backend.core.policy import requires
from backend.core.problems import Conflict, Forbidden, Gone, Invalid, Problem
from backend.ideas.ballot_form import BallotForm
from backend.ideas.letters import paper_ballot
from backend.ideas.queries.votes import option_rows, vote_by_id
from backend.ideas.service import paper
from backend.ideas.service.voters import voter_at_desk

TRIES = "60 per 10 minutes"


@blueprint.get("/votes/<vote_id>/paper")
@requires("vote.paper")
def paper_desk(vote_id: str) -> Response:
    """Ballots handed out and boxes that came back."""
    return _desk(vote_by_id(db.session(), vote_id))


def _desk(vote: Mapping[str, Any], problem: Problem | None = None) -> Response:
    session = db.session()
    return page(
        "console/votes/paper.html",
        problem.status if problem else 200,
        **desk_values(vote),
        out=paper.papers_out(session, vote["id"]),
        back=paper.papers_in(session, vote["id"]),
        batches=paper.batches_of(session, vote["id"]),
        by_code=bool((vote["voters"] or {}).get("code")),
        errors=messages(problem) if problem else {},
        sent=request.form if problem else {},
    )


@blueprint.get("/votes/<vote_id>/paper/ballot.pdf")
@requires("vote.paper")
def print_paper(vote_id: str) -> Response:
    """The ballot for the printer."""
    vote = vote_by_id(db.session(), vote_id)
    form = BallotForm.read(vote["ballot"])
    words = ngettext("Mark at least one idea.", "Mark at least %(num)d ideas.", form.minimum)
    if form.maximum:
        words += " " + ngettext("At most one.", "At most %(num)d.", form.maximum)
    data = paper_ballot(
        city=city.facts(db.session()).name(current_language()), title=_("Ballot"),
        options=option_rows(db.session(), vote["id"]), instruction=words,
    )  # fmt: skip
    response = Response(data, mimetype="application/pdf")
    response.headers["Content-Disposition"] = 'inline; filename="ballot.pdf"'
    return response


@blueprint.post("/votes/<vote_id>/paper/hand-out")
@requires("vote.assist")
def hand_out_paper(vote_id: str) -> Response:
    """Give somebody a paper ballot; it takes the place of an online one."""
    vote = vote_by_id(db.session(), vote_id)
    check_limit("desk", TRIES)
    try:
        voter = voter_at_desk(
            db.session(), current_actor(), vote, account=line("account", 254),
            code=line("code", 60),
        )  # fmt: skip
        outcome = paper.hand_out(db.session(), current_actor(), vote["public_id"], voter)
    except (Invalid, Conflict, Forbidden, Gone) as problem:
        db.session.rollback()
        return _desk(vote, problem)
    if outcome == "replaced_online":
        flash(_("Hand out the ballot. What this person cast online counts no longer."), "success")
    else:
        flash(_("Hand out the ballot. This person can no longer vote online."), "success")
    return go(url_for("console.paper_desk", vote_id=vote["public_id"]))


@blueprint.post("/votes/<vote_id>/paper/batches")
@requires("vote.paper")
def open_paper_batch(vote_id: str) -> Response:
    """Begin to key a box."""
    vote = vote_by_id(db.session(), vote_id)
    words = line("sheets", 6)
    try:
        number = int(words) if words.isdecimal() else 0
        batch_id = paper.open_batch(
            db.session(), current_actor(), vote["public_id"], line("label", 120), number
        )
    except (Invalid, Conflict, Forbidden) as problem:
        db.session.rollback()
        return _desk(vote, problem)
    return go(url_for("console.key_batch", batch_id=batch_id))


@blueprint.get("/votes/batches/<batch_id>")
@requires("vote.paper")
def key_batch(batch_id: str) -> Response:
    """The sheets of a box: what is missing, what differs, and the next sheet to key."""
    return _batch(batch_id)


def _batch(batch_id: str, problem: Problem | None = None, fault: str | None = None) -> Response:
    session, actor = db.session(), current_actor()
    found = paper.reconcile(session, batch_id)
    batch = found["batch"]
    vote = vote_by_id(session, batch["vote"])
    passes = {1: batch["first_by"], 2: batch["second_by"]}
    mine = next((n for n, who in passes.items() if who == actor.account_id), None)
    free = next((n for n, who in passes.items() if who is None), None)
    number = mine or free
    missing = found["missing"][number] if number else []
    wish = request.args.get("sheet", "")
    sheet = int(wish) if wish.isdecimal() and 1 <= int(wish[:6]) <= batch["sheets"] else None
    return page(
        "console/votes/batch.html",
        problem.status if problem else 200,
        **desk_values(vote),
        batch=batch,
        missing={n: len(sheets) for n, sheets in found["missing"].items()},
        different=found["different"],
        pass_number=number,
        sheet=sheet or (missing[0] if missing else None),
        form=BallotForm.read(vote["ballot"]),
        options=option_rows(session, vote["id"]),
        fault=fault,
        errors=messages(problem) if problem else {},
    )


@blueprint.post("/votes/batches/<batch_id>/passes/<int:pass_number>/sheets/<int:sheet>")
@requires("vote.paper")
def key_sheet(batch_id: str, pass_number: int, sheet: int) -> Response:
    """Key one sheet: the numbers that are marked, with a space between them."""
    kind = request.form.get("kind", "")
    try:
        chosen = _keyed(line("choices", 2000), points=kind == "points")
        fault = paper.key_sheet(db.session(), current_actor(), batch_id, pass_number, sheet, chosen)
    except (Invalid, Conflict, Forbidden) as problem:
        db.session.rollback()
        return _batch(batch_id, problem)
    if fault:
        flash(_("Sheet %(n)s counts as blank: %(why)s", n=sheet, why=fault), "warning")
    return go(url_for("console.key_batch", batch_id=batch_id))


def _keyed(words: str, *, points: bool) -> list[Any]:
    """Numbers as they are typed: “3 7 12”, or with points “3:5 7:2”."""
    found: list[Any] = []
    for part in words.replace(",", " ").split():
        number, colon, given = part.partition(":")
        if not number.isdecimal() or len(number) > 5 or bool(colon) != points:
            raise Invalid(errors={"choices": _("Type numbers, with a space between them.")})
        if points and (not given.isdecimal() or len(given) > 5):
            raise Invalid(errors={"choices": _("Type number:points, for example 3:5.")})
        found.append([int(number), int(given)] if points else int(number))
    return found


@blueprint.post("/votes/batches/<batch_id>/accept")
@requires("vote.paper")
def accept_batch(batch_id: str) -> Response:
    """Put a box's ballots among the others."""
    try:
        number = paper.accept_batch(db.session(), current_actor(), batch_id)
    except Conflict as problem:
        db.session.rollback()
        return _batch(batch_id, problem)
    told = ngettext("One ballot was added.", "%(num)d ballots were added.", number)
    flash(told, "success")
    return go(url_for("console.key_batch", batch_id=batch_id))
