"""Out of sight and back: moderation of a whole report, with a reason that its reporter reads."""

from sqlalchemy.orm import Session

from backend.core.actor import Actor
from backend.core.events import publish
from backend.core.i18n import _
from backend.core.problems import Conflict, Invalid
from backend.media.service import set_public
from backend.reports.events import VisibilityChanged
from backend.reports.models import VISIBILITIES
from backend.reports.policy import authorise_work
from backend.reports.service.record import Record, Versions, chronicle, lock, named, save


def set_visibility(
    session: Session,
    actor: Actor,
    public_id: str,
    visibility: str,
    reason: str | None,
    *,
    versions: Versions = None,
) -> Record:
    """Hide a report, keep it to its department, or show it again; its photos go with it."""
    record = lock(session, public_id, versions)
    authorise_work(actor, "report.hide", record)
    if visibility not in VISIBILITIES:
        raise Invalid(errors={"visibility": _("Choose public, hidden, private or confidential.")})
    if visibility != "public" and len((reason or "").strip()) < 3:
        raise Invalid(errors={"reason": _("Write why; the reporter reads it.")})
    old = record.visibility
    if old == visibility:
        raise Conflict(_("The report is %(visibility)s already.", visibility=visibility))
    hidden_reason = reason if visibility == "hidden" else None
    save(session, record, {"visibility": visibility, "hidden_reason": hidden_reason})
    set_public(session, "report", record.public_id, visibility == "public")
    told = {"old": old, "visibility": visibility, "reason": reason}
    chronicle(session, record, "visibility", named(actor), told)
    publish(session, VisibilityChanged(record.public_id, old, visibility, reason, record.version))
    return record
