"""The operator's pages: jobs, letters, city, audit log, health."""

from datetime import timedelta
from typing import Any

from alembic.runtime.migration import MigrationContext
from flask import Response, flash, request

from backend.accounts.queries import staff_members
from backend.city import queries as city
from backend.console import queries
from backend.console.blueprint import blueprint
from backend.console.service import requeue_jobs
from backend.core import jobs
from backend.core.actor import current_actor
from backend.core.clock import utcnow
from backend.core.db import db, is_postgresql
from backend.core.i18n import _, current_language, ngettext
from backend.core.ids import is_public_id, normalise_id
from backend.core.migrate import head_revision
from backend.core.pages.forms import go, page
from backend.core.policy import requires
from backend.core.problems import Conflict, NotFound
from backend.core.settings import current_settings
from backend.notifications.queries import count_deliveries

PATIENCE = timedelta(minutes=5)


@blueprint.get("/jobs")
@requires("console.operate")
def list_jobs() -> Response:
    """Work that waits, runs, or failed for the last time."""
    session = db.session()
    return page(
        "console/jobs.html",
        counts=jobs.counts(session),
        kinds=queries.jobs_by_name(session),
        dead=jobs.list_dead(session),
        oldest=queries.oldest_due(session, utcnow()),
        now=utcnow(),
    )


@blueprint.post("/jobs/requeue")
@requires("console.operate")
def requeue() -> Response:
    """Try one dead job again, or all of them."""
    wish = request.form.get("job", "")
    onward = "/console/letters" if request.form.get("from") == "letters" else "/console/jobs"
    if wish and (not wish.isdecimal() or len(wish) > 18):
        raise NotFound()
    try:
        number = requeue_jobs(db.session(), current_actor(), int(wish) if wish else None)
    except Conflict as problem:
        flash(str(problem.detail), "warning")
        return go(onward)
    told = ngettext("One job is tried again.", "%(num)d jobs are tried again.", number)
    flash(told, "success")
    return go(onward)


@blueprint.get("/letters")
@requires("console.operate")
def list_letters() -> Response:
    """Letters that could not be sent, and what became of the news."""
    session = db.session()
    return page(
        "console/letters.html",
        letters=queries.unsent_letters(session),
        deliveries=count_deliveries(session),
        transport=current_settings().mail_url.partition("://")[0],
    )


@blueprint.get("/city")
@requires("console.operate")
def show_city() -> Response:
    """The city as it is loaded: version, departments, services, districts."""
    facts, language = city.facts(db.session()), current_language()
    people: dict[int, int] = {}
    for member in staff_members(db.session()):
        for department in member.departments:
            people[department] = people.get(department, 0) + 1
    names = {d.id: d.name(language) for d in facts.departments}
    return page(
        "console/city.html", facts=facts, lang=language, people=people, department_names=names
    )


@blueprint.get("/audit")
@requires("console.audit")
def audit() -> Response:
    """What happened to one subject, from the append-only history."""
    session = db.session()
    words = request.args.get("subject", "").strip()[:64]
    plain = normalise_id(words)
    subject = plain if is_public_id(plain) else words
    entries = list(queries.audit_entries(session, subject)) if subject else []
    names = {p.public_id: p.name or "" for p in staff_members(session)} if entries else {}
    for entry in entries:
        kind, _colon, public_id = str(entry["actor"]).partition(":")
        entry["who"] = names.get(public_id) or kind  # type: ignore[index]
        entry["told"] = _told(entry)  # type: ignore[index]
    return page("console/audit.html", words=words, entries=entries, seal=queries.last_seal(session))


def _told(entry: Any) -> str:
    """The contents of an entry; those of reports are read on their page, by who may."""
    if entry["payload"] is None:
        return str(_("erased"))
    if entry["stream"] in queries.PRIVATE:
        return ""
    return ", ".join(f"{name}: {value}" for name, value in entry["payload"].items() if value)[:300]


@blueprint.get("/health")
@requires("console.operate")
def health() -> Response:
    """How the house is doing: schema, database, jobs, letters, ledger."""
    session, settings, now = db.session(), current_settings(), utcnow()
    current = MigrationContext.configure(session.connection()).get_current_revision()
    counts, oldest = jobs.counts(session), queries.oldest_due(session, now)
    seal = queries.last_seal(session)
    late = oldest is not None and now - oldest > PATIENCE
    engine = "PostgreSQL" if is_postgresql(session) else "SQLite"
    storage = "S3" if settings.storage_url.startswith("s3") else _("folder")
    checks = [
        (_("Database"), engine, True),
        (_("Schema"), current or _("not migrated"), current == head_revision()),
        (_("Jobs in time"), _("no, the worker is behind") if late else _("yes"), not late),
        (_("Dead jobs"), str(counts.get("dead", 0)), not counts.get("dead")),
        (_("Letters"), settings.mail_url.partition("://")[0] or _("into a folder"), True),
        (_("Photos"), storage, True),
        (_("Shared limits"), "Redis" if settings.redis_url else _("this process alone"), True),
        (_("City loaded"), city.facts(session).slug or _("no"), city.facts(session).loaded),
    ]
    return page("console/health.html", checks=checks, seal=seal, environment=settings.env)
