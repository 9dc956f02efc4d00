"""Erasing a person: asked for, done by a job in every room, and done again after a restore."""

from collections.abc import Iterable
from typing import Any

import structlog
from sqlalchemy import delete, func, or_, select, update
from sqlalchemy.orm import Session

from backend.accounts.contacts import email_macs
from backend.accounts.letters import send_notice
from backend.accounts.models import (
    Account,
    Ceremony,
    Consent,
    DataExport,
    Device,
    Identity,
    Membership,
    Organisation,
    Passkey,
    Password,
    RecoveryCode,
    RegisterEntry,
    ResidenceProof,
    RoleGrant,
    SignInCode,
    SignInSession,
    StatisticsProfile,
    Tombstone,
    TotpSecret,
)
from backend.accounts.service import sessions
from backend.accounts.service.accounts import STREAM, account_by_public_id, own_account
from backend.core import ledger
from backend.core.actor import Actor
from backend.core.clock import rfc3339, utcnow
from backend.core.crypto import keyring
from backend.core.db import insert_ignore
from backend.core.i18n import _
from backend.core.idempotency import IdempotencyKey
from backend.core.ids import new_public_id
from backend.core.jobs import enqueue
from backend.core.mail import PendingLetter
from backend.core.policy import authorise
from backend.core.privacy import erase_person, erases, register_tombstones
from backend.core.problems import Conflict
from backend.core.storage import storage

log = structlog.get_logger(__name__)

TOMBSTONES = "tombstones"
BATCH = 500
OWNED = (
    Password,
    TotpSecret,
    RecoveryCode,
    Passkey,
    Ceremony,
    SignInCode,
    Device,
    SignInSession,
    Identity,
    StatisticsProfile,
    Consent,
    ResidenceProof,
    RoleGrant,
)
"""Tables whose rows belong to one account, in an order in which they can be deleted."""


def ask_for_erasure(session: Session, actor: Actor) -> None:
    """Erase one's own account: closed now, erased in every room by a job."""
    authorise(actor, "account.erase", "own")
    sessions.require_recent_proof(session, actor)
    _close(session, own_account(session, actor), actor, "asked by the person")


def erase_account(session: Session, actor: Actor, public_id: str, reason: str) -> None:
    """An administrator erases an account at the person's written request."""
    authorise(actor, "account.erase", "other")
    sessions.require_recent_proof(session, actor)
    _close(session, account_by_public_id(session, public_id), actor, reason)


def _close(session: Session, account: Account, actor: Actor, reason: str) -> None:
    _refuse_last_administrator(session, account.id)
    account.state = "disabled"
    sessions.end_all_sessions(session, account.id)
    if account.email:
        send_notice(session, to=account.email, language=account.language, what="erased")
    ledger.append(session, STREAM, account.public_id, "erasure_asked", actor.key, {"why": reason})
    enqueue(
        session,
        "accounts.erase",
        {"account": account.public_id},
        key=f"accounts.erase:{account.public_id}",
    )


def _refuse_last_administrator(session: Session, account_id: int) -> None:
    holders = set(
        session.execute(
            select(RoleGrant.account_id).where(
                RoleGrant.role == "administrator", RoleGrant.revoked_at.is_(None)
            )
        ).scalars()
    )
    if holders == {account_id}:
        raise Conflict(_("This is the last administrator. Make another one first."))


def finish_erasure(session: Session, public_id: str) -> dict[str, int]:
    """Erase a person in every room; nothing happens when that was done already."""
    account_id = session.execute(
        select(Account.id).where(Account.public_id == public_id, Account.state != "erased")
    ).scalar()
    return {} if account_id is None else erase_person(session, account_id)


def _mark(public_id: str) -> str:
    return keyring().mac(public_id, "tombstone")


@erases("accounts")
def erase_in_accounts(session: Session, account_id: int) -> int:
    """Remove everything that accounts, and the mechanics below, hold about one person."""
    account = session.get(Account, account_id, with_for_update=True)
    if account is None or account.state == "erased":
        return 0
    rows = _erase_below(session, account)
    rows += _erase_exports(session, account_id)
    rows += _leave_organisations(session, account_id)
    for model in OWNED:
        rows += _count(session.execute(delete(model).where(model.account_id == account_id)))
    session.execute(
        update(RegisterEntry)
        .where(RegisterEntry.claimed_by == account_id)
        .values(claimed_by=None, claimed_at=None)
    )
    mark, now = _mark(account.public_id), utcnow()
    insert_ignore(session, Tombstone, {"mark": mark, "erased_at": now}, ("mark",))
    enqueue(session, "accounts.keep_tombstone", {"mark": mark, "at": rfc3339(now)})
    ledger.append(session, STREAM, account.public_id, "erased", "system")
    ledger.forget(session, STREAM, account.public_id)
    _empty(account)
    session.flush()
    log.info("account_erased", rows=rows)
    return rows + 1


