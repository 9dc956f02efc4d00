"""Reads of the room: readers, follows, preferences, the list of news."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, func, select
from sqlalchemy.orm import Session

from backend.core.ids import hash_secret, normalise_id
from backend.notifications.hours import QUIET_FROM, QUIET_UNTIL
from backend.notifications.messages import CHANNELS
from backend.notifications.models import (
    Delivery,
    Follow,
    LetterKey,
    Mute,
    NewsEvent,
    NewsItem,
    Preference,
    Reader,
)
from backend.notifications.templates import default_channels

LARGEST_PAGE = 200


@dataclass(frozen=True, slots=True)
class ReaderFacts:
    """A reader as the service needs it."""

    id: int
    public_id: str
    account_id: int | None
    email: str | None = field(repr=False)
    language: str | None
    letters_stopped: bool


@dataclass(frozen=True, slots=True)
class Wishes:
    """What a reader wishes, defaults filled in."""

    version: int = 0
    topics: Mapping[str, Sequence[str]] = field(default_factory=dict)
    quiet_from: str | None = QUIET_FROM
    quiet_until: str | None = QUIET_UNTIL
    digest: str = "none"

    def channels(self, topic: str) -> tuple[str, ...]:
        """The channels on which the reader wants to hear of a topic."""
        chosen = self.topics.get(topic)
        return tuple(chosen) if chosen is not None else default_channels(topic)


LETTERS_ONLY = Wishes(quiet_from=None, quiet_until=None)
"""Somebody who left an address alone: a letter wakes nobody, and nothing is bundled."""


@dataclass(frozen=True, slots=True)
class FollowRow:
    """One thing that a reader follows."""

    id: int
    kind: str
    target_id: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Subscription:
    """What a link in a letter can stop; kind and id are None where it is everything."""

    reader_id: int
    purpose: str
    kind: str | None
    target_id: str | None
    account_id: int | None
    language: str | None
    stopped: bool


_READER = (
    Reader.id,
    Reader.public_id,
    Reader.account_id,
    Reader.email,
    Reader.language,
    Reader.letters_stopped_at.is_not(None),
)


def _readers(session: Session, query: Select[*tuple[Any, ...]]) -> list[ReaderFacts]:
    return [ReaderFacts(*tuple(row)) for row in session.execute(query)]


def find_reader(session: Session, account_id: int) -> ReaderFacts | None:
    """The reader that an account is, if it was ever told anything or wished anything."""
    found = _readers(session, select(*_READER).where(Reader.account_id == account_id))
    return found[0] if found else None


def find_address(session: Session, macs: Sequence[str]) -> ReaderFacts | None:
    """The reader with one of these keyed hashes of an address."""
    found = _readers(session, select(*_READER).where(Reader.email_mac.in_(macs)).limit(1))
    return found[0] if found else None


def find_device(session: Session, device_key: str) -> ReaderFacts | None:
    """The reader that holds a device key."""
    wanted = Reader.device_hash == hash_secret(device_key)
    found = _readers(session, select(*_READER).where(wanted))
    return found[0] if found else None


def readers_by_id(session: Session, ids: Iterable[int]) -> list[ReaderFacts]:
    """Some readers; at most 500."""
    return _readers(session, select(*_READER).where(Reader.id.in_(list(ids)[:500])))


def wishes_of(session: Session, readers: Sequence[ReaderFacts]) -> dict[int, Wishes]:
    """What these readers wish, by reader."""
    found = {
        reader.id: Wishes() if reader.account_id is not None else LETTERS_ONLY for reader in readers
    }
    rows = session.execute(
        select(
            Preference.reader_id,
            Preference.version,
            Preference.topics,
            Preference.quiet_from,
            Preference.quiet_until,
            Preference.digest,
        ).where(Preference.reader_id.in_(list(found)))
    )
    for row in rows:
        found[row.reader_id] = Wishes(
            row.version, row.topics, row.quiet_from, row.quiet_until, row.digest
        )
    return found


def muted(session: Session, readers: Iterable[int], kind: str, target_id: str) -> set[int]:
    """Which of these readers want to hear no more about something."""
    rows = session.execute(
        select(Mute.reader_id).where(
            Mute.kind == kind, Mute.target_id == target_id, Mute.reader_id.in_(list(readers))
        )
    )
    return set(rows.scalars())


def follower_page(
    session: Session, kind: str, target_id: str, *, after: int, limit: int
) -> list[tuple[int, int]]:
    """Some followers of something, as (follow, reader), in the order in which they came."""
    rows = session.execute(
        select(Follow.id, Follow.reader_id)
        .where(Follow.kind == kind, Follow.target_id == target_id, Follow.id > after)
        .order_by(Follow.id)
        .limit(limit)
    )
    return [(row.id, row.reader_id) for row in rows]


def followers_count(session: Session, kind: str, public_id: str) -> int:
    """How many follow something."""
    return session.execute(
        select(func.count()).where(Follow.kind == kind, Follow.target_id == public_id)
    ).scalar_one()


def followed(
    session: Session, account_id: int, kind: str, public_ids: Sequence[str]
) -> frozenset[str]:
    """Which of these things an account follows."""
    rows = session.execute(
        select(Follow.target_id)
        .join(Reader, Reader.id == Follow.reader_id)
        .where(
            Reader.account_id == account_id,
            Follow.kind == kind,
            Follow.target_id.in_(list(public_ids)[:500]),
        )
    )
    return frozenset(rows.scalars())


def list_follows(
    session: Session,
    account_id: int,
    *,
    before: int | None = None,
    limit: int = 50,
    only: tuple[str, str] | None = None,
) -> list[FollowRow]:
    """What an account follows, newest first."""
    query = (
        select(Follow.id, Follow.kind, Follow.target_id, Follow.created_at)
        .join(Reader, Reader.id == Follow.reader_id)
        .where(Reader.account_id == account_id)
        .order_by(Follow.id.desc())
        .limit(min(limit, LARGEST_PAGE + 1))
    )
    if before is not None:
        query = query.where(Follow.id < before)
    if only is not None:
        query = query.where(Follow.kind == only[0], Follow.target_id == only[1])
    return [FollowRow(*row) for row in session.execute(query)]


_NEWS = (
    NewsItem.id,
    NewsItem.public_id,
    NewsItem.created_at,
    NewsItem.read_at,
    NewsItem.link,
    NewsEvent.topic,
    NewsEvent.kind,
    NewsEvent.target_id,
    NewsEvent.message,
)
NewsRow = Row[*tuple[Any, ...]]


def list_news(
    session: Session, reader_id: int, *, before: int | None = None, unread: bool = False, limit: int
) -> Sequence[NewsRow]:
    """A reader's news, newest first."""
    query = (
        select(*_NEWS)
        .join(NewsEvent, NewsEvent.id == NewsItem.event_id)
        .where(NewsItem.reader_id == reader_id)
        .order_by(NewsItem.id.desc())
        .limit(min(limit, LARGEST_PAGE + 1))
    )
    if before is not None:
        query = query.where(NewsItem.id < before)
    if unread:
        query = query.where(NewsItem.read_at.is_(None))
    return session.execute(query).all()


