"""Passwords: set by who has just proven to be there, and used to sign in."""

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from backend.accounts.contacts import email_mac, normal_email
from backend.accounts.identity.passwords import PasswordIdentity
from backend.accounts.letters import send_notice
from backend.accounts.models import Account, Password
from backend.accounts.passwords import check_new, hash_password, needs_new_hash
from backend.accounts.service import sessions
from backend.accounts.service.sessions import SignedIn
from backend.accounts.service.sign_in import sign_in
from backend.core.actor import Actor
from backend.core.clock import utcnow
from backend.core.db import insert_ignore, reading
from backend.core.limits import check_limit
from backend.core.policy import authorise
from backend.core.problems import SignInNeeded

TRIES_PER_ADDRESS = "10 per hour"
TRIES_PER_SENDER = "60 per hour"


def sign_in_by_password(
    session: Session,
    email: str,
    password: str,
    *,
    sender: str,
    kind: str,
    label: str | None = None,
) -> SignedIn | None:
    """Sign in with a password; None, after the same time, whether address or password is wrong."""
    address = normal_email(email)
    check_limit("password-sender", TRIES_PER_SENDER, sender)
    check_limit("password-address", TRIES_PER_ADDRESS, email_mac(address))
    evidence = {"email": address, "password": password}
    done = sign_in(session, PasswordIdentity(), evidence, kind=kind, label=label)
    if done is not None:
        _strengthen(session, done.account_id, password)
    return done


def _strengthen(session: Session, account_id: int, password: str) -> None:
    """Hash anew where staff, or time, asks for a stronger hash; rare, so it may take its while."""
    stored = session.execute(
        select(Password.hash).where(Password.account_id == account_id)
    ).scalar_one()
    staff = sessions.is_staff(session, account_id)
    if needs_new_hash(stored, staff=staff):
        session.execute(
            update(Password)
            .where(Password.account_id == account_id)
            .values(hash=hash_password(password, staff=staff))
        )


def set_password(session: Session, actor: Actor, password: str) -> str:
    """Set or change one's own password; other sessions end and this one gets a new token."""
    authorise(actor, "account.change", "own")
    if actor.account_id is None or actor.session_id is None:
        raise SignInNeeded()
    with reading():
        sessions.require_recent_proof(session, actor)
        known = session.execute(
            select(Account.name, Account.email).where(Account.id == actor.account_id)
        ).one()
        staff = sessions.is_staff(session, actor.account_id)
        session.rollback()
    check_new(password, (known.name, known.email))
    values = {"hash": hash_password(password, staff=staff), "changed_at": utcnow()}
    row = {"account_id": actor.account_id, **values}
    if not insert_ignore(session, Password, row, ("account_id",)):
        session.execute(
            update(Password).where(Password.account_id == actor.account_id).values(**values)
        )
    sessions.end_all_sessions(session, actor.account_id, but=actor.session_id)
    _tell(session, actor.account_id, "password")
    return sessions.change_token(session, actor.session_id)


def remove_password(session: Session, actor: Actor) -> None:
    """Go without a password; a code by e-mail or a passkey remains."""
    authorise(actor, "account.change", "own")
    sessions.require_recent_proof(session, actor)
    session.execute(delete(Password).where(Password.account_id == actor.account_id))


def _tell(session: Session, account_id: int, what: str) -> None:
    row = session.execute(
        select(Account.email, Account.language).where(Account.id == account_id)
    ).one()
    if row.email:
        send_notice(session, to=row.email, language=row.language, what=what)
