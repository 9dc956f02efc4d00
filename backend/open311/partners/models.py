"""The tables of partners: who they are, what they offer, what was sent and what came back."""

from datetime import datetime
from typing import Any

from sqlalchemy import Boolean, ForeignKey, Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from backend.core.db import Base, JSONDoc, Sealed, UTCDateTime, intpk

KEY = "open311 partner"


class OutsidePartner(Base):
    """A department's own system elsewhere."""

    __tablename__ = "open311_partner"

    id: Mapped[intpk]
    public_id: Mapped[str] = mapped_column(String(16), unique=True)
    version: Mapped[int] = mapped_column(Integer, default=1)
    name: Mapped[str] = mapped_column(String(80))
    department_id: Mapped[int] = mapped_column(ForeignKey("city_department.id"), unique=True)
    url: Mapped[str] = mapped_column(String(2000))
    endpoint: Mapped[str | None] = mapped_column(String(2000))
    form: Mapped[str] = mapped_column(String(4))  # json or xml
    jurisdiction: Mapped[str | None] = mapped_column(String(120))
    api_key: Mapped[str | None] = mapped_column(Sealed(KEY))
    photos: Mapped[str] = mapped_column(String(10))  # multipart, links or none
    sends_contact: Mapped[bool] = mapped_column(Boolean, default=False)
    fallback: Mapped[str | None] = mapped_column(String(200))
    state: Mapped[str] = mapped_column(String(10))  # active or paused
    updates: Mapped[str] = mapped_column(String(10))  # unknown, list or poll
    asked_until: Mapped[datetime | None] = mapped_column(UTCDateTime)
    failures: Mapped[int] = mapped_column(Integer, default=0)
    rests_until: Mapped[datetime | None] = mapped_column(UTCDateTime)
    failing_since: Mapped[datetime | None] = mapped_column(UTCDateTime)
    error: Mapped[str | None] = mapped_column(String(20))
    detail: Mapped[str | None] = mapped_column(String(300))
    checked_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    heard_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    updated_at: Mapped[datetime] = mapped_column(UTCDateTime)


class PartnerService(Base):
    """A service as the partner lists it, with its definition."""

    __tablename__ = "open311_partner_service"
    __table_args__ = (UniqueConstraint("partner_id", "code"),)

    id: Mapped[intpk]
    partner_id: Mapped[int] = mapped_column(ForeignKey("open311_partner.id"))
    code: Mapped[str] = mapped_column(String(200))
    name: Mapped[str] = mapped_column(String(300))
    attributes: Mapped[Any | None] = mapped_column(JSONDoc)
    seen_at: Mapped[datetime] = mapped_column(UTCDateTime)


class PartnerMapping(Base):
    """Which of the partner's services stands for one of ours, and how the answers go over."""

    __tablename__ = "open311_partner_mapping"
    __table_args__ = (UniqueConstraint("partner_id", "service_id"),)

    id: Mapped[intpk]
    partner_id: Mapped[int] = mapped_column(ForeignKey("open311_partner.id"))
    service_id: Mapped[int] = mapped_column(ForeignKey("city_service.id"))
    code: Mapped[str] = mapped_column(String(200))
    answers: Mapped[Any | None] = mapped_column(JSONDoc)  # attributes, values, fixed


class Dispatch(Base):
    """One report on its way to one partner, once."""

    __tablename__ = "open311_dispatch"
    __table_args__ = (
        UniqueConstraint("partner_id", "report"),
        Index("ix_open311_dispatch_partner_id_state_id", "partner_id", "state", "id"),
        Index("ix_open311_dispatch_partner_id_remote_id", "partner_id", "remote_id"),
    )

    id: Mapped[intpk]
    public_id: Mapped[str] = mapped_column(String(16), unique=True)
    partner_id: Mapped[int] = mapped_column(ForeignKey("open311_partner.id"))
    report: Mapped[str] = mapped_column(String(16), index=True)
    state: Mapped[str] = mapped_column(String(10))
    """waiting, unclear (sent, but no answer came), token, sent, stuck, given_up."""
    round: Mapped[int] = mapped_column(Integer, default=0)
    tries: Mapped[int] = mapped_column(Integer, default=0)
    due_at: Mapped[datetime] = mapped_column(UTCDateTime)
    error: Mapped[str | None] = mapped_column(String(20))
    detail: Mapped[str | None] = mapped_column(String(300))
    code: Mapped[str | None] = mapped_column(String(200))
    token: Mapped[str | None] = mapped_column(String(200))
    remote_id: Mapped[str | None] = mapped_column(String(200))
    seen: Mapped[str | None] = mapped_column(String(64))
    asked_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    done_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class PartnerUpdate(Base):
    """An update of a partner's that was taken in, or could not be; each once."""

    __tablename__ = "open311_partner_update"
    __table_args__ = (UniqueConstraint("partner_id", "update_id"),)

    id: Mapped[intpk]
    partner_id: Mapped[int] = mapped_column(ForeignKey("open311_partner.id"))
    dispatch_id: Mapped[int] = mapped_column(ForeignKey("open311_dispatch.id"), index=True)
    update_id: Mapped[str] = mapped_column(String(200))
    status: Mapped[str | None] = mapped_column(String(40))
    outcome: Mapped[str] = mapped_column(String(10))  # taken, nothing or refused
    why: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
