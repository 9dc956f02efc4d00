"""The organiser's desk for votes: declare, watch, codes, count, publish, objections, the keys."""

from collections.abc import Mapping
from typing import Any

from flask import Response, flash, request, url_for

from backend.city import queries as city
from backend.console.blueprint import blueprint
from backend.core.actor import current_actor
from backend.core.db import db
from backend.core.i18n import _, current_language, ngettext
from backend.core.limits import limit
from backend.core.pages.forms import go, line, messages, page, text
from backend.core.policy import requires
from backend.core.problems import Conflict, Invalid, NotFound, Problem
from backend.ideas.ballot_form import KINDS
from backend.ideas.queries.counts import counts_of, objections_to
from backend.ideas.queries.votes import (
    hours_of,
    option_rows,
    turnout,
    vote_by_id,
    votes_for_desk,
)
from backend.ideas.routes.vote_desk import letters_for
from backend.ideas.service import closing, codes, counting, opening

STATES = {
    "draft": "new", "open": "busy", "suspended": "waiting", "closed": "closed", "counted": "done",
    "annulled": "closed",
}  # fmt: skip
RULES = ("votes", "points", "equal-shares", "phragmen")
LEFTOVERS, COMPLETIONS = ("skip", "stop", "partial"), ("none", "add1", "votes")


def state_name(state: str) -> str:
    """How the state of a vote is called."""
    return {
        "draft": str(_("In preparation")), "open": str(_("Open")),
        "suspended": str(_("Suspended")), "closed": str(_("Closed")),
        "counted": str(_("Counted")), "annulled": str(_("Annulled")),
    }.get(state, state)  # fmt: skip


@blueprint.get("/votes")
@requires("vote.assist")
def list_votes() -> Response:
    """Every edition and how its vote stands."""
    return page(
        "console/votes/list.html", votes=votes_for_desk(db.session()), state_name=state_name,
        hues=STATES,
    )  # fmt: skip


def _edition(edition_id: str) -> Mapping[str, Any]:
    found = next((v for v in votes_for_desk(db.session()) if v["edition"] == edition_id), None)
    if found is None:
        raise NotFound()
    return found


@blueprint.get("/votes/editions/<edition_id>")
@requires("vote.organise")
def declare_form(edition_id: str) -> Response:
    """The form in which the ballot and the rule of an edition are declared."""
    return _declaring(_edition(edition_id))


def _declaring(edition: Mapping[str, Any], problem: Problem | None = None) -> Response:
    return page(
        "console/votes/declare.html",
        problem.status if problem else 200,
        edition=edition,
        kinds=[
            ("approval", _("Approval: tick ideas")),
            ("knapsack", _("Knapsack: ideas up to the money there is")),
            ("points", _("Points: share out points")),
            ("ranked", _("Ranking: first, second, third")),
        ],
        rules=[
            ("votes", _("Order of votes")), ("points", _("Order of points")),
            ("equal-shares", _("Equal Shares")), ("phragmen", _("Phragmén")),
        ],
        leftovers=[
            ("skip", _("Skip it; cheaper ideas follow")), ("stop", _("Stop there")),
            ("partial", _("Give it what is left")),
        ],
        completions=[
            ("none", _("Leave it unspent")), ("add1", _("Raise everybody's share step by step")),
            ("votes", _("By the order of votes")),
        ],
        ballot=edition["ballot"] or {},
        rule=edition["rule"] or {},
        errors=messages(problem) if problem else {},
        sent=request.form if problem else {},
    )  # fmt: skip


def _whole(name: str, default: int | None) -> int | None:
    words = line(name, 12)
    if not words:
        return default
    if not words.isdecimal():
        raise Invalid(errors={name: _("Write a whole number.")})
    return int(words)


def _chosen(name: str, allowed: tuple[str, ...]) -> str:
    found = request.form.get(name, "")
    return found if found in allowed else allowed[0]


@blueprint.post("/votes/editions/<edition_id>")
@requires("vote.organise")
def declare_vote(edition_id: str) -> Response:
    """Declare the ballot and the rule; they freeze when the vote opens."""
    edition = _edition(edition_id)
    try:
        ballot = {
            "kind": _chosen("kind", KINDS),
            "minimum": _whole("minimum", 1),
            "maximum": _whole("maximum", None),
            "points": _whole("points", 10),
            "points_each": _whole("points_each", None),
            "withdrawn": _chosen("withdrawn", ("strike", "count")),
            "lot_source": line("lot_source", 200) or None,
            "objection_days": _whole("objection_days", 14),
            "voters": {
                name: bool(request.form.get(name)) for name in ("code", "proxy", "desk", "paper")
            },
        }
        rule = {
            "rule": _chosen("rule", RULES),
            "leftover": _chosen("leftover", LEFTOVERS),
            "completion": _chosen("completion", COMPLETIONS),
            "min_support": line("min_support", 40) or "none",
            "tie": ["cost", "votes", "lot"],
            "quorum": _whole("quorum", 0),
        }
        opening.declare_vote(db.session(), current_actor(), edition_id, ballot, rule)
    except (Invalid, Conflict) as problem:
        db.session.rollback()
        return _declaring(edition, problem)
    flash(_("The ballot and the rule are declared."), "success")
    return go("/console/votes")


def desk_values(vote: Mapping[str, Any]) -> dict[str, Any]:
    """What every page of one vote shows."""
    return {"vote": vote, "state": state_name(vote["state"]), "hue": STATES[vote["state"]]}


