"""Working on a report: each form names the version it was made on, and leads back to its place."""

from collections.abc import Callable

from flask import Response, flash, request
from markupsafe import Markup
from sqlalchemy.orm import Session

from backend.accounts.queries import find_account, staff_members
from backend.classification.queries import suggestion_of
from backend.console.blueprint import blueprint
from backend.console.draft import Draft
from backend.console.reading import service_for
from backend.console.routes.inbox import report_page
from backend.console.way import Way
from backend.console.words import status_name
from backend.core.actor import Actor, current_actor
from backend.core.db import db
from backend.core.i18n import _, current_language
from backend.core.ids import is_public_id, normalise_id, spoken_id
from backend.core.pages.forms import first_time, go, line, text
from backend.core.policy import requires
from backend.core.problems import Conflict, Invalid, NotFound, PreconditionRequired, Stale
from backend.media import queries as media
from backend.media.service import hide
from backend.reports import service
from backend.reports.naming import lookup
from backend.reports.queries import standing_of

PASSED_ON_FROM = ("received", "triaged", "reopened", "assigned")
LONGEST = 4000


def _versions() -> frozenset[int]:
    """The version of the report that the form was made on."""
    sent = request.form.get("version", "")
    if not sent.isdecimal() or len(sent) > 9:
        raise PreconditionRequired()
    return frozenset({int(sent)})


def _done(report_id: str, form: str, act: Callable[[Session, Actor], object]) -> Response:
    """Do it and lead back; what could not be done comes back with the typed text."""
    way = Way.of_form()
    try:
        told = act(db.session(), current_actor())
    except (Invalid, Conflict, Stale) as problem:
        db.session.rollback()
        return report_page(report_id, way, Draft.of(form, problem), status=problem.status)
    if told:
        flash(str(told), "success")
    return go(way.report_url(report_id))


@blueprint.post("/reports/<report_id>/place")
@requires("report.place")
def place(report_id: str) -> Response:
    """Accept or correct where a report belongs, and pass it to its department."""
    way, following = Way.of_form(), request.form.get("next", "")
    try:
        told = _place(db.session(), current_actor(), report_id)
    except (Invalid, Conflict, Stale) as problem:
        db.session.rollback()
        return report_page(report_id, way, Draft.of("place", problem), status=problem.status)
    link = Markup('<a href="{}">{}</a>').format(way.report_url(report_id), spoken_id(report_id))
    flash(Markup("{}: {}").format(link, told), "success")
    if way.view and following.startswith("/console/inbox/"):
        return go(following)
    return go(way.report_url(report_id))


def _place(session: Session, actor: Actor, report_id: str) -> object:
    """Write the decision; the suggestion's own, one of its others, or the clerk's."""
    component = line("take", 10) or line("component", 10) or None
    chosen, department = line("service", 80) or None, line("department", 80) or None
    if line("take", 10):
        chosen, department = _as_suggested(session, report_id, str(component))
    record = None
    if component or chosen:
        record = service.place_in_taxonomy(
            session, actor, report_id, component=component, service=chosen, versions=_versions()
        )
        department = department or lookup(session).department_code(record.department_id)
    if not department:
        if record is None:
            raise Invalid(errors={"service": _("Choose a service, a component or a department.")})
        return _("Placed. No department is known for it: choose one below.")
    if record is not None and record.status not in PASSED_ON_FROM:
        return _("Placed.")
    service.assign(
        session, actor, report_id, department=department,
        versions=None if record else _versions(),
    )  # fmt: skip
    name = lookup(session).departments_by_code[department].name(current_language())
    return _("Passed to %(department)s.", department=name)


def _as_suggested(
    session: Session, report_id: str, component: str
) -> tuple[str | None, str | None]:
    """The service and department that go with a component that the model offered."""
    known = lookup(session)
    found = suggestion_of(session, "report", normalise_id(report_id)) or {}
    likeliest = service_for(known, found, component)
    if likeliest is None:
        return None, None
    return likeliest.code, known.department_code(likeliest.department_id)


@blueprint.post("/reports/<report_id>/assign")
@requires("report.assign")
def assign(report_id: str) -> Response:
    """Give a report to a department, and perhaps to one of its people."""

    def act(session: Session, actor: Actor) -> object:
        department, person = line("department", 80) or None, line("person", 40)
        assignee = _colleague(session, report_id, department, person)
        service.assign(
            session, actor, report_id,
            department=department, assignee_id=assignee, versions=_versions(),
        )  # fmt: skip
        return _("Passed on.")

    return _done(report_id, "assign", act)


def _colleague(session: Session, report_id: str, department: str | None, person: str) -> int | None:
    """The account of a colleague who works for the department that gets the report."""
    if not person:
        return None
    found = find_account(session, person)
    known = lookup(session).departments_by_code.get(department) if department else None
    wanted = known.id if known else standing_of(session, report_id).department_id
    members = {m.account_id for m in staff_members(session, wanted)} if wanted else set()
    if found is None or found.id not in members:
        raise Invalid(errors={"person": _("This person does not work for that department.")})
    return found.id


