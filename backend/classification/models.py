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
    state: Mapped[str] = mapped_column(String(12))  # candidate, running, kept_out, retired
    reason: Mapped[str | None] = mapped_column(String(500))
    figures: Mapped[dict[str, Any]] = mapped_column(JSONDoc)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    promoted_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
