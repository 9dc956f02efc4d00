"""What webhooks hear of the reports room, and how it becomes an event for who asked."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from backend.core.events import subscribe
from backend.open311.webhooks.payload import facts_of
from backend.open311.webhooks.queries import wanting
from backend.open311.webhooks.service import tell
from backend.reports.events import (
    ReportAssigned,
    ReportSubmitted,
    StatusChanged,
    UpdatePosted,
    VisibilityChanged,
)


def _tell(
    session: Session, kind: str, public_id: str, content: Mapping[str, Any] | None = None
) -> None:
    to = wanting(session, kind)
    facts = facts_of(session, public_id) if to else None
    if facts is not None:
        tell(session, kind, public_id, {"report": facts, **(content or {})}, to)


@subscribe(ReportSubmitted)
def submitted(session: Session, event: ReportSubmitted) -> None:
    """A report has arrived."""
    _tell(session, "report.submitted", event.public_id)


@subscribe(StatusChanged)
def status_changed(session: Session, event: StatusChanged) -> None:
    """A report has taken a step."""
    change = {"change": {"old": event.old, "new": event.new}}
    _tell(session, "report.status_changed", event.public_id, change)


@subscribe(UpdatePosted)
def update_posted(session: Session, event: UpdatePosted) -> None:
    """Somebody has said something publicly; who wants the words follows the link."""
    update = {"update": {"id": event.update_id, "author": event.author}}
    _tell(session, "report.updated", event.public_id, update)


@subscribe(ReportAssigned)
def assigned(session: Session, event: ReportAssigned) -> None:
    """A report has gone to a department; to whom there is nobody's business."""
    _tell(session, "report.assigned", event.public_id)


@subscribe(VisibilityChanged)
def visibility_changed(session: Session, event: VisibilityChanged) -> None:
    """A report became public, or went out of sight: then nothing is told of it but its id."""
    if event.new == "public":
        _tell(session, "report.shown", event.public_id)
    elif event.old == "public":
        to = wanting(session, "report.removed")
        tell(session, "report.removed", event.public_id, {"report": {"id": event.public_id}}, to)
