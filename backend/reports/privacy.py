"""One person's data in this room: what is exported, what is erased, what is forgotten in time."""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from backend.classification import service as classification
from backend.core.clock import utcnow
from backend.core.jobs import periodic
from backend.core.ledger import LedgerEntry, forget
from backend.core.privacy import erases, exports
from backend.media import service as media
from backend.reports.models import (
    Confirmation,
    Dispute,
    Report,
    ReportContact,
    ReportUpdate,
    Satisfaction,
)
from backend.reports.queries.detail import STREAM
from backend.reports.service.record import Record, chronicle, lock_by_key, save
from backend.reports.service.voices import counted_confirmations

CITIZENS = ("reporter", "citizen", "anonymous")
CONTACT_KEPT = timedelta(days=365)
AT_ONCE = 500
_COLUMNS = tuple(
    Report.__table__.c[name]
    for name in (
        "public_id", "kind", "status", "visibility", "created_at", "closed_at", "client_time",
        "text", "address", "lon", "lat", "language", "answers", "status_reason", "confirmations",
    )
)  # fmt: skip


@exports("reports")
def export_person(session: Session, account_id: int) -> Iterator[tuple[str, dict[str, Any]]]:
    """A person's reports and everything that they said about reports."""
    ids: list[int] = []
    last = 0
    while rows := session.execute(
        select(Report.id, *_COLUMNS)
        .where(Report.reporter_id == account_id, Report.id > last)
        .order_by(Report.id)
        .limit(AT_ONCE)
    ).all():
        for row in rows:
            values = dict(row._mapping)
            ids.append(values.pop("id"))
            yield "report", values
        last = ids[-1]
    yield from _said(session, account_id)


def _said(session: Session, account_id: int) -> Iterator[tuple[str, dict[str, Any]]]:
    sources: tuple[tuple[str, Any, tuple[Any, ...], Any], ...] = (
        ("report_update", ReportUpdate, (ReportUpdate.text, ReportUpdate.created_at), "author_id"),
        ("report_dispute", Dispute, (Dispute.text, Dispute.created_at), "account_id"),
        ("report_confirmation", Confirmation, (Confirmation.created_at,), "account_id"),
    )
    for kind, model, columns, owner in sources:
        rows = session.execute(
            select(Report.public_id.label("report"), *columns)
            .join(Report, Report.id == model.report_id)
            .where(getattr(model, owner) == account_id)
            .order_by(model.id)
        )
        for row in rows:
            yield kind, dict(row._mapping)
    rated = session.execute(
        select(Report.public_id.label("report"), Satisfaction.score, Satisfaction.text)
        .join(Report, Report.id == Satisfaction.report_id)
        .where(Report.reporter_id == account_id)
    )
    for row in rated:
        yield "report_satisfaction", dict(row._mapping)


@erases("reports")
def erase_person(session: Session, account_id: int) -> int:
    """Erase a person: what they wrote, where they live, their voices; that a matter was reported
    and what the city did about it stays, without them."""
    number = 0
    ids = session.execute(select(Report.id).where(Report.reporter_id == account_id)).scalars().all()
    for report_id in ids:
        erase_report(session, lock_by_key(session, report_id))
        number += 1
    number += _erase_voices(session, account_id)
    for column in (ReportUpdate.author_id,):
        session.execute(
            update(ReportUpdate)
            .where(column == account_id)
            .values(author_id=None)
            .execution_options(synchronize_session=False)
        )
    session.execute(
        update(Report)
        .where(Report.assignee_id == account_id)
        .values(assignee_id=None)
        .execution_options(synchronize_session=False)
    )
    return number


def erase_report(session: Session, record: Record) -> None:
    """Take everything out of a report that its reporter gave, in every table, file and index."""
    public_id = record.public_id
    for model in (ReportContact, Satisfaction):
        session.execute(delete(model).where(model.report_id == record.id))
    theirs = (ReportUpdate.report_id == record.id, ReportUpdate.author == "reporter")
    session.execute(delete(ReportUpdate).where(*theirs))
    session.execute(
        update(Dispute)
        .where(Dispute.report_id == record.id, Dispute.author == "reporter")
        .values(text="", account_id=None)
        .execution_options(synchronize_session=False)
    )
    session.execute(
        update(Confirmation)
        .where(Confirmation.merged_from == record.id, Confirmation.account_id == record.reporter_id)
        .values(account_id=None)
        .execution_options(synchronize_session=False)
    )
    media.forget(session, STREAM, [public_id])
    classification.forget(session, STREAM, [public_id])
    _forget_history(session, public_id)
    changes: dict[str, Any] = {
        "text": "", "judged_by": "erased", "address": None, "answers": None, "client_time": None,
        "reporter_id": None, "return_hash": None, "photos": 0, "photo": None, "language": None,
    }  # fmt: skip
    if record.visibility != "public":
        changes |= {"lon": None, "lat": None, "cell": None, "area": None, "place": "none"}
    save(session, record, changes)
    chronicle(session, record, "erased", "system")


def _forget_history(session: Session, public_id: str) -> None:
    seqs: Sequence[int] = (
        session.execute(
            select(LedgerEntry.seq).where(
                LedgerEntry.stream == STREAM,
                LedgerEntry.subject == public_id,
                LedgerEntry.actor.in_(CITIZENS) | (LedgerEntry.action == "submitted"),
            )
        )
        .scalars()
        .all()
    )
    forget(session, STREAM, public_id, seqs)


def _erase_voices(session: Session, account_id: int) -> int:
    touched = set(
        session.execute(
            select(Confirmation.report_id).where(Confirmation.account_id == account_id)
        ).scalars()
    )
    gone = session.execute(delete(Confirmation).where(Confirmation.account_id == account_id))
    for report_id in sorted(touched):
        record = lock_by_key(session, report_id)
        save(session, record, {"confirmations": counted_confirmations(session, report_id)})
    disputes = session.execute(
        select(Dispute.id, Report.public_id)
        .join(Report, Report.id == Dispute.report_id)
        .where(Dispute.account_id == account_id)
    ).all()
    session.execute(
        update(Dispute)
        .where(Dispute.account_id == account_id)
        .values(text="", account_id=None)
        .execution_options(synchronize_session=False)
    )
    for row in disputes:
        _forget_history(session, row.public_id)
    return int(gone.rowcount) + len(disputes)  # type: ignore[attr-defined]


@periodic("reports.forget_contacts", every=timedelta(days=1))
def forget_contacts(session: Session, _payload: dict[str, Any]) -> None:
    """Forget how reporters without an account can be reached, a year after their report closed."""
    old = (
        select(ReportContact.report_id)
        .join(Report, Report.id == ReportContact.report_id)
        .where(Report.closed_at < utcnow() - CONTACT_KEPT)
        .limit(AT_ONCE)
    )
    ids = list(session.execute(old).scalars())
    session.execute(delete(ReportContact).where(ReportContact.report_id.in_(ids)))
