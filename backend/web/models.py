"""The table of unfinished reports; private to the room."""

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from backend.core.db import Base, Sealed, UTCDateTime, intpk


class ReportDraft(Base):
    """A report that somebody is writing, sealed, open to their browser alone, for a day at most."""

    __tablename__ = "web_report_draft"

    id: Mapped[intpk]
    public_id: Mapped[str] = mapped_column(String(16), unique=True)
    browser_hash: Mapped[str] = mapped_column(String(64), index=True)
    content: Mapped[str] = mapped_column(Sealed("web draft"))
    updated_at: Mapped[datetime] = mapped_column(UTCDateTime)
    expires_at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)
