"""The tables of the room: readers, what they follow and wish, news told, letters received."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from backend.core.db import Base, JSONDoc, Sealed, UTCDateTime, intpk

READER = "notification_reader.id"
EVENT = "notification_event.id"


class Reader(Base):
    """Somebody who is told news: an account, an address without one, or a device without either."""

    __tablename__ = "notification_reader"

    id: Mapped[intpk]
    public_id: Mapped[str] = mapped_column(String(16), unique=True)
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"), unique=True)
    email: Mapped[str | None] = mapped_column(Sealed("notification.email"))
    email_mac: Mapped[str | None] = mapped_column(String(64), unique=True)
    device_hash: Mapped[str | None] = mapped_column(String(64), unique=True)
    language: Mapped[str | None] = mapped_column(String(8))
    letters_stopped_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)


class Preference(Base):
    """What a reader wishes: channels by topic, hours of quiet, letters bundled or not."""

    __tablename__ = "notification_preference"

    reader_id: Mapped[int] = mapped_column(ForeignKey(READER), primary_key=True)
    version: Mapped[int] = mapped_column(Integer, default=1)
    topics: Mapped[Any] = mapped_column(JSONDoc)
    quiet_from: Mapped[str | None] = mapped_column(String(5))
    quiet_until: Mapped[str | None] = mapped_column(String(5))
    digest: Mapped[str] = mapped_column(String(10))  # none, daily, weekly
    updated_at: Mapped[datetime] = mapped_column(UTCDateTime)


class Follow(Base):
    """That a reader wants to hear what happens to something."""

    __tablename__ = "notification_follow"
    __table_args__ = (
        UniqueConstraint("reader_id", "kind", "target_id"),
        Index("ix_notification_follow_target", "kind", "target_id", "id"),
    )

    id: Mapped[intpk]
    reader_id: Mapped[int] = mapped_column(ForeignKey(READER))
    kind: Mapped[str] = mapped_column(String(30))
    target_id: Mapped[str] = mapped_column(String(40))
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)


class Mute(Base):
    """That a reader wants to hear no more about something, even where it concerns them."""

    __tablename__ = "notification_mute"

    reader_id: Mapped[int] = mapped_column(ForeignKey(READER), primary_key=True)
    kind: Mapped[str] = mapped_column(String(30), primary_key=True)
    target_id: Mapped[str] = mapped_column(String(40), primary_key=True)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)


class LetterKey(Base):
    """A secret of our letters: behind the link that stops them, or in the address for a reply."""

    __tablename__ = "notification_letter_key"

    id: Mapped[intpk]
    secret_hash: Mapped[str] = mapped_column(String(64), unique=True)
    purpose: Mapped[str] = mapped_column(String(10))  # stop or reply
    reader_id: Mapped[int] = mapped_column(ForeignKey(READER), index=True)
    kind: Mapped[str | None] = mapped_column(String(30))
    target_id: Mapped[str | None] = mapped_column(String(40))
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)


class NewsEvent(Base):
    """One piece of news about one subject; its words are made in each reader's language."""

    __tablename__ = "notification_event"

    id: Mapped[intpk]
    public_id: Mapped[str] = mapped_column(String(16), unique=True)
    key: Mapped[str] = mapped_column(String(160), unique=True)
    topic: Mapped[str] = mapped_column(String(40))
    kind: Mapped[str] = mapped_column(String(30))
    target_id: Mapped[str] = mapped_column(String(40))
    message: Mapped[str] = mapped_column(Sealed("notification.message"))
    created_at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)


class NewsItem(Base):
    """News in a reader's list, read or not."""

    __tablename__ = "notification_news"
    __table_args__ = (
        UniqueConstraint("event_id", "reader_id"),
        Index("ix_notification_news_reader", "reader_id", "id"),
    )

    id: Mapped[intpk]
    public_id: Mapped[str] = mapped_column(String(16), unique=True)
    event_id: Mapped[int] = mapped_column(ForeignKey(EVENT))
    reader_id: Mapped[int] = mapped_column(ForeignKey(READER))
    link: Mapped[str | None] = mapped_column(Sealed("notification.link"))
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    read_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class Delivery(Base):
    """One piece of news on its way to one letter box or one device, exactly one row for each."""

    __tablename__ = "notification_delivery"
    __table_args__ = (
        UniqueConstraint("event_id", "reader_id", "channel", "device_id"),
        Index("ix_notification_delivery_gathered", "reader_id", "state", "id"),
        Index("ix_notification_delivery_done", "state", "done_at"),
    )

    id: Mapped[intpk]
    public_id: Mapped[str] = mapped_column(String(16), unique=True)
    event_id: Mapped[int] = mapped_column(ForeignKey(EVENT))
    reader_id: Mapped[int] = mapped_column(ForeignKey(READER))
    channel: Mapped[str] = mapped_column(String(10))  # mail or push
    device_id: Mapped[int] = mapped_column(BigInteger, default=0)
    state: Mapped[str] = mapped_column(String(10))  # waiting, gathered, sent, dropped
    reason: Mapped[str | None] = mapped_column(String(20))
    link: Mapped[str | None] = mapped_column(Sealed("notification.link"))
    due_at: Mapped[datetime] = mapped_column(UTCDateTime)
    postponed: Mapped[int] = mapped_column(Integer, default=0)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    done_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class IncomingLetter(Base):
    """A letter that was acknowledged; sealed, and emptied once it is dealt with."""

    __tablename__ = "incoming_letter"
    __table_args__ = (Index("ix_incoming_letter_state", "state", "received_at"),)

    id: Mapped[intpk]
    public_id: Mapped[str] = mapped_column(String(16), unique=True)
    fingerprint: Mapped[str] = mapped_column(String(64), unique=True)
    purpose: Mapped[str] = mapped_column(String(10))  # report or reply
    reader_id: Mapped[int | None] = mapped_column(ForeignKey(READER), index=True)
    kind: Mapped[str | None] = mapped_column(String(30))
    target_id: Mapped[str | None] = mapped_column(String(40))
    content: Mapped[str | None] = mapped_column(Sealed("incoming_letter"))
    state: Mapped[str] = mapped_column(String(10))  # waiting, handled, unreadable
    received_at: Mapped[datetime] = mapped_column(UTCDateTime)
    handled_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
