"""What the reporter answers goes on to the partner who works on the report, once."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.city.queries import facts
from backend.core.clock import utcnow
from backend.core.db import insert_ignore, reading
from backend.core.i18n import _, force_locale
from backend.core.jobs import enqueue
from backend.core.problems import Problem
from backend.open311.moments import written
from backend.open311.partners import queries
from backend.open311.partners.models import Dispatch, PartnerUpdate
from backend.open311.partners.peer import Fields, Peer, PeerError, requests_of
from backend.open311.partners.sheet import SENDABLE
from backend.reports.queries import updates_of
from backend.reports.queries.detail import find_row
from backend.reports.service import add_note
from backend.reports.status import is_open

SAY = "open311.say"
UNDER_WAY = ("waiting", "unclear", "token")
PAUSE = timedelta(minutes=5)
MOST_PAUSES = 200


@dataclass(frozen=True, slots=True)
class Word:
    """An answer on its way, with whom it is for."""

    dispatch: Any
    partner: Any
    peer: Peer
    fields: Fields


def say_later(session: Session, report: str, update_id: str) -> None:
    """Pass an answer on to every partner that has the report, or will have it."""
    found = session.execute(
        select(Dispatch.public_id).where(
            Dispatch.report == report, Dispatch.state.in_((*UNDER_WAY, "sent"))
        )
    ).scalars()
    for dispatch_id in found:
        _ask(session, dispatch_id, update_id, 0, utcnow())


def _ask(session: Session, dispatch_id: str, update_id: str, number: int, at: datetime) -> None:
    told = {"dispatch": dispatch_id, "update": update_id, "number": number}
    enqueue(session, SAY, told, run_at=at, key=f"say:{dispatch_id}:{update_id}:{number}")


def say(session: Session, dispatch_id: str, update_id: str, number: int) -> None:
    """Tell the partner one answer under our id of it; a broken line is tried again by its job.

    Until the report has its number there, or while the partner is paused, the answer waits.
    """
    with reading():
        dispatch = queries.find_dispatch(session, dispatch_id)
        word = _word(session, dispatch, update_id) if dispatch is not None else None
        session.rollback()
    if dispatch is None or word is None:
        return
    if dispatch.state != "sent" or word.partner.state != "active":
        if dispatch.state in (*UNDER_WAY, "sent") and number < MOST_PAUSES:
            _ask(session, dispatch_id, update_id, number + 1, utcnow() + PAUSE)
        return
    try:
        answer = requests_of(
            word.peer.send(
                "servicerequestupdates", "service_request_updates", word.fields, mark=update_id
            )
        )
    except PeerError as error:
        if not error.is_final:
            raise
        _tell_colleagues(session, word)
        return
    theirs = str((answer[0] if answer else {}).get("update_id") or "").strip()[:200]
    if theirs:  # when the partner lists it among its updates, it is known already
        values = {
            "partner_id": word.partner.id, "dispatch_id": dispatch.id, "update_id": theirs,
            "status": None, "outcome": "nothing", "why": None, "created_at": utcnow(),
        }  # fmt: skip
        insert_ignore(session, PartnerUpdate, values, ("partner_id", "update_id"))


def _word(session: Session, dispatch: Any, update_id: str) -> Word | None:
    """The answer as a form; None when it is gone or out of sight."""
    row = find_row(session, dispatch.report)
    if row is None or row.visibility not in SENDABLE:
        return None
    said = next((u for u in updates_of(session, row.id) if u["id"] == update_id), None)
    if said is None:
        return None
    partner = queries.partner_by_key(session, dispatch.partner_id)
    fields = [
        ("service_request_id", str(dispatch.remote_id or "")),
        ("update_id", update_id),
        ("status", "OPEN" if is_open(row.status) else "CLOSED"),
        ("updated_datetime", written(said["created_at"])),
        ("description", str(said["text"])),
        ("first_name", "-"),
        ("last_name", "-"),
    ]
    return Word(dispatch, partner, queries.peer_of(session, partner), fields)


def _tell_colleagues(session: Session, word: Word) -> None:
    """Where a partner takes no answers, colleagues must know that it does not know."""
    with force_locale(facts(session).languages[0]):
        text = str(_("%(name)s took no notice of the reporter's answer. Tell them.",
                     name=word.partner.name))  # fmt: skip
    try:
        with session.begin_nested():
            add_note(session, queries.acting_for(word.partner), word.dispatch.report, text)
    except Problem:
        return  # the report went elsewhere in the meantime
