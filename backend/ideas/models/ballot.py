"""The vote of an edition: who has voted, what was cast, and nothing that joins the two.

A mark and a ballot share no column, no order and no time. Both tables are kept in the order of
random keys; SQLite gives them no row number.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, Integer, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from backend.core.db import Base, BigKey, JSONDoc, Sealed, UTCDateTime, intpk

KEYS = "vote.keys"


class Vote(Base):
    """The vote of one edition: the ballot, pots, voters and rule as they were frozen at its
    opening, and the keys of its secrecy.

    `mark_key` tells who has voted and is destroyed by two people after the objections;
    `link_key` leads from a mark to its ballot and is destroyed at the close.
    """

    __tablename__ = "idea_vote"

    id: Mapped[intpk]
    public_id: Mapped[str] = mapped_column(String(16), unique=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("competition_edition.id"), unique=True)
    version: Mapped[int] = mapped_column(Integer, default=1)
    state: Mapped[str] = mapped_column(String(10), default="draft")
    opens_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    closes_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    ballot: Mapped[dict[str, Any] | None] = mapped_column(JSONDoc)
    pots: Mapped[list[dict[str, Any]] | None] = mapped_column(JSONDoc)
    voters: Mapped[dict[str, Any] | None] = mapped_column(JSONDoc)
    rule: Mapped[dict[str, Any] | None] = mapped_column(JSONDoc)
    manifest: Mapped[dict[str, Any] | None] = mapped_column(JSONDoc)
    manifest_hash: Mapped[str | None] = mapped_column(String(64))
    mark_key: Mapped[str | None] = mapped_column(Sealed(KEYS))
    link_key: Mapped[str | None] = mapped_column(Sealed(KEYS))
    opened_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    closed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    objections_until: Mapped[datetime | None] = mapped_column(UTCDateTime)
    destruction_asked_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    destroyed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    updated_at: Mapped[datetime] = mapped_column(UTCDateTime)


class VoteOption(Base):
    """An idea as it stands on the ballot: its number, cost and pot, frozen at the opening."""

    __tablename__ = "idea_vote_option"
    __table_args__ = (UniqueConstraint("vote_id", "idea_id"),)

    vote_id: Mapped[int] = mapped_column(ForeignKey("idea_vote.id"), primary_key=True)
    number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    idea_id: Mapped[int] = mapped_column(ForeignKey("idea.id"), index=True)
    idea: Mapped[str] = mapped_column(String(16))
    title: Mapped[str] = mapped_column(String(200))
    cost: Mapped[int] = mapped_column(BigKey)
    pot: Mapped[str] = mapped_column(String(40))
    categories: Mapped[list[str]] = mapped_column(JSONDoc)
    exclusion: Mapped[str | None] = mapped_column(String(40))
    withdrawn_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    withdrawn_reason: Mapped[str | None] = mapped_column(String(500))


class Mark(Base):
    """That somebody has voted, known by a keyed hash alone; the hour, never the moment."""

    __tablename__ = "idea_vote_mark"
    __table_args__ = {"sqlite_with_rowid": False}

    mark: Mapped[str] = mapped_column(String(64), primary_key=True)
    vote_id: Mapped[int] = mapped_column(ForeignKey("idea_vote.id"), index=True)
    way: Mapped[str] = mapped_column(String(10))  # online, code, desk, proxy, paper
    hour: Mapped[datetime] = mapped_column(UTCDateTime)
    handle: Mapped[bytes | None] = mapped_column(LargeBinary)


class Ballot(Base):
    """What was cast: a random tracker, the choices, and the salt of its commitment."""

    __tablename__ = "idea_ballot"
    __table_args__ = {"sqlite_with_rowid": False}

    tracker: Mapped[str] = mapped_column(String(26), primary_key=True)
    vote_id: Mapped[int] = mapped_column(ForeignKey("idea_vote.id"), index=True)
    choices: Mapped[str] = mapped_column(Text)
    salt: Mapped[str] = mapped_column(String(32))


class StruckBallot(Base):
    """The commitment of a ballot that does not count any more, and why; never what it held."""

    __tablename__ = "idea_ballot_struck"
    __table_args__ = {"sqlite_with_rowid": False}

    commitment: Mapped[str] = mapped_column(String(64), primary_key=True)
    vote_id: Mapped[int] = mapped_column(ForeignKey("idea_vote.id"), index=True)
    reason: Mapped[str] = mapped_column(String(20))  # changed, paper, taken_back


class UnfinishedBallot(Base):
    """That somebody began a ballot and has not cast it, for one reminder; not what they chose."""

    __tablename__ = "idea_vote_unfinished"
    __table_args__ = (UniqueConstraint("vote_id", "account_id"),)

    id: Mapped[intpk]
    vote_id: Mapped[int] = mapped_column(ForeignKey("idea_vote.id"))
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    begun_at: Mapped[datetime] = mapped_column(UTCDateTime)
    reminded_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class CodeBatch(Base):
    """Single-use codes that were printed together."""

    __tablename__ = "idea_vote_code_batch"

    id: Mapped[intpk]
    public_id: Mapped[str] = mapped_column(String(16), unique=True)
    vote_id: Mapped[int] = mapped_column(ForeignKey("idea_vote.id"), index=True)
    label: Mapped[str] = mapped_column(String(120))
    district: Mapped[str | None] = mapped_column(String(40))
    number: Mapped[int] = mapped_column(Integer)
    made_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    made_at: Mapped[datetime] = mapped_column(UTCDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class VotingCode(Base):
    """A single-use code, as a keyed hash; the code itself stands on its letter alone."""

    __tablename__ = "idea_vote_code"
    __table_args__ = {"sqlite_with_rowid": False}

    code_mac: Mapped[str] = mapped_column(String(64), primary_key=True)
    batch_id: Mapped[int] = mapped_column(ForeignKey("idea_vote_code_batch.id"), index=True)


class PaperBatch(Base):
    """Paper ballots of one box: how many sheets it says it holds, and who keyed them."""

    __tablename__ = "idea_paper_batch"

    id: Mapped[intpk]
    public_id: Mapped[str] = mapped_column(String(16), unique=True)
    vote_id: Mapped[int] = mapped_column(ForeignKey("idea_vote.id"), index=True)
    label: Mapped[str] = mapped_column(String(120))
    sheets: Mapped[int] = mapped_column(Integer)
    state: Mapped[str] = mapped_column(String(10), default="open")  # open, accepted, refused
    first_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    second_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    blank: Mapped[int] = mapped_column(Integer, default=0)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    decided_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class PaperSheet(Base):
    """A sheet as it was keyed in one of the two passes; gone once its batch is decided."""

    __tablename__ = "idea_paper_sheet"

    batch_id: Mapped[int] = mapped_column(ForeignKey("idea_paper_batch.id"), primary_key=True)
    pass_number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    sheet: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    choices: Mapped[str] = mapped_column(Text)


class Count(Base):
    """A count of the ballots: the first, or a recount after objections."""

    __tablename__ = "idea_count"
    __table_args__ = (Index("ix_idea_count_vote", "vote_id", "number", unique=True),)

    id: Mapped[intpk]
    public_id: Mapped[str] = mapped_column(String(16), unique=True)
    vote_id: Mapped[int] = mapped_column(ForeignKey("idea_vote.id"))
    number: Mapped[int] = mapped_column(Integer)
    state: Mapped[str] = mapped_column(String(10), default="waiting")  # waiting, done, failed
    seed: Mapped[str | None] = mapped_column(String(120))
    reason: Mapped[str | None] = mapped_column(String(500))
    result: Mapped[dict[str, Any] | None] = mapped_column(JSONDoc)
    signals: Mapped[dict[str, Any] | None] = mapped_column(JSONDoc)
    package: Mapped[str | None] = mapped_column(String(160))
    package_hash: Mapped[str | None] = mapped_column(String(64))
    asked_at: Mapped[datetime] = mapped_column(UTCDateTime)
    done_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    published_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class Objection(Base):
    """An objection to a published count, and what was decided about it."""

    __tablename__ = "idea_count_objection"

    id: Mapped[intpk]
    public_id: Mapped[str] = mapped_column(String(16), unique=True)
    vote_id: Mapped[int] = mapped_column(ForeignKey("idea_vote.id"), index=True)
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"), index=True)
    text: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(String(10), default="open")  # open, upheld, rejected
    answer: Mapped[str | None] = mapped_column(Text)
    answer_due: Mapped[datetime] = mapped_column(UTCDateTime)
    made_at: Mapped[datetime] = mapped_column(UTCDateTime)
    answered_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
