"""Ideas with their versions, teams and endorsements."""

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

IDEA_STATES = (
    "draft",
    "proposed",
    "feasible",
    "infeasible",
    "on_ballot",
    "winner",
    "not_selected",
    "withdrawn",
    "merged",
    "split",
)
INVITED_AS = ("co_author", "sponsor")


class Idea(Base):
    """A proposal of a person, a group or an organisation, as it stands now.

    `estimate` is the team's own; `cost` is what the feasibility check found and the count uses.
    """

    __tablename__ = "idea"
    __table_args__ = (
        UniqueConstraint("edition_id", "number"),
        Index("ix_idea_edition_id_state_id", "edition_id", "state", "id"),
        Index("ix_idea_problem_id", "problem_id"),
        Index("ix_idea_author_id", "author_id"),
    )

    id: Mapped[intpk]
    public_id: Mapped[str] = mapped_column(String(16), unique=True)
    version: Mapped[int] = mapped_column(Integer, default=1)  # of the row, for If-Match
    edition_id: Mapped[int] = mapped_column(ForeignKey("competition_edition.id"))
    problem_id: Mapped[int | None] = mapped_column(ForeignKey("problem.id"))
    number: Mapped[int | None] = mapped_column(Integer)  # within the edition, once proposed
    state: Mapped[str] = mapped_column(String(14))
    state_reason: Mapped[str | None] = mapped_column(Text)
    author_id: Mapped[int | None] = mapped_column(BigInteger)
    signature: Mapped[str | None] = mapped_column(String(80))  # the name shown to everybody
    is_minor: Mapped[bool] = mapped_column(Boolean, default=False)  # needs a sponsor
    language: Mapped[str | None] = mapped_column(String(8))
    title: Mapped[str] = mapped_column(String(120))
    summary: Mapped[str] = mapped_column(String(300))
    text: Mapped[str] = mapped_column(Text)
    benefit: Mapped[str] = mapped_column(Text)  # who is helped, and how
    folded: Mapped[str] = mapped_column(Text)  # what a search looks through
    estimate: Mapped[int | None] = mapped_column(BigInteger)
    estimate_lines: Mapped[Any | None] = mapped_column(JSONDoc)  # [{what, number, price}]
    cost: Mapped[int | None] = mapped_column(BigInteger)
    district_id: Mapped[int | None] = mapped_column(ForeignKey("city_district.id"), index=True)
    address: Mapped[str | None] = mapped_column(String(300))
    lon: Mapped[float | None] = mapped_column(Float(53))
    lat: Mapped[float | None] = mapped_column(Float(53))
    domain: Mapped[str | None] = mapped_column(String(4))
    component: Mapped[str | None] = mapped_column(String(10))
    placed_by: Mapped[str | None] = mapped_column(String(8))  # model or person
    unsure: Mapped[bool] = mapped_column(Boolean, default=False)
    contents: Mapped[int] = mapped_column(Integer, default=0)  # number of the last IdeaVersion
    endorsements: Mapped[int] = mapped_column(Integer, default=0)
    comments: Mapped[int] = mapped_column(Integer, default=0)
    photos: Mapped[int] = mapped_column(Integer, default=0)
    photo: Mapped[str | None] = mapped_column(String(16))
    hidden_reason: Mapped[str | None] = mapped_column(Text)
    proposed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    endorsed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)  # the threshold was reached
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    updated_at: Mapped[datetime] = mapped_column(UTCDateTime)


class IdeaVersion(Base):
    """What an idea said at one time; published versions never change."""

    __tablename__ = "idea_version"
    __table_args__ = (UniqueConstraint("idea_id", "number"),)

    id: Mapped[intpk]
    idea_id: Mapped[int] = mapped_column(ForeignKey("idea.id"))
    number: Mapped[int] = mapped_column(Integer)
    title: Mapped[str] = mapped_column(String(120))
    summary: Mapped[str] = mapped_column(String(300))
    text: Mapped[str] = mapped_column(Text)
    benefit: Mapped[str] = mapped_column(Text)
    estimate: Mapped[int | None] = mapped_column(BigInteger)
    note: Mapped[str | None] = mapped_column(String(300))  # why it was changed
    author_id: Mapped[int | None] = mapped_column(BigInteger, index=True)
    digest: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)


class TeamMember(Base):
    """Somebody who stands behind an idea: its author, a co-author, or the sponsor of minors."""

    __tablename__ = "idea_member"
    __table_args__ = (Index("ix_idea_member_idea_id", "idea_id"),)

    id: Mapped[intpk]
    public_id: Mapped[str] = mapped_column(String(16), unique=True)
    idea_id: Mapped[int] = mapped_column(ForeignKey("idea.id"))
    account_id: Mapped[int | None] = mapped_column(BigInteger, index=True)
    role: Mapped[str] = mapped_column(String(10))  # author, co_author or sponsor
    state: Mapped[str] = mapped_column(String(10))  # invited, accepted, declined or left
    signature: Mapped[str | None] = mapped_column(String(80))
    invitation_hash: Mapped[str | None] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    answered_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class Endorsement(Base):
    """One person's support before the voting; `who` is a keyed hash, so that it counts once."""

    __tablename__ = "idea_endorsement"
    __table_args__ = (UniqueConstraint("idea_id", "who"),)

    id: Mapped[intpk]
    idea_id: Mapped[int] = mapped_column(ForeignKey("idea.id"))
    who: Mapped[str] = mapped_column(String(64))
    account_id: Mapped[int | None] = mapped_column(BigInteger, index=True)
    state: Mapped[str] = mapped_column(String(10), default="given")  # given, asked or declined
    carried_from_id: Mapped[int | None] = mapped_column(ForeignKey("idea.id"))
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
