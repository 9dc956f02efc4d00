"""The tables of indicators; private to the room."""

from datetime import datetime
from typing import Any

from sqlalchemy import Boolean, Float, ForeignKey, Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from backend.core.db import Base, JSONDoc, UTCDateTime, intpk


class IndicatorRun(Base):
    """One computing: which periods, by which method, how far it is, and what it found."""

    __tablename__ = "indicator_run"

    id: Mapped[intpk]
    public_id: Mapped[str] = mapped_column(String(16), unique=True)
    periods: Mapped[list[str]] = mapped_column(JSONDoc)
    method: Mapped[str] = mapped_column(String(40))
    state: Mapped[str] = mapped_column(String(10))  # waiting, running, done
    done: Mapped[int] = mapped_column(Integer, default=0)
    total: Mapped[int] = mapped_column(Integer)
    changed: Mapped[int] = mapped_column(Integer, default=0)
    asked_by: Mapped[str] = mapped_column(String(60))
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class IndicatorValue(Base):
    """A value as it was computed once; a later one is a new revision, this row never changes.

    Only `is_current` is turned off when a later revision takes its place.
    """

    __tablename__ = "indicator_value"
    __table_args__ = (
        UniqueConstraint("code", "profile", "period", "district", "revision"),
        Index("ix_indicator_value_current", "is_current", "period", "code"),
    )

    id: Mapped[intpk]
    code: Mapped[str] = mapped_column(String(60))
    level: Mapped[str] = mapped_column(String(10))  # sub, component or domain
    profile: Mapped[str] = mapped_column(String(10))  # official or platform
    period: Mapped[str] = mapped_column(String(10))
    district: Mapped[str] = mapped_column(String(40), default="")
    revision: Mapped[int] = mapped_column(Integer)
    is_current: Mapped[bool] = mapped_column(Boolean)
    value: Mapped[float | None] = mapped_column(Float(53))
    score: Mapped[float | None] = mapped_column(Float(53))
    low: Mapped[float | None] = mapped_column(Float(53))
    high: Mapped[float | None] = mapped_column(Float(53))
    n: Mapped[int | None] = mapped_column(Integer)
    coverage: Mapped[float | None] = mapped_column(Float(53))
    state: Mapped[str] = mapped_column(String(14))  # measured, suppressed, few or not_measured
    flags: Mapped[str | None] = mapped_column(String(20))
    provenance: Mapped[str | None] = mapped_column(String(30))
    source_period: Mapped[str | None] = mapped_column(String(10))
    method: Mapped[str] = mapped_column(String(40))
    inputs_hash: Mapped[str] = mapped_column(String(64))
    run_id: Mapped[int | None] = mapped_column(ForeignKey("indicator_run.id"), index=True)
    computed_at: Mapped[datetime] = mapped_column(UTCDateTime)


class ParticipationTable(Base):
    """A protected table of who took part, on the fixed grid of releases: as it may be shown."""

    __tablename__ = "indicator_participation"
    __table_args__ = (UniqueConstraint("period", "attribute", "revision"),)

    id: Mapped[intpk]
    period: Mapped[str] = mapped_column(String(10))
    attribute: Mapped[str] = mapped_column(String(20))
    revision: Mapped[int] = mapped_column(Integer)
    is_current: Mapped[bool] = mapped_column(Boolean)
    content: Mapped[Any] = mapped_column(JSONDoc)
    inputs_hash: Mapped[str] = mapped_column(String(64))
    computed_at: Mapped[datetime] = mapped_column(UTCDateTime)


class SeriesImport(Base):
    """A file of figures that was taken in: what it was, and its digest."""

    __tablename__ = "indicator_import"

    id: Mapped[intpk]
    public_id: Mapped[str] = mapped_column(String(16), unique=True)
    form: Mapped[str] = mapped_column(String(12))
    name: Mapped[str] = mapped_column(String(200))
    source: Mapped[str] = mapped_column(String(300))
    digest: Mapped[str] = mapped_column(String(64))
    points: Mapped[int] = mapped_column(Integer)
    imported_by: Mapped[str] = mapped_column(String(60))
    imported_at: Mapped[datetime] = mapped_column(UTCDateTime)


