"""The list of news inside the application, with what was read."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import update
from sqlalchemy.orm import Session

from backend.city.queries import facts
from backend.core.actor import Actor
from backend.core.clock import utcnow
from backend.core.policy import authorise
from backend.notifications import queries
from backend.notifications.messages import unpack
from backend.notifications.models import NewsItem
from backend.notifications.queries import NewsRow, ReaderFacts
from backend.notifications.templates import render


@dataclass(frozen=True, slots=True)
class NewsOut:
    """A piece of news in the reader's language."""

    number: int
    id: str
    topic: str
    kind: str
    public_id: str
    title: str
    text: str
    link: str
    created_at: datetime
    read: bool


def _reader(session: Session, actor: Actor, device_key: str | None) -> ReaderFacts | None:
    if actor.account_id is not None:
        return queries.find_reader(session, actor.account_id)
    return queries.find_device(session, device_key) if device_key else None


def _written(row: NewsRow, zone: str) -> NewsOut:
    number, public_id, created_at, read_at, link, topic, kind, target_id, packed = tuple(row)
    message = unpack(packed)
    words = render(message, zone=zone)
    return NewsOut(
        number, public_id, topic, kind, target_id, words.subject, words.text,
        link or message.link, created_at, read_at is not None,
    )  # fmt: skip


def news_of(
    session: Session,
    actor: Actor,
    *,
    before: int | None = None,
    unread: bool = False,
    limit: int = 50,
    device_key: str | None = None,
) -> list[NewsOut]:
    """A person's news, newest first, in the present language."""
    reader = _reader(session, actor, device_key)
    if reader is None:
        return []
    rows = queries.list_news(session, reader.id, before=before, unread=unread, limit=limit)
    zone = facts(session).time_zone
    return [_written(row, zone) for row in rows]


def open_news(session: Session, actor: Actor, public_id: str) -> NewsOut | None:
    """One piece of a person's news, for the page that a notification leads to."""
    reader = _reader(session, actor, None)
    row = queries.find_news(session, reader.id, public_id) if reader else None
    return _written(row, facts(session).time_zone) if row else None


def mark_read(session: Session, actor: Actor, ids: Sequence[str] | None = None) -> int:
    """Mark news as read, some by id or all; how many were unread."""
    authorise(actor, "news.mark", "own")
    reader = _reader(session, actor, None)
    if reader is None:
        return 0
    statement = update(NewsItem).where(NewsItem.reader_id == reader.id, NewsItem.read_at.is_(None))
    if ids is not None:
        statement = statement.where(NewsItem.public_id.in_(list(ids)[:500]))
    result = session.execute(
        statement.values(read_at=utcnow()).execution_options(synchronize_session=False)
    )
    return int(result.rowcount)  # type: ignore[attr-defined]
