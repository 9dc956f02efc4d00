"""Signing in: a proof of identity becomes an account and a session of our own."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import structlog
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from backend.accounts import queries
from backend.accounts.contacts import email_mac, normal_email
from backend.accounts.identity import IdentityAdapter, ProvenIdentity
from backend.accounts.identity.codes import CodeIdentity, issue_code
from backend.accounts.letters import LINK_PATH, send_code
from backend.accounts.models import Account, Identity, SignInSession
from backend.accounts.problems import AccountClosed
from backend.accounts.service.accounts import account_id_of_email, create_account, note_verified
from backend.accounts.service.sessions import SignedIn, is_staff, seconds_of, start_session
from backend.core.clock import utcnow
from backend.core.db import insert_ignore
from backend.core.i18n import _
from backend.core.limits import check_limit
from backend.core.problems import Conflict
from backend.core.settings import current_settings

log = structlog.get_logger(__name__)

LETTERS_PER_ADDRESS = "6 per hour"
LETTERS_PER_SENDER = "30 per hour"
GUESSES_PER_SENDER = "60 per hour"


def start_sign_in(session: Session, email: str, *, sender: str, language: str = "en") -> str:
    """Send a code and a link to an address; the ticket binds them to whoever asked.

    Nobody is looked up, so a known and an unknown address get the same answer in the same time.
    """
    address = normal_email(email)
    check_limit("sign-in-letters", LETTERS_PER_SENDER, sender)
    check_limit("sign-in-address", LETTERS_PER_ADDRESS, email_mac(address))
    ticket, code, link = issue_code(session, "sign_in", address, language)
    url = f"{current_settings().base_url}{LINK_PATH}?token={link}"
    send_code(session, to=address, language=language, code=code, link=url)
    return ticket


def sign_in_by_code(
    session: Session,
    ticket: str,
    *,
    code: str | None = None,
    link: str | None = None,
    sender: str,
    kind: str,
    label: str | None = None,
) -> SignedIn | None:
    """Finish a sign-in with the code or the link; None when it is wrong or too late.

    Wrong guesses are counted in the database: answer None without raising.
    """
    check_limit("sign-in-guesses", GUESSES_PER_SENDER, sender)
    evidence = {"ticket": ticket, "code": code, "link": link}
    return sign_in(session, CodeIdentity(), evidence, kind=kind, label=label)


def sign_in(
    session: Session,
    adapter: IdentityAdapter,
    evidence: Mapping[str, Any],
    *,
    kind: str,
    label: str | None = None,
) -> SignedIn | None:
    """Let an adapter judge the evidence, then start a session; None when it proves nothing."""
    proven = adapter.prove(session, evidence)
    if proven is None:
        log.info("sign_in_refused", method=adapter.name)
        return None
    account_id = account_for(session, proven)
    token = start_session(
        session, account_id, kind, proven.second_factor, method=proven.method, label=label
    )
    if proven.proven_at is not None:
        _prove_no_later(session, token, proven)
    state = queries.session_state(session, token)
    assert state is not None
    return SignedIn(
        token=token,
        account_id=account_id,
        seconds=seconds_of(session, token),
        second_factor_needed=state.actor.pending_second_factor,
        second_factor_enrolled=state.second_factor_enrolled,
    )


def _prove_no_later(session: Session, token: str, proven: ProvenIdentity) -> None:
    """A token that was fetched long ago does not show that the person is there now."""
    state = queries.session_state(session, token)
    if state and proven.proven_at and proven.proven_at < utcnow() - timedelta(minutes=5):
        session.execute(
            update(SignInSession)
            .where(SignInSession.id == state.session_id)
            .values(proven_at=proven.proven_at)
        )


def account_for(session: Session, proven: ProvenIdentity) -> int:
    """The account of a proven identity, found or made."""
    if proven.account_id is not None:
        return proven.account_id
    if proven.provider == "email":
        assert proven.email is not None
        found = create_account(
            session,
            email=proven.email,
            language=proven.language or "en",
            verified=True,
            method="email",
        )
        note_verified(session, found, "email")
        return found
    linked = session.execute(
        select(Identity.account_id).where(
            Identity.provider == proven.provider, Identity.subject == proven.subject
        )
    ).scalar()
    return linked if linked is not None else _link(session, proven)


def _link(session: Session, proven: ProvenIdentity) -> int:
    """Join a new identity to the account with the same verified address, or make one."""
    known = None
    if proven.email and proven.email_verified:
        known = account_id_of_email(session, normal_email(proven.email))
    if known is not None and proven.method != "oidc" and is_staff(session, known):
        raise Conflict(_("This address belongs to an account of city hall. Sign in with a code."))
    if known is not None:
        state = session.execute(select(Account.state).where(Account.id == known)).scalar()
        if state != "active":
            raise AccountClosed()
        note_verified(session, known, proven.method)
    account_id = known or create_account(
        session,
        email=proven.email if proven.email_verified else None,
        name=proven.name,
        phone=proven.phone,
        language=proven.language or "en",
        verified=proven.email_verified or proven.phone is not None,
        method=proven.method,
    )
    values = {
        "account_id": account_id,
        "provider": proven.provider,
        "subject": proven.subject,
        "created_at": utcnow(),
    }
    if not insert_ignore(session, Identity, values, ("provider", "subject")):
        return account_for(session, proven)
    return account_id
