"""Voices beside the reporter's: me too, following, disputing a closing, satisfaction."""

from typing import Any

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.orm import Session

from backend.core.actor import Actor
from backend.core.clock import utcnow
from backend.core.crypto import keyring
from backend.core.db import insert_ignore
from backend.core.events import publish
from backend.core.i18n import _
from backend.core.ids import new_public_id
from backend.core.policy import authorise
from backend.core.problems import Conflict, Invalid
from backend.notifications import service as notifications
from backend.reports.events import ClosingDisputed
from backend.reports.models import Confirmation, Dispute, Satisfaction, table_of
from backend.reports.policy import authorise_reading, authorise_work, relation_of
from backend.reports.queries.detail import standing_of
from backend.reports.service.record import Record, Versions, chronicle, lock, named, save
from backend.reports.status import CLOSED, is_open

VOICE = "report voice"
DISPUTABLE = frozenset(CLOSED) - {"duplicate", "withdrawn"}


def account_mark(account_id: int) -> str:
    """The keyed hash under which an account's voice is counted."""
    return keyring().mac(f"account:{account_id}", VOICE)


def report_mark(public_id: str) -> str:
    """The keyed hash under which the reporter of a merged report without an account is counted."""
    return keyring().mac(f"report:{public_id}", VOICE)


def device_mark(device: str) -> str:
    """The keyed hash under which a device without an account is counted."""
    if not 16 <= len(device) <= 200 or not device.isascii():
        raise Invalid(
            errors={"device": _("Send a random id of the device, 16 characters or more.")}
        )
    return keyring().mac(f"device:{device}", VOICE)


def counted_confirmations(session: Session, report_id: int) -> int:
    """How many people have said "me too"."""
    return session.execute(
        select(func.count()).where(Confirmation.report_id == report_id)
    ).scalar_one()


def confirm(session: Session, actor: Actor, public_id: str, *, device: str | None = None) -> int:
    """Say "me too", once per person; the number of people who did."""
    record = lock(session, public_id)
    relation = authorise_reading(actor, record)
    authorise(actor, "report.confirm", relation)
    if actor.account_id is not None:
        who = account_mark(actor.account_id)
    elif device:
        who = device_mark(device)
    else:
        raise Invalid(errors={"device": _("Send a random id of the device, or sign in.")})
    values = {
        "report_id": record.id, "who": who, "account_id": actor.account_id, "created_at": utcnow(),
    }  # fmt: skip
    if insert_ignore(session, Confirmation, values, ("report_id", "who")):
        save(session, record, {"confirmations": record.values["confirmations"] + 1})
        chronicle(session, record, "confirmed", named(actor))
    return int(record.values["confirmations"])


def take_back(session: Session, actor: Actor, public_id: str, *, device: str | None = None) -> int:
    """Take "me too" back; the number that remains."""
    record = lock(session, public_id)
    authorise(actor, "report.confirm", authorise_reading(actor, record))
    who = account_mark(actor.account_id) if actor.account_id else device_mark(device or "")
    gone = session.execute(
        delete(Confirmation).where(Confirmation.report_id == record.id, Confirmation.who == who)
    )
    if gone.rowcount:  # type: ignore[attr-defined]
        save(session, record, {"confirmations": counted_confirmations(session, record.id)})
        chronicle(session, record, "confirmation_withdrawn", named(actor))
    return int(record.values["confirmations"])


def follow(
    session: Session,
    actor: Actor,
    public_id: str,
    *,
    wanted: bool = True,
    device: str | None = None,
) -> None:
    """Hear of a report from now on, or no longer."""
    row = standing_of(session, public_id)
    authorise(actor, "report.follow", authorise_reading(actor, row))
    act = notifications.follow if wanted else notifications.unfollow
    act(session, actor, "report", row.public_id, device_key=device)


