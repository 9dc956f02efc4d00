"""Slow work of the room: computing a period, and every night the periods that still change."""

from datetime import timedelta
from typing import Any

from sqlalchemy.orm import Session

from backend.city import queries as city
from backend.core.actor import SYSTEM
from backend.core.clock import utcnow
from backend.core.db import engine_of, reading
from backend.core.jobs import job, periodic
from backend.indicators.computing import compute_period
from backend.indicators.periods import parse_period, period_of
from backend.indicators.service.storing import start_run, store


@job("indicators.compute", retries=3)
def compute(session: Session, payload: dict[str, Any]) -> None:
    """Compute one period of a run; the reading holds no writer up."""
    with reading(), Session(engine_of(session)) as reader:
        computed = compute_period(reader, parse_period(payload["period"]))
    store(session, payload["run"], computed)


@periodic("indicators.nightly", every=timedelta(days=1))
def nightly(session: Session, _payload: dict[str, Any]) -> None:
    """The present quarter and year and those before, whose answers are still coming in."""
    zone, now = city.facts(session).time_zone, utcnow()
    quarter, year = period_of(now, zone), period_of(now, zone, quarterly=False)
    start_run(session, SYSTEM, [quarter.before, quarter, year.before, year])
