"""What other rooms may read about people: whom to write to, who works where, who speaks."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.accounts.contacts import email_macs, normal_email
from backend.accounts.models import (
    Account,
    Device,
    Membership,
    Organisation,
    RoleGrant,
)
from backend.core.problems import Invalid

MOST = 500


@dataclass(frozen=True, slots=True)
class Contact:
    """Whom to write to and in which language."""

    name: str | None
    email: str | None
    phone: str | None
    language: str


@dataclass(frozen=True, slots=True)
class FoundAccount:
    """An account that was looked up."""

    id: int
    public_id: str
    state: str
    language: str
    assurance: str


@dataclass(frozen=True, slots=True)
class StaffMember:
    """A person who works for city hall."""

    account_id: int
    public_id: str
    name: str | None
    roles: frozenset[str]
    departments: frozenset[int]


@dataclass(frozen=True, slots=True)
class DeviceAddress:
    """Where a device's news goes."""

    id: int
    account_id: int
    channel: str
    token: str
    key: str | None
    secret: str | None
    language: str


def contact_of(session: Session, account_id: int) -> Contact | None:
    """Whom to write to about an account; None once it is erased or disabled."""
    row = session.execute(
        select(Account.name, Account.email, Account.phone, Account.language).where(
            Account.id == account_id, Account.state == "active"
        )
    ).first()
    return Contact(row.name, row.email, row.phone, row.language) if row else None


_FOUND = (Account.id, Account.public_id, Account.state, Account.language, Account.assurance)


def find_account_by_email(session: Session, email: str) -> FoundAccount | None:
    """The account whose verified address this is."""
    try:
        macs = email_macs(normal_email(email))
    except Invalid:
        return None
    row = session.execute(select(*_FOUND).where(Account.email_mac.in_(macs))).first()
    return FoundAccount(*row) if row else None


def find_account(session: Session, public_id: str) -> FoundAccount | None:
    """The account with this public id, unless it was erased."""
    row = session.execute(
        select(*_FOUND).where(Account.public_id == public_id, Account.state != "erased")
    ).first()
    return FoundAccount(*row) if row else None


def works_for(session: Session, account_id: int, department_id: int) -> bool:
    """Whether somebody belongs to a department now."""
    found = session.execute(
        select(RoleGrant.id)
        .join(Account, Account.id == RoleGrant.account_id)
        .where(
            RoleGrant.account_id == account_id,
            RoleGrant.department_id == department_id,
            RoleGrant.revoked_at.is_(None),
            Account.state == "active",
        )
        .limit(1)
    ).first()
    return found is not None


def staff_members(session: Session, department_id: int | None = None) -> list[StaffMember]:
    """Who works for city hall, or for one of its departments, by name."""
    chosen = select(RoleGrant.account_id).where(RoleGrant.revoked_at.is_(None))
    if department_id is not None:
        chosen = chosen.where(RoleGrant.department_id == department_id)
    rows = session.execute(
        select(Account.id, Account.public_id, Account.name, RoleGrant.role, RoleGrant.department_id)
        .join(RoleGrant, RoleGrant.account_id == Account.id)
        .where(RoleGrant.revoked_at.is_(None), Account.state == "active", Account.id.in_(chosen))
        .order_by(Account.id)
        .limit(MOST * 4)
    ).all()
    members: dict[int, StaffMember] = {}
    for row in rows:
        known = members.get(row.id)
        members[row.id] = StaffMember(
            row.id,
            row.public_id,
            row.name,
            (known.roles if known else frozenset()) | {row.role},
            (known.departments if known else frozenset())
            | ({row.department_id} if row.department_id else frozenset()),
        )
    return sorted(members.values(), key=lambda m: ((m.name or "").casefold(), m.account_id))[:MOST]


def names_of(session: Session, ids: Iterable[int]) -> dict[int, str]:
    """The names of these accounts, where they gave one; at most 500 at a time."""
    wanted = list(dict.fromkeys(ids))[:MOST]
    if not wanted:
        return {}
    rows = session.execute(select(Account.id, Account.name).where(Account.id.in_(wanted)))
    return {row.id: row.name for row in rows if row.name}


def devices_of(session: Session, account_ids: Iterable[int]) -> list[DeviceAddress]:
    """Where push news for these accounts goes; at most 500 devices."""
    wanted = list(dict.fromkeys(account_ids))[:MOST]
    if not wanted:
        return []
    rows = session.execute(
        select(
            Device.id,
            Device.account_id,
            Device.channel,
            Device.token,
            Device.key,
            Device.secret,
            Account.language,
        )
        .join(Account, Account.id == Device.account_id)
        .where(Device.account_id.in_(wanted), Device.enabled, Account.state == "active")
        .order_by(Device.id)
        .limit(MOST)
    )
    return [DeviceAddress(*row) for row in rows]


def may_speak_for(session: Session, account_id: int, organisation_id: int) -> bool:
    """Whether a person may act in the name of a confirmed organisation."""
    found = session.execute(
        select(Membership.id)
        .join(Organisation, Organisation.id == Membership.organisation_id)
        .where(
            Membership.organisation_id == organisation_id,
            Membership.account_id == account_id,
            Membership.state == "active",
            Membership.speaks,
            Organisation.state == "confirmed",
        )
    ).first()
    return found is not None


def organisation_names(session: Session, ids: Iterable[int]) -> Mapping[int, str]:
    """The names of these organisations; at most 500 at a time."""
    wanted = list(dict.fromkeys(ids))[:MOST]
    if not wanted:
        return {}
    rows = session.execute(
        select(Organisation.id, Organisation.name).where(Organisation.id.in_(wanted))
    )
    return {row.id: row.name for row in rows}
