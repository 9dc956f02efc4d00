"""The cookie that carries a session's token, and the one that binds a sign-in to its browser."""

from flask import Request, Response

from backend.core.settings import current_settings

TICKET_SECONDS = 600


def _secure() -> bool:
    return current_settings().base_url.startswith("https://")


def session_cookie_name() -> str:
    """The name of the session's cookie: locked to this host wherever there is TLS."""
    return "__Host-vox" if _secure() else "vox"


def ticket_cookie_name() -> str:
    """The name of the cookie that says which browser asked for a sign-in code."""
    return "__Host-vox_ticket" if _secure() else "vox_ticket"


def _set(response: Response, name: str, value: str, seconds: int | None) -> None:
    response.set_cookie(
        name, value, max_age=seconds, secure=_secure(), httponly=True, samesite="Lax", path="/"
    )


def set_session_cookie(response: Response, token: str, *, seconds: int | None = None) -> None:
    """Let the browser keep a session's token; without seconds until it is closed."""
    _set(response, session_cookie_name(), token, seconds)


def clear_session_cookie(response: Response) -> None:
    """Let the browser forget the session's token."""
    response.delete_cookie(
        session_cookie_name(), path="/", secure=_secure(), httponly=True, samesite="Lax"
    )


def session_token_of(request: Request) -> str | None:
    """The session's token that a browser sent."""
    return request.cookies.get(session_cookie_name())


def set_ticket_cookie(response: Response, ticket: str) -> None:
    """Remember in this browser which sign-in it began."""
    _set(response, ticket_cookie_name(), ticket, TICKET_SECONDS)


def clear_ticket_cookie(response: Response) -> None:
    """Forget the sign-in that this browser began."""
    response.delete_cookie(
        ticket_cookie_name(), path="/", secure=_secure(), httponly=True, samesite="Lax"
    )


def ticket_of(request: Request) -> str | None:
    """Which sign-in this browser began, if any."""
    return request.cookies.get(ticket_cookie_name())
