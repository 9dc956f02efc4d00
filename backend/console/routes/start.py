"""The first page of the desk: what needs doing today."""

from datetime import timedelta

from flask import Response

from backend.console.blueprint import blueprint
from backend.console.navigation import counts
from backend.console.pane import pane_of
from backend.console.policy import HANDLERS
from backend.console.way import Way
from backend.console.words import VIEWS
from backend.core import jobs
from backend.core.actor import Actor, current_actor
from backend.core.clock import utcnow
from backend.core.db import db
from backend.core.pages.forms import go, page
from backend.core.policy import is_allowed, requires

TODAY = timedelta(hours=24)
PRESSING = ("urgent", "overdue", "disputed", "reopened", "triage", "unsure")
MOST = 8


@blueprint.get("/")
@requires("console.start")
def start() -> Response:
    """What needs doing today."""
    actor = current_actor()
    if actor.has("jury") and not actor.has(*HANDLERS, "organiser"):
        return go("/console/jury")
    if not actor.has(*HANDLERS):
        return page("console/start.html", actor=actor, tasks=[], due=None, mine=None)
    numbers = counts()
    tasks = [
        (view, VIEWS[view][0], VIEWS[view][1], numbers[view])
        for view in PRESSING
        if numbers.get(view)
    ]
    mine = pane_of(db.session(), actor, Way("mine", {"order": "due"})) if numbers["mine"] else None
    return page(
        "console/start.html",
        actor=actor,
        tasks=tasks,
        numbers=numbers,
        due=_due_soon(actor),
        mine=mine,
        dead=_dead(actor),
        now=utcnow(),
    )


def _due_soon(actor: Actor) -> object:
    """The reports on this desk that are due first."""
    view = "department" if actor.departments and not actor.has("triage") else "open"
    return pane_of(db.session(), actor, Way(view, {"order": "due"}))


def _dead(actor: Actor) -> int:
    """How many jobs an operator has to look at."""
    if not is_allowed(actor, "console.operate"):
        return 0
    return jobs.counts(db.session()).get("dead", 0)
