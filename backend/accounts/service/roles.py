"""Roles of city hall: granted and revoked by an administrator, effective at once."""

import structlog
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from backend.accounts.models import Account, RoleGrant
from backend.accounts.policy import GRANTABLE
from backend.accounts.service import sessions
from backend.core import ledger
from backend.core.actor import Actor
from backend.core.clock import utcnow
from backend.core.i18n import _
from backend.core.ids import new_public_id
from backend.core.policy import authorise
from backend.core.problems import Conflict, Invalid, NotFound

log = structlog.get_logger(__name__)
STREAM = "accounts"


def grant_role(
    session: Session,
    actor: Actor,
    account_id: int,
    role: str,
    *,
    department_id: int | None = None,
    district_id: int | None = None,
) -> str:
    """Grant a role and give the grant's id; a role that is held already stays as it is.

    The person has to sign in again, with the limits and the second factor of staff.
    """
    authorise(actor, "role.grant")
    sessions.require_recent_proof(session, actor)
    if role not in GRANTABLE:
        raise Invalid(errors={"role": _("Choose one of: %(roles)s.", roles=", ".join(GRANTABLE))})
    if role == "department" and department_id is None:
        raise Invalid(errors={"department": _("Say which department this person works for.")})
    account = session.get(Account, account_id, with_for_update=True)
    if account is None or account.state != "active":
        raise NotFound()
    held = session.execute(
        select(RoleGrant.public_id).where(
            RoleGrant.account_id == account_id,
            RoleGrant.role == role,
            func.coalesce(RoleGrant.department_id, 0) == (department_id or 0),
            func.coalesce(RoleGrant.district_id, 0) == (district_id or 0),
            RoleGrant.revoked_at.is_(None),
        )
    ).scalar()
    if held is not None:
        return held
    grant = RoleGrant(
        public_id=new_public_id(),
        account_id=account_id,
        role=role,
        department_id=department_id,
        district_id=district_id,
        granted_by=actor.account_id,
        granted_at=utcnow(),
    )
    session.add(grant)
    session.flush()
    if account_id != actor.account_id:
        sessions.end_all_sessions(session, account_id)
    payload = {"role": role, "department": department_id, "district": district_id}
    ledger.append(session, STREAM, account.public_id, "role_granted", actor.key, payload)
    log.info("role_granted", role=role)
    return grant.public_id


def revoke_role(session: Session, actor: Actor, grant_public_id: str) -> None:
    """Take a role away; the very next request is made without it."""
    authorise(actor, "role.grant")
    sessions.require_recent_proof(session, actor)
    grant = session.execute(
        select(RoleGrant)
        .where(RoleGrant.public_id == grant_public_id, RoleGrant.revoked_at.is_(None))
        .with_for_update()
    ).scalar()
    if grant is None:
        raise NotFound()
    if grant.role == "administrator":
        _keep_one_administrator(session, grant)
    grant.revoked_at, grant.revoked_by = utcnow(), actor.account_id
    account = session.get(Account, grant.account_id, with_for_update=True)
    assert account is not None
    payload = {"role": grant.role, "department": grant.department_id}
    ledger.append(session, STREAM, account.public_id, "role_revoked", actor.key, payload)
    log.info("role_revoked", role=grant.role)


def _keep_one_administrator(session: Session, grant: RoleGrant) -> None:
    others = session.execute(
        select(RoleGrant.id)
        .join(Account, Account.id == RoleGrant.account_id)
        .where(
            RoleGrant.role == "administrator",
            RoleGrant.revoked_at.is_(None),
            RoleGrant.account_id != grant.account_id,
            Account.state == "active",
        )
        .with_for_update()
        .limit(1)
    ).first()
    if others is None:
        raise Conflict(_("This is the last administrator. Make another one first."))
