"""The classifier's page: how it does, for whom, what it learned, and which model runs."""

from datetime import timedelta
from typing import Any

from flask import Response, flash
from sqlalchemy.orm import Session

from backend.city import queries as city
from backend.classification import promotion, shadow
from backend.classification import queries as classification
from backend.console.blueprint import blueprint
from backend.core.actor import current_actor
from backend.core.clock import utcnow
from backend.core.db import db
from backend.core.i18n import _, current_language
from backend.core.pages.forms import go, line, page
from backend.core.policy import requires
from backend.core.problems import Conflict, Invalid, NotFound

LOOKED_BACK = timedelta(days=30)
LEAST = 10  # decisions below which a proportion says nothing
PAGE = "/console/classifier"


@blueprint.get("/classifier")
@requires("console.operate")
def classifier() -> Response:
    """The running model: how often it is unsure and overridden, whom it serves, what it learned."""
    session, language = db.session(), current_language()
    since = utcnow() - LOOKED_BACK
    rates = [
        {
            "name": classification.name_of(str(rate["component"]), language),
            "code": rate["component"],
            "decisions": rate["decisions"],
            "overridden": rate["overridden"],
            "share": rate["overridden"] / rate["decisions"],
        }
        for rate in classification.override_rates(session, since)
    ]
    return page(
        "console/classifier.html",
        card=classification.running_card(session),
        models=classification.models(session, 20),
        candidate=_candidate(session),
        rates=rates,
        decisions=sum(rate["decisions"] for rate in rates),
        overridden=sum(rate["overridden"] for rate in rates),
        unsure=classification.unsure_share(session, since),
        days=LOOKED_BACK.days,
        least=LEAST,
        fairness=_fairness(session, since, language),
        watch=classification.last_watch(session),
        doubts=classification.doubted_corrections(session)[:20],
        runs=classification.last_runs(session, 7),
        lang=language,
        name_of=classification.name_of,
    )


def _fairness(session: Session, since: Any, language: str) -> list[dict[str, Any]]:
    """Per service, language and district: unsure and overridden, named as people know them."""
    facts = city.facts(session)
    names = {
        "service": {s.code: s.name(language) for s in facts.services},
        "district": {d.code: d.name(language) for d in facts.districts},
        "language": {},
    }
    found = []
    for by in ("service", "language", "district"):
        rows = [
            {**row, "title": names[by].get(row["name"], row["name"]) or _("not known")}
            for row in classification.rates_by(session, by, since)
        ]
        found.append({"by": by, "rows": rows})
    return found


def _candidate(session: Session) -> dict[str, Any] | None:
    waiting = promotion.candidate(session)
    if waiting is None:
        return None
    version, _place, since, figures = waiting
    record = shadow.record_of(session, version)
    return {"version": version, "since": since, "table": figures.get("table", {}), "record": record}


@blueprint.post("/classifier/promote")
@requires("model.promote")
def promote_model() -> Response:
    """Let a candidate run."""
    try:
        promotion.promote(
            db.session(), current_actor(), line("version", 60), reason=line("reason", 300) or None
        )
        flash(_("The candidate runs now."), "success")
    except (Conflict, Invalid, NotFound) as problem:
        db.session.rollback()
        flash(str(problem.detail), "warning")
    return go(PAGE)


@blueprint.post("/classifier/rollback")
@requires("model.promote")
def rollback_model() -> Response:
    """Put the model that ran before back into its place."""
    try:
        version = promotion.rollback(db.session(), current_actor(), line("reason", 300) or None)
        flash(_("Rolled back. Now runs: %(version)s.", version=version), "success")
    except Conflict as problem:
        db.session.rollback()
        flash(str(problem.detail), "warning")
    return go(PAGE)
