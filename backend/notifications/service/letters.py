"""Letters received: kept in one durable step, then opened and passed on by a job."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from backend.accounts.queries import contact_of
from backend.core.actor import ANONYMOUS
from backend.core.clock import utcnow
from backend.core.db import insert_ignore, reading
from backend.core.events import publish
from backend.core.i18n import LANGUAGES
from backend.core.ids import new_public_id
from backend.core.jobs import enqueue
from backend.core.problems import Invalid, TooLarge
from backend.media.develop import DevelopedPhoto, develop
from backend.media.service import keep
from backend.notifications import queries
from backend.notifications.events import LetterReceived
from backend.notifications.models import IncomingLetter
from backend.notifications.opening import LONGEST_TEXT, Opened, UnreadableError, open_letter
from backend.notifications.quoting import own_words


@dataclass(frozen=True, slots=True)
class Destination:
    """What one of our addresses stands for."""

    purpose: str
    reader_id: int | None
    kind: str | None
    target_id: str | None


@dataclass(frozen=True, slots=True)
class _Kept:
    purpose: str
    reader_id: int | None
    kind: str | None
    target_id: str | None
    content: str
    received_at: datetime


def keep_letter(session: Session, place: Destination, message_id: str, content: bytes) -> bool:
    """Keep a letter and ask for it to be opened; the same letter is kept once."""
    named = f"{message_id}|{place.purpose}|{place.kind}|{place.target_id}|{place.reader_id}"
    public_id = new_public_id()
    values = {
        "public_id": public_id,
        "fingerprint": hashlib.sha256(named.encode("utf-8", "replace")).hexdigest(),
        "purpose": place.purpose,
        "reader_id": place.reader_id,
        "kind": place.kind,
        "target_id": place.target_id,
        "content": content.decode("latin-1"),
        "state": "waiting",
        "received_at": utcnow(),
    }
    if not insert_ignore(session, IncomingLetter, values, ("fingerprint",)):
        return False
    enqueue(session, "notifications.open_letter", {"letter": public_id}, key=f"letter:{public_id}")
    return True


def take_in(session: Session, public_id: str) -> None:
    """Open a kept letter and tell the rooms above, once; its content is forgotten with that."""
    with reading():
        kept = _kept(session, public_id)
        session.rollback()
    if kept is None:
        return
    try:
        opened = open_letter(kept.content.encode("latin-1"))
    except UnreadableError:
        _finish(session, public_id, "unreadable")
        return
    photos, refused = _photos(opened.images)
    if not _finish(session, public_id, "handled"):
        return
    ids = tuple(keep(session, ANONYMOUS, photo).public_id for photo in photos)
    publish(session, _event(session, public_id, kept, opened, (ids, opened.refused + refused)))


def _kept(session: Session, public_id: str) -> _Kept | None:
    row = session.execute(
        select(
            IncomingLetter.purpose,
            IncomingLetter.reader_id,
            IncomingLetter.kind,
            IncomingLetter.target_id,
            IncomingLetter.content,
            IncomingLetter.received_at,
        ).where(IncomingLetter.public_id == public_id, IncomingLetter.state == "waiting")
    ).first()
    if row is None or row.content is None:
        return None
    return _Kept(row.purpose, row.reader_id, row.kind, row.target_id, row.content, row.received_at)


def _finish(session: Session, public_id: str, state: str) -> bool:
    result = session.execute(
        update(IncomingLetter)
        .where(IncomingLetter.public_id == public_id, IncomingLetter.state == "waiting")
        .values(state=state, content=None, handled_at=utcnow())
        .execution_options(synchronize_session=False)
    )
    return bool(result.rowcount)  # type: ignore[attr-defined]


def _photos(images: Sequence[bytes]) -> tuple[list[DevelopedPhoto], int]:
    """The photos that could be developed, outside of any transaction, and how many could not."""
    developed: list[DevelopedPhoto] = []
    for image in images:
        try:
            developed.append(develop(image))
        except (Invalid, TooLarge):
            continue
    return developed, len(images) - len(developed)


def _event(
    session: Session,
    public_id: str,
    kept: _Kept,
    opened: Opened,
    photos: tuple[tuple[str, ...], int],
) -> LetterReceived:
    found = queries.readers_by_id(session, [kept.reader_id]) if kept.reader_id is not None else []
    reader = found[0] if found else None
    contact = contact_of(session, reader.account_id) if reader and reader.account_id else None
    address = (contact.email if contact else reader.email if reader else None) or ""
    language = contact.language if contact else reader.language if reader else opened.language
    return LetterReceived(
        letter_id=public_id,
        purpose=kept.purpose,
        subject_kind=kept.kind,
        subject_id=kept.target_id,
        account_id=reader.account_id if reader else None,
        sender_email=opened.sender,
        sender_name=opened.name,
        from_reader=bool(address) and address.lower() == opened.sender,
        subject=opened.subject,
        text=own_words(opened.text, reply=kept.purpose == "reply")[:LONGEST_TEXT],
        language=language if language in LANGUAGES else None,
        photos=photos[0],
        files_refused=photos[1],
        received_at=kept.received_at,
    )
