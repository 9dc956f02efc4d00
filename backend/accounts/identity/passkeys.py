"""Local identity by passkey: a key in the person's device, unlocked by them."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import structlog
from sqlalchemy import delete, select
from sqlalchemy.orm import Session
from webauthn import verify_authentication_response
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url
from webauthn.helpers.exceptions import WebAuthnException

from backend.accounts.identity import ProvenIdentity
from backend.accounts.models import Ceremony, Passkey
from backend.core.clock import utcnow
from backend.core.ids import hash_secret, new_secret
from backend.core.settings import current_settings

log = structlog.get_logger(__name__)
LASTS = timedelta(minutes=5)


def relying_party() -> tuple[str, str]:
    """The host that passkeys are made for, and the origin they are used from."""
    origin = current_settings().base_url
    return urlsplit(origin).hostname or "localhost", origin


def open_ceremony(
    session: Session, purpose: str, challenge: bytes, account_id: int | None = None
) -> str:
    """Keep a challenge for one answer; the ticket binds it to whoever asked."""
    ticket = new_secret()
    session.execute(
        Ceremony.__table__.insert().values(  # type: ignore[attr-defined]
            ticket_hash=hash_secret(ticket),
            purpose=purpose,
            account_id=account_id,
            challenge=bytes_to_base64url(challenge),
            expires_at=utcnow() + LASTS,
        )
    )
    return ticket


def close_ceremony(
    session: Session, purpose: str, ticket: str, account_id: int | None = None
) -> bytes | None:
    """The challenge of a ticket, used up; None if there is none for this purpose and account."""
    row = session.execute(
        delete(Ceremony)
        .where(Ceremony.ticket_hash == hash_secret(ticket[:64]), Ceremony.purpose == purpose)
        .returning(Ceremony.challenge, Ceremony.account_id, Ceremony.expires_at)
    ).first()
    if row is None or row.expires_at <= utcnow() or row.account_id != account_id:
        return None
    return base64url_to_bytes(row.challenge)


class PasskeyIdentity:
    """Whoever unlocks the device that holds the key: that is two factors in one."""

    name = "passkey"

    def prove(self, session: Session, evidence: Mapping[str, Any]) -> ProvenIdentity | None:
        """Judge a signed challenge; user verification is demanded."""
        challenge = close_ceremony(session, "prove", str(evidence["ticket"]))
        credential = evidence["credential"]
        if challenge is None or not isinstance(credential, Mapping):
            return None
        name = str(credential.get("id"))[:1400]
        if not (name.isascii() and name.isprintable()):
            return None
        passkey = session.execute(
            select(Passkey).where(Passkey.credential_id == name).with_for_update()
        ).scalar()
        if passkey is None or not _verified(passkey, challenge, dict(credential)):
            return None
        return ProvenIdentity(
            provider="passkey",
            subject=passkey.credential_id,
            method=self.name,
            account_id=passkey.account_id,
            second_factor=True,
        )


def _verified(passkey: Passkey, challenge: bytes, credential: dict[str, Any]) -> bool:
    host, origin = relying_party()
    try:
        verified = verify_authentication_response(
            credential=credential,
            expected_challenge=challenge,
            expected_rp_id=host,
            expected_origin=origin,
            credential_public_key=passkey.public_key,
            credential_current_sign_count=passkey.sign_count,
            require_user_verification=True,
        )
    except (WebAuthnException, ValueError, TypeError, KeyError) as error:
        log.info("passkey_refused", error=type(error).__name__)
        return False
    passkey.sign_count, passkey.used_at = verified.new_sign_count, utcnow()
    return True
