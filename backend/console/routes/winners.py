"""The desk of winners: steps and spending, what it brought, agreements on data, deliveries."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

import orjson
from flask import Response, flash, request, url_for

from backend.console.blueprint import blueprint
from backend.core.actor import current_actor
from backend.core.db import db
from backend.core.i18n import _
from backend.core.pages.forms import first_time, go, line, messages, once_field, page, text
from backend.core.policy import is_allowed, requires
from backend.core.problems import Conflict, Invalid, NotFound, Problem, SignInNeeded
from backend.ideas.faces import money
from backend.ideas.queries.after import read_winner, winners_for_desk
from backend.ideas.service import after

HUES = {"planned": "new", "busy": "busy", "done": "done", "late": "waiting"}
PRIVACY, SCHEDULES = ("open", "aggregated", "internal"), ("daily", "weekly", "monthly", "quarterly")
MOST_MONEY = 10**12


def _words() -> dict[str, list[tuple[str, str]]]:
    return {
        "states": [
            ("planned", _("planned")), ("busy", _("in hand")), ("done", _("done")),
            ("late", _("late")),
        ],
        "privacies": [
            ("open", _("Open: anybody may have it")),
            ("aggregated", _("Open, for it holds sums and means alone")),
            ("internal", _("Internal: city hall alone")),
        ],
        "schedules": [
            ("daily", _("daily")), ("weekly", _("weekly")), ("monthly", _("monthly")),
            ("quarterly", _("quarterly")),
        ],
    }  # fmt: skip


@blueprint.get("/winners")
@requires("after.carry_out")
def winners() -> Response:
    """Every winner, with how far it is."""
    return page("console/winners/list.html", winners=winners_for_desk(db.session()), money=money)


def _shown(idea_id: str, problem: Problem | None = None, key: str | None = None) -> Response:
    winner = read_winner(db.session(), idea_id)
    return page(
        "console/winners/winner.html",
        problem.status if problem else 200,
        winner=winner, hues=HUES, money=lambda amount: money(amount, winner["currency"]),
        agrees=is_allowed(current_actor(), "after.agree"), key=key, once=once_field(),
        errors=messages(problem) if problem else {}, sent=request.form if problem else {},
        part=request.form.get("part", "") if problem else "", **_words(),
    )  # fmt: skip


@blueprint.get("/winners/<idea_id>")
@requires("after.carry_out")
def winner_desk(idea_id: str) -> Response:
    """One winner: its steps, benefit reports, agreements and deliveries."""
    return _shown(idea_id)


def _acted(idea_id: str, act: Callable[[], Any], said: str) -> Response:
    """Do something for a winner; what was wrong is shown on its page."""
    read_winner(db.session(), idea_id)
    try:
        if first_time(db.session()):
            act()
    except (Invalid, Conflict) as problem:
        db.session.rollback()
        return _shown(idea_id, problem)
    flash(said, "success")
    return go(url_for("console.winner_desk", idea_id=idea_id))


def _whole(name: str, default: int | None) -> int | None:
    words = line(name, 20).replace(" ", "")
    if not words:
        return default
    if not (words.isascii() and words.isdecimal()) or int(words) > MOST_MONEY:
        raise Invalid(errors={name: _("Write a whole number.")})
    return int(words)


def _needed(name: str, most: int, *, long: bool = False) -> str:
    found = text(name, most) if long else line(name, most)
    if not found:
        raise Invalid(errors={name: _("Fill this in.")})
    return found


@blueprint.post("/winners/<idea_id>/milestones")
@requires("after.carry_out")
def plan_step(idea_id: str) -> Response:
    """Plan a step."""

    def act() -> None:
        try:
            due = date.fromisoformat(line("due_on", 10))
        except ValueError as error:
            raise Invalid(errors={"due_on": _("Give the day.")}) from error
        after.plan_milestone(
            db.session(), current_actor(), idea_id, title=_needed("title", 200), due_on=due,
            budget=_whole("budget", 0) or 0,
        )  # fmt: skip

    return _acted(idea_id, act, _("The step is planned; followers are told."))


@blueprint.post("/winners/<idea_id>/milestones/<milestone_id>")
@requires("after.carry_out")
def move_step(idea_id: str, milestone_id: str) -> Response:
    """Say how far a step is and what it has cost."""
    steps = read_winner(db.session(), idea_id)["milestones"]
    if milestone_id not in {step["public_id"] for step in steps}:
        raise NotFound()

    def act() -> None:
        state = line("state", 10)
        if state not in HUES:
            raise Invalid(errors={"state": _("Choose how far it is.")})
        after.update_milestone(
            db.session(), current_actor(), milestone_id, state, _whole("spent", 0) or 0,
            text("note", 2000) or None,
        )  # fmt: skip

    return _acted(idea_id, act, _("Kept; followers are told."))


@blueprint.post("/winners/<idea_id>/benefits")
@requires("after.carry_out")
def publish_benefit(idea_id: str) -> Response:
    """Publish what a winner brought."""

    def act() -> None:
        number = _whole("number", None)
        if number is not None and number > 2**31 - 1:
            raise Invalid(errors={"number": _("Write a smaller number.")})
        after.report_benefit(
            db.session(), current_actor(), idea_id, helped=_needed("helped", 200), number=number,
            text=_needed("text", 4000, long=True), proof=line("proof", 500) or None,
        )  # fmt: skip

    return _acted(idea_id, act, _("Published. Residents confirm or contest it."))


def _json_of(name: str, most: int) -> Any:
    file = request.files.get(name)
    data = file.read(most + 1) if file else b""
    if not data or len(data) > most:
        raise Invalid(errors={name: _("Choose a JSON file that is not too large.")})
    try:
        return orjson.loads(data)
    except orjson.JSONDecodeError as error:
        raise Invalid(errors={name: _("This file is not JSON.")}) from error


def _agreement() -> Mapping[str, Any]:
    schema = _json_of("schema", 60_000)
    if not isinstance(schema, dict):
        raise Invalid(errors={"schema": _("A JSON Schema is an object.")})
    privacy, schedule = line("privacy", 12), line("schedule", 12)
    if privacy not in PRIVACY or schedule not in SCHEDULES:
        raise Invalid(errors={"privacy": _("Choose who may have the data, and how often.")})
    return {
        "title": _needed("title", 200), "description": _needed("description", 4000, long=True),
        "schema": schema, "licence": _needed("licence", 80), "privacy": privacy,
        "schedule": schedule, "chart": None,
    }  # fmt: skip


@blueprint.post("/winners/<idea_id>/agreements")
@requires("after.agree")
def agree_on_data(idea_id: str) -> Response:
    """Agree on what a winner's service delivers; the key of its machine is shown once."""
    read_winner(db.session(), idea_id)
    try:
        if not first_time(db.session()):
            return go(url_for("console.winner_desk", idea_id=idea_id))
        _made, key = after.agree_on_data(db.session(), current_actor(), idea_id, _agreement())
    except (Invalid, Conflict) as problem:
        db.session.rollback()
        return _shown(idea_id, problem)
    return _shown(idea_id, key=key)


@blueprint.post("/winners/<idea_id>/agreements/<agreement_id>/deliveries")
@requires("after.agree")
def take_delivery(idea_id: str, agreement_id: str) -> Response:
    """Take a delivery in at the desk, with the agreement's key, checked as one by machine."""
    known = read_winner(db.session(), idea_id)["agreements"]
    if agreement_id not in {agreement["public_id"] for agreement in known}:
        raise NotFound()

    def act() -> None:
        period = _needed("period", 20)
        if len(period) < 4:
            raise Invalid(errors={"period": _("Write a period such as 2026-05.")})
        records = _json_of("records", after.MOST_BYTES)
        try:
            after.deliver(db.session(), agreement_id, line("key", 64), period, records)
        except SignInNeeded as problem:
            raise Invalid(errors={"key": str(problem.detail)}) from problem
        except Invalid as problem:
            said = [f"{place}: {fault}" for place, fault in list(problem.errors.items())[:5]]
            raise Invalid(errors={"records": " ".join(said)}) from problem

    return _acted(idea_id, act, _("The delivery fits the agreement and is kept."))
