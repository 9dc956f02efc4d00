"""Duplicates: merged into the report that goes on, and taken apart again."""

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from backend.classification.duplicates import Told, decided
from backend.core.actor import Actor
from backend.core.clock import utcnow
from backend.core.db import insert_ignore
from backend.core.events import publish
from backend.core.i18n import _
from backend.core.problems import Conflict, Invalid
from backend.reports.events import ReportsMerged
from backend.reports.models import Confirmation, Report
from backend.reports.naming import lookup
from backend.reports.policy import authorise_work
from backend.reports.queries.detail import standing_of
from backend.reports.service.record import (
    Record,
    Versions,
    chronicle,
    lock,
    lock_by_key,
    named,
    save,
)
from backend.reports.service.voices import account_mark, counted_confirmations, report_mark


def merge(
    session: Session, actor: Actor, public_id: str, into: str, *, versions: Versions = None
) -> Record:
    """Close a report as a duplicate of another, which takes over its voices.

    The one that goes on is never a duplicate itself, so there is no chain and no circle.
    """
    from backend.reports.service.handling import Step, party_of, take_step

    child, parent = _both(session, public_id, into, versions)
    authorise_work(actor, "report.merge", child)
    authorise_work(actor, "report.merge", parent)
    if child.id == parent.id:
        raise Invalid(errors={"duplicate_of": _("A report cannot be a duplicate of itself.")})
    if parent.status == "duplicate":
        raise Conflict(
            _("That report is a duplicate itself. Choose the one that it was merged into.")
        )
    if parent.visibility != "public" and child.visibility == "public":
        raise Conflict(_("That report is not public, so people could not follow it there."))
    by = named(actor)
    take_step(
        session, child, Step("duplicate"), party=party_of(actor), by=by,
        changes={"duplicate_of_id": parent.id},
    )  # fmt: skip
    for grandchild in _children(session, child.id):
        moved = lock_by_key(session, grandchild)
        save(session, moved, {"duplicate_of_id": parent.id})
        chronicle(session, moved, "merged", by, {"into": parent.public_id})
        _move_voices(session, moved, parent)
    _move_voices(session, child, parent)
    save(session, parent, {"confirmations": counted_confirmations(session, parent.id)})
    chronicle(session, child, "merged", by, {"into": parent.public_id})
    chronicle(session, parent, "joined", by, {"duplicate": child.public_id})
    decided(session, actor.key, "report", _told(session, child), _told(session, parent), same=True)
    publish(session, ReportsMerged(child.public_id, parent.public_id))
    return child


def unmerge(
    session: Session, actor: Actor, public_id: str, reason: str, *, versions: Versions = None
) -> Record:
    """Take a duplicate apart again: it is reopened, and the voices that came with it go back."""
    from backend.reports.service.handling import Step, party_of, take_step

    parent_id = session.execute(
        select(Report.duplicate_of_id).where(Report.id == standing_of(session, public_id).id)
    ).scalar()
    if parent_id is None:
        raise Conflict(_("This report is not a duplicate."))
    parent_public = session.execute(select(Report.public_id).where(Report.id == parent_id)).scalar()
    child, parent = _both(session, public_id, str(parent_public), versions)
    authorise_work(actor, "report.merge", child)
    if child.values["duplicate_of_id"] != parent.id:
        raise Conflict()
    by = named(actor)
    take_step(
        session, child, Step("reopened", reason), party=party_of(actor), by=by,
        changes={"duplicate_of_id": None},
    )  # fmt: skip
    session.execute(
        delete(Confirmation).where(
            Confirmation.report_id == parent.id, Confirmation.merged_from == child.id
        )
    )
    save(session, parent, {"confirmations": counted_confirmations(session, parent.id)})
    chronicle(session, parent, "parted", by, {"duplicate": child.public_id, "reason": reason})
    decided(session, actor.key, "report", _told(session, child), _told(session, parent), same=False)
    publish(session, ReportsMerged(child.public_id, parent.public_id, undone=True))
    return child


def _told(session: Session, record: Record) -> Told:
    """What there is to compare of a report."""
    values = record.values
    point = (values["lon"], values["lat"]) if values["lon"] is not None else None
    service = lookup(session).service_code(values["service_id"])
    return Told(record.public_id, values["text"], point, values["created_at"], service)


def _both(session: Session, public_id: str, into: str, versions: Versions) -> tuple[Record, Record]:
    """Lock two reports, always in the same order, so that two mergers never wait in a circle."""
    child_id, parent_id = standing_of(session, public_id).id, standing_of(session, into).id
    if child_id == parent_id:
        only = lock(session, public_id, versions)
        return only, only
    locked = {key: lock_by_key(session, key) for key in sorted((child_id, parent_id))}
    child = lock(session, public_id, versions)
    return child, locked[parent_id]


def _children(session: Session, report_id: int) -> list[int]:
    return list(
        session.execute(
            select(Report.id).where(Report.duplicate_of_id == report_id).order_by(Report.id)
        ).scalars()
    )


def _move_voices(session: Session, child: Record, parent: Record) -> None:
    """Count the reporter and confirmers of a duplicate for the report that goes on, once each."""
    now = utcnow()
    voices: list[tuple[str, int | None]] = [
        (row.who, row.account_id)
        for row in session.execute(
            select(Confirmation.who, Confirmation.account_id).where(
                Confirmation.report_id == child.id, Confirmation.merged_from.is_(None)
            )
        )
    ]
    reporter = child.reporter_id
    voices.append((account_mark(reporter) if reporter else report_mark(child.public_id), reporter))
    own = account_mark(parent.reporter_id) if parent.reporter_id else None
    for who, account_id in voices:
        if who == own:
            continue
        values = {
            "report_id": parent.id, "who": who, "account_id": account_id,
            "merged_from": child.id, "created_at": now,
        }  # fmt: skip
        insert_ignore(session, Confirmation, values, ("report_id", "who"))
