"""What a partner's machine says about reports: as the voice of the reporters it speaks for."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from backend.core.actor import Actor
from backend.core.i18n import _
from backend.core.policy import authorise
from backend.core.problems import Forbidden, Invalid, NotFound
from backend.media.service import attach
from backend.reports.service.handling import add_letter_note, add_update
from backend.reports.service.record import lock, named, save

SOURCE = "open311:"


def source_of(actor: Actor) -> str:
    """Where a partner's reports come from: its key, whose renewals keep the id."""
    return f"{SOURCE}{actor.public_id}"[:40]


def say_for_reporter(
    session: Session,
    actor: Actor,
    public_id: str,
    text: str,
    *,
    source_id: str | None = None,
    language: str | None = None,
    photos: Sequence[str] = (),
) -> str:
    """Add what a partner's user says: an update of a report that the partner sent in.

    About another's public report it is kept as a note for staff to judge, like a letter from
    somebody who is not surely the reporter.
    """
    if actor.kind != "machine":
        raise Forbidden()
    record = lock(session, public_id)
    authorise(actor, "report.list")
    own = record.values["source"] == source_of(actor)
    if not own and record.visibility != "public":
        raise NotFound()
    if not text.strip():
        raise Invalid(errors={"text": _("Write what you want to say.")})
    if own:
        return add_update(
            session, record, text, author="reporter", by=named(actor), language=language,
            photos=tuple(photos), source_id=source_id,
        )  # fmt: skip
    if photos:
        save(session, record, {})
        attach(session, list(photos), "report", record.public_id, public=False)
    return add_letter_note(session, record, text)
