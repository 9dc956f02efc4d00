"""Accounts: made, changed, closed and opened again."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from backend.accounts.contacts import email_mac, email_macs, normal_email, normal_phone, phone_mac
from backend.accounts.models import Account, Password, TotpSecret
from backend.accounts.models.account import ASSURANCE
from backend.accounts.service import sessions
from backend.core import ledger
from backend.core.actor import SYSTEM, Actor
from backend.core.clock import utcnow
from backend.core.db import insert_ignore
from backend.core.fields import clean_text
from backend.core.i18n import LANGUAGES, _
from backend.core.ids import new_public_id
from backend.core.policy import authorise
from backend.core.problems import Conflict, Invalid, NotFound, SignInNeeded, Stale

STREAM = "accounts"


def create_account(
    session: Session,
    *,
    email: str | None = None,
    name: str | None = None,
    phone: str | None = None,
    language: str = "en",
    verified: bool = False,
    method: str = "import",
    at: datetime | None = None,
) -> int:
    """Make an account and give its id; where the address has one already, give that one's.

    Whoever signs in by a code proves the address, so one that is not verified yet opens nothing.
    """
    now = at or utcnow()
    address = normal_email(email) if email else None
    number = normal_phone(phone) if phone else None
    values: dict[str, Any] = {
        "public_id": new_public_id(),
        "version": 1,
        "state": "active",
        "name": _plain_name(name),
        "email": address,
        "email_mac": email_mac(address) if address else None,
        "email_verified_at": now if address and verified else None,
        "phone": number,
        "phone_mac": phone_mac(number) if number else None,
        "phone_verified_at": now if number and verified else None,
        "language": language if language in LANGUAGES else LANGUAGES[0],
        "assurance": "contact_verified" if verified and (address or number) else "anonymous",
        "assurance_method": method if verified else None,
        "assured_at": now if verified else None,
        "created_at": now,
        "updated_at": now,
    }
    if address:
        known = account_id_of_email(session, address)
        if known is not None:
            return known
        # Two first sign-ins at the same moment: the second finds the first one's account.
        insert_ignore(session, Account, values, ("email_mac",))
        made = account_id_of_email(session, address)
        assert made is not None
        return made
    statement = Account.__table__.insert().values(**values).returning(Account.id)  # type: ignore[attr-defined]
    return int(session.execute(statement).scalar_one())


def _plain_name(name: str | None) -> str | None:
    """A name that came from elsewhere, or nothing where it is no text."""
    try:
        return clean_text(name or "", line=True)[:120] or None
    except ValueError:
        return None


def account_id_of_email(session: Session, address: str) -> int | None:
    """The account that holds a normal address, whatever its state."""
    return session.execute(
        select(Account.id).where(Account.email_mac.in_(email_macs(address)))
    ).scalar()


def note_verified(session: Session, account_id: int, method: str) -> None:
    """Note that the holder of an account has just proven its address."""
    account = session.get(Account, account_id)
    if account is None or account.email is None or account.email_verified_at is not None:
        return
    account.email_verified_at = utcnow()
    raise_assurance(account, "contact_verified", method)
    session.flush()


def own_account(session: Session, actor: Actor) -> Account:
    """The account of who acts, locked for a change."""
    if actor.account_id is None:
        raise SignInNeeded()
    account = session.get(Account, actor.account_id, with_for_update=True)
    if account is None or account.state != "active":
        raise SignInNeeded()
    return account


def account_by_public_id(session: Session, public_id: str) -> Account:
    """An account that is there, locked for a change."""
    account = session.execute(
        select(Account)
        .where(Account.public_id == public_id, Account.state != "erased")
        .with_for_update()
    ).scalar()
    if account is None:
        raise NotFound()
    return account


def touch(account: Account) -> None:
    """A change makes a new version."""
    account.version += 1
    account.updated_at = utcnow()


def change_account(
    session: Session, actor: Actor, changes: dict[str, Any], *, version: int | None = None
) -> None:
    """Change one's own name, telephone or language."""
    authorise(actor, "account.change", "own")
    account = own_account(session, actor)
    if version is not None and account.version != version:
        raise Stale(headers={"ETag": f'"{account.version}"'})
    if "name" in changes:
        account.name = changes["name"] or None
    if "language" in changes:
        account.language = changes["language"]
    if "phone" in changes:
        number = normal_phone(changes["phone"]) if changes["phone"] else None
        if number != account.phone:
            sessions.require_recent_proof(session, actor)
            account.phone, account.phone_verified_at = number, None
            account.phone_mac = phone_mac(number) if number else None
    touch(account)


