"""What became of a winner: steps and money, what it brought, and the data that came back."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask import Response, request, url_for

from backend.core.actor import current_actor
from backend.core.db import db
from backend.core.i18n import _
from backend.core.limits import limit
from backend.core.pages.forms import go, messages, page, text
from backend.core.policy import requires
from backend.core.problems import Forbidden, Invalid, SignInNeeded
from backend.ideas.queries.after import figures_of, read_winner
from backend.ideas.service.after import say_on_benefit, uses_of
from backend.web.blueprint import blueprint
from backend.web.counting_words import money

WIDE, HIGH = 720.0, 240.0
STATES = {"planned": "new", "busy": "busy", "done": "done", "late": "waiting"}


def chart_of(figures: Mapping[str, Any]) -> dict[str, Any]:
    """Lines of a chart in the units of its drawing, with the share at each point as a table."""
    xs: Sequence[int] = figures["xs"]
    lines = figures["lines"]
    most = max((v for line in lines.values() for v in line if v is not None), default=1) or 1
    top = 1.0 if most <= 1 else most
    step = WIDE / max(len(xs) - 1, 1)
    drawn = []
    for name, values in lines.items():
        points = " ".join(
            f"{place * step:.1f},{HIGH - HIGH * value / top:.1f}"
            for place, value in enumerate(values)
            if value is not None
        )
        known = [value or 0 for value in values]
        peak = known.index(max(known))
        drawn.append({"name": name, "points": points, "peak": xs[peak], "value": values[peak] or 0})
    rows = [
        {"x": x, **{f"s{n}": lines[name][place] for n, name in enumerate(lines)}}
        for place, x in enumerate(xs)
    ]
    ticks = [(x, place * step) for place, x in enumerate(xs) if place % 4 == 0]
    return {
        "lines": drawn, "rows": rows, "names": list(lines), "ticks": ticks, "share": most <= 1,
        "period": figures["period"], "width": WIDE, "height": HIGH,
    }  # fmt: skip


def show_winner(idea_id: str, problem: Invalid | None = None) -> Response:
    """The page of a winner."""
    winner = read_winner(db.session(), idea_id)
    for agreement in winner["agreements"]:
        figures = figures_of(db.session(), agreement)
        agreement["figures"] = chart_of(figures) if figures else None
        agreement["uses"] = uses_of(db.session(), agreement["id"])
    return page(
        "web/winner.html",
        422 if problem else 200,
        winner=winner,
        money=lambda amount: money(amount, winner["currency"]),
        hues=STATES,
        state_names={
            "planned": _("planned"), "busy": _("in hand"), "done": _("done"), "late": _("late"),
        },
        share=min(100.0, round(100 * winner["spent"] / (winner["cost"] or 1), 1)),
        errors=messages(problem) if problem else {},
        done=request.args.get("done") == "said",
    )  # fmt: skip


@blueprint.get("/winners/<idea_id>")
@requires("after.read")
@limit("lists", "300 per minute")
def winner(idea_id: str) -> Response:
    """How far a winner is, what it brought, and its data."""
    return show_winner(idea_id)


@blueprint.post("/winners/<idea_id>/benefits/<benefit_id>")
@requires("after.confirm")
@limit("voices", "60 per 10 minutes")
def say(idea_id: str, benefit_id: str) -> Response:
    """Confirm or contest what a benefit report says."""
    if current_actor().is_anonymous:
        raise SignInNeeded()
    try:
        say_on_benefit(
            db.session(), current_actor(), benefit_id,
            confirms=request.form.get("confirms") == "1", text=text("text", 1000) or None,
        )  # fmt: skip
    except (Invalid, Forbidden) as problem:
        db.session.rollback()
        found = problem if isinstance(problem, Invalid) else None
        return show_winner(idea_id, found or Invalid(errors={"text": str(problem.detail)}))
    return go(url_for("web.winner", idea_id=idea_id, done="said"))
