"""Papers of the room: statements and audits with their questions and evidence."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.indicators.models import Audit, AuditEvidence, AuditQuestion, ResultStatement

Row = Mapping[str, Any]


def statement(session: Session, public_id: str) -> Row | None:
    """A statement as it was issued, and whether it was taken back."""
    columns = [c for c in ResultStatement.__table__.columns if c.name != "id"]
    row = session.execute(
        select(*columns).where(ResultStatement.public_id == public_id[:16])
    ).first()
    return dict(row._mapping) if row else None


def statements(session: Session, limit: int = 100) -> list[Row]:
    """The statements that were issued, newest first."""
    rows = session.execute(
        select(
            ResultStatement.public_id, ResultStatement.period, ResultStatement.issued_at,
            ResultStatement.expires_at, ResultStatement.revoked_at,
            ResultStatement.revoked_reason,
        )
        .order_by(ResultStatement.id.desc())
        .limit(limit)
    )  # fmt: skip
    return [dict(row) for row in rows.mappings()]


def audits(session: Session, limit: int = 50) -> list[Row]:
    """The audits, newest first, without their figures."""
    columns = [c for c in Audit.__table__.columns if c.name not in ("id", "content")]
    rows = session.execute(select(*columns).order_by(Audit.id.desc()).limit(limit))
    return [dict(row) for row in rows.mappings()]


def audit(session: Session, public_id: str) -> dict[str, Any] | None:
    """An audit with its figures, questions and evidence."""
    row = session.execute(
        select(*Audit.__table__.columns).where(Audit.public_id == public_id[:16])
    ).first()
    if row is None:
        return None
    found = dict(row._mapping)
    key = found.pop("id")
    for name, model in (("questions", AuditQuestion), ("evidence", AuditEvidence)):
        columns = [c for c in model.__table__.columns if c.name not in ("id", "audit_id")]
        rows = session.execute(
            select(*columns).where(model.audit_id == key).order_by(model.id).limit(500)
        )
        found[name] = [dict(each) for each in rows.mappings()]
    return found


def verified_audit(session: Session, period: str) -> dict[str, Any] | None:
    """The last audit of a period that a second person verified."""
    public_id = session.execute(
        select(Audit.public_id)
        .where(Audit.period == period, Audit.state == "verified")
        .order_by(Audit.id.desc())
        .limit(1)
    ).scalar()
    return audit(session, public_id) if public_id else None
