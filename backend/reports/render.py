"""The line of a report in a list, rendered when the report is written and read as it stands."""

from collections.abc import Mapping
from typing import Any

from backend.core.fastjson import dumps
from backend.reports.naming import Lookup
from backend.reports.status import is_open

EXCERPT = 280


def excerpt(text: str, most: int = EXCERPT) -> str:
    """The beginning of a text, cut between words."""
    if len(text) <= most:
        return text
    cut = text[: most - 1]
    space = cut.rfind(" ")
    return (cut[:space] if space > most // 2 else cut).rstrip(" ,;:.") + "…"


def item(
    values: Mapping[str, Any], known: Lookup, duplicate_of: str | None = None
) -> dict[str, Any]:
    """What a list shows of a report: codes, no names, nothing of the reporter."""
    has_point = values["lon"] is not None
    return {
        "id": values["public_id"],
        "kind": values["kind"],
        "status": values["status"],
        "is_open": is_open(values["status"]),
        "text": excerpt(values["text"] or values["summary"] or ""),
        "language": values["language"],
        "service": known.service_code(values["service_id"]),
        "domain": values["domain"],
        "component": values["component"],
        "unsure": values["unsure"],
        "judged_by": values["judged_by"],
        "district": known.district_code(values["district_id"]),
        "department": known.department_code(values["department_id"]),
        "place": {"type": "Point", "coordinates": [values["lon"], values["lat"]]}
        if has_point
        else None,
        "place_kind": values["place"],
        "address": values["address"],
        "created_at": values["created_at"],
        "updated_at": values["updated_at"],
        "closed_at": values["closed_at"],
        "due_at": values["due_at"],
        "confirmations": values["confirmations"],
        "updates": values["updates"],
        "photos": values["photos"],
        "photo": values["photo"],
        "visibility": values["visibility"],
        "duplicate_of": duplicate_of,
    }


def rendered(values: Mapping[str, Any], known: Lookup, duplicate_of: str | None = None) -> str:
    """The line as JSON text."""
    return dumps(item(values, known, duplicate_of)).decode()
