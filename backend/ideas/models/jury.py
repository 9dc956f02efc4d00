"""The jury of an edition: criteria, jurors, their conflicts of interest, and what they scored."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from backend.core.db import Base, JSONDoc, UTCDateTime, intpk

CONFLICT_KINDS = ("author", "family", "employer", "neighbour", "funder", "other")


class Jury(Base):
    """How an edition is judged; criteria and weights freeze with the plan."""

    __tablename__ = "idea_jury"

    id: Mapped[intpk]
    public_id: Mapped[str] = mapped_column(String(16), unique=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("competition_edition.id"), unique=True)
    state: Mapped[str] = mapped_column(String(10), default="gathering")  # judging, closed
    criteria: Mapped[list[dict[str, Any]]] = mapped_column(JSONDoc)
    lowest: Mapped[int] = mapped_column(Integer)
    highest: Mapped[int] = mapped_column(Integer)
    per_idea: Mapped[int] = mapped_column(Integer)
    seed: Mapped[str | None] = mapped_column(String(120))
    frozen_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    result: Mapped[dict[str, Any] | None] = mapped_column(JSONDoc)
    closed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)


class Juror(Base):
    """A person who judges; declares conflicts before anything can be scored."""

    __tablename__ = "idea_juror"
    __table_args__ = (UniqueConstraint("jury_id", "account_id"),)

    id: Mapped[intpk]
    public_id: Mapped[str] = mapped_column(String(16), unique=True)
    jury_id: Mapped[int] = mapped_column(ForeignKey("idea_jury.id"))
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"), index=True)
    declared_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class JurorConflict(Base):
    """Why a juror does not judge an idea."""

    __tablename__ = "idea_juror_conflict"
    __table_args__ = (UniqueConstraint("juror_id", "idea_id"),)

    id: Mapped[intpk]
    juror_id: Mapped[int] = mapped_column(ForeignKey("idea_juror.id"))
    idea_id: Mapped[int] = mapped_column(ForeignKey("idea.id"), index=True)
    kind: Mapped[str] = mapped_column(String(20))


class JuryScore(Base):
    """An idea that a juror has to judge, and the marks by criterion once given."""

    __tablename__ = "idea_jury_score"
    __table_args__ = (UniqueConstraint("juror_id", "idea_id"),)

    id: Mapped[intpk]
    juror_id: Mapped[int] = mapped_column(ForeignKey("idea_juror.id"))
    idea_id: Mapped[int] = mapped_column(ForeignKey("idea.id"), index=True)
    marks: Mapped[dict[str, int] | None] = mapped_column(JSONDoc)
    note: Mapped[str | None] = mapped_column(Text)
    scored_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
