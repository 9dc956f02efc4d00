"""Open reports nearby that read alike: offered before a new one is sent."""

import re
from datetime import timedelta
from math import exp, sqrt
from typing import Any

import orjson
from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.city.folding import fold
from backend.core.actor import Actor
from backend.core.clock import utcnow
from backend.core.geo import STORED, cell_of, disk, metres_between
from backend.core.policy import authorise
from backend.reports.models import Report
from backend.reports.naming import lookup

REACH = 300.0
AGE = timedelta(days=365)
LOOKED_AT = 250
ALIKE = 0.35
_WORD = re.compile(r"[^\W\d_]{3,}")
STEM = 6


def word_stems(text: str) -> set[str]:
    """The beginnings of a text's longer words, folded: alike in most of our languages."""
    return {word[:STEM] for word in _WORD.findall(fold(text[:4000])) if len(word) > 3}


def likeness(
    mine: set[str], other: set[str], metres: float, days: float, *, same_service: bool
) -> float:
    """How alike two reports are, from 0 to 1: by words, by distance, by time."""
    shared = len(mine & other) / max(1.0, sqrt(len(mine) * len(other)))
    words = min(1.0, shared + (0.35 if same_service else 0.0))
    return words * exp(-metres / 400.0) * exp(-days / 730.0)


def similar_reports(
    session: Session,
    actor: Actor,
    text: str,
    place: tuple[float, float] | None,
    *,
    service: str | None = None,
    limit: int = 5,
) -> list[dict[str, Any]]:
    """The open public reports near a place that tell of the same, likeliest first."""
    authorise(actor, "report.check")
    if place is None:
        return []
    now = utcnow()
    known = lookup(session).services_by_code.get(service) if service else None
    rows = session.execute(
        select(
            Report.row, Report.text, Report.lon, Report.lat, Report.created_at, Report.service_id
        )
        .where(
            Report.cell.in_(disk(cell_of(*place, STORED), 2)),
            Report.created_at > now - AGE,
            Report.closed_at.is_(None),
            Report.visibility == "public",
        )
        .order_by(Report.created_at.desc())
        .limit(LOOKED_AT)
        .with_hint(Report, "INDEXED BY ix_report_open_cell", "sqlite")
    )
    mine = word_stems(text)
    found: list[tuple[float, float, str]] = []
    for row in rows:
        metres = metres_between(place, (row.lon, row.lat))
        if metres > REACH:
            continue
        same = known is not None and row.service_id == known.id
        days = (now - row.created_at).total_seconds() / 86_400
        score = likeness(mine, word_stems(row.text), metres, days, same_service=same)
        if score >= ALIKE:
            found.append((score, metres, row.row))
    found.sort(reverse=True)
    return [
        orjson.loads(line) | {"distance": round(metres), "likeness": round(score, 2)}
        for score, metres, line in found[:limit]
    ]
