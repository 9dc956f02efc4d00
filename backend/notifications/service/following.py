"""Following: who wants to hear what happens to something."""

from typing import cast

from sqlalchemy import Table, delete, exists, literal, select, update
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.orm import Session, aliased

from backend.accounts.contacts import email_macs, normal_email
from backend.core.actor import Actor
from backend.core.clock import utcnow
from backend.core.db import UTCDateTime, insert_ignore, is_postgresql
from backend.notifications import queries
from backend.notifications.models import (
    Delivery,
    Follow,
    IncomingLetter,
    LetterKey,
    Mute,
    NewsEvent,
    NewsItem,
    Preference,
    Reader,
)
from backend.notifications.service.readers import reader_for, reader_of_account

OWNED = (Delivery, NewsItem, Follow, Mute, LetterKey, IncomingLetter, Preference)


def follow(
    session: Session,
    actor: Actor,
    kind: str,
    public_id: str,
    *,
    contact_email: str | None = None,
    device_key: str | None = None,
) -> bool:
    """Follow something, once per reader; says whether it is new. A "no more" is taken back."""
    reader = reader_for(session, actor, contact_email, device_key)
    session.execute(
        delete(Mute).where(
            Mute.reader_id == reader.id, Mute.kind == kind, Mute.target_id == public_id
        )
    )
    return insert_ignore(
        session,
        Follow,
        {"reader_id": reader.id, "kind": kind, "target_id": public_id, "created_at": utcnow()},
        ("reader_id", "kind", "target_id"),
    )


def unfollow(
    session: Session,
    actor: Actor,
    kind: str,
    public_id: str,
    *,
    contact_email: str | None = None,
    device_key: str | None = None,
) -> bool:
    """Follow something no longer; says whether it was followed."""
    reader = reader_for(session, actor, contact_email, device_key)
    return unfollow_as(session, reader.id, kind, public_id)


def unfollow_as(session: Session, reader_id: int, kind: str, public_id: str) -> bool:
    """Take a follow away from a reader; says whether there was one."""
    result = session.execute(
        delete(Follow).where(
            Follow.reader_id == reader_id, Follow.kind == kind, Follow.target_id == public_id
        )
    )
    return bool(result.rowcount)  # type: ignore[attr-defined]


def move_followers(session: Session, kind: str, from_id: str, to_id: str) -> int:
    """Let those who followed one thing follow another, as when duplicates are merged; how many.

    Whoever followed both follows once and is told once. Who wants no more of either is left alone.
    """
    there = aliased(Follow)
    already = exists().where(
        there.reader_id == Follow.reader_id, there.kind == kind, there.target_id == to_id
    )
    silent = exists().where(
        Mute.reader_id == Follow.reader_id, Mute.kind == kind, Mute.target_id.in_((from_id, to_id))
    )
    movers = select(
        Follow.reader_id, literal(kind), literal(to_id), literal(utcnow(), UTCDateTime())
    ).where(Follow.kind == kind, Follow.target_id == from_id, ~already, ~silent)
    insert = postgresql_insert if is_postgresql(session) else sqlite_insert
    moved = session.execute(
        insert(cast(Table, Follow.__table__))
        .from_select(["reader_id", "kind", "target_id", "created_at"], movers)
        .on_conflict_do_nothing()
        .returning(Follow.__table__.c.id)
    ).all()
    session.execute(delete(Follow).where(Follow.kind == kind, Follow.target_id == from_id))
    return len(moved)


def _move_all(session: Session, from_reader: int, to_reader: int) -> None:
    """Give a reader's follows to another reader."""
    there = aliased(Follow)
    already = exists().where(
        there.reader_id == to_reader,
        there.kind == Follow.kind,
        there.target_id == Follow.target_id,
    )
    session.execute(
        update(Follow)
        .where(Follow.reader_id == from_reader, ~already)
        .values(reader_id=to_reader)
        .execution_options(synchronize_session=False)
    )


def adopt_device(session: Session, actor: Actor, device_key: str) -> None:
    """Let a person who signs in keep what their device followed before."""
    device = queries.find_device(session, device_key)
    if device is None or actor.account_id is None:
        return
    _move_all(session, device.id, reader_of_account(session, actor.account_id).id)
    forget_reader(session, device.id)


def forget_reader(session: Session, reader_id: int) -> int:
    """Erase a reader with everything that is theirs; the rows that went."""
    rows = 0
    for model in OWNED:
        result = session.execute(delete(model).where(model.reader_id == reader_id))
        rows += int(result.rowcount)  # type: ignore[attr-defined]
    rows += int(session.execute(delete(Reader).where(Reader.id == reader_id)).rowcount)  # type: ignore[attr-defined]
    return rows


def forget_address(session: Session, email: str) -> int:
    """Erase what is held about an address without an account; the rows that went."""
    reader = queries.find_address(session, email_macs(normal_email(email)))
    return forget_reader(session, reader.id) if reader else 0


def forget_subject(session: Session, kind: str, public_id: str) -> int:
    """Erase the news, follows and letter keys of something that is erased; the rows that went."""
    events = select(NewsEvent.id).where(NewsEvent.kind == kind, NewsEvent.target_id == public_id)
    rows = 0
    for owned in (Delivery, NewsItem):
        result = session.execute(delete(owned).where(owned.event_id.in_(events)))
        rows += int(result.rowcount)  # type: ignore[attr-defined]
    for model in (NewsEvent, Follow, Mute, LetterKey, IncomingLetter):
        result = session.execute(
            delete(model).where(model.kind == kind, model.target_id == public_id)
        )
        rows += int(result.rowcount)  # type: ignore[attr-defined]
    return rows
