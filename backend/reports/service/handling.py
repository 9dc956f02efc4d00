"""Working on a report: steps of its status, assignment, what is said publicly and internally."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import insert
from sqlalchemy.orm import Session

from backend.accounts.queries import works_for
from backend.classification.queries import component_codes, domain_of
from backend.classification.service import correct
from backend.core.actor import Actor
from backend.core.clock import utcnow
from backend.core.events import publish
from backend.core.i18n import _
from backend.core.ids import new_public_id
from backend.core.policy import authorise
from backend.core.problems import Conflict, Invalid
from backend.media.service import attach
from backend.reports.events import ReportAssigned, StatusChanged, UpdatePosted
from backend.reports.models import ReportUpdate, StatusChange, table_of
from backend.reports.naming import lookup
from backend.reports.policy import authorise_work, relation_of
from backend.reports.service.intake import deadline
from backend.reports.service.record import Record, Versions, chronicle, lock, named, save
from backend.reports.status import (
    DEPARTMENT,
    STATUSES,
    SYSTEM,
    TRIAGE,
    is_open,
    targets,
    transition,
)


@dataclass(frozen=True, slots=True)
class Step:
    """A step into a status, with what goes with it."""

    target: str
    reason: str | None = None
    forwarded_to: str | None = None
    duplicate_of: str | None = None
    department: str | None = None
    language: str | None = None


def party_of(actor: Actor) -> str:
    """The part that an actor plays in the status machine."""
    if actor.kind == "system":
        return SYSTEM
    return TRIAGE if actor.has("triage", "administrator") else DEPARTMENT


def change_status(
    session: Session, actor: Actor, public_id: str, step: Step, *, versions: Versions = None
) -> Record:
    """Take a report into another status; the reporter reads the reason."""
    if step.target == "duplicate":
        from backend.reports.service.merging import merge

        if not step.duplicate_of:
            raise Invalid(errors={"duplicate_of": _("Say of which report this is a duplicate.")})
        return merge(session, actor, public_id, step.duplicate_of, versions=versions)
    record = lock(session, public_id, versions)
    authorise_work(actor, "report.change_status", record)
    if step.target == "assigned":
        return _assigned(session, actor, record, step.department, reason=step.reason)
    return take_step(session, record, step, party=party_of(actor), by=named(actor))


def take_step(
    session: Session,
    record: Record,
    step: Step,
    *,
    party: str,
    by: str,
    changes: Mapping[str, Any] | None = None,
) -> Record:
    """Take one step of the status machine on a locked report, whoever has been let through."""
    _check_step(record, step, party)
    now = utcnow()
    old = record.status
    written: dict[str, Any] = {"status": step.target, "status_reason": step.reason}
    if step.target == "not_ours":
        written["forwarded_to"] = step.forwarded_to
    if step.reason:
        written["updates"] = record.values["updates"] + 1
    save(session, record, {**written, **(changes or {})}, at=now)
    session.execute(
        insert(table_of(StatusChange)),
        {
            "report_id": record.id, "at": now, "old": old, "new": step.target, "party": party,
            "department_id": record.department_id,
        },
    )  # fmt: skip
    if step.reason:
        _say(session, record, "status", "reporter" if party == "reporter" else "city",
             step.reason, status=step.target, language=step.language)  # fmt: skip
    told = {"status": step.target, "old": old, "reason": step.reason,
            "forwarded_to": step.forwarded_to}  # fmt: skip
    chronicle(session, record, "status", by, {k: v for k, v in told.items() if v})
    publish(
        session,
        StatusChanged(record.public_id, old, step.target, step.reason, party, record.version),
    )
    return record


def _check_step(record: Record, step: Step, party: str) -> None:
    if step.target not in STATUSES:
        raise Invalid(errors={"status": _("There is no such status.")})
    found = transition(record.status, step.target)
    if found is None or party not in found.who:
        possible = targets(record.status, party)
        raise Conflict(
            _(
                "A report that is %(old)s cannot become %(new)s by you. Possible: %(possible)s.",
                old=record.status, new=step.target, possible=", ".join(possible) or "-",
            ),
            extra={"possible": possible},
        )  # fmt: skip
    missing: dict[str, object] = {}
    if "reason" in found.requires and len((step.reason or "").strip()) < 3:
        missing["reason"] = _("Write what the reporter should read about this.")
    if "forwarded_to" in found.requires and not (step.forwarded_to or "").strip():
        missing["forwarded_to"] = _("Say to whom the report was forwarded.")
    if missing:
        raise Invalid(errors=missing)


def assign(
    session: Session,
    actor: Actor,
    public_id: str,
    *,
    department: str | None = None,
    assignee_id: int | None = None,
    versions: Versions = None,
) -> Record:
    """Give a report to a department, to one of its people, or back to nobody in particular."""
    record = lock(session, public_id, versions)
    authorise_work(actor, "report.assign", record)
    return _assigned(session, actor, record, department, assignee_id=assignee_id)


def _assigned(
    session: Session,
    actor: Actor,
    record: Record,
    department: str | None,
    *,
    assignee_id: int | None = None,
    reason: str | None = None,
) -> Record:
    known = lookup(session)
    found = known.departments_by_code.get(department) if department else None
    if department and (found is None or found.retired):
        raise Invalid(errors={"department": _("The city has no such department.")})
    department_id = found.id if found else record.department_id
    if department_id is None:
        raise Invalid(errors={"department": _("Choose the department that deals with this.")})
    if assignee_id is not None and not works_for(session, assignee_id, department_id):
        raise Invalid(errors={"assignee": _("This person does not work for that department.")})
    if not is_open(record.status):
        raise Conflict(_("This report is closed. Reopen it before you assign it."))
    changes = {"department_id": department_id, "assignee_id": assignee_id}
    by, code = named(actor), known.department_code(department_id)
    if record.status in ("received", "triaged", "reopened", "assigned"):
        if record.status == "assigned":
            save(session, record, changes)
        else:
            step = Step("assigned", reason)
            take_step(session, record, step, party=party_of(actor), by=by, changes=changes)
    else:
        save(session, record, changes)
    chronicle(session, record, "assigned", by, {"department": code, "assignee": assignee_id})
    publish(
        session,
        ReportAssigned(record.public_id, department_id, assignee_id, record.version),
    )
    return record


def post_update(
    session: Session,
    actor: Actor,
    public_id: str,
    text: str,
    *,
    language: str | None = None,
    photos: tuple[str, ...] = (),
    versions: Versions = None,
) -> str:
    """Say something publicly about a report: the city to everyone, or its reporter."""
    record = lock(session, public_id, versions)
    relation = relation_of(actor, record, at_work=True)
    authorise_work(actor, "report.update", record)
    author = "reporter" if relation == "own" and not actor.is_staff else "city"
    return add_update(
        session, record, text, author=author, by=named(actor, "reporter"), language=language,
        photos=photos, author_id=actor.account_id,
    )  # fmt: skip


def add_update(
    session: Session,
    record: Record,
    text: str,
    *,
    author: str,
    by: str,
    language: str | None = None,
    photos: tuple[str, ...] = (),
    author_id: int | None = None,
    source_id: str | None = None,
) -> str:
    """Write an update into the timeline; a reporter's answer lets waiting work go on."""
    text = text.strip()
    if not text:
        raise Invalid(errors={"text": _("Write what you want to say.")})
    changes: dict[str, Any] = {"updates": record.values["updates"] + 1}
    if photos:
        changes["photos"] = attach(
            session, photos, "report", record.public_id, public=record.visibility == "public"
        )
        changes["photo"] = record.values["photo"] or photos[0]
    save(session, record, changes)
    update_id = _say(session, record, "update", author, text, language=language,
                     author_id=author_id, source_id=source_id)  # fmt: skip
    chronicle(session, record, "update", by, {"update": update_id, "text": text})
    publish(session, UpdatePosted(record.public_id, update_id, author, text))
    if author == "reporter" and record.status == "waiting_for_reporter":
        take_step(session, record, Step("in_progress"), party="reporter", by=by)
    return update_id