@blueprint.get("/votes/<vote_id>")
@requires("vote.organise")
def show_vote(vote_id: str) -> Response:
    """One vote: turnout, ballot, codes, counts, objections, keys."""
    return _shown(vote_by_id(db.session(), vote_id, drafts=True))


def _shown(vote: Mapping[str, Any], problem: Problem | None = None) -> Response:
    session = db.session()
    hours = hours_of(session, vote["id"])
    days: dict[Any, int] = {}
    for hour, number in hours:
        days[hour.date()] = days.get(hour.date(), 0) + number
    most = max(days.values(), default=1)
    return page(
        "console/votes/vote.html",
        problem.status if problem else 200,
        **desk_values(vote),
        options=option_rows(session, vote["id"]),
        turnout=turnout(session, vote["id"]),
        days=[(day, n, round(100 * n / most, 1)) for day, n in sorted(days.items())],
        batches=codes.code_batches(session, vote["id"]),
        counts=counts_of(session, vote["id"]),
        objections=objections_to(session, vote["id"]),
        districts=[
            (d.code, d.name(current_language())) for d in city.facts(session).districts
        ],
        errors=messages(problem) if problem else {},
        sent=request.form if problem else {},
    )  # fmt: skip


def _done(vote: Mapping[str, Any], told: str) -> Response:
    flash(told, "success")
    return go(url_for("console.show_vote", vote_id=vote["public_id"]))


@blueprint.post("/votes/<vote_id>/withdrawals")
@requires("vote.organise")
def withdraw_option(vote_id: str) -> Response:
    """Take an idea off the ballot while people vote."""
    vote = vote_by_id(db.session(), vote_id)
    try:
        number = _whole("number", None)
        if number is None:
            raise Invalid(errors={"number": _("Choose an idea.")})
        closing.withdraw_option(
            db.session(), current_actor(), vote["public_id"], number, text("reason", 500)
        )
    except (Invalid, Conflict) as problem:
        db.session.rollback()
        return _shown(vote, problem)
    return _done(vote, _("The idea is off the ballot."))


@blueprint.post("/votes/<vote_id>/codes")
@requires("vote.codes")
@limit("codes", "60 per hour")
def make_letters(vote_id: str) -> Response:
    """Make codes for a list of addressees and hand out their letters as one PDF."""
    vote = vote_by_id(db.session(), vote_id, drafts=True)
    try:
        file = request.files.get("addressees")
        data = file.read(codes.LONGEST_LIST + 1) if file else b""
        batch = codes.make_codes(
            db.session(), current_actor(), vote["public_id"], line("label", 120),
            codes.read_addressees(data), line("district", 40) or None,
        )  # fmt: skip
        return letters_for(vote["public_id"], batch)
    except (Invalid, Conflict) as problem:
        db.session.rollback()
        return _shown(vote, problem)


@blueprint.post("/votes/<vote_id>/codes/<batch_id>/revoke")
@requires("vote.codes")
def revoke_letters(vote_id: str, batch_id: str) -> Response:
    """Take a batch of codes back."""
    vote = vote_by_id(db.session(), vote_id, drafts=True)
    try:
        codes.revoke_batch(db.session(), current_actor(), batch_id, text("reason", 500))
    except (Invalid, Conflict) as problem:
        db.session.rollback()
        return _shown(vote, problem)
    return _done(vote, _("These codes work no longer."))


@blueprint.post("/votes/<vote_id>/counts")
@requires("vote.count")
def ask_for_count(vote_id: str) -> Response:
    """Count, or count again."""
    vote = vote_by_id(db.session(), vote_id)
    try:
        counting.request_count(
            db.session(), current_actor(), vote["public_id"], seed=line("seed", 120) or None,
            reason=text("reason", 500) or None,
        )  # fmt: skip
    except (Invalid, Conflict) as problem:
        db.session.rollback()
        return _shown(vote, problem)
    return _done(vote, _("The ballots are being counted. Reload the page in a moment."))


@blueprint.post("/votes/<vote_id>/counts/<count_id>/publish")
@requires("vote.count")
def publish_count(vote_id: str, count_id: str) -> Response:
    """Publish a count."""
    vote = vote_by_id(db.session(), vote_id)
    try:
        counting.publish_count(db.session(), current_actor(), count_id)
    except Conflict as problem:
        db.session.rollback()
        return _shown(vote, problem)
    return _done(vote, _("The result is published."))


@blueprint.post("/votes/<vote_id>/objections/<objection_id>")
@requires("vote.answer_objection")
def answer_objection(vote_id: str, objection_id: str) -> Response:
    """Decide about an objection."""
    vote = vote_by_id(db.session(), vote_id)
    words = text("answer", 4000)
    if not words:
        problem = Invalid(errors={"answer": _("Write the answer; everybody reads it.")})
        return _shown(vote, problem)
    counting.answer_objection(
        db.session(), current_actor(), objection_id,
        upheld=request.form.get("upheld") == "1", answer=words,
    )  # fmt: skip
    return _done(vote, _("Your answer is published."))


@blueprint.post("/votes/<vote_id>/key")
@requires("vote.destroy_key")
def destroy_key(vote_id: str) -> Response:
    """Ask for, or agree to, the end of the keys."""
    vote = vote_by_id(db.session(), vote_id)
    try:
        outcome = closing.destroy_mark_key(db.session(), current_actor(), vote["public_id"])
    except Conflict as problem:
        db.session.rollback()
        return _shown(vote, problem)
    asked = ngettext("A second person has to agree.", "A second person has to agree.", 1)
    return _done(vote, asked if outcome == "asked" else _("The keys are destroyed."))