class SeriesPoint(Base):
    """One figure from outside: official statistics, a sensor, a delivery, or another city's."""

    __tablename__ = "indicator_series_point"
    __table_args__ = (UniqueConstraint("series", "city", "period"),)

    id: Mapped[intpk]
    series: Mapped[str] = mapped_column(String(60))
    city: Mapped[str] = mapped_column(String(60), default="")  # empty: this city
    period: Mapped[str] = mapped_column(String(10))
    value: Mapped[float | None] = mapped_column(Float(53))
    flags: Mapped[str | None] = mapped_column(String(20))
    kind: Mapped[str] = mapped_column(String(10))  # official, sensor or delivery
    import_id: Mapped[int] = mapped_column(ForeignKey("indicator_import.id"), index=True)


class SeriesWatch(Base):
    """A threshold on a series; passing it raises an alert on the desk."""

    __tablename__ = "indicator_watch"

    id: Mapped[intpk]
    public_id: Mapped[str] = mapped_column(String(16), unique=True)
    series: Mapped[str] = mapped_column(String(60), index=True)
    above: Mapped[float | None] = mapped_column(Float(53))
    below: Mapped[float | None] = mapped_column(Float(53))
    note: Mapped[str] = mapped_column(String(300))
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    retired_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class SeriesAlert(Base):
    """A figure passed a threshold; a person looks at it and says so."""

    __tablename__ = "indicator_alert"
    __table_args__ = (UniqueConstraint("watch_id", "period"),)

    id: Mapped[intpk]
    public_id: Mapped[str] = mapped_column(String(16), unique=True)
    watch_id: Mapped[int] = mapped_column(ForeignKey("indicator_watch.id"))
    period: Mapped[str] = mapped_column(String(10))
    value: Mapped[float] = mapped_column(Float(53))
    raised_at: Mapped[datetime] = mapped_column(UTCDateTime)
    seen_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    seen_by: Mapped[str | None] = mapped_column(String(60))
    answer: Mapped[str | None] = mapped_column(String(500))


