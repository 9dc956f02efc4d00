"""The part of the API that belongs to accounts."""

from flask import Flask

from backend.accounts.routes import (
    desk,
    factors,
    me,
    organisations,
    residence,
    sessions,
    sign_in,
)
from backend.core.api import register_api


def register(app: Flask) -> None:
    """Open the room's part of the API."""
    for module in (sign_in, sessions, me, factors, residence, organisations, desk):
        register_api(app, module.blueprint)
