"""Problems: what the city asks ideas for, who supports them, and what speaks for them."""

from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Float,
    ForeignKey,
    Index,
    Integer,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from backend.core.db import Base, JSONDoc, UTCDateTime, intpk


class Problem(Base):
    """Something that is wrong or missing in the city, as citizens or the desk outlined it."""

    __tablename__ = "problem"
    __table_args__ = (Index("ix_problem_edition_id_state_id", "edition_id", "state", "id"),)

    id: Mapped[intpk]
    public_id: Mapped[str] = mapped_column(String(16), unique=True)
    version: Mapped[int] = mapped_column(Integer, default=1)
    edition_id: Mapped[int] = mapped_column(ForeignKey("competition_edition.id"))
    state: Mapped[str] = mapped_column(String(10))  # open, hidden or closed
    origin: Mapped[str] = mapped_column(String(10))  # citizen, desk or reports
    title: Mapped[str] = mapped_column(String(120))
    text: Mapped[str] = mapped_column(Text)
    language: Mapped[str | None] = mapped_column(String(8))
    groups: Mapped[Any] = mapped_column(JSONDoc)  # affected groups, as written
    author_id: Mapped[int | None] = mapped_column(BigInteger, index=True)
    signature: Mapped[str | None] = mapped_column(String(80))
    district_id: Mapped[int | None] = mapped_column(ForeignKey("city_district.id"))
    lon: Mapped[float | None] = mapped_column(Float(53))
    lat: Mapped[float | None] = mapped_column(Float(53))
    domain: Mapped[str | None] = mapped_column(String(4))
    component: Mapped[str | None] = mapped_column(String(10))
    supports: Mapped[int] = mapped_column(Integer, default=0)
    evidence: Mapped[int] = mapped_column(Integer, default=0)
    reports: Mapped[int] = mapped_column(Integer, default=0)
    ideas: Mapped[int] = mapped_column(Integer, default=0)
    hidden_reason: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    updated_at: Mapped[datetime] = mapped_column(UTCDateTime)


class ProblemSupport(Base):
    """One person's support for a problem; `who` is a keyed hash, so that it counts once."""

    __tablename__ = "problem_support"
    __table_args__ = (UniqueConstraint("problem_id", "who"),)

    id: Mapped[intpk]
    problem_id: Mapped[int] = mapped_column(ForeignKey("problem.id"))
    who: Mapped[str] = mapped_column(String(64))
    account_id: Mapped[int | None] = mapped_column(BigInteger, index=True)
    affected: Mapped[bool] = mapped_column(Boolean, default=False)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)


class Evidence(Base):
    """What somebody brings to show that a problem is real: a sentence, a link, photos."""

    __tablename__ = "problem_evidence"
    __table_args__ = (Index("ix_problem_evidence_problem_id_id", "problem_id", "id"),)

    id: Mapped[intpk]
    public_id: Mapped[str] = mapped_column(String(16), unique=True)
    problem_id: Mapped[int] = mapped_column(ForeignKey("problem.id"))
    author_id: Mapped[int | None] = mapped_column(BigInteger, index=True)
    text: Mapped[str] = mapped_column(Text)
    link: Mapped[str | None] = mapped_column(String(500))
    hidden_reason: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)


class ProblemReport(Base):
    """A report that a problem was started from, by its public id, with its place for the map."""

    __tablename__ = "problem_report"
    __table_args__ = (UniqueConstraint("problem_id", "report"),)

    id: Mapped[intpk]
    problem_id: Mapped[int] = mapped_column(ForeignKey("problem.id"))
    report: Mapped[str] = mapped_column(String(16), index=True)
    lon: Mapped[float | None] = mapped_column(Float(53))
    lat: Mapped[float | None] = mapped_column(Float(53))