def find_news(session: Session, reader_id: int, public_id: str) -> NewsRow | None:
    """One piece of a reader's news."""
    query = (
        select(*_NEWS)
        .join(NewsEvent, NewsEvent.id == NewsItem.event_id)
        .where(NewsItem.reader_id == reader_id, NewsItem.public_id == public_id)
    )
    return session.execute(query).first()


def unread_count(session: Session, account_id: int) -> int:
    """How much news an account has not read, counted up to 100."""
    some = (
        select(NewsItem.id)
        .join(Reader, Reader.id == NewsItem.reader_id)
        .where(Reader.account_id == account_id, NewsItem.read_at.is_(None))
        .limit(100)
    )
    return session.execute(select(func.count()).select_from(some.subquery())).scalar_one()


def subscription(session: Session, secret: str, purpose: str = "stop") -> Subscription | None:
    """What a secret of our letters stands for; None when it is not ours."""
    row = session.execute(
        select(
            LetterKey.reader_id,
            LetterKey.purpose,
            LetterKey.kind,
            LetterKey.target_id,
            Reader.account_id,
            Reader.language,
            Reader.letters_stopped_at.is_not(None).label("all_stopped"),
            Mute.created_at.label("muted_at"),
        )
        .join(Reader, Reader.id == LetterKey.reader_id)
        .outerjoin(
            Mute,
            (Mute.reader_id == LetterKey.reader_id)
            & (Mute.kind == LetterKey.kind)
            & (Mute.target_id == LetterKey.target_id),
        )
        .where(
            LetterKey.secret_hash == hash_secret(f"{purpose}:{normalise_id(secret[:64])}"),
            LetterKey.purpose == purpose,
        )
    ).first()
    if row is None:
        return None
    stopped = bool(row.all_stopped) or row.muted_at is not None
    return Subscription(
        row.reader_id, row.purpose, row.kind, row.target_id, row.account_id, row.language, stopped
    )


@dataclass(frozen=True, slots=True)
class Parcel:
    """A delivery with everything that decides where it goes."""

    public_id: str
    event_id: int
    event_public_id: str
    channel: str
    device_id: int
    state: str
    link: str | None = field(repr=False)
    due_at: datetime
    postponed: int
    topic: str
    kind: str
    target_id: str
    message: str = field(repr=False)
    told_at: datetime
    reader_id: int


_PARCEL = (
    Delivery.public_id,
    Delivery.event_id,
    NewsEvent.public_id,
    Delivery.channel,
    Delivery.device_id,
    Delivery.state,
    Delivery.link,
    Delivery.due_at,
    Delivery.postponed,
    NewsEvent.topic,
    NewsEvent.kind,
    NewsEvent.target_id,
    NewsEvent.message,
    NewsEvent.created_at,
    Delivery.reader_id,
)


def find_parcel(session: Session, public_id: str) -> Parcel | None:
    """One delivery."""
    row = session.execute(
        select(*_PARCEL)
        .join(NewsEvent, NewsEvent.id == Delivery.event_id)
        .where(Delivery.public_id == public_id)
    ).first()
    return Parcel(*tuple(row)) if row else None


def gathered(session: Session, reader_id: int, due: datetime, limit: int) -> list[Parcel]:
    """What waits for a reader's digest, newest first."""
    rows = session.execute(
        select(*_PARCEL)
        .join(NewsEvent, NewsEvent.id == Delivery.event_id)
        .where(
            Delivery.reader_id == reader_id, Delivery.state == "gathered", Delivery.due_at <= due
        )
        .order_by(Delivery.id.desc())
        .limit(limit)
    )
    return [Parcel(*tuple(row)) for row in rows]


def count_deliveries(session: Session) -> dict[str, int]:
    """How many deliveries wait, were gathered, sent and dropped."""
    rows = session.execute(select(Delivery.state, func.count()).group_by(Delivery.state)).all()
    return {row[0]: row[1] for row in rows}


__all__ = ["CHANNELS", "Parcel", "ReaderFacts", "Subscription", "Wishes"]
