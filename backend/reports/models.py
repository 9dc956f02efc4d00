"""The tables of reports; private to the room."""

from datetime import datetime
from typing import Any, cast

from sqlalchemy import (
    BigInteger,
    Boolean,
    Dialect,
    Float,
    ForeignKey,
    Index,
    Integer,
    SmallInteger,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects import postgresql
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import TypeEngine, UserDefinedType

from backend.core.db import Base, JSONDoc, Sealed, UTCDateTime, intpk

KINDS = ("complaint", "question", "suggestion", "praise")
VISIBILITIES = ("public", "hidden", "private", "confidential")
PLACES = ("point", "address", "none")
CHANNELS = ("web", "app", "api", "open311", "mail", "phone", "desk", "import")


def table_of(model: type[Base]) -> Table:
    """The table behind a model, for statements that need no objects."""
    return cast("Table", model.__table__)


class SearchDocument(UserDefinedType[Any]):
    """What full text search reads: a tsvector kept by a trigger; empty where FTS5 does the work."""

    cache_ok = True

    def get_col_spec(self, **_rest: Any) -> str:
        """The column's type for PostgreSQL."""
        return "TSVECTOR"

    def adapt_to_emulated(self, impltype: type[Any], **_rest: Any) -> TypeEngine[Any]:
        """Nothing is emulated."""
        return self

    def dialect_impl(self, dialect: Dialect) -> Any:
        """tsvector on PostgreSQL, an unused text elsewhere."""
        kind: TypeEngine[Any] = postgresql.TSVECTOR() if dialect.name == "postgresql" else Text()
        return kind.dialect_impl(dialect)


class Report(Base):
    """What somebody told the city: one matter, at one place, with its present state."""

    __tablename__ = "report"
    __table_args__ = (
        Index("ix_report_created_at_id", "created_at", "id"),
        Index("ix_report_updated_at_id", "updated_at", "id"),
        Index("ix_report_status_created_at_id", "status", "created_at", "id"),
        Index("ix_report_service_id_created_at_id", "service_id", "created_at", "id"),
        Index("ix_report_domain_created_at_id", "domain", "created_at", "id"),
        Index("ix_report_component_created_at_id", "component", "created_at", "id"),
        Index("ix_report_district_id_created_at_id", "district_id", "created_at", "id"),
        Index("ix_report_department_id_created_at_id", "department_id", "created_at", "id"),
        Index(
            "ix_report_open",
            "created_at",
            "id",
            postgresql_where=text("closed_at IS NULL"),
            sqlite_where=text("closed_at IS NULL"),
        ),
        Index(
            "ix_report_open_cell",
            "cell",
            "created_at",
            "id",
            postgresql_where=text("closed_at IS NULL"),
            sqlite_where=text("closed_at IS NULL"),
        ),
        Index(
            "ix_report_desk",
            "department_id",
            "created_at",
            "id",
            postgresql_where=text("closed_at IS NULL"),
            sqlite_where=text("closed_at IS NULL"),
        ),
        # What decides on a place is in the index itself, so that near searches need no row.
        Index("ix_report_place", "cell", "created_at", "id", "lon", "lat", "visibility"),
        Index("ix_report_area_created_at_id", "area", "created_at", "id"),
        Index(
            "ix_report_mine",
            "reporter_id",
            "created_at",
            "id",
            postgresql_where=text("reporter_id IS NOT NULL"),
            sqlite_where=text("reporter_id IS NOT NULL"),
        ),
        Index(
            "uq_report_source",
            "source",
            "source_id",
            unique=True,
            postgresql_where=text("source IS NOT NULL"),
            sqlite_where=text("source IS NOT NULL"),
        ),
        Index(
            "uq_report_return_hash",
            "return_hash",
            unique=True,
            postgresql_where=text("return_hash IS NOT NULL"),
            sqlite_where=text("return_hash IS NOT NULL"),
        ),
        Index(
            "ix_report_duplicate_of_id",
            "duplicate_of_id",
            postgresql_where=text("duplicate_of_id IS NOT NULL"),
            sqlite_where=text("duplicate_of_id IS NOT NULL"),
        ),
        Index("ix_report_search", "search", postgresql_using="gin").ddl_if(dialect="postgresql"),
    )

    id: Mapped[intpk]
    public_id: Mapped[str] = mapped_column(String(16), unique=True)
    version: Mapped[int] = mapped_column(Integer, default=1)
    kind: Mapped[str] = mapped_column(String(12))
    status: Mapped[str] = mapped_column(String(24))
    visibility: Mapped[str] = mapped_column(String(12))
    channel: Mapped[str] = mapped_column(String(10))
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    updated_at: Mapped[datetime] = mapped_column(UTCDateTime)
    closed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    client_time: Mapped[datetime | None] = mapped_column(UTCDateTime)
    due_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    service_id: Mapped[int | None] = mapped_column(ForeignKey("city_service.id"))
    domain: Mapped[str | None] = mapped_column(String(4))
    component: Mapped[str | None] = mapped_column(String(10))
    placed_by: Mapped[str | None] = mapped_column(String(8))  # service, model or person
    unsure: Mapped[bool] = mapped_column(Boolean, default=False)
    district_id: Mapped[int | None] = mapped_column(ForeignKey("city_district.id"))
    department_id: Mapped[int | None] = mapped_column(ForeignKey("city_department.id"))
    assignee_id: Mapped[int | None] = mapped_column(BigInteger)
    reporter_id: Mapped[int | None] = mapped_column(BigInteger)
    place: Mapped[str] = mapped_column(String(8))
    lon: Mapped[float | None] = mapped_column(Float(53))
    lat: Mapped[float | None] = mapped_column(Float(53))
    cell: Mapped[int | None] = mapped_column(BigInteger)
    area: Mapped[int | None] = mapped_column(BigInteger)
    address: Mapped[str | None] = mapped_column(String(300))
    text: Mapped[str] = mapped_column(Text)
    summary: Mapped[str | None] = mapped_column(String(200))
    judged_by: Mapped[str] = mapped_column(String(10), default="text")  # text or summary
    language: Mapped[str | None] = mapped_column(String(8))
    status_reason: Mapped[str | None] = mapped_column(Text)
    hidden_reason: Mapped[str | None] = mapped_column(Text)
    forwarded_to: Mapped[str | None] = mapped_column(String(200))
    duplicate_of_id: Mapped[int | None] = mapped_column(ForeignKey("report.id"))
    confirmations: Mapped[int] = mapped_column(Integer, default=0)
    updates: Mapped[int] = mapped_column(Integer, default=0)
    photos: Mapped[int] = mapped_column(Integer, default=0)
    photo: Mapped[str | None] = mapped_column(String(16))
    source: Mapped[str | None] = mapped_column(String(40))
    source_id: Mapped[str | None] = mapped_column(String(80))
    return_hash: Mapped[str | None] = mapped_column(String(64))
    answers: Mapped[Any | None] = mapped_column(JSONDoc)
    row: Mapped[str] = mapped_column(Text)
    search: Mapped[Any | None] = mapped_column(
        SearchDocument().with_variant(Text(), "sqlite"), deferred=True
    )


class ReportContact(Base):
    """How the reporter may be reached; sealed, never public, found again by keyed hashes."""

    __tablename__ = "report_contact"

    report_id: Mapped[int] = mapped_column(
        ForeignKey("report.id"), primary_key=True, autoincrement=False
    )
    name: Mapped[str | None] = mapped_column(Sealed("report contact"))
    email: Mapped[str | None] = mapped_column(Sealed("report contact"))
    phone: Mapped[str | None] = mapped_column(Sealed("report contact"))
    email_mac: Mapped[str | None] = mapped_column(String(64), index=True)
    phone_mac: Mapped[str | None] = mapped_column(String(64), index=True)
    language: Mapped[str | None] = mapped_column(String(8))
    wants_news: Mapped[bool] = mapped_column(Boolean, default=True)
    return_secret: Mapped[str | None] = mapped_column(Sealed("report contact"))
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)


