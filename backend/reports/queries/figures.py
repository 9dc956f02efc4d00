"""A few figures of the whole city, for the front page: counted at most once a minute."""

import time
from dataclasses import dataclass
from datetime import timedelta
from statistics import median
from threading import Lock

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from backend.core.clock import utcnow
from backend.reports.models import Report, StatusChange, Tally, TallyChange
from backend.reports.queries.places import AREA
from backend.reports.status import CLOSED

DAYS = 30
KEPT_SECONDS = 60.0
MOST_LOOKED_AT = 2000
_kept: dict[str, tuple[float, "Figures"]] = {}
_lock = Lock()


@dataclass(frozen=True, slots=True)
class Figures:
    """How the city is doing: public reports open now, and what came and went in some days."""

    open: int
    received: int
    closed: int
    days: int
    median_days: float | None
    """Days from arrival to closing, the middle of those closed lately; None below ten."""


def figures(session: Session) -> Figures:
    """The figures of the last minute."""
    key = str(session.get_bind().engine.url)
    with _lock:
        at, found = _kept.get(key, (0.0, None))
    if found is None or time.monotonic() - at > KEPT_SECONDS:
        found = count_figures(session)
        with _lock:
            _kept[key] = (time.monotonic(), found)
    return found


def count_figures(session: Session) -> Figures:
    """The figures of this moment."""
    since = utcnow() - timedelta(days=DAYS)
    public = Report.visibility == "public"
    kept = select(func.coalesce(func.sum(Tally.number), 0)).where(
        Tally.level == AREA, Tally.is_open.is_(True)
    )
    fresh = select(func.coalesce(func.sum(TallyChange.number), 0)).where(
        TallyChange.is_open.is_(True)
    )
    received = select(func.count()).where(Report.created_at >= since, public)
    rows = session.execute(
        select(Report.created_at, StatusChange.at)
        .join(Report, Report.id == StatusChange.report_id)
        .where(StatusChange.at >= since, StatusChange.new.in_(CLOSED), public)
        .order_by(StatusChange.at.desc())
        .limit(MOST_LOOKED_AT)
    ).all()
    closings = session.execute(
        select(func.count()).where(StatusChange.at >= since, StatusChange.new.in_(CLOSED))
    ).scalar_one()
    spans = [(at - created).total_seconds() / 86_400 for created, at in rows]
    return Figures(
        open=int(session.execute(kept).scalar_one()) + int(session.execute(fresh).scalar_one()),
        received=session.execute(received).scalar_one(),
        closed=closings,
        days=DAYS,
        median_days=round(median(spans), 1) if len(spans) >= 10 else None,
    )
