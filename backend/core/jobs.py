"""Work for later: a job row in the same transaction as the data that asks for it."""

import random
import threading
import time
import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import structlog
from flask import Flask
from sqlalchemy import (
    ColumnElement,
    Index,
    Integer,
    String,
    Text,
    delete,
    func,
    insert,
    select,
    text,
    update,
)
from sqlalchemy.orm import Mapped, Session, mapped_column

from backend.core.clock import utcnow
from backend.core.db import (
    Base,
    JSONDoc,
    UTCDateTime,
    db,
    insert_ignore,
    intpk,
    is_postgresql,
    reading,
)
from backend.core.metrics import JOBS_DONE, JOBS_SECONDS

log = structlog.get_logger(__name__)

Handler = Callable[[Session, dict[str, Any]], None]
LEASE = timedelta(minutes=5)
KEEP_DONE = timedelta(days=2)
FIRST_WAIT, LONGEST_WAIT = 5.0, 3600.0


class Job(Base):
    """One piece of work: waiting, running under a lease, done, or dead after its last try."""

    __tablename__ = "job"
    __table_args__ = (Index("ix_job_due", "state", "run_at", "id"),)

    id: Mapped[intpk]
    name: Mapped[str] = mapped_column(String(80))
    key: Mapped[str | None] = mapped_column(String(160), unique=True)
    payload: Mapped[dict[str, Any]] = mapped_column(JSONDoc)
    state: Mapped[str] = mapped_column(
        String(10), default="waiting"
    )  # waiting, running, done, dead
    run_at: Mapped[datetime] = mapped_column(UTCDateTime)
    attempts: Mapped[int] = mapped_column(Integer, default=0)
    locked_until: Mapped[datetime | None] = mapped_column(UTCDateTime)
    error: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


@dataclass(frozen=True, slots=True)
class Kind:
    """What is known about one kind of job."""

    handler: Handler
    retries: int
    every: timedelta | None = None


_kinds: dict[str, Kind] = {}


def job(name: str, *, retries: int = 8) -> Callable[[Handler], Handler]:
    """Register the handler of a kind of job; it runs in a transaction of its own.

    A job runs at least once: a handler that reaches outside must be harmless when repeated.
    """

    def register(handler: Handler) -> Handler:
        _kinds[name] = Kind(handler, retries)
        return handler

    return register


def periodic(name: str, *, every: timedelta) -> Callable[[Handler], Handler]:
    """Register work that the scheduler starts once in every period, whatever the workers."""

    def register(handler: Handler) -> Handler:
        _kinds[name] = Kind(handler, 3, every)
        return handler

    return register


def enqueue(
    session: Session,
    name: str,
    payload: Mapping[str, Any],
    *,
    run_at: datetime | None = None,
    key: str | None = None,
) -> bool:
    """Ask for work in the present transaction; with a key, only once ever for that key."""
    if name not in _kinds:
        raise LookupError(f"no handler is registered for the job {name}")
    now = utcnow()
    values = {
        "name": name,
        "key": key,
        "payload": dict(payload),
        "state": "waiting",
        "run_at": run_at or now,
        "attempts": 0,
        "created_at": now,
    }
    if key is not None:
        return insert_ignore(session, Job, values, ("key",))
    session.execute(insert(Job).values(**values))
    return True


@dataclass(frozen=True, slots=True)
class Claim:
    """A job that this worker has taken."""

    id: int
    name: str
    payload: dict[str, Any]
    attempts: int


def _due(now: datetime) -> ColumnElement[bool]:
    """Jobs whose time has come, and those whose worker has gone."""
    return ((Job.state == "waiting") & (Job.run_at <= now)) | (
        (Job.state == "running") & (Job.locked_until < now)
    )


def _claim(session: Session) -> Claim | None:
    """Take the next due job under a lease; another worker passes it by."""
    now = utcnow()
    due = select(Job.id).where(_due(now)).order_by(Job.run_at, Job.id).limit(1)
    if is_postgresql(session):
        due = due.with_for_update(skip_locked=True)
    row = session.execute(
        update(Job)
        .where(Job.id == due.scalar_subquery())
        .values(state="running", locked_until=now + LEASE, attempts=Job.attempts + 1)
        .returning(Job.id, Job.name, Job.payload, Job.attempts)
        .execution_options(synchronize_session=False)
    ).first()
    session.commit()
    return Claim(row.id, row.name, row.payload, row.attempts) if row else None


def wait_before(attempt: int) -> float:
    """Seconds before the next try: doubling, bounded, with some chance in it."""
    return float(min(FIRST_WAIT * 2 ** (attempt - 1), LONGEST_WAIT) * random.uniform(0.8, 1.2))  # noqa: S311


def _finish(session: Session, claim: Claim, **values: Any) -> bool:
    """Write a job's end, unless its lease was lost to another worker in the meantime."""
    result = session.execute(
        update(Job)
        .where(Job.id == claim.id, Job.state == "running", Job.attempts == claim.attempts)
        .values(locked_until=None, **values)
        .execution_options(synchronize_session=False)
    )
    return bool(result.rowcount)  # type: ignore[attr-defined]