def dispute(
    session: Session,
    actor: Actor,
    public_id: str,
    text: str,
    *,
    photos: tuple[str, ...] = (),
    holder: bool = False,
) -> str:
    """Say with evidence that a closed report is not done; somebody reopens it or answers."""
    record = lock(session, public_id)
    relation = "own" if holder else relation_of(actor, record)
    authorise_reading(actor, record, relation)
    authorise(actor, "report.dispute", relation)
    if record.status not in DISPUTABLE:
        raise Conflict(
            _("Only a closed report can be disputed. This one is %(s)s.", s=record.status)
        )
    if len(text.strip()) < 10:
        raise Invalid(errors={"text": _("Say in a sentence or two what is still wrong.")})
    pending = session.execute(
        select(Dispute.id).where(Dispute.report_id == record.id, Dispute.state == "open")
    ).first()
    if pending:
        raise Conflict(_("Somebody has disputed this already. The city will reopen it or answer."))
    author = "reporter" if relation == "own" else "citizen"
    dispute_id = _store_dispute(session, actor, record, author, text.strip())
    changes: dict[str, Any] = {}
    if photos:
        changes = _evidence(session, record, photos)
    save(session, record, changes)
    chronicle(
        session, record, "disputed", named(actor, author), {"dispute": dispute_id, "text": text}
    )
    publish(session, ClosingDisputed(record.public_id, dispute_id))
    return dispute_id


def _evidence(session: Session, record: Record, photos: tuple[str, ...]) -> dict[str, Any]:
    from backend.media.service import attach

    public = record.visibility == "public"
    number = attach(session, photos, "report", record.public_id, public=public)
    return {"photos": number, "photo": record.values["photo"] or photos[0]}


def _store_dispute(session: Session, actor: Actor, record: Record, author: str, text: str) -> str:
    dispute_id = new_public_id()
    session.execute(
        insert(table_of(Dispute)),
        {
            "public_id": dispute_id, "report_id": record.id, "state": "open", "author": author,
            "account_id": actor.account_id, "text": text, "created_at": utcnow(),
        },
    )  # fmt: skip
    return dispute_id


def answer_dispute(
    session: Session,
    actor: Actor,
    public_id: str,
    *,
    reopen: bool,
    answer: str,
    versions: Versions = None,
) -> Record:
    """Reopen a disputed report, or answer why it stays closed; the reporter reads which."""
    from backend.reports.service.handling import Step, add_update, party_of, take_step

    record = lock(session, public_id, versions)
    authorise_work(actor, "report.answer_dispute", record)
    if len(answer.strip()) < 3:
        raise Invalid(errors={"answer": _("Write what the reporter should read about this.")})
    closed = session.execute(
        update(Dispute)
        .where(Dispute.report_id == record.id, Dispute.state == "open")
        .values(
            state="reopened" if reopen else "answered", answer=answer.strip(), answered_at=utcnow()
        )
        .execution_options(synchronize_session=False)
    )
    if not closed.rowcount:  # type: ignore[attr-defined]
        raise Conflict(_("Nobody disputes this report at the moment."))
    by = named(actor)
    if reopen and not is_open(record.status):
        take_step(session, record, Step("reopened", answer.strip()), party=party_of(actor), by=by)
    else:
        add_update(session, record, answer, author="city", by=by, author_id=actor.account_id)
    chronicle(session, record, "dispute_answered", by, {"reopened": reopen, "answer": answer})
    return record


def rate(
    session: Session,
    actor: Actor,
    public_id: str,
    score: int,
    text: str | None = None,
    *,
    holder: bool = False,
) -> None:
    """Say how content the reporter is with the outcome, from 1 to 5; the last word counts."""
    record = lock(session, public_id)
    relation = "own" if holder else relation_of(actor, record)
    authorise_reading(actor, record, relation)
    authorise(actor, "report.rate", relation)
    if is_open(record.status):
        raise Conflict(_("You can say how content you are once the report is closed."))
    if not 1 <= score <= 5:
        raise Invalid(errors={"score": _("Choose a number from 1 to 5.")})
    session.execute(delete(Satisfaction).where(Satisfaction.report_id == record.id))
    values = {"report_id": record.id, "score": score, "text": text, "created_at": utcnow()}
    session.execute(insert(table_of(Satisfaction)), values)
    chronicle(session, record, "rated", named(actor, "reporter"), {"score": score, "text": text})
