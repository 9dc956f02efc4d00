"""GeoReport bulk: every public report in one document, written while it is read."""

import csv
import io
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from backend.core.actor import ANONYMOUS
from backend.core.db import reading
from backend.core.i18n import current_language
from backend.open311 import spark
from backend.open311.moments import written
from backend.open311.showing import address_of, description_of, status_notes
from backend.reports.naming import Lookup, lookup
from backend.reports.queries.exchange import every_public_report
from backend.reports.service.exporting import guarded
from backend.reports.status import is_open, status_name

FIELDS = (
    "service_request_id", "requested_datetime", "updated_datetime", "closed_date", "status",
    "status_description", "status_notes", "source", "service_name", "service_subtype",
    "service_code", "description", "agency_responsible", "address", "lat", "long",
)  # fmt: skip
TYPES = {"csv": "text/csv; charset=utf-8"}
Row = dict[str, Any]


def rows(session: Session, since: datetime | None, until: datetime | None) -> Iterator[list[Row]]:
    """The rows of the document, batch by batch; each batch is one short reading."""
    language = current_language()
    batches = every_public_report(session, ANONYMOUS, since, until)
    while True:
        with reading():
            batch: Sequence[Any] | None = next(batches, None)
            if batch is None:
                session.rollback()
                return
            known = lookup(session)
            told = [_row(row, known, language) for row in batch]
            session.rollback()
        yield told


def _row(row: Any, known: Lookup, language: str) -> Row:
    service = known.services.get(row.service_id or 0)
    department = known.departments.get(row.department_id or 0)
    still_open = is_open(row.status)
    return {
        "service_request_id": row.public_id,
        "requested_datetime": row.created_at,
        "updated_datetime": row.updated_at if still_open else row.closed_at or row.updated_at,
        "closed_date": row.closed_at,
        "status": "open" if still_open else "closed",
        "status_description": status_name(row.status),
        "status_notes": status_notes(row),
        "source": row.channel,
        "service_name": service.name(language) if service else "",
        "service_subtype": row.component or "",
        "service_code": service.code if service else "",
        "description": description_of(row),
        "agency_responsible": department.name(language) if department else "",
        "address": address_of(row, known, language),
        "lat": row.lat,
        "long": row.lon,
    }


def _csv(batches: Iterator[list[Row]]) -> Iterator[bytes]:
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(FIELDS)
    for batch in batches:
        writer.writerows([_cell(row[name]) for name in FIELDS] for row in batch)
        yield out.getvalue().encode()
        out.seek(0)
        out.truncate()
    yield out.getvalue().encode()


def _cell(value: Any) -> Any:
    if isinstance(value, datetime):
        return written(value)
    return guarded(spark.clean(value)) if isinstance(value, str) else value


def _json(batches: Iterator[list[Row]]) -> Iterator[bytes]:
    yield b"["
    between = b""
    for batch in batches:
        yield between + spark.to_json(batch)[1:-1]
        between = b","
    yield b"]"


def _xml(batches: Iterator[list[Row]]) -> Iterator[bytes]:
    start, end = b"<service_requests>", b"</service_requests>"
    yield spark.DECLARATION.encode() + start
    for batch in batches:
        whole = spark.to_xml("service_requests", batch)
        yield whole[whole.index(start) + len(start) : -len(end)]
    yield end


_WRITERS: dict[str, Callable[[Iterator[list[Row]]], Iterator[bytes]]] = {
    "csv": _csv, "json": _json, "xml": _xml,
}  # fmt: skip


def document(
    session: Session, form: str, since: datetime | None, until: datetime | None
) -> Iterator[bytes]:
    """The document in pieces; the caller keeps its context alive while they are written."""
    return _WRITERS[form](rows(session, since, until))
