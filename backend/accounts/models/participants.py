"""Organisations beside persons, proofs of residence, and partners' machines."""

from datetime import date, datetime

from sqlalchemy import Boolean, Date, ForeignKey, Index, Integer, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from backend.accounts.models.account import account_fk, public_key
from backend.core.db import Base, JSONDoc, Sealed, UTCDateTime, intpk


class Organisation(Base):
    """An association, a business or another body that takes part as itself."""

    __tablename__ = "organisation"

    id: Mapped[intpk]
    public_id: Mapped[public_key]
    version: Mapped[int] = mapped_column(Integer, default=1)
    kind: Mapped[str] = mapped_column(String(20))  # association, business, school, other
    name: Mapped[str] = mapped_column(String(120))
    registration: Mapped[str | None] = mapped_column(String(60))
    state: Mapped[str] = mapped_column(String(10), default="pending")
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    decided_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    updated_at: Mapped[datetime] = mapped_column(UTCDateTime)


class Membership(Base):
    """A person in an organisation, and whether they may speak for it."""

    __tablename__ = "organisation_member"
    __table_args__ = (UniqueConstraint("organisation_id", "account_id"),)

    id: Mapped[intpk]
    public_id: Mapped[public_key]
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    account_id: Mapped[account_fk]
    role: Mapped[str] = mapped_column(String(10))  # owner or member
    speaks: Mapped[bool] = mapped_column(Boolean, default=False)
    state: Mapped[str] = mapped_column(String(10))  # invited or active
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)


class ResidenceProof(Base):
    """An attempt to show that a person lives in the city: by register, letter or desk."""

    __tablename__ = "account_residence_proof"
    __table_args__ = (
        Index(
            "uq_account_residence_proof_open_letter",
            "account_id",
            unique=True,
            sqlite_where=text("method = 'letter' AND state IN ('asked', 'sent')"),
            postgresql_where=text("method = 'letter' AND state IN ('asked', 'sent')"),
        ),
    )

    id: Mapped[intpk]
    public_id: Mapped[public_key]
    account_id: Mapped[account_fk]
    method: Mapped[str] = mapped_column(String(10))  # register, letter, desk
    state: Mapped[str] = mapped_column(String(10))  # asked, sent, proven, refused, expired
    district_id: Mapped[int | None] = mapped_column(ForeignKey("city_district.id"))
    addressee: Mapped[str | None] = mapped_column(Sealed("residence"))
    address: Mapped[str | None] = mapped_column(Sealed("residence"))
    code: Mapped[str | None] = mapped_column(Sealed("residence"))
    code_mac: Mapped[str | None] = mapped_column(String(64))
    attempts: Mapped[int] = mapped_column(Integer, default=0)
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    decided_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    expires_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class RegisterEntry(Base):
    """A line of the population register, as a keyed hash that one account may match."""

    __tablename__ = "account_register_entry"

    id: Mapped[intpk]
    mark: Mapped[str] = mapped_column(String(64), unique=True)
    district_id: Mapped[int | None] = mapped_column(ForeignKey("city_district.id"))
    claimed_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"), unique=True)
    claimed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    imported_on: Mapped[date] = mapped_column(Date)


class ApiKey(Base):
    """The key of a partner's machine: what it may do, and how often."""

    __tablename__ = "api_key"

    id: Mapped[intpk]
    public_id: Mapped[public_key]
    name: Mapped[str] = mapped_column(String(120))
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"))
    scopes: Mapped[list[str]] = mapped_column(JSONDoc)
    rate: Mapped[str] = mapped_column(String(40))
    key_hash: Mapped[str] = mapped_column(String(64), unique=True)
    former_hash: Mapped[str | None] = mapped_column(String(64), unique=True)
    former_until: Mapped[datetime | None] = mapped_column(UTCDateTime)
    created_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    expires_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
