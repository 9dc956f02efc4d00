"""One report, with everything around it that the reader may see."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.core.actor import Actor
from backend.core.ids import normalise_id
from backend.core.ledger import entries_of
from backend.core.policy import is_allowed
from backend.core.problems import NotFound
from backend.media.queries import photos_of
from backend.notifications.queries import followed
from backend.reports.models import (
    Dispute,
    Report,
    ReportContact,
    ReportUpdate,
    Satisfaction,
)
from backend.reports.naming import lookup, names_for
from backend.reports.policy import authorise_reading, relation_of
from backend.reports.render import item
from backend.reports.status import what_the_reporter_reads

MOST_SHOWN = 300
STREAM = "report"

_COLUMNS = tuple(c for c in Report.__table__.columns if c.name not in ("search", "row"))


class ReportRow(NamedTuple):
    """What the rules and the pages look at first."""

    id: int
    public_id: str
    version: int
    reporter_id: int | None
    department_id: int | None
    visibility: str


def standing_of(session: Session, public_id: str) -> ReportRow:
    """The little of a report by which access is decided; NotFound when there is none."""
    columns = [Report.__table__.c[name] for name in ReportRow._fields]
    found = session.execute(
        select(*columns).where(Report.public_id == normalise_id(public_id[:64]))
    ).first()
    if found is None:
        raise NotFound()
    return ReportRow(*found)


def find_row(session: Session, public_id: str) -> Any | None:
    """All columns of a report by its public id, without asking who reads."""
    statement = select(*_COLUMNS).where(Report.public_id == normalise_id(public_id[:64]))
    return session.execute(statement).first()


def read_report(
    session: Session, actor: Actor, public_id: str, *, relation: str | None = None
) -> dict[str, Any]:
    """One report as the actor may see it: its state, timeline and photos.

    `relation` is given by whoever holds a return link, which makes the report their own.
    """
    row = find_row(session, public_id)
    if row is None:
        raise NotFound()
    relation = authorise_reading(actor, row, relation)
    at_work = relation_of(actor, row, at_work=True)
    works = relation != "own" or actor.is_staff
    staff = works and is_allowed(actor, "report.read_notes", at_work)
    document = _public_part(session, row)
    document["updates"] = updates_of(session, row.id, notes=staff)
    document["photos"] = [
        photo.document()
        for photo in photos_of(
            session, "report", [row.public_id], only_public=row.visibility == "public" and not staff
        ).get(row.public_id, [])
        if staff or not photo.hidden
    ]
    if relation == "own" or staff:
        document |= _near_part(session, row)
    if staff:
        document |= _desk_part(session, actor, row, at_work)
    document["relation"] = relation
    document["following"] = _follows(session, actor, row.public_id)
    return document


def _public_part(session: Session, row: Any) -> dict[str, Any]:
    values = row._mapping
    duplicate_of = public_id_of(session, row.duplicate_of_id)
    document = item(values, lookup(session), duplicate_of)
    document |= {
        "text": row.text,
        "summary": row.summary,
        "version": row.version,
        "channel": row.channel,
        "status_text": what_the_reporter_reads(row.status),
        "status_reason": row.status_reason,
        "forwarded_to": row.forwarded_to,
        "duplicates": duplicates_of(session, row.id),
        "names": names_for(
            session,
            services=[row.service_id],
            districts=[row.district_id],
            departments=[row.department_id],
        ),
    }
    return document


def _near_part(session: Session, row: Any) -> dict[str, Any]:
    rated = session.execute(
        select(Satisfaction.score, Satisfaction.text).where(Satisfaction.report_id == row.id)
    ).first()
    return {
        "answers": row.answers or {},
        "hidden_reason": row.hidden_reason,
        "client_time": row.client_time,
        "satisfaction": {"score": rated.score, "text": rated.text} if rated else None,
        "disputes": disputes_of(session, row.id),
    }


def _desk_part(session: Session, actor: Actor, row: Any, relation: str) -> dict[str, Any]:
    return {
        "assignee_id": row.assignee_id,
        "placed_by": row.placed_by,
        "source": row.source,
        "source_id": row.source_id,
        "has_contact": row.reporter_id is not None or _has_contact(session, row.id),
        "may_read_contact": is_allowed(actor, "report.read_contact", relation),
    }


def _has_contact(session: Session, report_id: int) -> bool:
    found = session.execute(
        select(ReportContact.report_id).where(ReportContact.report_id == report_id)
    ).first()
    return found is not None


def _follows(session: Session, actor: Actor, public_id: str) -> bool:
    if actor.account_id is None:
        return False
    return public_id in followed(session, actor.account_id, STREAM, [public_id])


def public_id_of(session: Session, report_id: int | None) -> str | None:
    """The public id of a report."""
    if report_id is None:
        return None
    return session.execute(select(Report.public_id).where(Report.id == report_id)).scalar()


def has_address_alone(session: Session, public_id: str) -> bool:
    """Whether a report's place is known by its address and not yet on the map."""
    condition = (Report.public_id == public_id, Report.place == "address", Report.cell.is_(None))
    return session.execute(select(Report.id).where(*condition)).first() is not None


