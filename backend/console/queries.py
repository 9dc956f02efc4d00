"""What the operator's pages read of the ground floor: jobs, letters, the ledger."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from backend.core.crypto import SealError
from backend.core.jobs import Job
from backend.core.ledger import LedgerEntry, LedgerSeal
from backend.core.mail import PendingLetter

STREAMS = ("report", "accounts", "photo", "city", "operations", "classification",
           "webhook", "partner")  # fmt: skip
LETTER_JOB = "core.send_letter"
MOST = 200
PRIVATE = frozenset({"report"})
"""Streams whose contents belong to their own page, where each reader's right is known."""


def jobs_by_name(session: Session) -> list[Mapping[str, Any]]:
    """How many jobs of each kind wait, run or are dead, and since when."""
    rows = session.execute(
        select(
            Job.name,
            Job.state,
            func.count().label("number"),
            func.min(Job.run_at).label("since"),
        )
        .where(Job.state != "done")
        .group_by(Job.name, Job.state)
        .order_by(Job.state, Job.name)
        .limit(MOST)
    )
    return [dict(row) for row in rows.mappings()]


def oldest_due(session: Session, now: datetime) -> datetime | None:
    """Since when the oldest job that is due has been waiting."""
    return session.execute(
        select(func.min(Job.run_at)).where(Job.state == "waiting", Job.run_at <= now)
    ).scalar()


@dataclass(frozen=True, slots=True)
class UnsentLetter:
    """A letter that could not be sent, with as much of its address as an operator needs."""

    job_id: int
    to: str
    state: str
    attempts: int
    error: str
    created_at: datetime


def masked(address: str) -> str:
    """An address as far as it helps to find a fault: its first letter and its domain."""
    name, at, domain = address.rpartition("@")
    return f"{name[:1]}…{at}{domain}" if at else "…"


def unsent_letters(session: Session, limit: int = 100) -> list[UnsentLetter]:
    """Letters that failed at least once and are not sent yet, the dead ones first."""
    jobs = session.execute(
        select(Job.id, Job.payload, Job.state, Job.attempts, Job.error, Job.created_at)
        .where(Job.name == LETTER_JOB, Job.state.in_(("dead", "waiting")), Job.attempts > 0)
        .order_by(Job.state, Job.id)
        .limit(limit)
    ).all()
    wanted = [row.payload.get("letter") for row in jobs]
    letters = session.execute(
        select(PendingLetter.id, PendingLetter.recipient).where(PendingLetter.id.in_(wanted))
    )
    try:
        recipients = {row.id: masked(row.recipient) for row in letters}
    except SealError:
        recipients = {}
    return [
        UnsentLetter(
            row.id,
            recipients.get(row.payload.get("letter"), "…"),
            row.state,
            row.attempts,
            row.error or "",
            row.created_at,
        )
        for row in jobs
    ]


def audit_entries(session: Session, subject: str, limit: int = 300) -> Sequence[Mapping[str, Any]]:
    """What happened to a subject, whatever it is, oldest first."""
    rows = session.execute(
        select(
            LedgerEntry.stream,
            LedgerEntry.seq,
            LedgerEntry.at,
            LedgerEntry.action,
            LedgerEntry.actor,
            LedgerEntry.payload,
        )
        .where(LedgerEntry.stream.in_(STREAMS), LedgerEntry.subject == subject)
        .order_by(LedgerEntry.stream, LedgerEntry.seq)
        .limit(limit)
    )
    return [dict(row) for row in rows.mappings()]


def last_seal(session: Session) -> Mapping[str, Any] | None:
    """The newest seal over the whole ledger."""
    row = session.execute(
        select(LedgerSeal.at, LedgerSeal.entries, LedgerSeal.last_entry)
        .order_by(LedgerSeal.id.desc())
        .limit(1)
    ).first()
    return dict(row._mapping) if row else None
