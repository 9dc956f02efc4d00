"""The Smart Citizen indicators: computed from what happened, protected, kept by version."""

from flask import Flask

from backend.core.api import register_api


def init_app(app: Flask) -> None:
    """Open the room: its addresses, its jobs."""
    from backend.indicators import jobs  # noqa: F401 - registers the work
    from backend.indicators.routes import blueprint

    register_api(app, blueprint)