def set_email(session: Session, account_id: int, address: str) -> None:
    """Give an account the address that its holder has just proven."""
    if account_id_of_email(session, address) not in (None, account_id):
        raise Conflict(_("This address belongs to another account. Sign in with it instead."))
    account = session.get(Account, account_id, with_for_update=True)
    assert account is not None
    account.email, account.email_mac = address, email_mac(address)
    account.email_verified_at = utcnow()
    raise_assurance(account, "contact_verified", "email")
    touch(account)


def raise_assurance(account: Account, level: str, method: str) -> None:
    """Note how well the person is known now; a higher level is never lowered by it."""
    if ASSURANCE.index(level) > ASSURANCE.index(account.assurance):
        account.assurance, account.assurance_method = level, method
        account.assured_at = utcnow()


def disable_account(session: Session, actor: Actor, public_id: str, reason: str) -> None:
    """Close an account: it is signed out everywhere and cannot sign in."""
    authorise(actor, "account.disable", "other")
    sessions.require_recent_proof(session, actor)
    account = account_by_public_id(session, public_id)
    if account.id == actor.account_id:
        raise Invalid(errors={"account": _("Ask another administrator to close your own account.")})
    account.state = "disabled"
    touch(account)
    sessions.end_all_sessions(session, account.id)
    ledger.append(session, STREAM, account.public_id, "disabled", actor.key, {"reason": reason})


def enable_account(session: Session, actor: Actor, public_id: str, reason: str) -> None:
    """Open a closed account again."""
    authorise(actor, "account.disable", "other")
    sessions.require_recent_proof(session, actor)
    account = account_by_public_id(session, public_id)
    account.state = "active"
    touch(account)
    ledger.append(session, STREAM, account.public_id, "enabled", actor.key, {"reason": reason})


def make_demo_account(
    session: Session,
    email: str,
    name: str,
    roles: Iterable[str] = (),
    department_id: int | None = None,
    *,
    totp_secret: str | None = None,
    password: str | None = None,
    language: str = "en",
) -> int:
    """Make, or mend, an account of the demo city with its roles, second factor and password."""
    from backend.accounts.passwords import hash_password
    from backend.accounts.service.roles import grant_role

    account_id = create_account(
        session, email=email, name=name, language=language, verified=True, method="demo"
    )
    session.execute(
        update(Account)
        .where(Account.id == account_id)
        .values(name=name, language=language, state="active")
    )
    for role in roles:
        only = department_id if role == "department" else None
        grant_role(session, SYSTEM, account_id, role, department_id=only)
    now = utcnow()
    if totp_secret:
        values = {"secret": totp_secret, "confirmed_at": now, "last_step": 0, "created_at": now}
        _put(session, TotpSecret, account_id, values)
    if password:
        values = {"hash": hash_password(password, staff=bool(list(roles))), "changed_at": now}
        _put(session, Password, account_id, values)
    return account_id


def _put(session: Session, model: type[Any], account_id: int, values: dict[str, Any]) -> None:
    if not insert_ignore(session, model, {"account_id": account_id, **values}, ("account_id",)):
        session.execute(update(model).where(model.account_id == account_id).values(**values))
