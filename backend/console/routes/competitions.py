"""The organiser's desk: the calendar, pre-flight, settings, and what waits in an edition."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask import Response, flash, request, url_for

from backend.city import queries as city
from backend.console.blueprint import blueprint
from backend.core.actor import current_actor
from backend.core.clock import utcnow
from backend.core.db import db
from backend.core.i18n import LANGUAGES, _
from backend.core.pages.forms import first_time, go, line, messages, page, text
from backend.core.policy import requires
from backend.core.problems import Conflict, Forbidden, Invalid, Problem
from backend.ideas import queries, wording
from backend.ideas.eligibility import LEVELS
from backend.ideas.faces import words
from backend.ideas.service import editions as service
from backend.ideas.service import phases, problems
from backend.ideas.service.problems import NewProblem, ReportMark
from backend.reports.queries import read_report

WHOLE = ("budget", "largest_cost", "smallest_cost", "endorsements_needed", "answer_days",
         "appeal_days")  # fmt: skip


def _zone() -> ZoneInfo:
    return ZoneInfo(city.facts(db.session()).time_zone)


def _moment(name: str) -> datetime:
    """A moment that a form sent, on the city's clocks."""
    try:
        found = datetime.fromisoformat(request.form.get(name, "")[:25])
    except ValueError as error:
        raise Invalid(errors={name: _("Give a date and a time.")}) from error
    return found if found.tzinfo else found.replace(tzinfo=_zone())


def local_input(moment: datetime) -> str:
    """A moment as a field for date and time holds it."""
    return f"{moment.astimezone(_zone()):%Y-%m-%dT%H:%M}"


@blueprint.get("/competitions")
@requires("competition.organise")
def competitions() -> Response:
    """All editions, drafts and rehearsals too."""
    session, actor = db.session(), current_actor()
    return page(
        "console/competitions/list.html",
        editions=queries.editions(session, actor),
        competitions=queries.competitions(session, actor),
        edition_states=wording.EDITION_STATES,
        errors={},
        today=utcnow().date(),
        **words(),
    )


@blueprint.post("/competitions")
@requires("competition.organise")
def found_competition() -> Response:
    """Found a competition with its first edition, or copy the last edition."""
    session, actor = db.session(), current_actor()
    source = line("copy", 40)
    try:
        year = int(line("year", 4) or "0")
        if source:
            made = service.copy_edition(
                session, actor, source, year=year, rehearsal=request.form.get("rehearsal") == "1"
            )
        else:
            name = {code: line(f"name_{code}", 120) for code in LANGUAGES}
            name = {code: words for code, words in name.items() if words}
            if not name:
                raise Invalid(errors={"name": _("Give the competition a name.")})
            found = service.found_competition(session, actor, line("slug", 60), name, {})
            first = date.fromisoformat(line("first_day", 10))
            made = service.create_edition(
                session, actor, found.public_id, year=year, name=name, first_day=first
            )
    except (ValueError, Invalid, Conflict) as problem:
        session.rollback()
        found_errors = messages(problem) if isinstance(problem, Problem) else {}
        flash(" ".join(found_errors.values()) or _("Write the year and the first day."), "warning")
        return go(url_for("console.competitions"))
    return go(url_for("console.competition", edition_id=made.public_id))


@blueprint.get("/competitions/<edition_id>")
@requires("competition.organise")
def competition(edition_id: str) -> Response:
    """One edition: what waits, the calendar, what is missing, the settings."""
    return _shown(edition_id)


def _shown(edition_id: str, problem: Problem | None = None) -> Response:
    session, actor = db.session(), current_actor()
    found = queries.read_edition(session, actor, edition_id)
    missing = {
        phase.public_id: needs for phase, needs in phases.missing_in(session, actor, edition_id)
    }
    return page(
        "console/competitions/edition.html",
        problem.status if problem else 200,
        edition=found,
        missing=missing,
        counts=queries.desk_counts(session, actor, edition_id),
        errors=messages(problem) if problem else {},
        extra=(problem.extra if problem else {}).get("missing", []),
        edition_states=wording.EDITION_STATES,
        levels=LEVELS,
        local_input=local_input,
        now=utcnow(),
        **words(),
    )


