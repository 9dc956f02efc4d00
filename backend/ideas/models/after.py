"""After the win: milestones with money, benefit reports with residents' word, data deliveries."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Date,
    ForeignKey,
    Index,
    Integer,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from backend.core.db import Base, JSONDoc, UTCDateTime, intpk

PRIVACY, SCHEDULES = ("open", "aggregated", "internal"), ("daily", "weekly", "monthly", "quarterly")


class Milestone(Base):
    """A dated step in carrying out a winner, with what it may cost and what it cost."""

    __tablename__ = "idea_milestone"
    __table_args__ = (Index("ix_idea_milestone_idea_id_due_on", "idea_id", "due_on"),)

    id: Mapped[intpk]
    public_id: Mapped[str] = mapped_column(String(16), unique=True)
    idea_id: Mapped[int] = mapped_column(ForeignKey("idea.id"))
    title: Mapped[str] = mapped_column(String(200))
    due_on: Mapped[date] = mapped_column(Date)
    state: Mapped[str] = mapped_column(String(10), default="planned")  # planned, busy, done, late
    budget: Mapped[int] = mapped_column(BigInteger, default=0)
    spent: Mapped[int] = mapped_column(BigInteger, default=0)
    note: Mapped[str | None] = mapped_column(Text)
    done_on: Mapped[date | None] = mapped_column(Date)
    updated_at: Mapped[datetime] = mapped_column(UTCDateTime)


class BenefitReport(Base):
    """What a winner brought: who was helped, how many, and the proof."""

    __tablename__ = "idea_benefit"

    id: Mapped[intpk]
    public_id: Mapped[str] = mapped_column(String(16), unique=True)
    idea_id: Mapped[int] = mapped_column(ForeignKey("idea.id"), index=True)
    helped: Mapped[str] = mapped_column(String(200))
    number: Mapped[int | None] = mapped_column(Integer)
    text: Mapped[str] = mapped_column(Text)
    proof: Mapped[str | None] = mapped_column(String(500))
    author_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"), index=True)
    published_at: Mapped[datetime] = mapped_column(UTCDateTime)


class BenefitVoice(Base):
    """A resident's word on a benefit report: it is so, or it is not."""

    __tablename__ = "idea_benefit_voice"
    __table_args__ = (UniqueConstraint("benefit_id", "account_id"),)

    id: Mapped[intpk]
    benefit_id: Mapped[int] = mapped_column(ForeignKey("idea_benefit.id"))
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    confirms: Mapped[bool] = mapped_column(Boolean)
    text: Mapped[str | None] = mapped_column(Text)
    said_at: Mapped[datetime] = mapped_column(UTCDateTime)


class DataAgreement(Base):
    """What a winner's service sends back: schema, licence, privacy class and schedule."""

    __tablename__ = "idea_data_agreement"

    id: Mapped[intpk]
    public_id: Mapped[str] = mapped_column(String(16), unique=True)
    idea_id: Mapped[int] = mapped_column(ForeignKey("idea.id"), index=True)
    title: Mapped[str] = mapped_column(String(200))
    description: Mapped[str] = mapped_column(Text)
    schema: Mapped[dict[str, Any]] = mapped_column(JSONDoc)
    licence: Mapped[str] = mapped_column(String(80))
    privacy: Mapped[str] = mapped_column(String(12))  # open, aggregated, internal
    schedule: Mapped[str] = mapped_column(String(12))  # daily, weekly, monthly, quarterly
    chart: Mapped[dict[str, Any] | None] = mapped_column(JSONDoc)
    key_hash: Mapped[str | None] = mapped_column(String(64), unique=True)
    ended_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)


class DataDelivery(Base):
    """One validated delivery; versions of the same period replace each other and stay readable."""

    __tablename__ = "idea_data_delivery"
    __table_args__ = (UniqueConstraint("agreement_id", "period", "version"),)

    id: Mapped[intpk]
    public_id: Mapped[str] = mapped_column(String(16), unique=True)
    agreement_id: Mapped[int] = mapped_column(ForeignKey("idea_data_agreement.id"))
    period: Mapped[str] = mapped_column(String(20))
    version: Mapped[int] = mapped_column(Integer)
    records: Mapped[int] = mapped_column(Integer)
    digest: Mapped[str] = mapped_column(String(64))
    file: Mapped[str] = mapped_column(String(160))
    received_at: Mapped[datetime] = mapped_column(UTCDateTime)


class DataUse(Base):
    """That somebody used a delivery: the day, the way and for what; not who, unless they said."""

    __tablename__ = "idea_data_use"

    id: Mapped[intpk]
    delivery_id: Mapped[int] = mapped_column(ForeignKey("idea_data_delivery.id"), index=True)
    day: Mapped[date] = mapped_column(Date)
    way: Mapped[str] = mapped_column(String(12))  # download, indicators, page
    purpose: Mapped[str | None] = mapped_column(String(200))
