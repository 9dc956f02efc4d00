"""Queries in process at ten thousand and at a million reports."""

import random
import time
from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import text
from sqlalchemy.orm import Session

from backend.core.actor import ANONYMOUS
from backend.core.db import db, reading
from backend.core.geo import Box
from backend.reports.models import Report
from backend.reports.naming import lookup
from backend.reports.queries import Filters, list_page
from backend.reports.queries.clusters import clusters
from tools.bench.fill import STATUSES, WORDS, fill
from tools.bench.places import house

SMALL, LARGE = 10_000, 1_000_000
CALLS = 200
LIST_MS, SEARCH_MS, GROWTH = 5.0, 20.0, 2.5


@dataclass(frozen=True)
class Probe:
    """One kind of question."""

    name: str
    goal_ms: float
    ask: Callable[[Session, random.Random], object]


def probes(session: Session) -> list[Probe]:
    """Every listed filter, boxes, near, search and clusters, with random values."""
    known = lookup(session)
    services = [s.code for s in known.services.values() if s.component]
    districts = [d.code for d in known.facts.districts]
    departments = [d.code for d in known.facts.departments]
    row = session.execute(text("SELECT min(lon), min(lat), max(lon), max(lat) FROM report")).one()
    west, south, east, north = row

    def spot(dice: random.Random) -> tuple[float, float]:
        return dice.uniform(west, east), dice.uniform(south, north)

    def box(dice: random.Random, share: float) -> Box:
        lon, lat = spot(dice)
        w, h = (east - west) * share / 2, (north - south) * share / 2
        return Box(lon - w, lat - h, lon + w, lat + h)

    def listed(
        **make: Callable[[random.Random], object],
    ) -> Callable[[Session, random.Random], object]:
        def ask(session: Session, dice: random.Random) -> object:
            chosen = {name: value(dice) for name, value in make.items()}
            return list_page(session, ANONYMOUS, Filters(**chosen), limit=50).body()  # type: ignore[arg-type]

        return ask

    one = lambda values: lambda dice: (dice.choice(values),)  # noqa: E731
    domains = ("SM", "SL", "SEN", "SG")
    return [
        Probe("newest first", LIST_MS, listed()),
        Probe("by status", LIST_MS, listed(statuses=one(STATUSES))),
        Probe("by service", LIST_MS, listed(services=one(services))),
        Probe("by domain", LIST_MS, listed(domains=one(domains))),
        Probe("by component", LIST_MS, listed(components=one(("SM-IT", "MI2", "MVI7")))),
        Probe("by district", LIST_MS, listed(districts=one(districts))),
        Probe("by department", LIST_MS, listed(departments=one(departments))),
        Probe("box of a street", LIST_MS, listed(bbox=lambda d: box(d, 0.05))),
        Probe("box of a quarter", LIST_MS, listed(bbox=lambda d: box(d, 0.4))),
        Probe("near", LIST_MS, listed(near=spot)),
        Probe("search", SEARCH_MS, listed(text=lambda d: " ".join(d.sample(WORDS, 2)))),
        Probe("clusters", SEARCH_MS, lambda s, d: clusters(s, ANONYMOUS, box(d, 0.5), 14)),
    ]


def _p95(ask: Callable[[], object]) -> float:
    took = []
    for _ in range(CALLS):
        started = time.perf_counter()
        ask()
        took.append((time.perf_counter() - started) * 1000)
    return sorted(took)[int(CALLS * 0.95)]


def timings(engine: str, number: int) -> dict[str, tuple[float, float]]:
    """(p95 in milliseconds, goal) of each probe; the cache is warmed by a first round."""
    with house(engine) as app, app.app_context():
        fill(db.session, number)  # type: ignore[arg-type]
        found: dict[str, tuple[float, float]] = {}
        if engine == "postgresql":
            db.session.execute(text("SET statement_timeout = 0"))
            db.session.execute(text("SELECT count(*) FROM report WHERE row IS NOT NULL"))
        with reading():
            for probe in probes(db.session):  # type: ignore[arg-type]
                dice = random.Random(probe.name)

                def ask(probe: Probe = probe, dice: random.Random = dice) -> object:
                    answer = probe.ask(db.session, dice)  # type: ignore[arg-type]
                    db.session.rollback()
                    return answer

                _p95(ask)
                found[probe.name] = (_p95(ask), probe.goal_ms)
        assert db.session.query(Report).count() == number
        return found


def measure(engine: str, large: int = LARGE) -> list[tuple[str, float, float, float]]:
    """(probe, p95 at ten thousand, p95 at a million, goal) on one kind of database."""
    small, many = timings(engine, SMALL), timings(engine, large)
    return [(name, small[name][0], many[name][0], many[name][1]) for name in many]
