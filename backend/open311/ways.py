"""How each service answers: with an id at once (realtime), or with a token first (batch)."""

from datetime import datetime

from sqlalchemy import delete, func, insert, select
from sqlalchemy.orm import Session

from backend.core.clock import utcnow
from backend.core.problems import Invalid
from backend.open311.models import Open311Way

WAYS = ("realtime", "batch")


def ways(session: Session) -> dict[str, str]:
    """The services that were given a way; every other one is realtime."""
    rows = session.execute(select(Open311Way.service, Open311Way.way).limit(5000))
    return {row.service: row.way for row in rows}


def way_of(session: Session, code: str) -> str:
    """How one service answers."""
    found = session.execute(select(Open311Way.way).where(Open311Way.service == code)).scalar()
    return found or "realtime"


def changed_at(session: Session) -> datetime | None:
    """When a way was last changed."""
    return session.execute(select(func.max(Open311Way.changed_at))).scalar()


def set_way(session: Session, code: str, way: str) -> None:
    """Let a service answer at once or with a token."""
    if way not in WAYS:
        raise Invalid(errors={"way": ", ".join(WAYS)})
    session.execute(delete(Open311Way).where(Open311Way.service == code))
    session.execute(insert(Open311Way).values(service=code[:80], way=way, changed_at=utcnow()))
