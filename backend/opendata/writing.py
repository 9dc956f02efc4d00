"""Rows as CSV, JSON or GeoJSON, a piece at a time, so that a million do not fill the memory."""

import csv
import io
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from backend.core.clock import rfc3339
from backend.core.datasets import Dataset, Row
from backend.core.fastjson import dumps

FORMS = {
    "csv": "text/csv; charset=utf-8",
    "json": "application/json",
    "geojson": "application/geo+json",
}
AT_ONCE = 500
_TRIGGERS = ("=", "+", "-", "@", "\t", "\r", "\n", "\x00", "＝", "＋", "－", "＠")


def cell(value: Any) -> str:
    """A cell of a table; what a spreadsheet would take for a formula is made plain text."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return repr(value)
    if isinstance(value, datetime):
        return rfc3339(value)
    text = value if isinstance(value, str) else dumps(value).decode()
    return "'" + text if text.startswith(_TRIGGERS) else text


def written(dataset: Dataset, rows: Iterable[Row], form: str) -> Iterator[bytes]:
    """A data set in one of the forms."""
    writer = {"csv": _csv, "json": _json, "geojson": _geojson}[form]
    part: list[bytes] = []
    for piece in writer(dataset, rows):
        part.append(piece)
        if len(part) >= AT_ONCE:
            yield b"".join(part)
            part = []
    yield b"".join(part)


def _csv(dataset: Dataset, rows: Iterable[Row]) -> Iterator[bytes]:
    names = [column.name for column in dataset.columns]
    yield _line(names)
    for row in rows:
        yield _line([cell(row.get(name)) for name in names])


def _line(cells: list[str]) -> bytes:
    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n").writerow(cells)
    return out.getvalue().encode()


def _plain(dataset: Dataset, row: Row) -> dict[str, Any]:
    return {column.name: row.get(column.name) for column in dataset.columns}


def _json(dataset: Dataset, rows: Iterable[Row]) -> Iterator[bytes]:
    before = b"[\n"
    for row in rows:
        yield before + dumps(_plain(dataset, row))
        before = b",\n"
    yield b"[]\n" if before == b"[\n" else b"\n]\n"


def _geojson(dataset: Dataset, rows: Iterable[Row]) -> Iterator[bytes]:
    yield b'{"type":"FeatureCollection","features":['
    before = b"\n"
    for row in rows:
        found = _plain(dataset, row)
        lon, lat = found.pop("lon", None), found.pop("lat", None)
        point = None if lon is None else {"type": "Point", "coordinates": [lon, lat]}
        feature = {"type": "Feature", "id": found.get("id"), "geometry": point, "properties": found}
        yield before + dumps(feature)
        before = b",\n"
    yield b"\n]}\n"


def forms_of(dataset: Dataset) -> tuple[str, ...]:
    """The forms in which a data set is given."""
    return ("csv", "json", "geojson") if dataset.place else ("csv", "json")


def schema_of(dataset: Dataset, address: str) -> dict[str, Any]:
    """The JSON Schema of a row."""
    kinds: dict[str, dict[str, Any]] = {
        "date-time": {"type": ["string", "null"], "format": "date-time"},
        "json": {"type": ["object", "null"]},
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": address,
        "title": str(dataset.title),
        "description": str(dataset.description),
        "type": "array",
        "items": {
            "type": "object",
            "additionalProperties": False,
            "required": [column.name for column in dataset.columns],
            "properties": {
                c.name: {**kinds.get(c.kind, {"type": [c.kind, "null"]}),
                         "description": str(c.meaning)}
                for c in dataset.columns
            },
        },
    }  # fmt: skip
