"""Reports as other systems write them: SeeClickFix, Open311 GeoReport and plain tables."""

import csv
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import orjson

from backend.core.fields import clean_text
from backend.reports.models import KINDS
from backend.reports.status import STATUSES

FORMATS = ("seeclickfix", "open311", "csv")
LONGEST_LINE = 1_000_000
OWN_FIELDS = (
    "id", "text", "type", "status", "kind", "created_at", "acknowledged_at", "closed_at",
    "updated_at", "lat", "lon", "address", "votes", "language", "reason",
)  # fmt: skip


class RowFault(ValueError):
    """A row that cannot be taken, with the reason for the person who imports."""


@dataclass(frozen=True, slots=True)
class Foreign:
    """A report of another system, in our words."""

    source_id: str
    text: str
    type: str | None
    status: str
    created_at: datetime
    updated_at: datetime
    acknowledged_at: datetime | None = None
    closed_at: datetime | None = None
    place: tuple[float, float] | None = None
    address: str | None = None
    kind: str = "complaint"
    votes: int = 0
    language: str | None = None
    reason: str | None = None


Row = Mapping[str, Any]


def rows_of(lines: Iterable[str], form: str) -> Iterator[tuple[int, Row | RowFault]]:
    """The rows of a file with their line numbers; what cannot be read comes as a fault."""
    if form == "csv":
        yield from _table_rows(lines)
        return
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        if len(line) > LONGEST_LINE:
            yield number, RowFault("the line is too long")
            continue
        try:
            value = orjson.loads(line)
        except orjson.JSONDecodeError:
            yield number, RowFault("the line is not JSON")
            continue
        listed = value if isinstance(value, list) else [value]
        for item in listed:
            yield number, item if isinstance(item, dict) else RowFault("not a JSON object")


def _table_rows(lines: Iterable[str]) -> Iterator[tuple[int, Row | RowFault]]:
    table = csv.DictReader((line.replace("\x00", "") for line in lines), strict=True)
    while True:
        try:
            row = next(table)
        except StopIteration:
            return
        except csv.Error as error:
            yield table.line_num, RowFault(f"the line is not CSV: {error}")
            continue
        if None in row:
            yield table.line_num, RowFault("the line has more cells than the heading")
            continue
        yield table.line_num, {str(key).strip().lstrip("\ufeff"): row[key] for key in row}


def reader_for(form: str, mapping: Mapping[str, Any], zone: str) -> Callable[[Row], Foreign]:
    """How a row of a form becomes a report in our words."""
    if form not in FORMATS:
        raise ValueError(f"the format is one of {', '.join(FORMATS)}")
    read = {"seeclickfix": _seeclickfix, "open311": _open311, "csv": _table}[form]
    fields = dict(mapping.get("fields") or {})
    statuses = {str(k).casefold(): str(v) for k, v in (mapping.get("statuses") or {}).items()}
    unknown = sorted(set(statuses.values()) - set(STATUSES))
    if unknown:
        raise ValueError(f"the mapping names a status that does not exist: {unknown[0]}")

    def reading(row: Row) -> Foreign:
        renamed = {**row, **{ours: row.get(theirs) for ours, theirs in fields.items()}}
        return read(renamed, statuses, ZoneInfo(zone))

    return reading


def _first(row: Row, *names: str) -> Any:
    return next((row[name] for name in names if row.get(name) not in (None, "")), None)


def _text(value: Any, most: int, *, line: bool = False) -> str:
    if value is None:
        return ""
    if not isinstance(value, str | int | float) or isinstance(value, bool):
        raise RowFault("a text is expected where something else stands")
    try:
        cleaned = clean_text(str(value), line=line)
    except ValueError as error:
        raise RowFault("the text holds characters that are not text") from error
    if len(cleaned) > most:
        raise RowFault(f"a text is longer than {most} characters")
    return cleaned


def _moment(value: Any, zone: ZoneInfo, name: str) -> datetime | None:
    if value in (None, ""):
        return None
    try:
        moment = datetime.fromisoformat(str(value).strip())
    except ValueError as error:
        raise RowFault(f"{name} is not a time: {str(value)[:40]}") from error
    moment = moment if moment.tzinfo else moment.replace(tzinfo=zone)
    if not 1970 <= moment.year <= 2200:
        raise RowFault(f"{name} is not a likely time: {str(value)[:40]}")
    return moment.astimezone(UTC)


