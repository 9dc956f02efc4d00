"""Voting: the ballot, the check before it is cast, the receipt, finding it again."""

from collections.abc import Mapping
from typing import Any

from flask import Response, request, url_for

from backend.core.actor import current_actor
from backend.core.clock import utcnow
from backend.core.db import db
from backend.core.i18n import _
from backend.core.limits import check_limit, limit
from backend.core.pages.forms import line, messages, page
from backend.core.policy import requires
from backend.core.problems import Conflict, Forbidden, Gone, Invalid, SignInNeeded
from backend.ideas.ballot_form import (
    BallotForm,
    canonical_choices,
    fault_in,
    numbers_in,
)
from backend.ideas.queries.votes import (
    find_by_receipt,
    option_rows,
    options_of,
    pots_of,
    turnout,
    vote_by_id,
)
from backend.ideas.service.casting import OwnBallot, cast, own_ballot
from backend.ideas.service.reminding import begin, confirm
from backend.ideas.service.voters import Claim, may_vote, voter_of
from backend.web.blueprint import blueprint
from backend.web.counting_words import money, pot_title

CASTS, CODES = "60 per 10 minutes", "10 per 10 minutes"


def is_open(vote: Mapping[str, Any]) -> bool:
    """Whether ballots are taken at this moment."""
    return bool(vote["state"] == "open" and vote["closes_at"] > utcnow())


def ballot_values(vote: Mapping[str, Any]) -> dict[str, Any]:
    """What every page of a ballot shows."""
    session = db.session()
    options = option_rows(session, vote["id"])
    pots = [
        {**pot, "title": pot_title(pot), "options": [o for o in options if o["pot"] == pot["code"]]}
        for pot in vote["pots"]
    ]
    currency = vote["manifest"]["currency"]
    return {
        "vote": vote,
        "form": BallotForm.read(vote["ballot"]),
        "rules": vote["voters"] or {},
        "options": options,
        "pots": [pot for pot in pots if pot["options"]],
        "open": is_open(vote),
        "money": lambda amount: money(amount, currency),
        "turnout": turnout(session, vote["id"]),
    }


def _sent_choices(form: BallotForm, vote: Mapping[str, Any]) -> list[Any]:
    """What a form's fields say was chosen, by the kind of the ballot."""
    numbers = [option.number for option in options_of(db.session(), vote["id"])]
    if form.kind in ("approval", "knapsack"):
        sent = request.form.getlist("choices")[: len(numbers) + 1]
        return [int(word) for word in sent if word.isdecimal() and len(word) < 6]
    given = {n: request.form.get(f"n{n}", "").strip() for n in numbers}
    filled = {n: words for n, words in given.items() if words}
    if bad := next((n for n, w in filled.items() if not w.isdecimal() or len(w) > 5), None):
        raise Invalid(errors={"choices": _("Idea number %(n)s: write a whole number.", n=bad)})
    if form.kind == "points":
        return [[n, int(words)] for n, words in filled.items()]
    ranks = {n: int(words) for n, words in filled.items() if int(words)}
    if sorted(ranks.values()) != list(range(1, len(ranks) + 1)):
        raise Invalid(
            errors={"choices": _("Give each place once: 1 for the best, then 2, and so on.")}
        )
    return sorted(ranks, key=lambda n: ranks[n])


def _claim() -> Claim:
    code = line("code", 60)
    if code:
        check_limit("voting codes", CODES)
    return Claim(code or None, bool(request.form.get("of_age")), bool(request.form.get("proxy")))


def _mine(vote: Mapping[str, Any]) -> OwnBallot | None:
    """What the signed-in person has cast; None where that cannot be known."""
    actor = current_actor()
    if actor.is_anonymous or (vote["voters"] or {}).get("code"):
        return None
    try:
        voter = voter_of(db.session(), actor, vote, Claim(of_age=True))
    except (Forbidden, SignInNeeded):
        return None
    return own_ballot(db.session(), vote["public_id"], voter)


def _filled(form: BallotForm, choices: Any) -> dict[int, Any]:
    """What stands in each field: a tick, points, or the place."""
    if not choices:
        return {}
    if form.kind == "points":
        return {pair[0]: pair[1] for pair in choices}
    return {number: place for place, number in enumerate(choices, start=1)}


def show_ballot(
    vote: Mapping[str, Any], *, errors: Mapping[str, str] | None = None, choices: Any = None
) -> Response:
    """The ballot, empty, as it was cast, or as it was sent with what is wrong."""
    mine = _mine(vote)
    values = ballot_values(vote)
    shown = choices if choices is not None else (mine.choices if mine else None)
    return page(
        "web/voting/ballot.html",
        422 if errors else 200,
        **values,
        mine=mine,
        filled=_filled(values["form"], shown),
        errors=errors or {},
        barrier=may_vote(db.session(), current_actor(), vote) if values["open"] else None,
        sent=request.form,
    )


