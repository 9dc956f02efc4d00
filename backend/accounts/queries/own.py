"""What a person sees of their own account, and an administrator of others'."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, exists, or_, select
from sqlalchemy.orm import Session
from sqlalchemy.sql import Select

from backend.accounts.models import (
    Account,
    ApiKey,
    Consent,
    DataExport,
    Device,
    Membership,
    Organisation,
    Passkey,
    Password,
    RecoveryCode,
    ResidenceProof,
    RoleGrant,
    SignInSession,
    StatisticsProfile,
    TotpSecret,
)
from backend.core.clock import utcnow

Row = Mapping[str, Any]
MOST = 200


def _rows(session: Session, query: Select[*tuple[Any, ...]]) -> list[Row]:
    return [dict(row) for row in session.execute(query.limit(MOST)).mappings()]


def _has(model: type[Any], *more: ColumnElement[bool]) -> Any:
    return exists().where(model.account_id == Account.id, *more)


_ACCOUNT = (
    Account.id,
    Account.public_id,
    Account.version,
    Account.state,
    Account.name,
    Account.email,
    Account.phone,
    Account.language,
    Account.assurance,
    Account.assurance_method,
    Account.assured_at,
    Account.district_id,
    Account.created_at,
)


def account_details(session: Session, account_id: int) -> Row | None:
    """One's own account, with which ways of signing in it has."""
    row = (
        session.execute(
            select(
                *_ACCOUNT,
                _has(Password).label("has_password"),
                _has(TotpSecret, TotpSecret.confirmed_at.is_not(None)).label("has_totp"),
                _has(Passkey).label("has_passkey"),
            ).where(Account.id == account_id)
        )
        .mappings()
        .first()
    )
    return dict(row) if row else None


def account_for_desk(session: Session, public_id: str) -> Row | None:
    """An account as an administrator sees it."""
    found = session.execute(
        select(Account.id).where(Account.public_id == public_id, Account.state != "erased")
    ).scalar()
    return account_details(session, found) if found is not None else None


def sessions_of(session: Session, account_id: int) -> list[Row]:
    """Where a person is signed in, the latest first."""
    now = utcnow()
    return _rows(
        session,
        select(
            SignInSession.id,
            SignInSession.public_id,
            SignInSession.kind,
            SignInSession.method,
            SignInSession.label,
            SignInSession.created_at,
            SignInSession.seen_at,
            SignInSession.expires_at,
        )
        .where(
            SignInSession.account_id == account_id,
            SignInSession.expires_at > now,
            SignInSession.idle_until > now,
        )
        .order_by(SignInSession.seen_at.desc(), SignInSession.id.desc()),
    )


def passkeys_of(session: Session, account_id: int) -> list[Row]:
    """A person's passkeys."""
    columns = (Passkey.public_id, Passkey.name, Passkey.created_at, Passkey.used_at)
    return _rows(
        session, select(*columns).where(Passkey.account_id == account_id).order_by(Passkey.id)
    )


def recovery_codes_left(session: Session, account_id: int) -> int:
    """How many recovery codes are unused."""
    return len(
        session.execute(
            select(RecoveryCode.id).where(
                RecoveryCode.account_id == account_id, RecoveryCode.used_at.is_(None)
            )
        ).all()
    )


def devices_to_show(session: Session, account_id: int) -> list[Row]:
    """A person's devices, without their addresses."""
    columns = (Device.public_id, Device.channel, Device.name, Device.created_at, Device.seen_at)
    return _rows(
        session, select(*columns).where(Device.account_id == account_id).order_by(Device.id)
    )


def consents_of(session: Session, account_id: int) -> list[Row]:
    """What a person agreed to, and took back."""
    columns = (Consent.purpose, Consent.wording, Consent.given_at, Consent.withdrawn_at)
    return _rows(
        session, select(*columns).where(Consent.account_id == account_id).order_by(Consent.id)
    )


def has_consent(session: Session, account_id: int, purpose: str) -> bool:
    """Whether a person agrees to a purpose at present."""
    found = session.execute(
        select(Consent.id).where(
            Consent.account_id == account_id,
            Consent.purpose == purpose,
            Consent.withdrawn_at.is_(None),
        )
    ).first()
    return found is not None


def statistics_profile_of(session: Session, account_id: int) -> Row | None:
    """What a person said about themselves for statistics."""
    row = (
        session.execute(
            select(
                StatisticsProfile.version,
                StatisticsProfile.age_band,
                StatisticsProfile.sex,
                StatisticsProfile.district_id,
                StatisticsProfile.updated_at,
            ).where(StatisticsProfile.account_id == account_id)
        )
        .mappings()
        .first()
    )
    return dict(row) if row else None