def _place(lat: Any, lon: Any) -> tuple[float, float] | None:
    if lat in (None, "") and lon in (None, ""):
        return None
    try:
        pair = float(lon), float(lat)
    except (TypeError, ValueError) as error:
        raise RowFault("latitude and longitude are not numbers") from error
    if not (-180 <= pair[0] <= 180 and -90 <= pair[1] <= 90):
        raise RowFault("latitude or longitude is out of range")
    return None if pair == (0.0, 0.0) else pair


def _whole(value: Any) -> int:
    try:
        return max(0, min(int(float(value or 0)), 1_000_000))
    except (TypeError, ValueError, OverflowError):
        return 0


def _identity(row: Row, *names: str) -> str:
    found = _text(_first(row, *names), 80, line=True)
    if not found:
        raise RowFault("the row has no id")
    return found


def _times(row: Row, zone: ZoneInfo, names: Mapping[str, tuple[str, ...]]) -> dict[str, Any]:
    found = {ours: _moment(_first(row, *theirs), zone, theirs[0]) for ours, theirs in names.items()}
    if found["created_at"] is None:
        raise RowFault("the row does not say when it was made")
    ends = found.get("closed_at") or found.get("acknowledged_at")
    found["updated_at"] = found["updated_at"] or ends or found["created_at"]
    return found


_SEECLICKFIX = {
    "open": "received", "acknowledged": "triaged", "closed": "resolved", "archived": "resolved",
}  # fmt: skip
_OPEN311 = {"open": "received", "closed": "resolved"}


def _status(value: Any, known: Mapping[str, str], ours: Mapping[str, str]) -> str:
    word = _text(value, 60, line=True).casefold()
    found = ours.get(word) or known.get(word)
    if found is None and word.replace(" ", "_") in STATUSES:
        found = word.replace(" ", "_")
    if found is None:
        raise RowFault(f"the status is not known: {word[:40] or 'none'}")
    return found


def _seeclickfix(row: Row, statuses: Mapping[str, str], zone: ZoneInfo) -> Foreign:
    asked = _first(row, "request_type", "type", "summary")
    if isinstance(asked, Mapping):
        asked = asked.get("title") or asked.get("organization")
    times = _times(
        row, zone,
        {
            "created_at": ("created_at",), "acknowledged_at": ("acknowledged_at",),
            "closed_at": ("closed_at",), "updated_at": ("updated_at",),
        },
    )  # fmt: skip
    status = _status(row.get("status"), _SEECLICKFIX, statuses)
    if status == "received" and _moment(row.get("reopened_at"), zone, "reopened_at"):
        status = "reopened"
    return Foreign(
        source_id=_identity(row, "id"),
        text=_text(_first(row, "description", "text"), 20_000),
        type=_text(asked or row.get("summary"), 200, line=True) or None,
        status=status,
        place=_place(row.get("lat"), _first(row, "lng", "lon")),
        address=_text(row.get("address"), 300, line=True) or None,
        votes=_whole(_first(row, "vote_count", "votes")),
        **times,
    )


def _open311(row: Row, statuses: Mapping[str, str], zone: ZoneInfo) -> Foreign:
    times = _times(
        row, zone,
        {
            "created_at": ("requested_datetime",), "updated_at": ("updated_datetime",),
            "closed_at": ("closed_date",),
        },
    )  # fmt: skip
    return Foreign(
        source_id=_identity(row, "service_request_id"),
        text=_text(row.get("description"), 20_000),
        type=_text(_first(row, "service_name", "service_code"), 200, line=True) or None,
        status=_status(row.get("status"), _OPEN311, statuses),
        place=_place(row.get("lat"), row.get("long")),
        address=_text(row.get("address"), 300, line=True) or None,
        reason=_text(row.get("status_notes"), 4000) or None,
        **times,
    )


def _table(row: Row, statuses: Mapping[str, str], zone: ZoneInfo) -> Foreign:
    times = _times(
        row,
        zone,
        {name: (name,) for name in ("created_at", "acknowledged_at", "closed_at", "updated_at")},
    )
    kind = _text(row.get("kind"), 20, line=True) or "complaint"
    if kind not in KINDS:
        raise RowFault(f"the kind is not known: {kind}")
    return Foreign(
        source_id=_identity(row, "id"),
        text=_text(row.get("text"), 20_000),
        type=_text(_first(row, "type", "service"), 200, line=True) or None,
        status=_status(row.get("status") or "received", _SEECLICKFIX, statuses),
        place=_place(row.get("lat"), _first(row, "lon", "lng")),
        address=_text(row.get("address"), 300, line=True) or None,
        kind=kind,
        votes=_whole(row.get("votes")),
        language=_text(row.get("language"), 8, line=True) or None,
        reason=_text(row.get("reason"), 4000) or None,
        **times,
    )
