"""Results: who won, why, where the money goes, and how anybody can count again."""

from collections.abc import Mapping
from typing import Any

from flask import Response, request, url_for

from backend.core.actor import current_actor
from backend.core.clock import utcnow
from backend.core.db import db
from backend.core.i18n import _
from backend.core.limits import limit
from backend.core.pages.forms import go, messages, page, text
from backend.core.policy import requires
from backend.core.problems import Conflict, Gone, Invalid, SignInNeeded
from backend.ideas.queries.counts import objections_to, published_count
from backend.ideas.queries.votes import option_rows, vote_by_id
from backend.ideas.service.counting import object_to
from backend.web import answering
from backend.web.blueprint import blueprint
from backend.web.counting_words import lacked, money, pot_title, rule_in_words, rule_title, why


def pot_values(
    vote: Mapping[str, Any], count: Mapping[str, Any], pot: Mapping[str, Any]
) -> dict[str, Any]:
    """One pot's result as the page shows it: winners first, then by votes."""
    currency = vote["manifest"]["currency"]
    outcome = pot["outcome"]
    options = {str(o["number"]): o for o in option_rows(db.session(), vote["id"])}
    titles = {number: option["title"] for number, option in options.items()}
    points = vote["ballot"]["kind"] in ("points", "ranked")
    rows = _rows(outcome, options, titles, currency, "points" if points else "votes")
    others = [
        {**other, "title": rule_title(other["rule"]), "names": _difference(other, outcome, titles)}
        for other in pot["other_rules"]
    ]
    shaky = [
        {"title": titles.get(c["id"], c["id"]), "trials": c["trials"]}
        for c in pot["sensitivity"]["changes"]
    ]
    return {
        **pot,
        "title": pot_title(pot),
        "rows": rows,
        "won": [row for row in rows if row["outcome"] != "lost"],
        "merit_word": _("Points") if points else _("Votes"),
        "spent": money(outcome["spent"], currency),
        "money": money(pot["budget"], currency),
        "share": min(100.0, round(100 * float(outcome["spent"]) / (pot["budget"] or 1), 1)),
        "others": others,
        "shaky": shaky,
        "download": url_for(
            "api_votes.read_package", count_id=count["public_id"], pot=pot["code"]
        ),
    }  # fmt: skip


def _rows(
    outcome: Mapping[str, Any], options: Mapping[str, Any], titles: Mapping[str, str],
    currency: str, merit: str,
) -> list[dict[str, Any]]:  # fmt: skip
    """Every idea with why it won or lost, winners first."""
    rank = {number: place for place, number in enumerate(outcome["selected"])}
    rows = [
        {
            **project,
            "number": number,
            "title": titles.get(number, number),
            "idea": options[number]["idea"] if number in options else None,
            "merit": project[merit],
            "reason": why(project, titles, currency),
            "lack": lacked(project, currency),
            "money": money(project["cost"], currency),
        }
        for number, project in outcome["projects"].items()
    ]
    rows.sort(key=lambda row: (rank.get(row["number"], len(options)), -row["merit"]))
    most = max((row["merit"] for row in rows), default=0) or 1
    for row in rows:
        row["bar"] = round(100 * row["merit"] / most, 1)
    return rows


def _difference(
    other: Mapping[str, Any], outcome: Mapping[str, Any], titles: Mapping[str, str]
) -> dict[str, list[str]]:
    now, then = set(outcome["selected"]), set(other["selected"])
    return {
        "more": [titles.get(n, n) for n in other["selected"] if n not in now],
        "less": [titles.get(n, n) for n in outcome["selected"] if n not in then],
    }


def show_results(vote: Mapping[str, Any], errors: Mapping[str, str] | None = None) -> Response:
    """The page of a published count."""
    count = published_count(db.session(), vote["id"])
    result = count["result"] if count else None
    pots = [pot_values(vote, count, pot) for pot in result["pots"]] if count and result else []
    until = vote["objections_until"]
    values = {
        "vote": vote,
        "count": count,
        "result": result,
        "pots": pots,
        "rule_title": rule_title(vote["rule"]["rule"]) if vote["rule"] else "",
        "rule_words": rule_in_words(vote["rule"]) if vote["rule"] else [],
        "objections": objections_to(db.session(), vote["id"]),
        "may_object": until is not None and until > utcnow(),
        "errors": errors or {},
        "sent": request.form.get("text", ""),
        "done": request.args.get("done") == "objected",
    }
    if errors or not current_actor().is_anonymous:
        return page("web/voting/results.html", 422 if errors else 200, **values)
    return answering.public_page("web/voting/results.html", **values)


@blueprint.get("/votes/<vote_id>/results")
@requires("vote.read")
@limit("lists", "300 per minute")
def vote_results(vote_id: str) -> Response:
    """Who won and why."""
    return show_results(vote_by_id(db.session(), vote_id))


@blueprint.post("/votes/<vote_id>/objections")
@requires("vote.object")
@limit("objections", "10 per hour")
def object_to_result(vote_id: str) -> Response:
    """Object to the published count."""
    vote = vote_by_id(db.session(), vote_id)
    if current_actor().is_anonymous:
        raise SignInNeeded()
    try:
        words = text("text", 4000)
        if len(words) < 10:
            raise Invalid(errors={"text": _("Say in a sentence or two what you object to.")})
        object_to(db.session(), current_actor(), vote["public_id"], words)
    except (Invalid, Conflict, Gone) as problem:
        db.session.rollback()
        return show_results(vote, messages(problem))
    return go(url_for("web.vote_results", vote_id=vote["public_id"], done="objected"))