class ReportUpdate(Base):
    """Something said after the report: a public update, an answer, or an internal note."""

    __tablename__ = "report_update"
    __table_args__ = (
        Index("ix_report_update_report_id_id", "report_id", "id"),
        Index("ix_report_update_created_at_id", "created_at", "id"),
    )

    id: Mapped[intpk]
    public_id: Mapped[str] = mapped_column(String(16), unique=True)
    report_id: Mapped[int] = mapped_column(ForeignKey("report.id"))
    kind: Mapped[str] = mapped_column(String(10))  # update, status or note
    author: Mapped[str] = mapped_column(String(10))  # city, reporter or system
    author_id: Mapped[int | None] = mapped_column(BigInteger, index=True)
    status: Mapped[str | None] = mapped_column(String(24))
    text: Mapped[str] = mapped_column(Text)
    language: Mapped[str | None] = mapped_column(String(8))
    hidden: Mapped[bool] = mapped_column(Boolean, default=False)
    source_id: Mapped[str | None] = mapped_column(String(80))
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)


class StatusChange(Base):
    """One step of a report, for the clocks and the statistics."""

    __tablename__ = "report_status_change"
    __table_args__ = (
        Index("ix_report_status_change_report_id_id", "report_id", "id"),
        Index("ix_report_status_change_at_id", "at", "id"),
    )

    id: Mapped[intpk]
    report_id: Mapped[int] = mapped_column(ForeignKey("report.id"))
    at: Mapped[datetime] = mapped_column(UTCDateTime)
    old: Mapped[str | None] = mapped_column(String(24))
    new: Mapped[str] = mapped_column(String(24))
    party: Mapped[str] = mapped_column(String(10))
    department_id: Mapped[int | None] = mapped_column(ForeignKey("city_department.id"))


