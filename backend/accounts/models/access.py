"""Ways in: sessions, codes, passwords, second factors and passkeys."""

from datetime import datetime

from sqlalchemy import BigInteger, Boolean, ForeignKey, Integer, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from backend.accounts.models.account import account_fk, account_key, public_key
from backend.core.db import Base, JSONDoc, Sealed, UTCDateTime, intpk


class SignInSession(Base):
    """A signed-in browser or telephone; only the hash of its token is stored."""

    __tablename__ = "account_session"

    id: Mapped[intpk]
    public_id: Mapped[public_key]
    account_id: Mapped[account_fk]
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    kind: Mapped[str] = mapped_column(String(10))  # cookie or bearer
    method: Mapped[str] = mapped_column(String(20))  # code, password, passkey, firebase, oidc
    label: Mapped[str | None] = mapped_column(String(60))
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    seen_at: Mapped[datetime] = mapped_column(UTCDateTime)
    idle_until: Mapped[datetime] = mapped_column(UTCDateTime, index=True)
    expires_at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)
    proven_at: Mapped[datetime] = mapped_column(UTCDateTime)
    second_factor_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class SignInCode(Base):
    """A code and a link sent by e-mail: one use, ten minutes, for the browser that asked."""

    __tablename__ = "account_sign_in_code"

    id: Mapped[intpk]
    ticket_hash: Mapped[str] = mapped_column(String(64), unique=True)
    purpose: Mapped[str] = mapped_column(String(12))  # sign_in, prove, change_email
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"), index=True)
    email: Mapped[str] = mapped_column(Sealed("sign_in_code"))
    email_mac: Mapped[str] = mapped_column(String(64), index=True)
    code_mac: Mapped[str] = mapped_column(String(64))
    link_hash: Mapped[str | None] = mapped_column(String(64), unique=True)
    language: Mapped[str] = mapped_column(String(8))
    attempts: Mapped[int] = mapped_column(Integer, default=0)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    expires_at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)


class Password(Base):
    """The Argon2id hash of an account's password."""

    __tablename__ = "account_password"

    account_id: Mapped[account_key]
    hash: Mapped[str] = mapped_column(String(255))
    changed_at: Mapped[datetime] = mapped_column(UTCDateTime)


class TotpSecret(Base):
    """The secret behind a person's changing six digits, and the last step that was used."""

    __tablename__ = "account_totp"

    account_id: Mapped[account_key]
    secret: Mapped[str | None] = mapped_column(Sealed("totp"))
    next_secret: Mapped[str | None] = mapped_column(Sealed("totp"))
    last_step: Mapped[int] = mapped_column(BigInteger, default=0)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    confirmed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class RecoveryCode(Base):
    """A code on paper that stands in once for a lost second factor."""

    __tablename__ = "account_recovery_code"

    id: Mapped[intpk]
    account_id: Mapped[account_fk]
    code_hash: Mapped[str] = mapped_column(String(64), unique=True)
    used_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class Passkey(Base):
    """A passkey: the public half of a key that never leaves the person's device."""

    __tablename__ = "account_passkey"

    id: Mapped[intpk]
    public_id: Mapped[public_key]
    account_id: Mapped[account_fk]
    credential_id: Mapped[str] = mapped_column(String(1400), unique=True)
    public_key: Mapped[bytes] = mapped_column(LargeBinary)
    sign_count: Mapped[int] = mapped_column(BigInteger, default=0)
    transports: Mapped[list[str] | None] = mapped_column(JSONDoc)
    backed_up: Mapped[bool] = mapped_column(Boolean, default=False)
    name: Mapped[str | None] = mapped_column(Sealed("passkey"))
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    used_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class Ceremony(Base):
    """A challenge that one passkey has to sign once, within minutes."""

    __tablename__ = "account_ceremony"

    id: Mapped[intpk]
    ticket_hash: Mapped[str] = mapped_column(String(64), unique=True)
    purpose: Mapped[str] = mapped_column(String(10))  # register or prove
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"), index=True)
    challenge: Mapped[str] = mapped_column(Text)
    expires_at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)