def statistics_profiles(session: Session, account_ids: Sequence[int]) -> dict[int, Row]:
    """The profiles of many accounts, for protected statistics alone; at most 10,000 at a time."""
    found: dict[int, Row] = {}
    wanted = list(account_ids)[:10_000]
    for start in range(0, len(wanted), 500):
        rows = session.execute(
            select(
                StatisticsProfile.account_id,
                StatisticsProfile.age_band,
                StatisticsProfile.sex,
                StatisticsProfile.district_id,
            ).where(StatisticsProfile.account_id.in_(wanted[start : start + 500]))
        ).mappings()
        found.update({row["account_id"]: dict(row) for row in rows})
    return found


def exports_of(session: Session, account_id: int, public_id: str | None = None) -> list[Row]:
    """A person's requests for a copy of their data."""
    query = select(
        DataExport.public_id,
        DataExport.state,
        DataExport.requested_at,
        DataExport.ready_at,
        DataExport.expires_at,
        DataExport.size,
    ).where(DataExport.account_id == account_id)
    if public_id is not None:
        query = query.where(DataExport.public_id == public_id)
    return _rows(session, query.order_by(DataExport.id.desc()))


def residence_of(session: Session, account_id: int) -> list[Row]:
    """A person's proofs of residence, the latest first; addresses are not shown again."""
    return _rows(
        session,
        select(
            ResidenceProof.public_id,
            ResidenceProof.method,
            ResidenceProof.state,
            ResidenceProof.created_at,
            ResidenceProof.decided_at,
            ResidenceProof.expires_at,
        )
        .where(ResidenceProof.account_id == account_id)
        .order_by(ResidenceProof.id.desc()),
    )


_ORGANISATION = (
    Organisation.id,
    Organisation.public_id,
    Organisation.version,
    Organisation.kind,
    Organisation.name,
    Organisation.registration,
    Organisation.state,
    Organisation.created_at,
)


def organisations_of(session: Session, account_id: int) -> list[Row]:
    """The organisations that a person is in or invited to."""
    return _rows(
        session,
        select(
            *_ORGANISATION,
            Membership.public_id.label("membership_id"),
            Membership.role,
            Membership.speaks,
            Membership.state.label("membership_state"),
        )
        .join(Membership, Membership.organisation_id == Organisation.id)
        .where(Membership.account_id == account_id)
        .order_by(Organisation.id),
    )


def organisation(session: Session, public_id: str) -> Row | None:
    """One organisation."""
    row = (
        session.execute(select(*_ORGANISATION).where(Organisation.public_id == public_id))
        .mappings()
        .first()
    )
    return dict(row) if row else None


def organisations_in(
    session: Session, state: str | None, after: int | None, limit: int
) -> list[Row]:
    """Organisations in a state, oldest first."""
    query = select(*_ORGANISATION).order_by(Organisation.id).limit(limit)
    if state:
        query = query.where(Organisation.state == state)
    if after is not None:
        query = query.where(Organisation.id > after)
    return [dict(row) for row in session.execute(query).mappings()]


def members_of(session: Session, organisation_id: int) -> list[Row]:
    """Who is in an organisation, by name."""
    return _rows(
        session,
        select(
            Membership.public_id,
            Membership.account_id,
            Membership.role,
            Membership.speaks,
            Membership.state,
            Account.name,
        )
        .join(Account, Account.id == Membership.account_id)
        .where(Membership.organisation_id == organisation_id)
        .order_by(Membership.id),
    )


def is_member(session: Session, account_id: int | None, organisation_id: int) -> bool:
    """Whether a person is in an organisation or invited to it."""
    found = session.execute(
        select(Membership.id).where(
            Membership.organisation_id == organisation_id, Membership.account_id == account_id
        )
    ).first()
    return found is not None


def role_grants(
    session: Session, account_public_id: str | None, after: int | None, limit: int
) -> list[Row]:
    """Roles that are held, oldest first, of one person or of all."""
    query = (
        select(
            RoleGrant.id,
            RoleGrant.public_id,
            RoleGrant.role,
            RoleGrant.department_id,
            RoleGrant.district_id,
            RoleGrant.granted_at,
            Account.public_id.label("account_id"),
            Account.name,
        )
        .join(Account, Account.id == RoleGrant.account_id)
        .where(RoleGrant.revoked_at.is_(None))
        .order_by(RoleGrant.id)
        .limit(limit)
    )
    if account_public_id is not None:
        query = query.where(Account.public_id == account_public_id)
    if after is not None:
        query = query.where(RoleGrant.id > after)
    return [dict(row) for row in session.execute(query).mappings()]


def api_keys(session: Session) -> list[Row]:
    """Partners' keys, without the keys."""
    now: datetime = utcnow()
    return _rows(
        session,
        select(
            ApiKey.public_id,
            ApiKey.name,
            ApiKey.scopes,
            ApiKey.rate,
            ApiKey.created_at,
            ApiKey.expires_at,
            ApiKey.revoked_at,
        )
        .where(or_(ApiKey.expires_at.is_(None), ApiKey.expires_at > now))
        .order_by(ApiKey.id),
    )
