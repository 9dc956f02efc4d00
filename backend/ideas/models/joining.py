"""Merging and splitting ideas: the proposal, who agreed, and the lineage that remains."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from backend.core.db import Base, JSONDoc, UTCDateTime, intpk


class Joining(Base):
    """A proposal to make one idea of several, or several of one; it waits for every team."""

    __tablename__ = "idea_joining"
    __table_args__ = (Index("ix_idea_joining_edition_id_state", "edition_id", "state"),)

    id: Mapped[intpk]
    public_id: Mapped[str] = mapped_column(String(16), unique=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("competition_edition.id"))
    kind: Mapped[str] = mapped_column(String(6))  # merge or split
    state: Mapped[str] = mapped_column(String(10))  # waiting, refused, withdrawn or done
    reason: Mapped[str] = mapped_column(Text)
    content: Mapped[Any] = mapped_column(JSONDoc)  # what the new ideas will say
    proposed_by_id: Mapped[int | None] = mapped_column(BigInteger, index=True)
    proposed_by: Mapped[str] = mapped_column(String(10))  # team or city
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class JoiningPart(Base):
    """One idea of a proposed merge or split, and whether its team agrees."""

    __tablename__ = "idea_joining_part"
    __table_args__ = (UniqueConstraint("joining_id", "idea_id"),)

    id: Mapped[intpk]
    joining_id: Mapped[int] = mapped_column(ForeignKey("idea_joining.id"))
    idea_id: Mapped[int] = mapped_column(ForeignKey("idea.id"), index=True)
    consent: Mapped[str] = mapped_column(String(8))  # waiting, yes or no
    reason: Mapped[str | None] = mapped_column(Text)
    answered_by_id: Mapped[int | None] = mapped_column(BigInteger, index=True)
    answered_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class Lineage(Base):
    """That one idea came out of another."""

    __tablename__ = "idea_lineage"
    __table_args__ = (UniqueConstraint("from_id", "to_id"),)

    id: Mapped[intpk]
    from_id: Mapped[int] = mapped_column(ForeignKey("idea.id"))
    to_id: Mapped[int] = mapped_column(ForeignKey("idea.id"), index=True)
    kind: Mapped[str] = mapped_column(String(10))  # merged, split or amended
    at: Mapped[datetime] = mapped_column(UTCDateTime)
