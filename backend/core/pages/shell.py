"""The frame around each page: its city, and what the rooms put into its navigation."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from urllib.parse import urlencode

import structlog
from flask import Flask, current_app, g, has_app_context, has_request_context, request
from flask.wrappers import Response

from backend.core.i18n import LANGUAGE_COOKIE, LANGUAGES, RIGHT_TO_LEFT, current_language
from backend.core.pages.look import CityLook, NavItem

log = structlog.get_logger(__name__)
THEMES = ("light", "dark")
THEME_COOKIE = "vox_theme"
YEAR = 365 * 24 * 3600
NavProvider = Callable[[], Sequence[NavItem]]


def _nothing() -> Sequence[NavItem]:
    return ()


@dataclass
class Shell:
    """What fills the frame; one per application, filled by the rooms at start-up."""

    look: Callable[[], CityLook] = CityLook
    last_look: CityLook = field(default_factory=CityLook)
    navigations: dict[str, NavProvider] = field(default_factory=dict)


def shell_of(app: Flask) -> Shell:
    """The frame of this application."""
    shell: Shell = app.extensions.setdefault("pages", Shell())
    return shell


def set_city_look(app: Flask, provider: Callable[[], CityLook]) -> None:
    """Let a room say what the city looks like; asked at most once per request."""
    shell_of(app).look = provider


def set_navigation(app: Flask, place: str, provider: NavProvider) -> None:
    """Fill one navigation: tabs, footer, account (citizen) or rail, rail_account (desk)."""
    shell_of(app).navigations[place] = provider


def city_look() -> CityLook:
    """The look of the city for this answer."""
    if not has_app_context():
        return CityLook()
    if "pages_look" not in g:
        g.pages_look = _present_look(shell_of(current_app))
    look: CityLook = g.pages_look
    return look


def _present_look(shell: Shell) -> CityLook:
    # The page that says "the database is away" is drawn in this frame too: it takes what was last
    # known rather than fail a second time.
    try:
        shell.last_look = shell.look()
    except Exception:
        log.warning("city_look_unknown", exc_info=True)
    return shell.last_look


def navigation(place: str) -> Sequence[NavItem]:
    """The entries of one navigation; none while they cannot be known."""
    try:
        return shell_of(current_app).navigations.get(place, _nothing)()
    except Exception:
        log.warning("navigation_unknown", place=place, exc_info=True)
        return ()


def language() -> str:
    """The language of this page, as <html lang> writes it."""
    return current_language()


def direction(code: str | None = None) -> str:
    """The direction of reading, ltr or rtl, of this page or of a language."""
    return "rtl" if (code or current_language()) in RIGHT_TO_LEFT else "ltr"


def theme() -> str:
    """The reader's chosen theme, or empty to follow the device."""
    wish = request.args.get("theme") or request.cookies.get(THEME_COOKIE) or ""
    return wish if wish in THEMES else ""


def csp_nonce() -> str:
    """The nonce that core put into this answer's content security policy."""
    return str(g.get("csp_nonce", "")) if has_request_context() else ""


def with_query(**changes: object) -> str:
    """This page's address with some of its query changed; None removes a key."""
    pairs = [(key, value) for key, value in request.args.items(multi=True) if key not in changes]
    pairs += [(key, str(value)) for key, value in changes.items() if value is not None]
    return f"{request.path}?{urlencode(pairs)}" if pairs else request.path


def remember_choices(response: Response) -> Response:
    """Keep a language or a theme that the address asked for; it holds without JavaScript."""
    if response.mimetype != "text/html" or request.method != "GET":
        return response
    for key, cookie, known in (
        ("lang", LANGUAGE_COOKIE, LANGUAGES),
        ("theme", THEME_COOKIE, (*THEMES, "auto")),
    ):
        wish = request.args.get(key)
        if wish and wish in known:
            response.set_cookie(
                cookie, wish, max_age=YEAR, samesite="Lax", secure=request.is_secure, path="/"
            )
    return response
