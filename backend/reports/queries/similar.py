"""Open reports nearby that read alike: offered before a new one is sent."""

from datetime import timedelta
from typing import Any

import orjson
from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.classification.duplicates import Told, alike
from backend.core.actor import Actor
from backend.core.clock import utcnow
from backend.core.geo import STORED, cell_of, disk
from backend.core.policy import authorise
from backend.reports.models import Report
from backend.reports.naming import lookup

REACH = 300.0
AGE = timedelta(days=365)
LOOKED_AT = 250
ALIKE = 0.5


def similar_reports(
    session: Session,
    actor: Actor,
    text: str,
    place: tuple[float, float] | None,
    *,
    service: str | None = None,
    limit: int = 5,
) -> list[dict[str, Any]]:
    """The open public reports near a place that tell of the same, likeliest first.

    What counts how much (words, distance, time, service) is learned from what staff merged and
    parted.
    """
    authorise(actor, "report.check")
    if place is None:
        return []
    now = utcnow()
    known = lookup(session)
    rows = session.execute(
        select(
            Report.public_id, Report.row, Report.text, Report.lon, Report.lat, Report.created_at,
            Report.service_id,
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
    ).all()  # fmt: skip
    lines = {row.public_id: row.row for row in rows}
    others = [
        Told(row.public_id, row.text, (row.lon, row.lat), row.created_at,
             known.service_code(row.service_id))
        for row in rows
    ]  # fmt: skip
    found = alike(session, Told("", text, place, now, service), others, limit=limit, least=ALIKE)
    return [
        orjson.loads(lines[one.public_id])
        | {"distance": round(one.metres or 0), "likeness": round(one.likeness, 2)}
        for one in found
        if (one.metres or 0) <= REACH
    ]