@blueprint.get("/votes/<vote_id>")
@requires("vote.read")
@limit("lists", "300 per minute")
def ballot(vote_id: str) -> Response:
    """The ballot: what can be voted on, and until when."""
    return show_ballot(vote_by_id(db.session(), vote_id))


@blueprint.post("/votes/<vote_id>")
@requires("vote.cast")
@limit("ballots", CASTS)
def check_ballot(vote_id: str) -> Response:
    """Read one's ballot once more before it is cast; nothing of it is kept."""
    session = db.session()
    vote = vote_by_id(session, vote_id)
    values = ballot_values(vote)
    form: BallotForm = values["form"]
    chosen: list[Any] = []
    try:
        chosen = _sent_choices(form, vote)
        claim = _claim()
        voter = voter_of(session, current_actor(), vote, claim)
        choices = canonical_choices(form.kind, chosen)
        allowed = [
            o for o in options_of(session, vote["id"]) if voter.pots is None or o.pot in voter.pots
        ]
        pots = [p for p in pots_of(vote["pots"]) if voter.pots is None or p.code in voter.pots]
        if fault := fault_in(form, pots, allowed, choices):
            raise Invalid(errors={"choices": fault})
    except Invalid as problem:
        return show_ballot(vote, errors=messages(problem), choices=chosen)
    begin(session, current_actor(), vote)
    by_number = {option["number"]: option for option in values["options"]}
    picked = [by_number[n] for n in numbers_in(form.kind, choices)]
    return page(
        "web/voting/check.html",
        **values,
        picked=picked,
        filled=_filled(form, choices),
        total=sum(option["cost"] for option in picked),
        sent=request.form,
    )


@blueprint.post("/votes/<vote_id>/cast")
@requires("vote.cast")
@limit("ballots", CASTS)
def cast_ballot(vote_id: str) -> Response:
    """Cast the ballot and hand out the receipt, on a page that nobody can miss."""
    session = db.session()
    vote = vote_by_id(session, vote_id)
    form = BallotForm.read(vote["ballot"])
    try:
        chosen = _sent_choices(form, vote)
        voter = voter_of(session, current_actor(), vote, _claim())
        receipt = cast(session, vote["public_id"], voter, chosen)
    except (Invalid, Conflict, Gone) as problem:
        session.rollback()
        return show_ballot(vote, errors=messages(problem))
    if voter.account_id is not None and receipt.outcome != "unchanged":
        changed = receipt.outcome == "changed"
        confirm(session, voter.account_id, vote["public_id"], changed=changed)
    return page(
        "web/voting/receipt.html", **ballot_values(vote), receipt=receipt.document(), fresh=True
    )


@blueprint.get("/votes/<vote_id>/mine")
@requires("vote.cast")
@limit("ballots", CASTS)
def my_ballot(vote_id: str) -> Response:
    """One's own ballot and receipt, while the vote is open."""
    vote = vote_by_id(db.session(), vote_id)
    if current_actor().is_anonymous:
        raise SignInNeeded()
    mine = _mine(vote)
    values = ballot_values(vote)
    form: BallotForm = values["form"]
    return page(
        "web/voting/mine.html",
        **values,
        mine=mine,
        filled=_filled(form, mine.choices if mine else None),
        receipt=mine.receipt.document() if mine and mine.receipt else None,
    )


@blueprint.get("/votes/<vote_id>/receipt")
@requires("vote.check_receipt")
def ask_receipt(vote_id: str) -> Response:
    """Ask for a receipt, to find its ballot."""
    vote = vote_by_id(db.session(), vote_id)
    return page("web/voting/find.html", **ballot_values(vote), asked="", found=None)


@blueprint.post("/votes/<vote_id>/receipt")
@requires("vote.check_receipt")
@limit("receipts", "60 per 10 minutes")
def find_receipt(vote_id: str) -> Response:
    """Whether the ballot of a receipt lies in the box, and after the close what it says."""
    vote = vote_by_id(db.session(), vote_id)
    values = ballot_values(vote)
    asked = line("receipt", 80)
    found = find_by_receipt(db.session(), vote, asked) if asked else None
    chosen = found["choices"] if found else None
    return page(
        "web/voting/find.html",
        **values,
        asked=asked,
        found=found,
        filled=_filled(values["form"], chosen),
        picked=numbers_in(values["form"].kind, chosen) if chosen else [],
        by_number={option["number"]: option for option in values["options"]},
        manifest=url_for("api_votes.read_vote", vote_id=vote["public_id"]),
    )
