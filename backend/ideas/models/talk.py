"""Comments for and against an idea, and what readers find useful."""

from datetime import datetime

from sqlalchemy import (
    BigInteger,
    ForeignKey,
    Index,
    Integer,
    SmallInteger,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from backend.core.db import Base, UTCDateTime, intpk

SIDES = ("for", "against", "neutral")


class Comment(Base):
    """Something said about an idea, for it, against it or neither; answers hang below."""

    __tablename__ = "idea_comment"
    __table_args__ = (Index("ix_idea_comment_idea_id_id", "idea_id", "id"),)

    id: Mapped[intpk]
    public_id: Mapped[str] = mapped_column(String(16), unique=True)
    idea_id: Mapped[int] = mapped_column(ForeignKey("idea.id"))
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("idea_comment.id"))
    side: Mapped[str] = mapped_column(String(8))  # for, against or neutral
    text: Mapped[str] = mapped_column(Text)
    language: Mapped[str | None] = mapped_column(String(8))
    author_id: Mapped[int | None] = mapped_column(BigInteger, index=True)
    signature: Mapped[str | None] = mapped_column(String(80))
    party: Mapped[str] = mapped_column(String(10))  # citizen, team or city
    useful: Mapped[int] = mapped_column(Integer, default=0)
    useless: Mapped[int] = mapped_column(Integer, default=0)
    flags: Mapped[int] = mapped_column(Integer, default=0)
    hidden_reason: Mapped[str | None] = mapped_column(Text)
    removed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)


class CommentVote(Base):
    """Whether one person finds a comment useful, or wants somebody to look at it."""

    __tablename__ = "idea_comment_vote"
    __table_args__ = (UniqueConstraint("comment_id", "who", "kind"),)

    id: Mapped[intpk]
    comment_id: Mapped[int] = mapped_column(ForeignKey("idea_comment.id"))
    who: Mapped[str] = mapped_column(String(64))
    account_id: Mapped[int | None] = mapped_column(BigInteger, index=True)
    kind: Mapped[str] = mapped_column(String(6))  # useful or flag
    value: Mapped[int] = mapped_column(SmallInteger)  # 1 or -1
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
