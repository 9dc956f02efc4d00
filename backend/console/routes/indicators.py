"""The desk of the indicators: computing, alerts, statements, and the yearly audit."""

from collections.abc import Callable

from flask import Response, flash
from sqlalchemy.orm import Session

from backend.console.blueprint import blueprint
from backend.core.actor import Actor, current_actor
from backend.core.db import db
from backend.core.i18n import _
from backend.core.pages.forms import first_time, go, line, messages, page, text
from backend.core.policy import is_allowed, requires
from backend.core.problems import Conflict, Forbidden, Invalid, NotFound
from backend.indicators.catalogue import catalogue
from backend.indicators.periods import parse_period
from backend.indicators.queries import papers, registers
from backend.indicators.queries.values import periods, runs
from backend.indicators.service import audits, importing, statements
from backend.indicators.service.storing import start_run

HOME = "/console/indicators"
Act = Callable[[Session, Actor], object]


def _show(errors: dict[str, str] | None = None, status: int = 200) -> Response:
    session, actor = db.session(), current_actor()
    found = periods(session)
    names = {f"{s.component}.{s.measure}": s for s in catalogue().sub_indicators.values()}
    return page(
        "console/indicators.html",
        status,
        errors=errors or {},
        periods=found,
        years=[period for period in found if "-Q" not in period],
        runs=runs(session, 5),
        alerts=registers.alerts(session, limit=30),
        name_of=lambda series: names[series].name() if series in names else series,
        imports=registers.imports(session, 10),
        statements=papers.statements(session, 10),
        audits=papers.audits(session, 10),
        may_sign=is_allowed(actor, "indicators.sign"),
        may_keep=is_allowed(actor, "indicators.compute"),
        method=catalogue().method,
    )


def _done(act: Act, onward: str = HOME) -> Response:
    """Do it and lead back; what could not be done is said above the page."""
    session = db.session()
    try:
        told = act(session, current_actor()) if first_time(session) else None
    except (Invalid, Conflict, Forbidden) as problem:
        db.session.rollback()
        if onward != HOME:
            flash(next(iter(messages(problem).values())), "danger")
            return go(onward)
        return _show(messages(problem), problem.status)
    if told:
        flash(str(told), "success")
    return go(onward)


@blueprint.get("/indicators")
@requires("indicators.desk")
def indicators_desk() -> Response:
    """What waits: alerts, computings, imports, statements, audits."""
    return _show()


@blueprint.post("/indicators/compute")
@requires("indicators.compute")
def indicators_compute() -> Response:
    """Ask for a period to be computed now."""

    def act(session: Session, actor: Actor) -> object:
        start_run(session, actor, [parse_period(line("period", 10))])
        return _("It is being computed. This page shows how far it is.")

    return _done(act)


@blueprint.post("/indicators/alerts/<alert_id>")
@requires("indicators.see_alert")
def indicators_alert(alert_id: str) -> Response:
    """Say what is done about an alert."""

    def act(session: Session, actor: Actor) -> object:
        importing.see_alert(session, actor, alert_id, text("answer", 500))
        return _("Written down.")

    return _done(act)


@blueprint.post("/indicators/statements")
@requires("indicators.sign")
def indicators_issue() -> Response:
    """Issue the signed statement of a period."""

    def act(session: Session, actor: Actor) -> object:
        statements.issue_statement(session, actor, line("period", 10))
        return _("The statement is issued. Everybody can check it.")

    return _done(act)


@blueprint.post("/indicators/statements/<statement_id>/revoke")
@requires("indicators.sign")
def indicators_revoke(statement_id: str) -> Response:
    """Take a statement back."""

    def act(session: Session, actor: Actor) -> object:
        statements.revoke_statement(session, actor, statement_id, text("reason", 300))
        return _("The statement is taken back.")

    return _done(act)


@blueprint.post("/indicators/audits")
@requires("indicators.audit")
def audit_open() -> Response:
    """Begin the audit of a year."""
    made: list[str] = []

    def act(session: Session, actor: Actor) -> object:
        made.append(audits.open_audit(session, actor, line("period", 10)))
        return _("The audit is begun.")

    answer = _done(act)
    return go(f"{HOME}/audits/{made[0]}") if made and answer.status_code == 303 else answer


@blueprint.get("/indicators/audits/<audit_id>")
@requires("indicators.desk")
def audit_page(audit_id: str) -> Response:
    """An audit with its evidence, its questions and what can be done next."""
    found = papers.audit(db.session(), audit_id)
    if found is None:
        raise NotFound()
    actor = current_actor()
    own = found["made_by"] == actor.key[:60]
    return page(
        "console/indicator_audit.html",
        audit=found,
        own=own,
        may_make=is_allowed(actor, "indicators.audit"),
        may_check=is_allowed(actor, "indicators.check_audit", "own" if own else "other"),
        subs=[(s.code, f"{s.component}: {s.name()}") for s in catalogue().sub_indicators.values()],
    )


@blueprint.post("/indicators/audits/<audit_id>/<verb>")
@requires("indicators.audit")
def audit_step(audit_id: str, verb: str) -> Response:
    """A step of an audit: evidence, hand in, ask, answer, verify."""

    def act(session: Session, actor: Actor) -> object:
        if verb == "evidence":
            audits.add_evidence(
                session, actor, audit_id, line("code", 60),
                title=line("title"), address=line("address", 500),
            )  # fmt: skip
            return _("The evidence is attached.")
        if verb == "submit":
            audits.submit_audit(session, actor, audit_id)
            return _("Handed in. Its figures are frozen; a second person checks it now.")
        if verb == "ask":
            audits.ask(session, actor, audit_id, text("question", 2000), line("code", 60))
            return _("The question is asked; the audit is back with its maker.")
        if verb == "answer":
            audits.answer(session, actor, line("question_id", 16), text("answer", 2000))
            return _("Answered.")
        if verb == "verify":
            audits.verify_audit(session, actor, audit_id)
            return _("Verified. Everybody can read it now.")
        raise NotFound()

    return _done(act, f"{HOME}/audits/{audit_id[:16]}")