def run_one(session: Session) -> str | None:
    """Run the next due job, if any; its name, or None when nothing is due."""
    session.rollback()
    with reading():
        if not _is_due(session):
            return None
    claimed = _claim(session)
    if claimed is None:
        return None
    started = time.perf_counter()
    kind = _kinds.get(claimed.name)
    try:
        if kind is None:
            raise LookupError(f"no handler for {claimed.name} in this release")
        if is_postgresql(session):
            session.execute(text("SET LOCAL statement_timeout = 60000"))
        kind.handler(session, claimed.payload)
        if not _finish(session, claimed, state="done", error=None, finished_at=utcnow()):
            raise TimeoutError("the lease ran out while the job ran")
        session.commit()
        outcome = "done"
    except Exception as error:
        session.rollback()
        outcome = _failed(session, claimed, kind, error)
    JOBS_DONE.labels(claimed.name, outcome).inc()
    JOBS_SECONDS.labels(claimed.name).observe(time.perf_counter() - started)
    return claimed.name


def _is_due(session: Session) -> bool:
    found = session.execute(select(Job.id).where(_due(utcnow())).limit(1)).first()
    session.rollback()
    return found is not None


def _failed(session: Session, claim: Claim, kind: Kind | None, error: Exception) -> str:
    last = claim.attempts > (kind.retries if kind else 0)
    # Only the kind of error and where it was raised are kept: messages may hold private text.
    frames = traceback.extract_tb(error.__traceback__)
    place = f"{frames[-1].name}:{frames[-1].lineno}" if frames else "?"
    _finish(
        session,
        claim,
        state="dead" if last else "waiting",
        error=f"{type(error).__name__} at {place}",
        run_at=utcnow() + timedelta(seconds=wait_before(claim.attempts)),
    )
    session.commit()
    log.warning(
        "job_failed",
        job=claim.name,
        attempt=claim.attempts,
        dead=last,
        error=type(error).__name__,
        at=place,
    )
    return "dead" if last else "retry"


def run_pending(session: Session, *, limit: int = 1000) -> list[str]:
    """Run what is due, one after the other; the names that ran (tests, `vox worker --once`)."""
    names: list[str] = []
    while len(names) < limit and (name := run_one(session)):
        names.append(name)
    return names


def schedule(session: Session, now: datetime | None = None) -> None:
    """Enqueue each periodic work once for the period that has begun."""
    now = now or utcnow()
    for name, kind in list(_kinds.items()):
        if kind.every is None:
            continue
        slot = int(now.timestamp() // kind.every.total_seconds())
        enqueue(session, name, {"slot": slot}, key=f"every:{name}:{slot}")
    session.execute(delete(Job).where(Job.state == "done", Job.finished_at < now - KEEP_DONE))
    session.commit()


def counts(session: Session) -> dict[str, int]:
    """How many jobs wait, run, are done and are dead."""
    rows = session.execute(select(Job.state, func.count()).group_by(Job.state)).all()
    return dict(rows)


def list_dead(session: Session, limit: int = 100) -> list[Mapping[str, Any]]:
    """Jobs that failed for the last time, for the operator to look at."""
    columns = (Job.id, Job.name, Job.attempts, Job.error, Job.created_at, Job.run_at)
    rows = session.execute(
        select(*columns).where(Job.state == "dead").order_by(Job.id).limit(limit)
    )
    return [dict(row) for row in rows.mappings()]


def requeue(session: Session, job_id: int | None = None) -> int:
    """Try dead jobs again, one or all of them; how many."""
    statement = update(Job).where(Job.state == "dead")
    if job_id is not None:
        statement = statement.where(Job.id == job_id)
    result = session.execute(statement.values(state="waiting", attempts=0, run_at=utcnow()))
    return int(result.rowcount)  # type: ignore[attr-defined]


class Worker:
    """Runs due jobs and the scheduler until told to stop; several may run side by side."""

    def __init__(self, app: Flask, *, idle_seconds: float = 0.5) -> None:
        self._app = app
        self._idle = idle_seconds
        self._stop = threading.Event()

    def stop(self) -> None:
        """Finish the present job and end."""
        self._stop.set()

    def run(self) -> None:
        """Work until stopped; an error of the database is waited out."""
        next_schedule = 0.0
        while not self._stop.is_set():
            try:
                with self._app.app_context():
                    if time.monotonic() >= next_schedule:
                        schedule(db.session)  # type: ignore[arg-type]
                        next_schedule = time.monotonic() + 30
                    while not self._stop.is_set() and run_one(db.session):  # type: ignore[arg-type]
                        pass
            except Exception as error:
                log.error("worker", error=type(error).__name__)
                self._stop.wait(2.0)
            self._stop.wait(self._idle)
