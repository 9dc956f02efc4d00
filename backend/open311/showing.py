"""A public report as GeoReport's request, and nothing of who sent it."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy.orm import Session

from backend.city.facts import CityFacts
from backend.core.actor import ANONYMOUS
from backend.core.i18n import _, current_language, in_language
from backend.media.queries import PhotoInfo, photos_of
from backend.open311.jurisdiction import base_url
from backend.reports.naming import Lookup, lookup
from backend.reports.queries.exchange import ToldUpdate, updates_of_reports
from backend.reports.status import is_open, status_name, what_the_reporter_reads

LONGEST = 4000
AT_ONCE = 500
LISTS = ("singlevaluelist", "multivaluelist")
EXTENDED = {
    "received": "open",
    "triaged": "investigating",
    "assigned": "investigating",
    "in_progress": "in_progress",
    "waiting_for_reporter": "investigating",
    "waiting_for_third_party": "action_scheduled",
    "planned": "planned",
    "resolved": "fixed",
    "not_ours": "not_councils_responsibility",
    "no_action": "no_further_action",
    "duplicate": "duplicate",
    "reopened": "open",
    "withdrawn": "cancelled",
}
"""Our statuses in the words of service request updates."""


class Shown:
    """The requests of one answer, with the names and photos that they need."""

    def __init__(self, session: Session, rows: Sequence[Any], *, extensions: bool = False) -> None:
        self.session, self.rows, self.extensions = session, rows, extensions
        self.known: Lookup = lookup(session)
        self.language = current_language()
        self.base = base_url()
        self.photos = self._photos()
        self.updates: Mapping[str, Sequence[ToldUpdate]] = {}
        if extensions:
            self.updates = updates_of_reports(session, ANONYMOUS, [row.id for row in rows])

    def _photos(self) -> dict[str, list[PhotoInfo]]:
        ids = [row.public_id for row in self.rows if row.photos]
        found: dict[str, list[PhotoInfo]] = {}
        for start in range(0, len(ids), AT_ONCE):
            found |= photos_of(self.session, "report", ids[start : start + AT_ONCE])
        return found

    def documents(self) -> list[dict[str, Any]]:
        """The requests, in the order of the rows."""
        return [self._document(row) for row in self.rows]

    def _document(self, row: Any) -> dict[str, Any]:
        service = self.known.services.get(row.service_id or 0)
        still_open = is_open(row.status)
        photos = self.photos.get(row.public_id, [])
        found = {
            "service_request_id": row.public_id,
            "status": "open" if still_open else "closed",
            "status_notes": status_notes(row),
            "service_name": service.name(self.language) if service else str(_("Other")),
            "service_code": service.code if service else "",
            "description": description_of(row),
            "agency_responsible": self._agency(row),
            "service_notice": "",
            "requested_datetime": row.created_at,
            "updated_datetime": row.updated_at if still_open else row.closed_at or row.updated_at,
            "expected_datetime": row.due_at,
            "address": address_of(row, self.known, self.language),
            "address_id": "",
            "zipcode": "",
            "lat": row.lat,
            "long": row.lon,
            "media_url": self._link(photos[0]) if photos else None,
        }
        return found | self._extended(row, photos) if self.extensions else found

    def _agency(self, row: Any) -> str:
        department = self.known.departments.get(row.department_id or 0)
        return department.name(self.language) if department else ""

    def _link(self, photo: PhotoInfo) -> str:
        size = "large" if "large" in photo.sizes else next(iter(photo.sizes))
        return self.base + photo.links[size]

    def _extended(self, row: Any, photos: Sequence[PhotoInfo]) -> dict[str, Any]:
        return {
            "attributes": self._answers(row),
            "extended_attributes": {
                "channel": row.channel,
                "kind": row.kind,
                "status": row.status,
                "status_name": status_name(row.status),
                "component": row.component,
                "district": self.known.district_code(row.district_id),
                "duplicate_of": row.duplicate_of,
                "confirmations": row.confirmations,
                "photos": [self._photo(row, photo) for photo in photos],
            },
            "notes": self._notes(row),
        }

    def _photo(self, row: Any, photo: PhotoInfo) -> dict[str, Any]:
        width, height = (photo.sizes.get("large") or next(iter(photo.sizes.values())))[:2]
        return {
            "media_url": self._link(photo),
            "title": photo.description or "",
            "width": width,
            "height": height,
            "created_at": row.created_at,
        }

    def _answers(self, row: Any) -> list[dict[str, Any]]:
        """The answers that were chosen from lists; what people wrote themselves stays private."""
        service, answers = self.known.services.get(row.service_id or 0), row.answers or {}
        found = []
        for question in service.questions if service else ():
            code = str(question["code"])
            if question["datatype"] not in LISTS or code not in answers:
                continue
            names = {v["key"]: in_language(dict(v["name"]), self.language)
                     for v in question["values"]}  # fmt: skip
            keys = answers[code] if isinstance(answers[code], list) else [answers[code]]
            found.append(
                {
                    "label": in_language(dict(question["text"]), self.language),
                    "name": ", ".join(names.get(key, "") for key in keys),
                    "value": ", ".join(str(key) for key in keys if key in names),
                    "code": code,
                }
            )
        return found

    def _notes(self, row: Any) -> list[dict[str, Any]]:
        notes = [{"datetime": row.created_at, "description": "", "type": "submitted"}]
        notes += [
            {
                "datetime": told.at,
                "description": told.text or status_name(told.status),
                "type": "opened" if is_open(told.status) else "closed",
            }
            for told in self.updates.get(row.public_id, ())
        ]
        return notes


def description_of(row: Any) -> str:
    """What was reported; longer texts end where the standard ends them."""
    text = row.text or row.summary or ""
    return text if len(text) <= LONGEST else text[: LONGEST - 1].rstrip() + "…"


def status_notes(row: Any) -> str:
    """Where the report stands in words: the city's own, else what the status means."""
    if row.status == "duplicate":
        of = f" {row.duplicate_of}" if row.duplicate_of else ""
        return f"Duplicate request.{of}"
    words = row.status_reason or what_the_reporter_reads(row.status)
    if row.status == "not_ours" and row.forwarded_to:
        words = f"{words} ({row.forwarded_to})"
    return words[:LONGEST]


def address_of(row: Any, known: Lookup, language: str) -> str:
    """Where it is, in words; readers of requests rely on there being some."""
    if row.address:
        return str(row.address)
    facts: CityFacts = known.facts
    district = known.districts.get(row.district_id or 0)
    parts = [district.name(language) if district else "", facts.name(language)]
    if row.lat is not None:
        parts.insert(0, f"{row.lat:.5f}, {row.lon:.5f}")
    return ", ".join(part for part in parts if part) or "-"
