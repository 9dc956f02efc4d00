"""The second step of signing in: changing digits, or a recovery code from paper."""

import hmac
from dataclasses import dataclass

import pyotp
import structlog
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from backend.accounts.identity.passkeys import PasskeyIdentity
from backend.accounts.letters import send_notice
from backend.accounts.models import Account, Passkey, RecoveryCode, SignInSession, TotpSecret
from backend.accounts.service import sessions
from backend.accounts.service.accounts import account_by_public_id
from backend.core import ledger
from backend.core.actor import Actor
from backend.core.clock import utcnow
from backend.core.db import insert_ignore
from backend.core.i18n import _
from backend.core.ids import hash_secret, new_secret, normalise_id
from backend.core.limits import check_limit
from backend.core.policy import authorise
from backend.core.problems import Conflict, Invalid, SignInNeeded

log = structlog.get_logger(__name__)

STEP_SECONDS = 30
TRIES = "10 per hour"
RECOVERY_CODES, RECOVERY_LENGTH = 10, 24
ISSUER = "Vox Urbis"


@dataclass(frozen=True, slots=True)
class Enrolment:
    """What an authenticator needs to know, shown once."""

    secret: str
    uri: str


def matching_step(secret: str, digits: str) -> int | None:
    """Which step's digits these are: the present one or a neighbour; None if none."""
    digits = "".join(c for c in digits[:20] if c in "0123456789")
    now = int(utcnow().timestamp()) // STEP_SECONDS
    totp = pyotp.TOTP(secret)
    for step in (now, now - 1, now + 1):
        if hmac.compare_digest(totp.generate_otp(step), digits):
            return step
    return None


def _account_of_session(session: Session, actor: Actor) -> int:
    found = session.execute(
        select(SignInSession.account_id).where(SignInSession.id == actor.session_id)
    ).scalar()
    if found is None:
        raise SignInNeeded()
    return found


def _accept_totp(session: Session, account_id: int, digits: str) -> bool:
    secret = session.execute(
        select(TotpSecret.secret).where(
            TotpSecret.account_id == account_id, TotpSecret.confirmed_at.is_not(None)
        )
    ).scalar()
    step = matching_step(secret, digits) if secret else None
    if step is None:
        return False
    used = session.execute(
        update(TotpSecret)
        .where(TotpSecret.account_id == account_id, TotpSecret.last_step < step)
        .values(last_step=step)
    )
    return bool(used.rowcount)  # type: ignore[attr-defined]


def _accept_recovery(session: Session, account_id: int, code: str) -> bool:
    used = session.execute(
        update(RecoveryCode)
        .where(
            RecoveryCode.account_id == account_id,
            RecoveryCode.code_hash == hash_secret(normalise_id(code[:64])),
            RecoveryCode.used_at.is_(None),
        )
        .values(used_at=utcnow())
    )
    return bool(used.rowcount)  # type: ignore[attr-defined]


def prove_second_factor(
    session: Session, actor: Actor, *, totp: str | None = None, recovery: str | None = None
) -> str | None:
    """Finish signing in, or prove again; a new token, or None when the digits do not fit.

    The same digits work once.
    """
    authorise(actor, "session.prove", "own")
    account_id = _account_of_session(session, actor)
    assert actor.session_id is not None
    which = "recovery" if recovery else "totp"
    check_limit(f"second-factor-{which}", TRIES, f"account:{account_id}")
    accepted = (
        _accept_recovery(session, account_id, recovery)
        if recovery
        else _accept_totp(session, account_id, totp or "")
    )
    if not accepted:
        log.info("second_factor_refused", kind=which)
        return None
    sessions.mark_proven(session, actor.session_id, second_factor=True)
    return sessions.change_token(session, actor.session_id)


def prove_by_passkey(
    session: Session, actor: Actor, ticket: str, credential: dict[str, object]
) -> str | None:
    """Finish signing in, or prove again, with a passkey of the same account."""
    authorise(actor, "session.prove", "own")
    account_id = _account_of_session(session, actor)
    assert actor.session_id is not None
    proven = PasskeyIdentity().prove(session, {"ticket": ticket, "credential": credential})
    if proven is None or proven.account_id != account_id:
        return None
    sessions.mark_proven(session, actor.session_id, second_factor=True)
    return sessions.change_token(session, actor.session_id)


