"""A code and a link by e-mail: one use, ten minutes, only for the browser that asked."""

import hmac
import secrets
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from backend.accounts.contacts import email_mac
from backend.accounts.identity import ProvenIdentity
from backend.accounts.models import SignInCode
from backend.core.clock import utcnow
from backend.core.crypto import keyring
from backend.core.ids import hash_secret, new_secret, normalise_id

LASTS = timedelta(minutes=10)
MOST_ATTEMPTS = 5
DIGITS = 6


def _code_mac(ticket_hash: str, code: str) -> str:
    return keyring().mac(f"{ticket_hash}:{code}", "sign_in_code")


def issue_code(
    session: Session, purpose: str, address: str, language: str, account_id: int | None = None
) -> tuple[str, str, str]:
    """Make a ticket for the asker, a code and a link for their letter box."""
    ticket, link = new_secret(), new_secret()
    code = f"{secrets.randbelow(10**DIGITS):0{DIGITS}}"
    now = utcnow()
    mark = hash_secret(ticket)
    session.add(
        SignInCode(
            ticket_hash=mark,
            purpose=purpose,
            account_id=account_id,
            email=address,
            email_mac=email_mac(address),
            code_mac=_code_mac(mark, code),
            link_hash=hash_secret(link),
            language=language,
            attempts=0,
            created_at=now,
            expires_at=now + LASTS,
        )
    )
    session.flush()
    return ticket, code, link


def redeem_code(
    session: Session, purpose: str, evidence: Mapping[str, Any], account_id: int | None = None
) -> SignInCode | None:
    """The request that a ticket with its code or link fulfils, used up; None if they do not fit.

    A wrong guess is counted, so the caller must let the transaction be committed.
    """
    ticket = normalise_id(str(evidence.get("ticket") or ""))[:64]
    row = session.execute(
        select(SignInCode)
        .where(SignInCode.ticket_hash == hash_secret(ticket), SignInCode.purpose == purpose)
        .with_for_update()
    ).scalar()
    if row is None or row.expires_at <= utcnow() or row.account_id != account_id:
        return None
    if row.attempts >= MOST_ATTEMPTS:
        return None
    row.attempts += 1
    session.flush()
    if not _fits(row, evidence):
        return None
    session.execute(
        delete(SignInCode)
        .where(SignInCode.id == row.id)
        .execution_options(synchronize_session=False)
    )
    session.expunge(row)
    return row


def _fits(row: SignInCode, evidence: Mapping[str, Any]) -> bool:
    link = evidence.get("link")
    if link:
        found = hash_secret(normalise_id(str(link))[:64])
        return hmac.compare_digest(found, row.link_hash or "")
    code = "".join(c for c in str(evidence.get("code") or "")[:40] if c in "0123456789")
    # The code may have been made before a rotation of keys; it lives ten minutes, so it is not.
    return len(code) == DIGITS and hmac.compare_digest(
        _code_mac(row.ticket_hash, code), row.code_mac
    )


class CodeIdentity:
    """Local identity: whoever reads the letter box holds the address."""

    name = "code"

    def prove(self, session: Session, evidence: Mapping[str, Any]) -> ProvenIdentity | None:
        """Judge a ticket with its code or link."""
        row = redeem_code(session, "sign_in", evidence)
        if row is None:
            return None
        return ProvenIdentity(
            provider="email",
            subject=row.email,
            method="code",
            email=row.email,
            email_verified=True,
            language=row.language,
        )