def _acted(edition_id: str, act: Callable[[], Any], said: str) -> Response:
    """Do something, and go back to the edition; what was wrong is shown there."""
    try:
        act()
    except (Invalid, Conflict, Forbidden) as problem:
        db.session.rollback()
        return _shown(edition_id, problem)
    flash(said, "success")
    return go(url_for("console.competition", edition_id=edition_id))


@blueprint.post("/competitions/<edition_id>/settings")
@requires("competition.organise")
def change_competition(edition_id: str) -> Response:
    """Change the settings of an edition."""

    def act() -> None:
        changes: dict[str, Any] = {}
        for name in WHOLE:
            plain = line(name, 20).replace(".", "").replace(" ", "")
            if plain and not plain.isdigit():
                raise Invalid(errors={name: _("Write a whole number.")})
            changes[name] = int(plain) if plain else None
        for name in ("answer_days", "appeal_days"):
            changes[name] = changes[name] if changes[name] is not None else 14
        for name in ("name", "summary"):
            given = {code: text(f"{name}_{code}", 4000) for code in LANGUAGES}
            changes[name] = {code: said for code, said in given.items() if said}
        service.change_edition(db.session, current_actor(), edition_id, changes)

    return _acted(edition_id, act, _("Saved."))


@blueprint.post("/competitions/<edition_id>/state")
@requires("competition.organise")
def turn_competition(edition_id: str) -> Response:
    """Publish, archive or annul an edition."""
    state, reason = line("state", 10), text("reason", 4000) or None
    return _acted(
        edition_id,
        lambda: service.turn_edition(db.session, current_actor(), edition_id, state, reason=reason),
        _("Done."),
    )


@blueprint.post("/competitions/<edition_id>/phases/<phase_id>")
@requires("competition.organise")
def turn_phase(edition_id: str, phase_id: str) -> Response:
    """Plan, open, extend, suspend, resume, close or annul a phase."""
    do, session, actor = line("do", 12), db.session, current_actor()

    def act() -> None:
        reason = text("reason", 4000)
        if do == "plan":
            who = {
                "assurance": line("assurance", 20),
                "minimum_age": int(line("minimum_age", 3)) if line("minimum_age", 3).isdigit()
                else None,
                "districts": request.form.getlist("districts")[:100],
            }  # fmt: skip
            phases.plan_phase(
                session, actor, phase_id, starts_at=_moment("starts_at"),
                ends_at=_moment("ends_at"), who=who,
            )  # fmt: skip
        elif do == "open":
            phases.open_phase(session, actor, phase_id)
        elif do == "extend":
            phases.extend_phase(session, actor, phase_id, _moment("ends_at"), reason)
        else:
            acts = {
                "suspend": phases.suspend_phase, "resume": phases.resume_phase,
                "close": phases.close_phase, "annul": phases.annul_phase,
            }  # fmt: skip
            if do not in acts:
                raise Invalid(errors={"do": _("Choose what to do.")})
            acts[do](session, actor, phase_id, reason)

    return _acted(edition_id, act, _("Done. Everybody who follows the edition is told."))


@blueprint.post("/competitions/<edition_id>/problems")
@requires("problem.start_from_reports")
def problem_from_reports(edition_id: str) -> Response:
    """Start a problem from reports, by their numbers."""

    def act() -> None:
        numbers = text("reports", 12_000).replace(",", " ").split()
        marks = []
        for number in numbers[:500]:
            report = read_report(db.session, current_actor(), number)
            place = report["place"]
            marks.append(
                ReportMark(report["id"], tuple(place["coordinates"][:2]) if place else None)
            )
        new = NewProblem(
            line("title", 120), text("text", 6000), groups=line("groups", 600).split(",")
        )
        if first_time(db.session):
            problems.start_from_reports(db.session, current_actor(), edition_id, new, marks)

    return _acted(edition_id, act, _("The problem is published."))
