"""Tables of suggestions, corrections and models; private to the room."""

from datetime import datetime
from typing import Any

from sqlalchemy import Boolean, Float, Index, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from backend.core.db import Base, JSONDoc, UTCDateTime, intpk


class ModelSuggestion(Base):
    """What a model proposed for one text, with its confidence and its reasons."""

    __tablename__ = "suggestion"
    __table_args__ = (UniqueConstraint("target_kind", "target_id"),)

    id: Mapped[intpk]
    target_kind: Mapped[str] = mapped_column(String(30))
    target_id: Mapped[str] = mapped_column(String(40))
    domain: Mapped[str | None] = mapped_column(String(8), index=True)
    component: Mapped[str | None] = mapped_column(String(8))
    second: Mapped[str | None] = mapped_column(String(8))
    confidence: Mapped[float] = mapped_column(Float)
    unsure: Mapped[bool] = mapped_column(Boolean)
    urgent: Mapped[bool] = mapped_column(Boolean, default=False)
    service_code: Mapped[str | None] = mapped_column(String(80))
    language: Mapped[str | None] = mapped_column(String(8))
    district: Mapped[str | None] = mapped_column(String(40))
    judged_by: Mapped[str] = mapped_column(String(20))
    detail: Mapped[dict[str, Any]] = mapped_column(JSONDoc)
    model_version: Mapped[str] = mapped_column(String(60))
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)


class Correction(Base):
    """A person's decision on where a text belongs: a labelled example for the next model."""

    __tablename__ = "correction"
    __table_args__ = (
        Index("ix_correction_target", "target_kind", "target_id"),
        Index("ix_correction_at", "created_at"),
    )

    id: Mapped[intpk]
    target_kind: Mapped[str] = mapped_column(String(30))
    target_id: Mapped[str] = mapped_column(String(40))
    component: Mapped[str] = mapped_column(String(8))
    suggested: Mapped[str | None] = mapped_column(String(8))
    agrees: Mapped[bool] = mapped_column(Boolean)
    reason: Mapped[str | None] = mapped_column(String(300))
    person: Mapped[str] = mapped_column(String(80), index=True)
    model_version: Mapped[str | None] = mapped_column(String(60))
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)


class TrainedModel(Base):
    """A model file that was offered: promoted to run, kept out with its reason, or retired."""

    __tablename__ = "trained_model"

    id: Mapped[intpk]
    version: Mapped[str] = mapped_column(String(60), unique=True)
    path: Mapped[str] = mapped_column(String(300))
    sha256: Mapped[str] = mapped_column(String(64))
    size: Mapped[int] = mapped_column(Integer)
    # candidate, running, kept_out, retired (another was promoted), withdrawn (rolled back)
    state: Mapped[str] = mapped_column(String(12))
    reason: Mapped[str | None] = mapped_column(String(500))
    figures: Mapped[dict[str, Any]] = mapped_column(JSONDoc)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    promoted_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class ShadowSuggestion(Base):
    """What a candidate would have proposed for a text; nobody is shown it."""

    __tablename__ = "shadow_suggestion"
    __table_args__ = (UniqueConstraint("model_version", "target_kind", "target_id"),)

    id: Mapped[intpk]
    model_version: Mapped[str] = mapped_column(String(60))
    target_kind: Mapped[str] = mapped_column(String(30))
    target_id: Mapped[str] = mapped_column(String(40))
    component: Mapped[str | None] = mapped_column(String(8))
    confidence: Mapped[float] = mapped_column(Float)
    unsure: Mapped[bool] = mapped_column(Boolean)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)


class LearningRun(Base):
    """One night's learning: when, from how much, and what came of it."""

    __tablename__ = "learning_run"

    id: Mapped[intpk]
    started_at: Mapped[datetime] = mapped_column(UTCDateTime)
    ends_by: Mapped[datetime] = mapped_column(UTCDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    # learning, nothing_new, candidate, kept_out, failed
    outcome: Mapped[str] = mapped_column(String(12))
    corrections: Mapped[int] = mapped_column(Integer, default=0)
    version: Mapped[str | None] = mapped_column(String(60))
    reason: Mapped[str | None] = mapped_column(String(500))
    doubts: Mapped[list[Any]] = mapped_column(JSONDoc)


class ModelWatch(Base):
    """How what people write looked to the running model at one time, and what to ask about."""

    __tablename__ = "model_watch"

    id: Mapped[intpk]
    at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)
    model_version: Mapped[str] = mapped_column(String(60))
    summary: Mapped[dict[str, Any]] = mapped_column(JSONDoc)
    drift: Mapped[dict[str, Any]] = mapped_column(JSONDoc)
    queue: Mapped[list[Any]] = mapped_column(JSONDoc)


class DuplicateDecision(Base):
    """A person's decision on whether two things tell of the same, with the signs that they bore."""

    __tablename__ = "duplicate_decision"
    __table_args__ = (UniqueConstraint("target_kind", "target_id", "other_id"),)

    id: Mapped[intpk]
    target_kind: Mapped[str] = mapped_column(String(30))
    target_id: Mapped[str] = mapped_column(String(40))
    other_id: Mapped[str] = mapped_column(String(40))
    same: Mapped[bool] = mapped_column(Boolean)
    text: Mapped[float] = mapped_column(Float)
    near: Mapped[float] = mapped_column(Float)
    recent: Mapped[float] = mapped_column(Float)
    service: Mapped[float] = mapped_column(Float)
    person: Mapped[str] = mapped_column(String(80))
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
