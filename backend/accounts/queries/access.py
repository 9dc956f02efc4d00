"""Who acts: the person behind a session's token, the machine behind a partner's key."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, exists, or_, select
from sqlalchemy.orm import Session

from backend.accounts.models import (
    Account,
    ApiKey,
    Passkey,
    RoleGrant,
    SignInSession,
    TotpSecret,
)
from backend.core.actor import Actor
from backend.core.clock import utcnow
from backend.core.ids import hash_secret

SECOND_FACTOR_LASTS = timedelta(hours=12)
MOST = 500


@dataclass(frozen=True, slots=True)
class SessionState:
    """What the request's edge knows of a session: the actor, and when it was last seen."""

    actor: Actor
    session_id: int
    account_id: int
    seen_at: datetime
    idle_until: datetime
    expires_at: datetime
    proven_at: datetime
    kind: str
    second_factor_needed: bool
    second_factor_enrolled: bool


_TOTP_READY = (
    exists()
    .where(TotpSecret.account_id == Account.id, TotpSecret.confirmed_at.is_not(None))
    .label("totp_ready")
)
_PASSKEY_READY = exists().where(Passkey.account_id == Account.id).label("passkey_ready")
_SESSION_COLUMNS = (
    SignInSession.id,
    SignInSession.kind,
    SignInSession.seen_at,
    SignInSession.idle_until,
    SignInSession.expires_at,
    SignInSession.proven_at,
    SignInSession.second_factor_at,
    Account.id.label("account_id"),
    Account.public_id,
    Account.name,
    Account.language,
    Account.assurance,
    RoleGrant.role,
    RoleGrant.department_id,
    _TOTP_READY,
    _PASSKEY_READY,
)


def session_state(session: Session, token: str) -> SessionState | None:
    """Everything about a live session of an active account, in one query; None otherwise."""
    now = utcnow()
    rows = session.execute(
        select(*_SESSION_COLUMNS)
        .join(Account, Account.id == SignInSession.account_id)
        .outerjoin(
            RoleGrant, and_(RoleGrant.account_id == Account.id, RoleGrant.revoked_at.is_(None))
        )
        .where(
            SignInSession.token_hash == hash_secret(token),
            SignInSession.idle_until > now,
            SignInSession.expires_at > now,
            Account.state == "active",
        )
        .limit(MOST)
    ).all()
    return _state_of(rows, now) if rows else None


def _state_of(rows: Sequence[Any], now: datetime) -> SessionState:
    first = rows[0]
    granted = frozenset(row.role for row in rows if row.role)
    enrolled = bool(first.totp_ready or (granted and first.passkey_ready))
    needed = bool(granted) or enrolled
    proven = first.second_factor_at is not None and (
        not granted or first.second_factor_at > now - SECOND_FACTOR_LASTS
    )
    departments = frozenset(row.department_id for row in rows if row.department_id)
    if needed and enrolled and not proven:
        # Half signed in: nothing of the account may be touched before the second factor.
        actor = Actor(language=first.language, session_id=first.id, pending_second_factor=True)
    else:
        actor = Actor(
            kind="person",
            account_id=first.account_id,
            public_id=first.public_id,
            roles=frozenset({"citizen"}) | (granted if proven else frozenset()),
            departments=departments if proven else frozenset(),
            assurance=first.assurance,
            language=first.language,
            session_id=first.id,
            name=first.name,
            pending_second_factor=needed and not proven,
        )
    return SessionState(
        actor=actor,
        session_id=first.id,
        account_id=first.account_id,
        seen_at=first.seen_at,
        idle_until=first.idle_until,
        expires_at=first.expires_at,
        proven_at=first.proven_at,
        kind=first.kind,
        second_factor_needed=needed,
        second_factor_enrolled=enrolled,
    )


def actor_for_token(session: Session, token: str) -> Actor | None:
    """Who a session's token stands for at this moment; None when it stands for nobody."""
    state = session_state(session, token)
    return state.actor if state else None


@dataclass(frozen=True, slots=True)
class Partner:
    """A partner's machine: the actor, what its key opens, and how often."""

    actor: Actor
    scopes: frozenset[str]
    rate: str


def partner_for_key(session: Session, key: str) -> Partner | None:
    """Which partner's machine holds a key; None for an unknown, expired or revoked one."""
    now, mark = utcnow(), hash_secret(key)
    row = session.execute(
        select(ApiKey.public_id, ApiKey.name, ApiKey.scopes, ApiKey.rate).where(
            or_(
                ApiKey.key_hash == mark,
                and_(ApiKey.former_hash == mark, ApiKey.former_until > now),
            ),
            ApiKey.revoked_at.is_(None),
            or_(ApiKey.expires_at.is_(None), ApiKey.expires_at > now),
        )
    ).first()
    if row is None:
        return None
    actor = Actor(
        kind="machine", public_id=row.public_id, roles=frozenset({"partner"}), name=row.name
    )
    return Partner(actor, frozenset(row.scopes), row.rate)
