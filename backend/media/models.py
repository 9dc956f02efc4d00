"""The table of photos; private to the room."""

from datetime import datetime
from typing import Any

from sqlalchemy import Boolean, Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from backend.core.db import Base, JSONDoc, UTCDateTime, intpk


class Photo(Base):
    """One photo, belonging to a (kind, id) once it is attached."""

    __tablename__ = "photo"
    __table_args__ = (
        Index("ix_photo_target", "target_kind", "target_id", "position"),
        Index("ix_photo_waiting", "target_id", "created_at"),
    )

    id: Mapped[intpk]
    public_id: Mapped[str] = mapped_column(String(16), unique=True)
    target_kind: Mapped[str | None] = mapped_column(String(30))
    target_id: Mapped[str | None] = mapped_column(String(40))
    position: Mapped[int] = mapped_column(Integer, default=0)
    owner: Mapped[str | None] = mapped_column(String(80), index=True)
    folder: Mapped[str] = mapped_column(String(80))
    sizes: Mapped[dict[str, Any]] = mapped_column(JSONDoc)
    public: Mapped[bool] = mapped_column(Boolean, default=False)
    hidden_reason: Mapped[str | None] = mapped_column(String(200))
    description: Mapped[str | None] = mapped_column(String(300))
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
