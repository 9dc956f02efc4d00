"""Organisations and businesses as participants, and who may speak for them."""

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from backend.accounts.choices import ORGANISATION_KINDS
from backend.accounts.contacts import normal_email
from backend.accounts.models import Account, Membership, Organisation
from backend.accounts.service.accounts import account_id_of_email, own_account
from backend.core import ledger
from backend.core.actor import Actor
from backend.core.clock import utcnow
from backend.core.db import insert_ignore
from backend.core.i18n import _
from backend.core.ids import new_public_id
from backend.core.limits import check_limit
from backend.core.policy import authorise
from backend.core.problems import Conflict, Invalid, NotFound, Stale

MOST_OWNED = 20


def register_organisation(
    session: Session, actor: Actor, name: str, kind: str, registration: str | None = None
) -> str:
    """Put an organisation forward; the city confirms it before anyone speaks for it."""
    authorise(actor, "organisation.register")
    account = own_account(session, actor)
    if account.assurance == "anonymous":
        raise Invalid(errors={"email": _("Confirm your e-mail address first.")})
    if kind not in ORGANISATION_KINDS:
        raise Invalid(
            errors={"kind": _("Choose one of: %(all)s.", all=", ".join(ORGANISATION_KINDS))}
        )
    mine = session.execute(
        select(Membership.id).where(Membership.account_id == account.id).limit(MOST_OWNED)
    ).all()
    if len(mine) >= MOST_OWNED:
        raise Conflict(_("You are in %(n)s organisations; leave one first.", n=MOST_OWNED))
    now = utcnow()
    organisation = Organisation(
        public_id=new_public_id(),
        kind=kind,
        name=name,
        registration=registration,
        created_at=now,
        updated_at=now,
    )
    session.add(organisation)
    session.flush()
    session.add(
        Membership(
            public_id=new_public_id(),
            organisation_id=organisation.id,
            account_id=account.id,
            role="owner",
            speaks=True,
            state="active",
            created_at=now,
        )
    )
    return organisation.public_id


def _organisation(session: Session, public_id: str) -> Organisation:
    found = session.execute(
        select(Organisation).where(Organisation.public_id == public_id).with_for_update()
    ).scalar()
    if found is None:
        raise NotFound()
    return found


def _owned(session: Session, actor: Actor, public_id: str) -> Organisation:
    organisation = _organisation(session, public_id)
    owner = session.execute(
        select(Membership.id).where(
            Membership.organisation_id == organisation.id,
            Membership.account_id == actor.account_id,
            Membership.role == "owner",
            Membership.state == "active",
        )
    ).first()
    authorise(actor, "organisation.change", "own" if owner else "other")
    return organisation


def change_organisation(
    session: Session, actor: Actor, public_id: str, *, name: str, version: int | None = None
) -> None:
    """Give an organisation another name; the city has to confirm it again."""
    organisation = _owned(session, actor, public_id)
    if version is not None and organisation.version != version:
        raise Stale(headers={"ETag": f'"{organisation.version}"'})
    if organisation.name != name:
        organisation.name, organisation.state = name, "pending"
    organisation.version += 1
    organisation.updated_at = utcnow()


def decide_organisation(
    session: Session, actor: Actor, public_id: str, *, confirmed: bool, reason: str
) -> None:
    """Confirm or refuse that an organisation is what it says."""
    authorise(actor, "organisation.decide")
    organisation = _organisation(session, public_id)
    organisation.state = "confirmed" if confirmed else "refused"
    organisation.decided_by, organisation.decided_at = actor.account_id, utcnow()
    organisation.version += 1
    organisation.updated_at = utcnow()
    ledger.append(
        session, "organisations", public_id, organisation.state, actor.key, {"reason": reason}
    )


def invite_member(
    session: Session, actor: Actor, public_id: str, email: str, *, speaks: bool, owner: bool = False
) -> None:
    """Invite the holder of an address; the answer does not tell whether there is an account."""
    organisation = _owned(session, actor, public_id)
    check_limit("invitations", "30 per hour", actor.key)
    account_id = account_id_of_email(session, normal_email(email))
    if account_id is None:
        return
    insert_ignore(
        session,
        Membership,
        {
            "public_id": new_public_id(),
            "organisation_id": organisation.id,
            "account_id": account_id,
            "role": "owner" if owner else "member",
            "speaks": speaks,
            "state": "invited",
            "created_at": utcnow(),
        },
        ("organisation_id", "account_id"),
    )


def accept_invitation(session: Session, actor: Actor, membership_public_id: str) -> None:
    """Join an organisation that one was invited to."""
    authorise(actor, "organisation.list", "own")
    account = own_account(session, actor)
    member = session.execute(
        select(Membership)
        .where(Membership.public_id == membership_public_id, Membership.account_id == account.id)
        .with_for_update()
    ).scalar()
    if member is None:
        raise NotFound()
    member.state = "active"


def remove_member(session: Session, actor: Actor, membership_public_id: str) -> None:
    """Leave an organisation, or let a member go; one owner must remain."""
    member = session.execute(
        select(Membership).where(Membership.public_id == membership_public_id).with_for_update()
    ).scalar()
    if member is None:
        raise NotFound()
    organisation = session.get(Organisation, member.organisation_id, with_for_update=True)
    assert organisation is not None
    if member.account_id != actor.account_id:
        _owned(session, actor, organisation.public_id)
    if member.role == "owner" and not _other_owner(session, member):
        raise Conflict(_("An organisation needs an owner. Make somebody else owner first."))
    session.execute(delete(Membership).where(Membership.id == member.id))


def _other_owner(session: Session, member: Membership) -> bool:
    found = session.execute(
        select(Membership.id)
        .join(Account, Account.id == Membership.account_id)
        .where(
            Membership.organisation_id == member.organisation_id,
            Membership.id != member.id,
            Membership.role == "owner",
            Membership.state == "active",
            Account.state == "active",
        )
        .limit(1)
    ).first()
    return found is not None
