"""Who sends this request: read once at its edge, before any view."""

from datetime import timedelta

from flask import Flask, Response, g, request
from sqlalchemy import update

from backend.accounts import cookies, queries
from backend.accounts.models import SignInSession
from backend.core.actor import ANONYMOUS
from backend.core.clock import utcnow
from backend.core.db import db, reading
from backend.core.http import SAFE
from backend.core.i18n import _
from backend.core.limits import check_limit
from backend.core.problems import Forbidden, SignInNeeded

KEY_PREFIX = "vox_"
MACHINE_PATHS = ("/api/", "/open311/")
LONGEST_TOKEN = 200
SEEN_EVERY = timedelta(minutes=10)


def authenticate() -> None:
    """Set g.actor from the bearer token or the cookie; an API bearer that is unknown is refused.

    With an Authorization header the cookie counts for nothing: such requests skip the check
    against forged forms, so they may not ride on a browser's cookie.
    """
    g.actor, g.session_state, g.partner_scopes = ANONYMOUS, None, frozenset()
    header = request.headers.get("Authorization")
    machine = request.path.startswith(MACHINE_PATHS)
    if header is not None:
        scheme, _space, token = header.partition(" ")
        if scheme.lower() != "bearer" or not machine:
            return
        token = token.strip()
        known = _by_key(token) if token.startswith(KEY_PREFIX) else _by_token(token)
        if not known:
            raise SignInNeeded(_("Your sign-in has ended. Sign in again."))
        return
    token = cookies.session_token_of(request) or ""
    if token and request.endpoint != "pages.static":
        g.stale_cookie = not _by_token(token)


def _by_token(token: str) -> bool:
    if not token.isascii() or not 20 <= len(token) <= LONGEST_TOKEN:
        return False
    with reading():
        state = queries.session_state(db.session, token)  # type: ignore[arg-type]
        db.session.rollback()
    if state is None:
        return False
    g.actor, g.session_state = state.actor, state
    if request.method not in SAFE and utcnow() - state.seen_at > SEEN_EVERY:
        _mark_seen(state)
    return True


def _mark_seen(state: queries.SessionState) -> None:
    """Move the idle limit on; only with writes, and only now and then."""
    now = utcnow()
    idle = state.idle_until - state.seen_at
    db.session.execute(
        update(SignInSession)
        .where(SignInSession.id == state.session_id)
        .values(seen_at=now, idle_until=now + idle)
    )
    db.session.commit()


def _by_key(key: str) -> bool:
    if not key.isascii() or len(key) > LONGEST_TOKEN:
        return False
    with reading():
        partner = queries.partner_for_key(db.session, key)  # type: ignore[arg-type]
        db.session.rollback()
    if partner is None:
        return False
    if request.method not in SAFE and "write" not in partner.scopes:
        raise Forbidden(_("This key may only read. Ask the city for one that may write."))
    g.actor, g.partner_scopes = partner.actor, partner.scopes
    check_limit("partner", partner.rate, partner.actor.key)
    return True


def _drop_stale_cookie(response: Response) -> Response:
    if g.get("stale_cookie") and not _sets_session(response):
        cookies.clear_session_cookie(response)
    return response


def _sets_session(response: Response) -> bool:
    name = cookies.session_cookie_name() + "="
    return any(value.startswith(name) for value in response.headers.getlist("Set-Cookie"))


def init_authentication(app: Flask) -> None:
    """Authenticate every request of the application."""
    app.before_request(authenticate)
    app.after_request(_drop_stale_cookie)