def _count(result: Any) -> int:
    return max(0, int(result.rowcount))


def _erase_below(session: Session, account: Account) -> int:
    """What core keeps for a while: repeated sends, letters and codes that are under way."""
    rows = _count(
        session.execute(
            delete(IdempotencyKey).where(
                IdempotencyKey.scope.startswith(f"person:{account.public_id} ")
            )
        )
    )
    if account.email is None:
        return rows
    rows += _count(
        session.execute(
            delete(SignInCode).where(SignInCode.email_mac.in_(email_macs(account.email)))
        )
    )
    waiting = session.execute(select(PendingLetter.id, PendingLetter.recipient)).all()
    ids = [row.id for row in waiting if row.recipient.casefold() == account.email.casefold()]
    if ids:
        rows += _count(session.execute(delete(PendingLetter).where(PendingLetter.id.in_(ids))))
    return rows


def _erase_exports(session: Session, account_id: int) -> int:
    gone = session.execute(
        delete(DataExport)
        .where(DataExport.account_id == account_id)
        .returning(DataExport.public_id)
    ).scalars()
    names = list(gone)
    for name in names:
        enqueue(session, "accounts.drop_export", {"export": name})
    return len(names)


def _leave_organisations(session: Session, account_id: int) -> int:
    """Leave every organisation; one that has nobody left is closed and loses its name."""
    joined = list(
        session.execute(
            delete(Membership)
            .where(Membership.account_id == account_id)
            .returning(Membership.organisation_id)
        ).scalars()
    )
    if not joined:
        return 0
    peopled = select(Membership.organisation_id)
    session.execute(
        update(Organisation)
        .where(Organisation.id.in_(joined), Organisation.id.not_in(peopled))
        .values(name="—", registration=None, state="closed", updated_at=utcnow())
        .execution_options(synchronize_session=False)
    )
    return len(joined)


def _empty(account: Account) -> None:
    """What stays is a number that other rows may point to."""
    now = utcnow()
    account.public_id = new_public_id()
    account.state, account.version = "erased", account.version + 1
    account.name = account.email = account.email_mac = account.phone = account.phone_mac = None
    account.email_verified_at = account.phone_verified_at = None
    account.language, account.district_id = "en", None
    account.assurance, account.assurance_method, account.assured_at = "anonymous", None, None
    account.created_at = account.updated_at = account.erased_at = now


def keep_tombstone(mark: str, at: str) -> None:
    """Lay the tombstone beside the database too, where a restore does not reach it."""
    storage().put(f"{TOMBSTONES}/{mark}", at.encode())


def erased_marks(session: Session) -> list[str]:
    """The marks of everybody who was erased, in the database and beside it."""
    marks = set(session.execute(select(Tombstone.mark)).scalars())
    return sorted(marks | {key.rsplit("/", 1)[-1] for key in storage().keys(TOMBSTONES)})


def replay_erasures(session: Session, known: Iterable[str] = ()) -> int:
    """After a restore: erase again whoever had been erased since the backup; how many."""
    marks = {*known, *erased_marks(session)}
    now = utcnow()
    for mark in marks:
        insert_ignore(session, Tombstone, {"mark": mark, "erased_at": now}, ("mark",))
    last, done = 0, 0
    while rows := session.execute(
        select(Account.id, Account.public_id)
        .where(Account.id > last, Account.state != "erased")
        .order_by(Account.id)
        .limit(BATCH)
    ).all():
        for row in rows:
            last = row.id
            if not marks.isdisjoint(keyring().macs(row.public_id, "tombstone")):
                erase_person(session, row.id)
                done += 1
    return done


register_tombstones(erased_marks, replay_erasures)


def forget_expired(session: Session) -> int:
    """Delete what is over: codes, challenges, sessions with their devices, old letters."""
    now, rows = utcnow(), 0
    for model in (SignInCode, Ceremony):
        rows += _count(session.execute(delete(model).where(model.expires_at < now)))
    over = session.execute(
        select(SignInSession.id)
        .where(or_(SignInSession.expires_at < now, SignInSession.idle_until < now))
        .limit(BATCH * 10)
    ).scalars()
    rows += sessions.end_sessions(session, list(over))
    rows += _count(
        session.execute(
            update(ResidenceProof)
            .where(ResidenceProof.state.in_(("asked", "sent")), ResidenceProof.expires_at < now)
            .values(state="expired", addressee=None, address=None, code=None, code_mac=None)
            .execution_options(synchronize_session=False)
        )
    )
    return rows


def count_accounts(session: Session) -> int:
    """How many accounts are active."""
    return session.execute(
        select(func.count()).select_from(Account).where(Account.state == "active")
    ).scalar_one()