def add_note(
    session: Session, actor: Actor, public_id: str, text: str, *, versions: Versions = None
) -> str:
    """Write an internal note that only those who work on the report read."""
    record = lock(session, public_id, versions)
    authorise_work(actor, "report.note", record)
    if not text.strip():
        raise Invalid(errors={"text": _("Write the note.")})
    note_id = _say(session, record, "note", "city", text.strip(), author_id=actor.account_id)
    chronicle(session, record, "noted", named(actor), {"note": note_id, "text": text.strip()})
    return note_id


def add_letter_note(session: Session, record: Record, text: str) -> str:
    """Keep a letter whose sender is not surely the reporter, for staff to judge."""
    note_id = _say(session, record, "note", "system", text)
    chronicle(session, record, "noted", "system", {"note": note_id, "letter": True})
    return note_id


def _say(
    session: Session,
    record: Record,
    kind: str,
    author: str,
    text: str,
    *,
    status: str | None = None,
    language: str | None = None,
    author_id: int | None = None,
    source_id: str | None = None,
) -> str:
    update_id = new_public_id()
    session.execute(
        insert(table_of(ReportUpdate)),
        {
            "public_id": update_id, "report_id": record.id, "kind": kind, "author": author,
            "author_id": author_id, "status": status, "text": text, "language": language,
            "hidden": False, "source_id": source_id, "created_at": utcnow(),
        },
    )  # fmt: skip
    return update_id


