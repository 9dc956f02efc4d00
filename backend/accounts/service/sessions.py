"""Sessions: started with a new token, proven again before sensitive changes, ended for good."""

from dataclasses import dataclass
from datetime import timedelta

import structlog
from sqlalchemy import delete, exists, select, update
from sqlalchemy.orm import Session

from backend.accounts.addressing import known_form
from backend.accounts.choices import SESSION_KINDS
from backend.accounts.models import Account, Device, RoleGrant, SignInSession
from backend.accounts.problems import AccountClosed, ProofNeeded
from backend.core.actor import Actor
from backend.core.clock import utcnow
from backend.core.ids import hash_secret, new_public_id, new_secret
from backend.core.policy import authorise
from backend.core.problems import NotFound, SignInNeeded

log = structlog.get_logger(__name__)

CITIZEN_IDLE, CITIZEN_ABSOLUTE = timedelta(days=60), timedelta(days=180)
STAFF_IDLE, STAFF_ABSOLUTE = timedelta(hours=8), timedelta(hours=12)
PROOF_LASTS = timedelta(minutes=10)
MOST_SESSIONS = 20


@dataclass(frozen=True, slots=True)
class SignedIn:
    """What a sign-in gives: the token, once, and what is still to be done."""

    token: str
    account_id: int
    seconds: int | None
    second_factor_needed: bool = False
    second_factor_enrolled: bool = False


def is_staff(session: Session, account_id: int) -> bool:
    """Whether a person holds any role of city hall."""
    held = exists().where(RoleGrant.account_id == account_id, RoleGrant.revoked_at.is_(None))
    return bool(session.execute(select(held)).scalar())


def start_session(
    session: Session,
    account_id: int,
    kind: str,
    second_factor: bool = False,
    *,
    method: str = "code",
    label: str | None = None,
) -> str:
    """Start a session and give its token, which is shown this once and stored as a hash."""
    if kind not in SESSION_KINDS:
        raise ValueError(f"a session is one of {SESSION_KINDS}")
    state = session.execute(select(Account.state).where(Account.id == account_id)).scalar()
    if state != "active":
        raise AccountClosed()
    now, token = utcnow(), new_secret()
    staff = is_staff(session, account_id)
    idle, absolute = (STAFF_IDLE, STAFF_ABSOLUTE) if staff else (CITIZEN_IDLE, CITIZEN_ABSOLUTE)
    session.execute(
        SignInSession.__table__.insert().values(  # type: ignore[attr-defined]
            public_id=new_public_id(),
            account_id=account_id,
            token_hash=hash_secret(token),
            kind=kind,
            method=method,
            label=label,
            created_at=now,
            seen_at=now,
            idle_until=now + idle,
            expires_at=now + absolute,
            proven_at=now,
            second_factor_at=now if second_factor else None,
        )
    )
    _end_oldest(session, account_id)
    log.info("signed_in", method=method, kind=kind, staff=staff, second_factor=second_factor)
    return token


def _end_oldest(session: Session, account_id: int) -> None:
    extra = session.execute(
        select(SignInSession.id)
        .where(SignInSession.account_id == account_id)
        .order_by(SignInSession.created_at.desc(), SignInSession.id.desc())
        .offset(MOST_SESSIONS)
        .limit(MOST_SESSIONS)
    ).scalars()
    end_sessions(session, list(extra))


def end_sessions(session: Session, ids: list[int]) -> int:
    """End sessions; the devices that were registered in them get no more news."""
    if not ids:
        return 0
    session.execute(delete(Device).where(Device.session_id.in_(ids)))
    session.execute(delete(SignInSession).where(SignInSession.id.in_(ids)))
    return len(ids)


def seconds_of(session: Session, token: str) -> int | None:
    """How long a browser may keep a session's cookie; None: until the browser is closed."""
    row = session.execute(
        select(SignInSession.account_id, SignInSession.expires_at).where(
            SignInSession.token_hash == hash_secret(token)
        )
    ).first()
    if row is None or is_staff(session, row.account_id):
        return None
    return max(1, int((row.expires_at - utcnow()).total_seconds()))


def change_token(session: Session, session_id: int) -> str:
    """Give a session another token, as is due whenever it is trusted more; the old one is dead."""
    token = new_secret()
    session.execute(
        update(SignInSession)
        .where(SignInSession.id == session_id)
        .values(token_hash=hash_secret(token), seen_at=utcnow())
    )
    return token


def mark_proven(session: Session, session_id: int, *, second_factor: bool = False) -> None:
    """Note that the person behind a session has just proven to be there."""
    now = utcnow()
    values = {"proven_at": now} | ({"second_factor_at": now} if second_factor else {})
    session.execute(update(SignInSession).where(SignInSession.id == session_id).values(**values))


def require_recent_proof(session: Session, actor: Actor) -> None:
    """Let a sensitive change pass only shortly after the person proved to be there."""
    if actor.kind == "system":
        return
    if actor.session_id is None or actor.account_id is None:
        raise SignInNeeded()
    proven = session.execute(
        select(SignInSession.proven_at).where(SignInSession.id == actor.session_id)
    ).scalar()
    if proven is None or proven < utcnow() - PROOF_LASTS:
        raise ProofNeeded()


def end_session(session: Session, actor: Actor) -> None:
    """Sign out: the present session ends on the server."""
    authorise(actor, "session.end", "own")
    if actor.session_id is not None:
        end_sessions(session, [actor.session_id])
        log.info("signed_out")


def end_session_of(session: Session, actor: Actor, public_id: str) -> None:
    """End one of one's own sessions elsewhere, for example on a lost telephone."""
    authorise(actor, "session.end", "own")
    found = session.execute(
        select(SignInSession.id).where(
            SignInSession.public_id == known_form(public_id),
            SignInSession.account_id == actor.account_id,
        )
    ).scalar()
    if found is None or actor.account_id is None:
        raise NotFound()
    end_sessions(session, [found])


def end_all_sessions(session: Session, account_id: int, *, but: int | None = None) -> int:
    """End every session of an account, except perhaps the present one."""
    query = select(SignInSession.id).where(SignInSession.account_id == account_id)
    if but is not None:
        query = query.where(SignInSession.id != but)
    return end_sessions(session, list(session.execute(query).scalars()))


def end_other_sessions(session: Session, actor: Actor) -> int:
    """Sign out everywhere else; how many sessions ended."""
    authorise(actor, "session.list", "own")
    if actor.account_id is None:
        raise SignInNeeded()
    return end_all_sessions(session, actor.account_id, but=actor.session_id)
