"""The tables of the endpoint: what senders have sent under ids of their own, and how services
answer."""

from datetime import datetime

from sqlalchemy import Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from backend.core.db import Base, UTCDateTime, intpk


class Open311Receipt(Base):
    """What a sender was given for something sent: told again when it is sent again.

    It holds no word of a person: the sender's key and id, and the ids that came of it.
    """

    __tablename__ = "open311_receipt"
    __table_args__ = (
        UniqueConstraint("sender", "kind", "sender_id"),
        UniqueConstraint("token"),
        Index("ix_open311_receipt_report", "report"),
    )

    id: Mapped[intpk]
    sender: Mapped[str] = mapped_column(String(40))
    kind: Mapped[str] = mapped_column(String(8))  # report or update
    sender_id: Mapped[str | None] = mapped_column(String(80))
    report: Mapped[str | None] = mapped_column(String(16))
    update_id: Mapped[str | None] = mapped_column(String(16))
    token: Mapped[str | None] = mapped_column(String(26))
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)


class Open311Way(Base):
    """How a service answers what is sent to it, where that is not at once."""

    __tablename__ = "open311_way"

    service: Mapped[str] = mapped_column(String(80), primary_key=True)
    way: Mapped[str] = mapped_column(String(10))  # realtime or batch
    changed_at: Mapped[datetime] = mapped_column(UTCDateTime)
