"""Slow work of the room: what follows an arrival, and the counts of the map."""

from datetime import timedelta
from typing import Any

from sqlalchemy.orm import Session

from backend.classification.service import suggest_later
from backend.core.events import publish
from backend.core.jobs import enqueue, job, periodic
from backend.reports import queries
from backend.reports.events import ReportSubmitted
from backend.reports.service.intake import ARRIVED
from backend.reports.service.locating import locate
from backend.reports.service.tallying import fold

LOCATE = "reports.locate"


@job(ARRIVED)
def arrived(session: Session, payload: dict[str, Any]) -> None:
    """A report has arrived: have it classified and tell the house."""
    suggest_later(session, "report", payload["id"])
    if queries.has_address_alone(session, payload["id"]):
        enqueue(session, LOCATE, {"id": payload["id"]}, key=f"{LOCATE}:{payload['id']}")
    publish(session, ReportSubmitted(payload["id"]))


@job(LOCATE)
def find_spot(session: Session, payload: dict[str, Any]) -> None:
    """Look an address up, so that the report stands on the map too."""
    locate(session, payload["id"])


@periodic("reports.fold_tally", every=timedelta(minutes=1))
def fold_tally(session: Session, _payload: dict[str, Any]) -> None:
    """Fold the changes of the last minute into the counts of the map."""
    fold(session)
