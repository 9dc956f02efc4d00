"""Reading counts and objections."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.core.ids import normalise_id
from backend.core.problems import NotFound
from backend.core.storage import storage
from backend.ideas.models.ballot import Count, Objection, Vote

Row = Mapping[str, Any]
_COUNT = tuple(column for column in Count.__table__.columns if column.name != "vote_id")


def counts_of(session: Session, vote_key: int) -> list[dict[str, Any]]:
    """Every count of a vote for the desk, the latest first."""
    rows = session.execute(
        select(*_COUNT).where(Count.vote_id == vote_key).order_by(Count.number.desc()).limit(50)
    )
    return [dict(row) for row in rows.mappings()]


def published_count(session: Session, vote_key: int) -> dict[str, Any] | None:
    """The count that holds: the last one that was published."""
    row = (
        session.execute(
            select(*_COUNT)
            .where(Count.vote_id == vote_key, Count.published_at.is_not(None))
            .order_by(Count.number.desc())
            .limit(1)
        )
        .mappings()
        .first()
    )
    return dict(row) if row else None


def package_of(session: Session, count_id: str, pot: str, *, at_desk: bool) -> bytes:
    """A published package; the desk may look into one before."""
    query = (
        select(Count.result)
        .join(Vote, Vote.id == Count.vote_id)
        .where(Count.public_id == normalise_id(count_id[:64]), Count.state == "done")
    )
    if not at_desk:
        query = query.where(Count.published_at.is_not(None))
    result = session.execute(query).scalar()
    key = next((p["package"] for p in (result or {}).get("pots", ()) if p["code"] == pot), None)
    data = storage().get(key) if key else None
    if data is None:
        raise NotFound()
    return data


def objections_to(session: Session, vote_key: int) -> list[dict[str, Any]]:
    """Objections with their answers, the latest first; not who made them."""
    rows = session.execute(
        select(
            Objection.public_id, Objection.state, Objection.text, Objection.answer,
            Objection.made_at, Objection.answer_due, Objection.answered_at,
        )
        .where(Objection.vote_id == vote_key)
        .order_by(Objection.id.desc())
        .limit(500)
    )  # fmt: skip
    return [dict(row) for row in rows.mappings()]
