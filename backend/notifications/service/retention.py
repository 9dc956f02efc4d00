"""Forgetting: what was told and received is kept for a bounded time."""

from datetime import timedelta

from sqlalchemy import delete, exists, select
from sqlalchemy.orm import Session

from backend.core.clock import utcnow
from backend.notifications.models import (
    Delivery,
    Follow,
    IncomingLetter,
    LetterKey,
    NewsEvent,
    NewsItem,
    Reader,
)
from backend.notifications.service.following import forget_reader

DELIVERIES_KEPT = timedelta(days=30)
NEWS_KEPT = timedelta(days=365)
LETTERS_KEPT = timedelta(days=30)
ADDRESSES_KEPT = timedelta(days=400)
BATCH = 1000


def forget_old(session: Session) -> None:
    """Forget what is past its time; what an address still opens or awaits is kept."""
    now = utcnow()
    session.execute(
        delete(Delivery).where(
            Delivery.state.in_(("sent", "dropped")), Delivery.done_at < now - DELIVERIES_KEPT
        )
    )
    session.execute(
        delete(IncomingLetter).where(
            IncomingLetter.state != "waiting", IncomingLetter.received_at < now - LETTERS_KEPT
        )
    )
    session.execute(delete(NewsItem).where(NewsItem.created_at < now - NEWS_KEPT))
    session.execute(
        delete(NewsEvent).where(
            NewsEvent.created_at < now - DELIVERIES_KEPT,
            ~exists().where(NewsItem.event_id == NewsEvent.id),
            ~exists().where(Delivery.event_id == NewsEvent.id),
        )
    )
    _forget_addresses(session)


def _forget_addresses(session: Session) -> None:
    """Erase addresses and devices without an account that nothing has been sent to for long."""
    old = utcnow() - ADDRESSES_KEPT
    idle = session.execute(
        select(Reader.id)
        .where(
            Reader.account_id.is_(None),
            Reader.created_at < old,
            # A "no more letters" must outlive the address's use, or the next letter forgets it.
            Reader.letters_stopped_at.is_(None),
            ~exists().where(Delivery.reader_id == Reader.id),
            ~exists().where(Follow.reader_id == Reader.id),
            ~exists().where(LetterKey.reader_id == Reader.id, LetterKey.created_at > old),
        )
        .limit(BATCH)
    ).scalars()
    for reader_id in list(idle):
        forget_reader(session, reader_id)
