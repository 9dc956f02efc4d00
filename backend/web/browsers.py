"""The two cookies of the pages: one for a report being written, one for "me too"."""

from flask import Response, request

from backend.core.ids import ALPHABET, SECRET_LENGTH, new_secret
from backend.core.settings import current_settings

YEAR = 365 * 24 * 3600


def _name(stem: str) -> str:
    return f"__Host-{stem}" if current_settings().base_url.startswith("https://") else stem


def _read(stem: str) -> str | None:
    value = request.cookies.get(_name(stem), "")
    fits = len(value) == SECRET_LENGTH and all(c in ALPHABET for c in value)
    return value if fits else None


def _remember(response: Response, stem: str, value: str, seconds: int | None) -> None:
    response.set_cookie(
        _name(stem),
        value,
        max_age=seconds,
        httponly=True,
        samesite="Lax",
        secure=current_settings().base_url.startswith("https://"),
        path="/",
    )


def writing_browser() -> str | None:
    """The secret of the browser in which reports are being written, until it is closed."""
    return _read("vox_draft")


def begin_writing(response: Response, browser: str) -> None:
    """Let the browser keep what it is writing to itself."""
    _remember(response, "vox_draft", browser, None)


def device() -> str | None:
    """The random mark of a device that has said "me too" without an account."""
    return _read("vox_device")


def remember_device(response: Response, mark: str) -> None:
    """Remember a device, so that one person counts once."""
    _remember(response, "vox_device", mark, YEAR)


def new_mark() -> str:
    """A new secret for one of the cookies."""
    return new_secret()
