"""Service discovery: where the endpoints are, in which formats, and since when unchanged."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy.orm import Session

from backend.city import queries as city
from backend.core.i18n import _
from backend.open311.jurisdiction import base_url, contact
from backend.open311.ways import changed_at

SPECIFICATION = "http://wiki.open311.org/GeoReport_v2"
FIRST_RELEASE = datetime(2026, 1, 1, tzinfo=UTC)
KINDS = (("production", "/open311/v2"), ("test", "/open311/test/v2"))


def discovery(session: Session) -> dict[str, Any]:
    """The discovery document."""
    base, moment = base_url(), changeset(session)
    return {
        "changeset": moment,
        "contact": _contact_words(session),
        "key_service": _("Ask for a key as %(url)s explains.", url=f"{base}/open311/"),
        "endpoints": [
            {
                "specification": SPECIFICATION,
                "url": base + path,
                "changeset": moment,
                "type": kind,
                "formats": ["text/xml", "application/json"],
            }
            for kind, path in KINDS
        ],
    }


def changeset(session: Session) -> datetime:
    """When services or definitions last changed."""
    times = [city.facts(session).changed_at, changed_at(session), FIRST_RELEASE]
    return max(found for found in times if found is not None)


def _contact_words(session: Session) -> str:
    found = contact(session)
    name = found.get("name") or city.facts(session).name() or "Vox Urbis"
    ways = [str(found[key]) for key in ("email", "phone", "web") if found.get(key)]
    return ", ".join([str(name), *ways]) if ways else f"{name}, {base_url()}/contact"