@blueprint.post("/reports/<report_id>/take")
@requires("report.assign")
def take(report_id: str) -> Response:
    """Take a report into one's own hands."""

    def act(session: Session, actor: Actor) -> object:
        if standing_of(session, report_id).department_id not in actor.departments:
            raise Conflict(_("This report is with another department. Pass it on first."))
        service.assign(
            session, actor, report_id, assignee_id=actor.account_id, versions=_versions()
        )
        return _("It is yours now.")

    return _done(report_id, "assign", act)


@blueprint.post("/reports/<report_id>/status")
@requires("report.change_status")
def change_status(report_id: str) -> Response:
    """Take a report into another status; the reporter reads the sentence and the reason."""

    def act(session: Session, actor: Actor) -> object:
        step = service.Step(
            target=line("status", 30),
            reason=text("reason", LONGEST) or None,
            forwarded_to=line("forwarded_to") or None,
        )
        if not step.target:
            raise Invalid(errors={"status": _("Choose what becomes of the report.")})
        service.change_status(session, actor, report_id, step, versions=_versions())
        return _("The report is now: %(status)s.", status=status_name(step.target))

    return _done(report_id, "status", act)


@blueprint.post("/reports/<report_id>/answer")
@requires("report.update")
def answer(report_id: str) -> Response:
    """Say something publicly."""

    def act(session: Session, actor: Actor) -> object:
        said = text("text", LONGEST)
        service.post_update(session, actor, report_id, said, versions=_versions())
        return _("Published. The reporter and the followers are told.")

    return _done(report_id, "answer", act)


@blueprint.post("/reports/<report_id>/note")
@requires("report.note")
def note(report_id: str) -> Response:
    """Write an internal note."""

    def act(session: Session, actor: Actor) -> object:
        if first_time(session):
            service.add_note(session, actor, report_id, text("text", LONGEST))
        return _("The note is kept. Only city hall reads it.")

    return _done(report_id, "note", act)


@blueprint.post("/reports/<report_id>/merge")
@requires("report.merge")
def merge(report_id: str) -> Response:
    """Close a report as a duplicate of another."""

    def act(session: Session, actor: Actor) -> object:
        into = normalise_id(line("duplicate_of_other", 64) or line("duplicate_of", 64))
        if not is_public_id(into):
            raise Invalid(
                errors={"duplicate_of_other": _("Choose the report that this one repeats.")}
            )
        try:
            service.merge(session, actor, report_id, into, versions=_versions())
        except NotFound as problem:
            raise Invalid(
                errors={"duplicate_of_other": _("There is no report with this number.")}
            ) from problem
        return _("Merged. Who reported or followed it now follows the other one.")

    return _done(report_id, "merge", act)


@blueprint.post("/reports/<report_id>/unmerge")
@requires("report.merge")
def unmerge(report_id: str) -> Response:
    """Take a duplicate apart again."""

    def act(session: Session, actor: Actor) -> object:
        service.unmerge(session, actor, report_id, text("reason", LONGEST), versions=_versions())
        return _("No longer a duplicate. The report is open again.")

    return _done(report_id, "unmerge", act)


@blueprint.post("/reports/<report_id>/visibility")
@requires("report.hide")
def set_visibility(report_id: str) -> Response:
    """Hide a report, keep it to city hall, or show it again."""

    def act(session: Session, actor: Actor) -> object:
        wish, reason = line("visibility", 20), text("reason", LONGEST) or None
        service.set_visibility(session, actor, report_id, wish, reason, versions=_versions())
        return _("Who may see the report has changed.")

    return _done(report_id, "visibility", act)


@blueprint.post("/reports/<report_id>/dispute")
@requires("report.answer_dispute")
def answer_dispute(report_id: str) -> Response:
    """Open a disputed report again, or answer why it stays closed."""

    def act(session: Session, actor: Actor) -> object:
        decision = line("decision", 20)
        if decision not in ("reopen", "stay"):
            raise Invalid(errors={"decision": _("Choose whether it is opened again.")})
        service.answer_dispute(
            session, actor, report_id,
            reopen=decision == "reopen", answer=text("answer", LONGEST), versions=_versions(),
        )  # fmt: skip
        return _("The dispute is answered.")

    return _done(report_id, "dispute", act)


@blueprint.post("/reports/<report_id>/contact")
@requires("report.read_contact")
def contact(report_id: str) -> Response:
    """Show how the reporter may be reached; that it was read stays in the history."""
    found = service.read_contact(db.session(), current_actor(), report_id) or {}
    db.session.flush()
    return report_page(report_id, Way.of_form(), contact=found)


@blueprint.post("/reports/<report_id>/photos/<photo_id>")
@requires("photo.hide")
def photo(report_id: str, photo_id: str) -> Response:
    """Take a photo out of sight with a reason, or show it again."""

    def act(session: Session, actor: Actor) -> object:
        found = media.find_photo(session, photo_id[:40])
        if found is None or found.target_id != standing_of(session, report_id).public_id:
            raise NotFound()
        reason = line("reason", 300)
        if request.form.get("hide") and len(reason) < 3:
            raise Invalid(errors={f"photo-{photo_id}": _("Write why the photo is hidden.")})
        hide(session, actor, found.public_id, reason if request.form.get("hide") else None)
        return _("The photo is hidden.") if request.form.get("hide") else _("It is shown again.")

    return _done(report_id, "photo", act)
