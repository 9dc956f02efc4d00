"""Languages: messages, the reader's language, dates and numbers in the city's time zone."""

from datetime import datetime
from functools import lru_cache
from pathlib import Path
from zoneinfo import ZoneInfo

from babel import Locale
from flask import Flask, g, has_request_context, request
from flask_babel import Babel, force_locale, lazy_gettext, ngettext
from flask_babel import gettext as _gettext
from werkzeug.datastructures import LanguageAccept
from werkzeug.http import parse_accept_header

_ = _gettext
lazy = lazy_gettext

LANGUAGES = ("en", "nl", "ro", "de")
RIGHT_TO_LEFT = frozenset({"ar", "fa", "he", "ur"})
TRANSLATIONS = Path(__file__).parent.parent / "translations"
LANGUAGE_COOKIE = "vox_language"

__all__ = ["LANGUAGES", "_", "current_language", "force_locale", "init_i18n", "lazy", "ngettext"]


def chosen_language() -> str:
    """The reader's language: the address, the account's choice, the cookie, the browser's wish."""
    if not has_request_context():
        return LANGUAGES[0]
    for wish in (
        request.args.get("lang") if b"lang=" in request.query_string else None,
        request.cookies.get(LANGUAGE_COOKIE),
        getattr(getattr(g, "actor", None), "language", None),
    ):
        if wish in LANGUAGES:
            return wish
    return language_of(request.headers.get("Accept-Language", ""))


def language_of(wishes: str) -> str:
    """The best of our languages for what a browser sends as Accept-Language."""
    return _best_of(wishes[:200])


@lru_cache(maxsize=256)
def _best_of(wishes: str) -> str:
    accepted = parse_accept_header(wishes, LanguageAccept)
    return accepted.best_match(LANGUAGES) or LANGUAGES[0]


@lru_cache(maxsize=len(LANGUAGES))
def _locale_of(language: str) -> Locale:
    return Locale.parse(language)


def _chosen_locale() -> Locale:
    return _locale_of(chosen_language())


def current_language() -> str:
    """The language code in which this answer is written."""
    from flask_babel import get_locale

    locale: Locale | None = get_locale()
    return locale.language if locale else LANGUAGES[0]


def in_language(names: dict[str, str], language: str | None = None) -> str:
    """The name in the language asked for, else in English, else in any."""
    wish = language or current_language()
    return names.get(wish) or names.get(LANGUAGES[0]) or next(iter(names.values()), "")


def local_time(moment: datetime, zone: str) -> datetime:
    """A moment on the clocks of the city."""
    return moment.astimezone(ZoneInfo(zone))


def init_i18n(app: Flask) -> None:
    """Let every request choose its language."""
    app.config.setdefault("BABEL_TRANSLATION_DIRECTORIES", str(TRANSLATIONS))
    Babel(app, locale_selector=_chosen_locale, default_locale=LANGUAGES[0])