class PublicService(Base):
    """An entry of the register of public services: what can be arranged online, and how far."""

    __tablename__ = "indicator_public_service"

    id: Mapped[intpk]
    public_id: Mapped[str] = mapped_column(String(16), unique=True)
    version: Mapped[int] = mapped_column(Integer, default=1)
    code: Mapped[str] = mapped_column(String(60), unique=True)
    name: Mapped[Any] = mapped_column(JSONDoc)
    component: Mapped[str] = mapped_column(String(10), index=True)
    online: Mapped[str] = mapped_column(String(12))
    address: Mapped[str | None] = mapped_column(String(300))
    requests_year: Mapped[int | None] = mapped_column(Integer)
    online_share: Mapped[float | None] = mapped_column(Float(53))
    satisfaction: Mapped[float | None] = mapped_column(Float(53))
    updated_at: Mapped[datetime] = mapped_column(UTCDateTime)
    retired_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class CityProject(Base):
    """A smart-city project: what was invested in, its equipment, state and results."""

    __tablename__ = "indicator_project"

    id: Mapped[intpk]
    public_id: Mapped[str] = mapped_column(String(16), unique=True)
    version: Mapped[int] = mapped_column(Integer, default=1)
    code: Mapped[str] = mapped_column(String(60), unique=True)
    name: Mapped[Any] = mapped_column(JSONDoc)
    component: Mapped[str] = mapped_column(String(10), index=True)
    state: Mapped[str] = mapped_column(String(12))
    invested: Mapped[float | None] = mapped_column(Float(53))
    currency: Mapped[str] = mapped_column(String(3))
    equipment: Mapped[str | None] = mapped_column(Text)
    results: Mapped[str | None] = mapped_column(Text)
    evidence: Mapped[str | None] = mapped_column(String(300))
    started: Mapped[str | None] = mapped_column(String(10))
    finished: Mapped[str | None] = mapped_column(String(10))
    updated_at: Mapped[datetime] = mapped_column(UTCDateTime)
    retired_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class ComponentTarget(Base):
    """What the city wants of a component by a year; a later decision is a new row."""

    __tablename__ = "indicator_target"
    __table_args__ = (Index("ix_indicator_target_code_id", "code", "id"),)

    id: Mapped[intpk]
    public_id: Mapped[str] = mapped_column(String(16), unique=True)
    code: Mapped[str] = mapped_column(String(60))
    profile: Mapped[str] = mapped_column(String(10))
    year: Mapped[int] = mapped_column(Integer)
    score: Mapped[float] = mapped_column(Float(53))
    measures: Mapped[str | None] = mapped_column(Text)
    decided_by: Mapped[str] = mapped_column(String(200))
    written_by: Mapped[str] = mapped_column(String(60))
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    withdrawn_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class Audit(Base):
    """A yearly audit: its figures are frozen when it is handed in, and a second person checks."""

    __tablename__ = "indicator_audit"

    id: Mapped[intpk]
    public_id: Mapped[str] = mapped_column(String(16), unique=True)
    version: Mapped[int] = mapped_column(Integer, default=1)
    period: Mapped[str] = mapped_column(String(10), index=True)
    state: Mapped[str] = mapped_column(String(10))  # draft, submitted, verified or returned
    content: Mapped[Any | None] = mapped_column(JSONDoc)
    made_by: Mapped[str] = mapped_column(String(60))
    checked_by: Mapped[str | None] = mapped_column(String(60))
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    submitted_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    verified_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class AuditQuestion(Base):
    """A question of who checks an audit, and its answer."""

    __tablename__ = "indicator_audit_question"

    id: Mapped[intpk]
    public_id: Mapped[str] = mapped_column(String(16), unique=True)
    audit_id: Mapped[int] = mapped_column(ForeignKey("indicator_audit.id"), index=True)
    code: Mapped[str | None] = mapped_column(String(60))
    question: Mapped[str] = mapped_column(Text)
    asked_by: Mapped[str] = mapped_column(String(60))
    asked_at: Mapped[datetime] = mapped_column(UTCDateTime)
    answer: Mapped[str | None] = mapped_column(Text)
    answered_by: Mapped[str | None] = mapped_column(String(60))
    answered_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class AuditEvidence(Base):
    """What proves a figure of an audit: a document's address with its digest and a note."""

    __tablename__ = "indicator_audit_evidence"

    id: Mapped[intpk]
    public_id: Mapped[str] = mapped_column(String(16), unique=True)
    audit_id: Mapped[int] = mapped_column(ForeignKey("indicator_audit.id"), index=True)
    code: Mapped[str] = mapped_column(String(60))
    title: Mapped[str] = mapped_column(String(200))
    address: Mapped[str | None] = mapped_column(String(500))
    digest: Mapped[str | None] = mapped_column(String(64))
    added_by: Mapped[str] = mapped_column(String(60))
    added_at: Mapped[datetime] = mapped_column(UTCDateTime)


class ResultStatement(Base):
    """A signed statement of computed results, as it was issued; it can be revoked, not changed."""

    __tablename__ = "indicator_statement"

    id: Mapped[intpk]
    public_id: Mapped[str] = mapped_column(String(16), unique=True)
    period: Mapped[str] = mapped_column(String(10), index=True)
    body: Mapped[str] = mapped_column(Text)
    issued_at: Mapped[datetime] = mapped_column(UTCDateTime)
    expires_at: Mapped[datetime] = mapped_column(UTCDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    revoked_reason: Mapped[str | None] = mapped_column(String(300))
