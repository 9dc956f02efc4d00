"""Feasibility checks by departments, and appeals against them."""

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from backend.core.db import Base, UTCDateTime, intpk

OUTCOMES = ("feasible", "with_conditions", "infeasible")


class FeasibilityCheck(Base):
    """A department's written finding on one idea; a new round follows an appeal or amendment."""

    __tablename__ = "idea_feasibility"
    __table_args__ = (
        UniqueConstraint("idea_id", "round"),
        Index("ix_idea_feasibility_department_id_decided_at", "department_id", "decided_at"),
    )

    id: Mapped[intpk]
    public_id: Mapped[str] = mapped_column(String(16), unique=True)
    version: Mapped[int] = mapped_column(Integer, default=1)
    idea_id: Mapped[int] = mapped_column(ForeignKey("idea.id"))
    round: Mapped[int] = mapped_column(Integer, default=1)
    contents: Mapped[int] = mapped_column(Integer)  # the version of the idea that is judged
    department_id: Mapped[int] = mapped_column(ForeignKey("city_department.id"))
    outcome: Mapped[str | None] = mapped_column(String(16))
    cost: Mapped[int | None] = mapped_column(BigInteger)
    yearly_cost: Mapped[int | None] = mapped_column(BigInteger)
    reason: Mapped[str | None] = mapped_column(Text)
    conditions: Mapped[str | None] = mapped_column(Text)
    assessor_id: Mapped[int | None] = mapped_column(BigInteger, index=True)
    due_at: Mapped[datetime] = mapped_column(UTCDateTime)
    decided_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    appeal_until: Mapped[datetime | None] = mapped_column(UTCDateTime)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)


class Appeal(Base):
    """A team's objection to a finding, answered with reasons that everybody reads."""

    __tablename__ = "idea_appeal"

    id: Mapped[intpk]
    public_id: Mapped[str] = mapped_column(String(16), unique=True)
    check_id: Mapped[int] = mapped_column(ForeignKey("idea_feasibility.id"), unique=True)
    author_id: Mapped[int | None] = mapped_column(BigInteger, index=True)
    text: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(String(10))  # open, upheld or rejected
    answer: Mapped[str | None] = mapped_column(Text)
    due_at: Mapped[datetime] = mapped_column(UTCDateTime)
    answered_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    answered_by_id: Mapped[int | None] = mapped_column(BigInteger)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