def place_in_taxonomy(
    session: Session,
    actor: Actor,
    public_id: str,
    *,
    component: str | None = None,
    service: str | None = None,
    reason: str | None = None,
    versions: Versions = None,
) -> Record:
    """Decide where a report belongs: its service and component; the model learns from it."""
    record = lock(session, public_id, versions)
    authorise_work(actor, "report.place", record)
    changes = _placing(session, record, component, service)
    save(session, record, changes)
    decided = record.values["component"]
    if decided:
        correct(session, actor, "report", record.public_id, decided, reason=reason)
    told = {"service": service, "component": decided, "reason": reason}
    chronicle(session, record, "placed", named(actor), {k: v for k, v in told.items() if v})
    return record


def _placing(
    session: Session, record: Record, component: str | None, service: str | None
) -> dict[str, Any]:
    known = lookup(session)
    changes: dict[str, Any] = {"placed_by": "person", "unsure": False}
    if service is not None:
        found = known.services_by_code.get(service)
        if found is None or found.retired:
            raise Invalid(errors={"service": _("The city does not offer this service.")})
        changes["service_id"] = found.id
        changes["due_at"] = deadline(known, found, record.values["created_at"])
        if record.department_id is None or record.status in ("received", "triaged", "reopened"):
            changes["department_id"] = found.department_id or record.department_id
        component = component or found.component
    if component is not None:
        if component not in component_codes():
            raise Invalid(errors={"component": _("Choose one of the components of the taxonomy.")})
        changes |= {"component": component, "domain": domain_of(component)}
    if service is None and component is None:
        raise Invalid(errors={"component": _("Choose a service or a component.")})
    return changes


def read_contact(session: Session, actor: Actor, public_id: str) -> dict[str, Any] | None:
    """How the reporter may be reached; that it was read stays in the history."""
    from sqlalchemy import select

    from backend.reports.models import ReportContact

    record = lock(session, public_id)
    relation = relation_of(actor, record, at_work=True)
    authorise_work(actor, "report.read_contact", record)
    row = session.execute(
        select(
            ReportContact.name, ReportContact.email, ReportContact.phone, ReportContact.language,
            ReportContact.wants_news,
        ).where(ReportContact.report_id == record.id)
    ).first()  # fmt: skip
    if relation != "own":
        chronicle(session, record, "contact_read", named(actor))
    return dict(row._mapping) if row else None


__all__ = [
    "Step", "add_note", "add_update", "assign", "authorise", "change_status", "party_of",
    "place_in_taxonomy", "post_update", "read_contact", "take_step",
]  # fmt: skip
