"""The versions of published data sets."""

from datetime import datetime

from sqlalchemy import Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from backend.core.db import Base, UTCDateTime, intpk


class DatasetVersion(Base):
    """A version of a data set's form: which fields it has, since when, and what changed."""

    __tablename__ = "opendata_version"
    __table_args__ = (UniqueConstraint("dataset", "number"),)

    id: Mapped[intpk]
    dataset: Mapped[str] = mapped_column(String(60))
    number: Mapped[int] = mapped_column(Integer)
    digest: Mapped[str] = mapped_column(String(64))
    note: Mapped[str] = mapped_column(String(500))
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
