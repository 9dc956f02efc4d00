"""Notifications: who wants to hear what, told once, in their language, by the way they chose."""

from flask import Flask

from backend.core.api import register_api


def init_app(app: Flask) -> None:
    """Open the room: its addresses, its work, and what it holds about a person."""
    from backend.notifications import jobs, privacy  # noqa: F401 - register themselves
    from backend.notifications.routes import blueprints

    for blueprint in blueprints:
        register_api(app, blueprint)
