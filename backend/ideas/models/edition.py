"""Competitions, their yearly editions, and the phases of an edition."""

from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    ForeignKey,
    Index,
    Integer,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from backend.core.db import Base, JSONDoc, UTCDateTime, intpk

EDITION_STATES = ("draft", "running", "annulled", "archived")
PHASE_KINDS = (
    "outline",
    "propose",
    "endorse",
    "feasibility",
    "jury",
    "vote",
    "count",
    "results",
    "carry_out",
    "benefits",
)
PHASE_STATES = ("planned", "open", "suspended", "closed", "annulled")


class Competition(Base):
    """The city's recurring call for ideas."""

    __tablename__ = "competition"

    id: Mapped[intpk]
    public_id: Mapped[str] = mapped_column(String(16), unique=True)
    slug: Mapped[str] = mapped_column(String(60), unique=True)
    name: Mapped[Any] = mapped_column(JSONDoc)  # by language
    description: Mapped[Any] = mapped_column(JSONDoc)  # by language
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)


class Edition(Base):
    """One run of a competition. Money is in whole units of the currency."""

    __tablename__ = "competition_edition"
    __table_args__ = (
        Index("ix_competition_edition_competition_id_year", "competition_id", "year"),
    )

    id: Mapped[intpk]
    public_id: Mapped[str] = mapped_column(String(16), unique=True)
    version: Mapped[int] = mapped_column(Integer, default=1)
    competition_id: Mapped[int] = mapped_column(ForeignKey("competition.id"))
    copied_from_id: Mapped[int | None] = mapped_column(ForeignKey("competition_edition.id"))
    year: Mapped[int] = mapped_column(Integer)
    name: Mapped[Any] = mapped_column(JSONDoc)
    summary: Mapped[Any] = mapped_column(JSONDoc)
    state: Mapped[str] = mapped_column(String(10))
    rehearsal: Mapped[bool] = mapped_column(Boolean, default=False)
    budget: Mapped[int | None] = mapped_column(BigInteger)
    currency: Mapped[str] = mapped_column(String(3), default="EUR")
    largest_cost: Mapped[int | None] = mapped_column(BigInteger)
    smallest_cost: Mapped[int | None] = mapped_column(BigInteger)
    endorsements_needed: Mapped[int | None] = mapped_column(Integer)
    answer_days: Mapped[int] = mapped_column(Integer, default=30)  # for a feasibility check
    appeal_days: Mapped[int] = mapped_column(Integer, default=14)
    pots: Mapped[Any | None] = mapped_column(JSONDoc)  # [{code, name, amount, district, component}]
    ballot: Mapped[Any | None] = mapped_column(JSONDoc)  # what a ballot is: belongs to the vote
    rule: Mapped[Any | None] = mapped_column(JSONDoc)  # how it is counted: belongs to the count
    rules_digest: Mapped[str | None] = mapped_column(String(64))
    rules_frozen_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    ideas_numbered: Mapped[int] = mapped_column(Integer, default=0)
    state_reason: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    updated_at: Mapped[datetime] = mapped_column(UTCDateTime)


class Phase(Base):
    """A part of an edition in which certain things can be done, and by whom."""

    __tablename__ = "competition_phase"
    __table_args__ = (
        UniqueConstraint("edition_id", "kind"),
        Index("ix_competition_phase_state_starts_at", "state", "starts_at"),
    )

    id: Mapped[intpk]
    public_id: Mapped[str] = mapped_column(String(16), unique=True)
    version: Mapped[int] = mapped_column(Integer, default=1)
    edition_id: Mapped[int] = mapped_column(ForeignKey("competition_edition.id"))
    kind: Mapped[str] = mapped_column(String(12))
    position: Mapped[int] = mapped_column(Integer)
    starts_at: Mapped[datetime] = mapped_column(UTCDateTime)
    ends_at: Mapped[datetime] = mapped_column(UTCDateTime)
    state: Mapped[str] = mapped_column(String(10))
    who: Mapped[Any] = mapped_column(JSONDoc)  # {assurance, districts, minimum_age, code}
    opened_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    closed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    held_back: Mapped[Any | None] = mapped_column(JSONDoc)  # what was missing when it should open
    reminded_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class PhaseChange(Base):
    """Something done to the calendar, with the reason that everybody reads."""

    __tablename__ = "competition_phase_change"
    __table_args__ = (Index("ix_competition_phase_change_edition_id_id", "edition_id", "id"),)

    id: Mapped[intpk]
    edition_id: Mapped[int] = mapped_column(ForeignKey("competition_edition.id"))
    phase_id: Mapped[int | None] = mapped_column(ForeignKey("competition_phase.id"))
    action: Mapped[str] = mapped_column(String(12))
    reason: Mapped[str | None] = mapped_column(Text)
    old_starts_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    old_ends_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    new_starts_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    new_ends_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    at: Mapped[datetime] = mapped_column(UTCDateTime)
    by: Mapped[str] = mapped_column(String(80))