def enrol_totp(session: Session, actor: Actor) -> Enrolment:
    """Begin a new authenticator; the old one works until the new one is confirmed."""
    authorise(actor, "account.change", "own")
    sessions.require_recent_proof(session, actor)
    secret = pyotp.random_base32(32)
    values = {"next_secret": secret, "created_at": utcnow()}
    row = {"account_id": actor.account_id, "last_step": 0, **values}
    if not insert_ignore(session, TotpSecret, row, ("account_id",)):
        session.execute(
            update(TotpSecret).where(TotpSecret.account_id == actor.account_id).values(**values)
        )
    email = session.execute(select(Account.email).where(Account.id == actor.account_id)).scalar()
    uri = pyotp.TOTP(secret).provisioning_uri(
        name=email or actor.public_id or "", issuer_name=ISSUER
    )
    return Enrolment(secret, uri)


def confirm_totp(session: Session, actor: Actor, digits: str) -> tuple[str, list[str]]:
    """Take the new authenticator into use; a new token, and recovery codes shown this once."""
    authorise(actor, "account.change", "own")
    sessions.require_recent_proof(session, actor)
    assert actor.account_id is not None
    assert actor.session_id is not None
    check_limit("second-factor-totp", TRIES, f"account:{actor.account_id}")
    row = session.get(TotpSecret, actor.account_id, with_for_update=True)
    if row is None or row.next_secret is None:
        raise Conflict(_("Begin with a new authenticator first."))
    step = matching_step(row.next_secret, digits)
    if step is None:
        raise Invalid(
            errors={"totp": _("These digits do not fit. Check the clock of your telephone.")}
        )
    row.secret, row.next_secret = row.next_secret, None
    row.confirmed_at, row.last_step = utcnow(), step
    sessions.end_all_sessions(session, actor.account_id, but=actor.session_id)
    sessions.mark_proven(session, actor.session_id, second_factor=True)
    _tell(session, actor.account_id)
    codes = _new_recovery_codes(session, actor.account_id)
    return sessions.change_token(session, actor.session_id), codes


def _new_recovery_codes(session: Session, account_id: int) -> list[str]:
    session.execute(delete(RecoveryCode).where(RecoveryCode.account_id == account_id))
    codes = [new_secret()[:RECOVERY_LENGTH] for _ in range(RECOVERY_CODES)]
    for code in codes:
        session.add(RecoveryCode(account_id=account_id, code_hash=hash_secret(code)))
    session.flush()
    return ["-".join(code[i : i + 4] for i in range(0, RECOVERY_LENGTH, 4)) for code in codes]


def renew_recovery_codes(session: Session, actor: Actor) -> list[str]:
    """Make new recovery codes; the old ones are void."""
    authorise(actor, "account.change", "own")
    sessions.require_recent_proof(session, actor)
    assert actor.account_id is not None
    return _new_recovery_codes(session, actor.account_id)


def remove_totp(session: Session, actor: Actor) -> None:
    """Go without changing digits; staff only where a passkey stands in for them."""
    authorise(actor, "account.change", "own")
    sessions.require_recent_proof(session, actor)
    assert actor.account_id is not None
    has_passkey = session.execute(
        select(Passkey.id).where(Passkey.account_id == actor.account_id).limit(1)
    ).first()
    if sessions.is_staff(session, actor.account_id) and not has_passkey:
        raise Conflict(_("City hall needs a second step. Add a passkey first."))
    session.execute(delete(TotpSecret).where(TotpSecret.account_id == actor.account_id))
    session.execute(delete(RecoveryCode).where(RecoveryCode.account_id == actor.account_id))
    _tell(session, actor.account_id)


def reset_second_factor(session: Session, actor: Actor, public_id: str, reason: str) -> None:
    """An administrator lets somebody begin anew who lost telephone and recovery codes."""
    authorise(actor, "account.disable", "other")
    sessions.require_recent_proof(session, actor)
    account = account_by_public_id(session, public_id)
    for model in (TotpSecret, RecoveryCode, Passkey):
        session.execute(delete(model).where(model.account_id == account.id))
    sessions.end_all_sessions(session, account.id)
    ledger.append(
        session, "accounts", account.public_id, "second_factor_reset", actor.key, {"reason": reason}
    )
    _tell(session, account.id)


def _tell(session: Session, account_id: int) -> None:
    row = session.execute(
        select(Account.email, Account.language).where(Account.id == account_id)
    ).one()
    if row.email:
        send_notice(session, to=row.email, language=row.language, what="second_factor")
