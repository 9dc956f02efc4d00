"""What the room hears from others: the model's suggestions, and letters from citizens."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.accounts.contacts import normal_email
from backend.classification.events import SuggestionMade
from backend.classification.service import Subject, register_source
from backend.core.actor import SYSTEM
from backend.core.events import subscribe
from backend.core.problems import Invalid, NotFound
from backend.notifications.events import LetterReceived
from backend.reports.models import Report, ReportContact
from backend.reports.naming import lookup
from backend.reports.service.handling import add_letter_note, add_update
from backend.reports.service.intake import Contact, NewReport, submit_report
from backend.reports.service.record import Record, chronicle, lock, save

KIND = "report"
LONGEST_TEXT, LONGEST_REPLY, MOST_PHOTOS = 10_000, 4000, 5


def subject_of(session: Session, public_id: str) -> Subject | None:
    """What there is to read of a report: its text, else the name of the service chosen for it."""
    row = session.execute(
        select(
            Report.text, Report.language, Report.summary, Report.service_id, Report.district_id
        ).where(Report.public_id == public_id)
    ).first()
    if row is None:
        return None
    known = lookup(session)
    service = known.services.get(row.service_id or 0)
    hint = row.summary or (service.name(row.language) if service else None)
    district = known.districts.get(row.district_id or 0)
    return Subject(row.text, row.language, hint, district.code if district else None)


@subscribe(SuggestionMade)
def suggestion_made(session: Session, event: SuggestionMade) -> None:
    """Fill in the proposed place in the taxonomy as long as nobody has decided."""
    if event.kind != KIND:
        return
    try:
        record = lock(session, event.public_id)
    except NotFound:
        return
    if record.values["placed_by"] in ("person", "service"):
        return
    changes = {
        "domain": event.domain if not event.unsure else None,
        "component": event.component if not event.unsure else None,
        "placed_by": None if event.unsure else "model",
        "unsure": event.unsure,
    }
    if all(record.values[key] == value for key, value in changes.items()):
        return
    save(session, record, changes)
    told = {"component": event.component, "confidence": event.confidence, "unsure": event.unsure}
    chronicle(session, record, "suggested", "system", told)


@subscribe(LetterReceived)
def letter_received(session: Session, event: LetterReceived) -> None:
    """A letter by e-mail: a new report, or an answer that enters the timeline of one.

    A sender's address is easily forged, so a reply counts as the reporter's only where it came
    to the private address that the reporter alone was given.
    """
    if event.purpose == "report":
        _report_by_letter(session, event)
    elif event.subject_kind == KIND and event.subject_id:
        _reply_by_letter(session, event.subject_id, event)


def _report_by_letter(session: Session, event: LetterReceived) -> None:
    text = "\n\n".join(part for part in (event.subject.strip(), event.text.strip()) if part)
    new = NewReport(
        text=text[:LONGEST_TEXT] or event.subject or "-",
        language=event.language,
        channel="mail",
        contact=_sender(event),
        photos=event.photos[:MOST_PHOTOS],
        source="mail",
        source_id=event.letter_id,
    )
    submit_report(session, SYSTEM, new, on_behalf=True)


def _sender(event: LetterReceived) -> Contact | None:
    try:
        return Contact(event.sender_name, normal_email(event.sender_email or ""))
    except Invalid:
        return None  # nobody can be answered there; the report counts all the same


def _reply_by_letter(session: Session, public_id: str, event: LetterReceived) -> None:
    try:
        record = lock(session, public_id)
    except NotFound:
        return
    text = event.text.strip()[:LONGEST_REPLY]
    if not text and not event.photos:
        return
    is_reporter = event.from_reader and _is_reporter(session, record, event)
    if is_reporter:
        add_update(
            session, record, text or "-", author="reporter", by="reporter",
            language=event.language, photos=event.photos, author_id=event.account_id,
        )  # fmt: skip
    else:
        add_letter_note(session, record, text or "-")


def _is_reporter(session: Session, record: Record, event: LetterReceived) -> bool:
    if record.reporter_id is not None:
        return record.reporter_id == event.account_id
    email = session.execute(
        select(ReportContact.email).where(ReportContact.report_id == record.id)
    ).scalar()
    return bool(email) and email == (event.sender_email or "").strip().lower()


def introduce() -> None:
    """Tell classification how to read a report."""
    register_source(KIND, subject_of)