def duplicates_of(session: Session, report_id: int) -> list[str]:
    """The public reports that were merged into this one."""
    return list(
        session.execute(
            select(Report.public_id)
            .where(Report.duplicate_of_id == report_id, Report.visibility == "public")
            .order_by(Report.id)
            .limit(MOST_SHOWN)
        ).scalars()
    )


def updates_of(session: Session, report_id: int, *, notes: bool = False) -> list[dict[str, Any]]:
    """What was said about a report, oldest first; internal notes only for those who work on it."""
    columns = (
        ReportUpdate.public_id.label("id"), ReportUpdate.kind, ReportUpdate.author,
        ReportUpdate.status, ReportUpdate.text, ReportUpdate.language, ReportUpdate.created_at,
    )  # fmt: skip
    statement = select(*columns).where(
        ReportUpdate.report_id == report_id, ReportUpdate.hidden.is_(False)
    )
    if not notes:
        statement = statement.where(ReportUpdate.kind != "note")
    rows = session.execute(statement.order_by(ReportUpdate.id).limit(MOST_SHOWN))
    return [dict(row) for row in rows.mappings()]


def disputes_of(session: Session, report_id: int) -> list[dict[str, Any]]:
    """The disputes about a closing, oldest first."""
    columns = (
        Dispute.public_id.label("id"), Dispute.state, Dispute.author, Dispute.text,
        Dispute.answer, Dispute.created_at, Dispute.answered_at,
    )  # fmt: skip
    rows = session.execute(
        select(*columns).where(Dispute.report_id == report_id).order_by(Dispute.id).limit(50)
    )
    return [dict(row) for row in rows.mappings()]


def history(session: Session, actor: Actor, public_id: str) -> list[dict[str, Any]]:
    """Everything that happened to a report; who reads as a stranger sees what and when."""
    row = standing_of(session, public_id)
    authorise_reading(actor, row)
    staff = is_allowed(actor, "report.read_notes", relation_of(actor, row, at_work=True))
    entries = entries_of(session, STREAM, row.public_id)
    return [_shown(entry, staff) for entry in entries if staff or entry["action"] not in _INTERNAL]


_INTERNAL = frozenset({"noted", "contact_read", "placed"})
_SHOWN_TO_ALL = ("status", "old", "department", "service", "district", "into", "reason")


def _shown(entry: Mapping[str, Any], staff: bool) -> dict[str, Any]:
    payload = entry["payload"] or {}
    kind = str(entry["actor"]).split(":", 1)[0]
    return {
        "number": entry["seq"],
        "at": entry["at"],
        "action": entry["action"],
        "by": entry["actor"] if staff else kind,
        "detail": payload if staff else {k: payload[k] for k in _SHOWN_TO_ALL if k in payload},
        "erased": entry["payload"] is None,
    }