class Confirmation(Base):
    """One person's "me too"; `who` is a keyed hash, so that it counts once and names nobody."""

    __tablename__ = "report_confirmation"
    __table_args__ = (UniqueConstraint("report_id", "who"),)

    id: Mapped[intpk]
    report_id: Mapped[int] = mapped_column(ForeignKey("report.id"))
    who: Mapped[str] = mapped_column(String(64), index=True)
    account_id: Mapped[int | None] = mapped_column(BigInteger, index=True)
    merged_from: Mapped[int | None] = mapped_column(ForeignKey("report.id"))
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)


class Dispute(Base):
    """Somebody concerned says that a closed report is not done; it is reopened or answered."""

    __tablename__ = "report_dispute"
    __table_args__ = (Index("ix_report_dispute_report_id_id", "report_id", "id"),)

    id: Mapped[intpk]
    public_id: Mapped[str] = mapped_column(String(16), unique=True)
    report_id: Mapped[int] = mapped_column(ForeignKey("report.id"))
    state: Mapped[str] = mapped_column(String(10), index=True)  # open, reopened or answered
    author: Mapped[str] = mapped_column(String(10))  # reporter or citizen
    account_id: Mapped[int | None] = mapped_column(BigInteger, index=True)
    text: Mapped[str] = mapped_column(Text)
    answer: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    answered_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class Satisfaction(Base):
    """What the reporter thinks of the outcome; the last word counts."""

    __tablename__ = "report_satisfaction"

    report_id: Mapped[int] = mapped_column(
        ForeignKey("report.id"), primary_key=True, autoincrement=False
    )
    score: Mapped[int] = mapped_column(SmallInteger)  # 1 to 5
    text: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)


class Tally(Base):
    """How many public reports lie in a cell, by domain and whether they are open: for the map."""

    __tablename__ = "report_tally"

    level: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    cell: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    domain: Mapped[str] = mapped_column(String(4), primary_key=True)
    is_open: Mapped[bool] = mapped_column(Boolean, primary_key=True)
    number: Mapped[int] = mapped_column(Integer)
    lon_sum: Mapped[float] = mapped_column(Float(53))
    lat_sum: Mapped[float] = mapped_column(Float(53))


class TallyChange(Base):
    """A change of the counts that waits to be folded in, so that writers do not wait in line."""

    __tablename__ = "report_tally_change"

    id: Mapped[intpk]
    cell: Mapped[int] = mapped_column(BigInteger)
    area: Mapped[int] = mapped_column(BigInteger)
    domain: Mapped[str] = mapped_column(String(4))
    is_open: Mapped[bool] = mapped_column(Boolean)
    number: Mapped[int] = mapped_column(SmallInteger)
    lon: Mapped[float] = mapped_column(Float(53))
    lat: Mapped[float] = mapped_column(Float(53))
