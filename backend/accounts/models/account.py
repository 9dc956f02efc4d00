"""A person's account, what it may do, what it agreed to, and where its news goes."""

from datetime import datetime
from typing import Annotated

from sqlalchemy import Boolean, ForeignKey, Index, Integer, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from backend.core.db import Base, Sealed, UTCDateTime, intpk

account_fk = Annotated[int, mapped_column(ForeignKey("account.id"), index=True)]
account_key = Annotated[int, mapped_column(ForeignKey("account.id"), primary_key=True)]
public_key = Annotated[str, mapped_column(String(16), unique=True)]
mac = Annotated[str, mapped_column(String(64))]

ASSURANCE = ("anonymous", "contact_verified", "resident_verified")
STATES = ("active", "disabled", "erased")


class Account(Base):
    """A person known to the city; name, e-mail and telephone are sealed, found by keyed hashes."""

    __tablename__ = "account"

    id: Mapped[intpk]
    public_id: Mapped[public_key]
    version: Mapped[int] = mapped_column(Integer, default=1)
    state: Mapped[str] = mapped_column(String(10), default="active")
    name: Mapped[str | None] = mapped_column(Sealed("account.name"))
    email: Mapped[str | None] = mapped_column(Sealed("account.email"))
    email_mac: Mapped[str | None] = mapped_column(String(64), unique=True)
    email_verified_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    phone: Mapped[str | None] = mapped_column(Sealed("account.phone"))
    phone_mac: Mapped[str | None] = mapped_column(String(64), index=True)
    phone_verified_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    language: Mapped[str] = mapped_column(String(8), default="en")
    assurance: Mapped[str] = mapped_column(String(20), default="anonymous")
    assurance_method: Mapped[str | None] = mapped_column(String(20))
    assured_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    district_id: Mapped[int | None] = mapped_column(ForeignKey("city_district.id"))
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    updated_at: Mapped[datetime] = mapped_column(UTCDateTime)
    erased_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class Identity(Base):
    """How another system knows the person: its name for itself and its name for them."""

    __tablename__ = "account_identity"
    __table_args__ = (UniqueConstraint("provider", "subject"),)

    id: Mapped[intpk]
    account_id: Mapped[account_fk]
    provider: Mapped[str] = mapped_column(String(160))
    subject: Mapped[str] = mapped_column(String(255))
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)


class RoleGrant(Base):
    """A role that a person holds in city hall, perhaps for one department or district only."""

    __tablename__ = "account_role"
    __table_args__ = (
        Index(
            "uq_account_role_held",
            "account_id",
            "role",
            text("coalesce(department_id, 0)"),
            text("coalesce(district_id, 0)"),
            unique=True,
            sqlite_where=text("revoked_at IS NULL"),
            postgresql_where=text("revoked_at IS NULL"),
        ),
    )

    id: Mapped[intpk]
    public_id: Mapped[public_key]
    account_id: Mapped[account_fk]
    role: Mapped[str] = mapped_column(String(20))
    department_id: Mapped[int | None] = mapped_column(ForeignKey("city_department.id"))
    district_id: Mapped[int | None] = mapped_column(ForeignKey("city_district.id"))
    granted_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    granted_at: Mapped[datetime] = mapped_column(UTCDateTime)
    revoked_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    revoked_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class StatisticsProfile(Base):
    """What a person said about themselves for statistics alone, with the consent it rests on."""

    __tablename__ = "account_statistics"

    account_id: Mapped[account_key]
    version: Mapped[int] = mapped_column(Integer, default=1)
    age_band: Mapped[str | None] = mapped_column(String(10))
    sex: Mapped[str | None] = mapped_column(String(10))
    district_id: Mapped[int | None] = mapped_column(ForeignKey("city_district.id"))
    consent_id: Mapped[int] = mapped_column(ForeignKey("account_consent.id"))
    updated_at: Mapped[datetime] = mapped_column(UTCDateTime)


class Consent(Base):
    """What a person agreed to, in which wording, and until when."""

    __tablename__ = "account_consent"

    id: Mapped[intpk]
    account_id: Mapped[account_fk]
    purpose: Mapped[str] = mapped_column(String(30))
    wording: Mapped[str] = mapped_column(String(20))
    given_at: Mapped[datetime] = mapped_column(UTCDateTime)
    withdrawn_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class Device(Base):
    """A telephone or browser that may be sent news of one account."""

    __tablename__ = "account_device"

    id: Mapped[intpk]
    public_id: Mapped[public_key]
    account_id: Mapped[account_fk]
    session_id: Mapped[int | None] = mapped_column(ForeignKey("account_session.id"), index=True)
    channel: Mapped[str] = mapped_column(String(10))  # fcm or webpush
    token: Mapped[str] = mapped_column(Sealed("device"))
    token_mac: Mapped[str] = mapped_column(String(64), unique=True)
    key: Mapped[str | None] = mapped_column(Sealed("device"))
    secret: Mapped[str | None] = mapped_column(Sealed("device"))
    name: Mapped[str | None] = mapped_column(Sealed("device"))
    enabled: Mapped[bool] = mapped_column(Boolean, default=True)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    seen_at: Mapped[datetime] = mapped_column(UTCDateTime)


class DataExport(Base):
    """A person's request for a copy of their data, and the file that answers it for a while."""

    __tablename__ = "account_export"

    id: Mapped[intpk]
    public_id: Mapped[public_key]
    account_id: Mapped[account_fk]
    state: Mapped[str] = mapped_column(String(10), default="waiting")  # waiting, ready, gone
    requested_at: Mapped[datetime] = mapped_column(UTCDateTime)
    ready_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    expires_at: Mapped[datetime | None] = mapped_column(UTCDateTime, index=True)
    size: Mapped[int | None] = mapped_column(Integer)


class Tombstone(Base):
    """That an account was erased, so that a restored backup does not bring it back to life."""

    __tablename__ = "account_tombstone"

    id: Mapped[intpk]
    mark: Mapped[str] = mapped_column(String(64), unique=True)
    erased_at: Mapped[datetime] = mapped_column(UTCDateTime)
