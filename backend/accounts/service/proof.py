"""Proving again to be there before a sensitive change, and proving a new e-mail address."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.accounts.contacts import email_mac, normal_email
from backend.accounts.identity.codes import issue_code, redeem_code
from backend.accounts.identity.passwords import PasswordIdentity
from backend.accounts.letters import send_code, send_notice
from backend.accounts.models import Account
from backend.accounts.service import sessions
from backend.accounts.service.accounts import set_email
from backend.accounts.service.passwords import TRIES_PER_ADDRESS
from backend.accounts.service.sign_in import LETTERS_PER_ADDRESS
from backend.core.actor import Actor
from backend.core.i18n import _
from backend.core.limits import check_limit
from backend.core.policy import authorise
from backend.core.problems import Conflict, SignInNeeded


def _own(session: Session, actor: Actor) -> tuple[int, str | None, str]:
    row = session.execute(
        select(Account.id, Account.email, Account.language).where(Account.id == actor.account_id)
    ).first()
    if row is None or actor.session_id is None:
        raise SignInNeeded()
    return row.id, row.email, row.language


def prove_by_password(session: Session, actor: Actor, password: str) -> bool:
    """Prove again with the password; whether it is the right one."""
    authorise(actor, "account.change", "own")
    account_id, email, _language = _own(session, actor)
    if email is None:
        return False
    check_limit("password-address", TRIES_PER_ADDRESS, email_mac(email))
    proven = PasswordIdentity().prove(session, {"email": email, "password": password})
    if proven is None or proven.account_id != account_id or actor.session_id is None:
        return False
    sessions.mark_proven(session, actor.session_id)
    return True


def start_proof_by_code(session: Session, actor: Actor) -> str:
    """Send a code to one's own address; the ticket binds it to this session's browser."""
    authorise(actor, "account.change", "own")
    account_id, email, language = _own(session, actor)
    if email is None:
        raise Conflict(_("Your account has no e-mail address. Use your passkey or password."))
    check_limit("sign-in-address", LETTERS_PER_ADDRESS, email_mac(email))
    ticket, code, _link = issue_code(session, "prove", email, language, account_id)
    send_code(session, to=email, language=language, code=code)
    return ticket


def prove_by_code(session: Session, actor: Actor, ticket: str, code: str) -> bool:
    """Prove again with the code that was sent; wrong guesses are counted, so do not raise."""
    authorise(actor, "account.change", "own")
    evidence = {"ticket": ticket, "code": code}
    row = redeem_code(session, "prove", evidence, actor.account_id)
    if row is None or actor.session_id is None:
        return False
    sessions.mark_proven(session, actor.session_id)
    return True


def start_email_change(session: Session, actor: Actor, email: str) -> str:
    """Send a code to a new address; it becomes the account's once the code came back."""
    authorise(actor, "account.change", "own")
    sessions.require_recent_proof(session, actor)
    account_id, _old, language = _own(session, actor)
    address = normal_email(email)
    check_limit("sign-in-address", LETTERS_PER_ADDRESS, email_mac(address))
    ticket, code, _link = issue_code(session, "change_email", address, language, account_id)
    send_code(session, to=address, language=language, code=code)
    return ticket


def finish_email_change(session: Session, actor: Actor, ticket: str, code: str) -> str | None:
    """Take the proven address; the old one is told, other sessions end, the token is new."""
    authorise(actor, "account.change", "own")
    sessions.require_recent_proof(session, actor)
    account_id, old, language = _own(session, actor)
    row = redeem_code(session, "change_email", {"ticket": ticket, "code": code}, account_id)
    if row is None or actor.session_id is None:
        return None
    set_email(session, account_id, row.email)
    if old:
        send_notice(session, to=old, language=language, what="email")
    sessions.end_all_sessions(session, account_id, but=actor.session_id)
    return sessions.change_token(session, actor.session_id)
