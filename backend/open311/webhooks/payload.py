"""What a webhook says of a report: facts that everybody may read, no words, nothing of a person.

Texts stay where they are: who wants them follows the link, under the rules of the moment.
"""

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from backend.core.actor import ANONYMOUS
from backend.core.clock import rfc3339, utcnow
from backend.core.fastjson import dumps
from backend.core.policy import is_allowed
from backend.core.settings import current_settings
from backend.reports.naming import lookup
from backend.reports.policy import read_action, relation_of
from backend.reports.queries.detail import find_row, public_id_of
from backend.reports.render import item

TOLD = (
    "id", "kind", "status", "is_open", "service", "domain", "component", "district", "department",
    "place", "created_at", "updated_at", "closed_at", "due_at", "photos", "duplicate_of",
)  # fmt: skip


def facts_of(session: Session, public_id: str) -> dict[str, Any] | None:
    """The facts of a report that any stranger may read now; None for every other report."""
    row = find_row(session, public_id)
    if row is None or not is_allowed(ANONYMOUS, read_action(row), relation_of(ANONYMOUS, row)):
        return None
    shown = item(row._mapping, lookup(session), public_id_of(session, row.duplicate_of_id))
    base = current_settings().base_url
    links = {
        "page": f"{base}/reports/{row.public_id}",
        "api": f"{base}/api/v1/reports/{row.public_id}",
    }
    return {name: shown[name] for name in TOLD} | {"version": row.version, "links": links}


def body_of(event_id: str, kind: str, content: Mapping[str, Any]) -> str:
    """The message of an event, the same bytes at every try."""
    head = {"id": event_id, "kind": kind, "time": rfc3339(utcnow())}
    return dumps(head | dict(content)).decode()
