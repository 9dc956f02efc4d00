"""Giving reports back: a line each, as JSON, as a table, or as GeoJSON."""

import csv
import io
from collections.abc import Iterator
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.core.actor import Actor
from backend.core.clock import rfc3339
from backend.core.fastjson import dumps
from backend.core.policy import authorise
from backend.reports.models import Report
from backend.reports.naming import lookup
from backend.reports.queries.filters import visible_to
from backend.reports.render import item

FORMATS = ("jsonl", "csv", "geojson")
AT_ONCE = 1000
TABLE = (
    "id", "kind", "status", "is_open", "text", "summary", "judged_by", "language", "service",
    "domain", "component", "unsure", "district", "department", "lon", "lat", "address",
    "created_at", "updated_at", "closed_at", "due_at", "confirmations", "photos", "channel",
    "visibility", "status_reason", "forwarded_to", "duplicate_of", "source", "source_id",
)  # fmt: skip
_TRIGGERS = ("=", "+", "-", "@", "\t", "\r", "\n", "\x00", "＝", "＋", "－", "＠")
_COLUMNS = tuple(c for c in Report.__table__.columns if c.name not in ("search", "row"))


def export_reports(
    session: Session, actor: Actor, form: str, *, only_public: bool = False
) -> Iterator[str]:
    """The reports that the actor may see, one a line, oldest arrival first; no contacts."""
    authorise(actor, "report.export")
    if form not in FORMATS:
        raise ValueError(f"the format is one of {', '.join(FORMATS)}")
    records = _records(session, actor, only_public=only_public)
    if form == "jsonl":
        for found in records:
            yield dumps(found).decode() + "\n"
    elif form == "csv":
        yield _line(TABLE)
        for found in records:
            yield _line([_cell(found.get(name)) for name in TABLE])
    else:
        yield '{"type":"FeatureCollection","features":[\n'
        before = ""
        for found in records:
            geometry = found.pop("place")
            feature = {
                "type": "Feature",
                "id": found["id"],
                "geometry": geometry,
                "properties": found,
            }
            yield before + dumps(feature).decode()
            before = ",\n"
        yield "\n]}\n"


def _records(session: Session, actor: Actor, *, only_public: bool) -> Iterator[dict[str, Any]]:
    known, last = lookup(session), 0
    conditions = visible_to(actor)
    if only_public:
        conditions.append(Report.visibility == "public")
    while True:
        rows = session.execute(
            select(*_COLUMNS)
            .where(Report.id > last, *conditions)
            .order_by(Report.id)
            .limit(AT_ONCE)
        ).all()
        if not rows:
            return
        merged = {row.duplicate_of_id for row in rows if row.duplicate_of_id}
        into = {
            row.id: row.public_id
            for row in session.execute(
                select(Report.id, Report.public_id).where(Report.id.in_(merged))
            )
        }
        for row in rows:
            yield _record(row, known, into.get(row.duplicate_of_id))
        last = rows[-1].id


def _record(row: Any, known: Any, duplicate_of: str | None) -> dict[str, Any]:
    found = item(row._mapping, known, duplicate_of)
    return found | {
        "text": row.text, "summary": row.summary, "lon": row.lon, "lat": row.lat,
        "channel": row.channel, "status_reason": row.status_reason,
        "forwarded_to": row.forwarded_to, "source": row.source, "source_id": row.source_id,
    }  # fmt: skip


def _cell(value: Any) -> Any:
    if hasattr(value, "isoformat"):
        return rfc3339(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    return guarded(value) if isinstance(value, str) else value


def guarded(text: str) -> str:
    """A text that no spreadsheet takes for a formula."""
    if text.lstrip(" \u00a0\ufeff").startswith(_TRIGGERS) or text.startswith(_TRIGGERS):
        return "'" + text
    return text


def _line(cells: Any) -> str:
    buffer = io.StringIO()
    csv.writer(buffer, lineterminator="\r\n").writerow(cells)
    return buffer.getvalue()
