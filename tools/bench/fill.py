"""A city with as many invented reports as wanted, written in bulk past the services."""

import random
from datetime import timedelta
from typing import Any

from sqlalchemy import insert, text
from sqlalchemy.orm import Session

from backend.core.clock import utcnow
from backend.core.db import is_postgresql
from backend.core.ids import new_public_id
from backend.reports.models import Report
from backend.reports.naming import lookup
from backend.reports.render import rendered
from backend.reports.service.record import cells
from backend.reports.service.tallying import recount

BATCH = 5_000
STREETS = ("Kade", "Markt", "Ring", "Laan", "Weg", "Hof", "Plein", "Dijk")
# fmt: off
WORDS = (
    "lamp", "broken", "street", "pothole", "bin", "full", "tree", "branch", "graffiti", "noise",
    "water", "bench", "playground", "bridge", "pavement", "sign", "bicycle", "car", "parked",
    "rubbish", "smell", "dog", "light", "school", "bus", "stop", "crossing", "dangerous", "fence",
    "park", "river", "mud", "leaves", "snow", "ice", "slippery", "door", "window", "wall",
    "corner", "evening", "morning",
)
# fmt: on
STATUSES = ("received", "triaged", "in_progress", "resolved", "resolved", "resolved", "no_action")


def fill(session: Session, number: int, *, seed: int = 7) -> None:
    """Write so many reports over ten years within the loaded city."""
    dice, known, now = random.Random(seed), lookup(session), utcnow()
    if is_postgresql(session):
        session.execute(text("SET statement_timeout = 0"))
    services = [s for s in known.services.values() if s.component]
    west, south, east, north = _bounds(known)
    columns = [c.name for c in Report.__table__.columns if c.name not in ("id", "search")]
    for start in range(0, number, BATCH):
        rows = []
        for n in range(start, min(start + BATCH, number)):
            lon, lat = dice.uniform(west, east), dice.uniform(south, north)
            service = dice.choice(services)
            created = now - timedelta(seconds=(number - n) * 315 * 1_000_000 / number)
            rows.append(_row(dice, known, service, (lon, lat), created, columns))
        session.execute(insert(Report.__table__), rows)
        session.commit()
    recount(session)
    session.commit()
    session.execute(text("ANALYZE"))
    session.commit()


def _bounds(known: Any) -> tuple[float, float, float, float]:
    points = [
        point
        for district in known.facts.districts
        for ring in _rings(district.geometry)
        for point in ring
    ]
    lons, lats = [p[0] for p in points], [p[1] for p in points]
    return min(lons), min(lats), max(lons), max(lats)


def _rings(geometry: Any) -> list[Any]:
    if geometry["type"] == "Polygon":
        return list(geometry["coordinates"])
    return [ring for polygon in geometry["coordinates"] for ring in polygon]


def _row(  # noqa: PLR0917 - what a row is made of
    dice: random.Random, known: Any, service: Any, place: Any, created: Any, columns: list[str]
) -> dict[str, Any]:
    from backend.classification.queries import domain_of

    status = dice.choice(STATUSES)
    closed = created + timedelta(days=3) if status in ("resolved", "no_action") else None
    values: dict[str, Any] = dict.fromkeys(columns)
    values |= {
        "public_id": new_public_id(), "version": 1, "kind": "complaint", "status": status,
        "visibility": "public", "channel": "web", "created_at": created,
        "updated_at": closed or created, "closed_at": closed, "service_id": service.id,
        "domain": domain_of(service.component), "component": service.component,
        "placed_by": "service", "unsure": False,
        "district_id": known.facts.ground.district_at(*place),
        "department_id": service.department_id, "place": "point", "lon": place[0],
        "lat": place[1], "address": f"{dice.choice(STREETS)} {dice.randint(1, 200)}",
        "text": " ".join(dice.choices(WORDS, k=14)), "judged_by": "text", "language": "en",
        "confirmations": 0, "updates": 0, "photos": 0, **cells(*place),
    }  # fmt: skip
    values["row"] = rendered(values, known)
    return values
