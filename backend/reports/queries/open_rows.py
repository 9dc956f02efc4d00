"""Public reports as open data: no text, no address, no person; places on a grid of 100 metres."""

from collections.abc import Iterator
from math import cos, radians
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.core.datasets import Column, Dataset
from backend.core.i18n import lazy
from backend.reports.models import Report
from backend.reports.naming import lookup

GRID = 100.0
METRES_A_DEGREE = 111_195.0
AT_ONCE = 1000
_COLUMNS = (
    Report.id, Report.public_id, Report.kind, Report.status, Report.service_id, Report.domain,
    Report.component, Report.district_id, Report.department_id, Report.lon, Report.lat,
    Report.channel, Report.created_at, Report.updated_at, Report.closed_at, Report.due_at,
    Report.confirmations, Report.photos,
)  # fmt: skip


def on_grid(lon: float, lat: float) -> tuple[float, float]:
    """The middle of the square of the grid in which a place lies."""
    step = GRID / METRES_A_DEGREE
    row = (lat // step + 0.5) * step
    wide = step / max(0.01, cos(radians(row)))
    return round((lon // wide + 0.5) * wide, 5), round(row, 5)


def open_rows(session: Session) -> Iterator[dict[str, Any]]:
    """The public reports, oldest first, read a thousand at a time."""
    known, last = lookup(session), 0
    while True:
        rows = session.execute(
            select(*_COLUMNS)
            .where(Report.id > last, Report.visibility == "public")
            .order_by(Report.id)
            .limit(AT_ONCE)
        ).all()
        for row in rows:
            place = None if row.lon is None else on_grid(row.lon, row.lat)
            yield {
                "id": row.public_id, "kind": row.kind, "status": row.status,
                "service": known.service_code(row.service_id), "domain": row.domain,
                "component": row.component, "district": known.district_code(row.district_id),
                "department": known.department_code(row.department_id),
                "lon": place[0] if place else None, "lat": place[1] if place else None,
                "channel": row.channel, "created_at": row.created_at,
                "updated_at": row.updated_at, "closed_at": row.closed_at, "due_at": row.due_at,
                "confirmations": row.confirmations, "photos": row.photos,
            }  # fmt: skip
        if len(rows) < AT_ONCE:
            return
        last = rows[-1].id


DATASET = Dataset(
    code="reports",
    title=lazy("Reports"),
    description=lazy(
        "Every public report with its state, without texts, addresses or anything of a person. "
        "Places are the middles of squares of 100 metres."
    ),
    columns=(
        Column("id", "string", lazy("The report's number; its page is /reports/ID.")),
        Column("kind", "string", lazy("complaint, question, suggestion or praise")),
        Column("status", "string", lazy("Where the report stands.")),
        Column("service", "string", lazy("Code of the service of the city's catalogue.")),
        Column("domain", "string", lazy("One of the six domains.")),
        Column("component", "string", lazy("The component of the domain.")),
        Column("district", "string", lazy("Code of the district.")),
        Column("department", "string", lazy("Code of the department that handles it.")),
        Column("lon", "number", lazy("Longitude of the square's middle.")),
        Column("lat", "number", lazy("Latitude of the square's middle.")),
        Column("channel", "string", lazy("How the report came in.")),
        Column("created_at", "date-time", lazy("When it came in, UTC.")),
        Column("updated_at", "date-time", lazy("When something last happened, UTC.")),
        Column("closed_at", "date-time", lazy("When it was closed, UTC.")),
        Column("due_at", "date-time", lazy("By when the city promised an answer, UTC.")),
        Column("confirmations", "integer", lazy("How many others said: me too.")),
        Column("photos", "integer", lazy("How many photos it has.")),
    ),
    rows=open_rows,
    theme="GOVE",
    keywords=("reports", "public space", "service"),
    place=True,
)
