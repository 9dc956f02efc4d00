"""What partners hear of the reports room: a report that is theirs now."""

from sqlalchemy.orm import Session

from backend.core.events import subscribe
from backend.core.problems import NotFound
from backend.open311.partners.saying import say_later
from backend.open311.partners.service import dispatch_to
from backend.reports.events import (
    ReportAssigned,
    ReportSubmitted,
    UpdatePosted,
    VisibilityChanged,
)
from backend.reports.queries import standing_of


def _offer(session: Session, public_id: str) -> None:
    try:
        report = standing_of(session, public_id)
    except NotFound:
        return
    dispatch_to(session, report.public_id, report.department_id, report.visibility)


@subscribe(ReportSubmitted)
def submitted(session: Session, event: ReportSubmitted) -> None:
    """A report has arrived, perhaps for a service of a department that lives elsewhere."""
    _offer(session, event.public_id)


@subscribe(ReportAssigned)
def assigned(session: Session, event: ReportAssigned) -> None:
    """A report was given to a department."""
    _offer(session, event.public_id)


@subscribe(VisibilityChanged)
def shown(session: Session, event: VisibilityChanged) -> None:
    """A report that waited out of sight may go over now."""
    if event.new == "public":
        _offer(session, event.public_id)


@subscribe(UpdatePosted)
def answered(session: Session, event: UpdatePosted) -> None:
    """The reporter has answered; what the city and its partners say is not sent back."""
    if event.author == "reporter":
        say_later(session, event.public_id, event.update_id)
