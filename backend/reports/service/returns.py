"""The private return link of who reported without an account: look, answer, add, withdraw."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.core.actor import Actor
from backend.core.i18n import _
from backend.core.ids import SECRET_LENGTH, hash_secret, normalise_id
from backend.core.policy import authorise
from backend.core.problems import Conflict, NotFound
from backend.reports.models import Report
from backend.reports.policy import relation_of
from backend.reports.queries.detail import read_report
from backend.reports.service.handling import Step, add_update, take_step
from backend.reports.service.record import Record, Versions, chronicle, lock, named, save
from backend.reports.service.voices import dispute, rate
from backend.reports.status import REPORTER


def report_behind(session: Session, secret: str) -> str:
    """The public id of the report that a return link opens."""
    plain = normalise_id(secret[:100])
    found = None
    if len(plain) == SECRET_LENGTH:
        found = session.execute(
            select(Report.public_id).where(Report.return_hash == hash_secret(plain))
        ).scalar()
    if found is None:
        raise NotFound()
    return str(found)


def read_by_return(session: Session, actor: Actor, secret: str) -> dict[str, Any]:
    """The report behind a return link, as its reporter sees it."""
    return read_report(session, actor, report_behind(session, secret), relation="own")


def add_by_return(
    session: Session,
    actor: Actor,
    secret: str,
    text: str,
    *,
    language: str | None = None,
    photos: tuple[str, ...] = (),
) -> str:
    """Answer a question of the city or add something, by the return link."""
    record = lock(session, report_behind(session, secret))
    authorise(actor, "report.answer", "own")
    return add_update(
        session, record, text, author="reporter", by="reporter", language=language, photos=photos
    )


def withdraw(
    session: Session,
    actor: Actor,
    public_id: str,
    reason: str | None = None,
    *,
    holder: bool = False,
    versions: Versions = None,
) -> Record:
    """Take one's own report back; it stays readable as withdrawn."""
    record = lock(session, public_id, versions)
    relation = "own" if holder else relation_of(actor, record)
    authorise(actor, "report.withdraw", relation)
    step = Step("withdrawn", (reason or "").strip() or None)
    return take_step(session, record, step, party=REPORTER, by=named(actor, "reporter"))


def withdraw_by_return(
    session: Session, actor: Actor, secret: str, reason: str | None = None
) -> Record:
    """Take one's report back by the return link."""
    return withdraw(session, actor, report_behind(session, secret), reason, holder=True)


def dispute_by_return(
    session: Session, actor: Actor, secret: str, text: str, photos: tuple[str, ...] = ()
) -> str:
    """Dispute the closing of one's report by the return link."""
    public_id = report_behind(session, secret)
    return dispute(session, actor, public_id, text, photos=photos, holder=True)


def rate_by_return(
    session: Session, actor: Actor, secret: str, score: int, text: str | None = None
) -> None:
    """Say how content one is with the outcome, by the return link."""
    rate(session, actor, report_behind(session, secret), score, text, holder=True)


def claim(session: Session, actor: Actor, secret: str) -> str:
    """Take a report that was sent without an account among one's own; the link goes on working."""
    record = lock(session, report_behind(session, secret))
    authorise(actor, "report.claim", "own")
    if record.reporter_id == actor.account_id:
        return record.public_id
    if record.reporter_id is not None:
        raise Conflict(_("This report belongs to another account already."))
    save(session, record, {"reporter_id": actor.account_id})
    chronicle(session, record, "claimed", "reporter")
    return record.public_id
