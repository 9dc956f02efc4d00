"""Photos: taken in, rebuilt from their pixels, kept, shown, hidden and forgotten."""

from flask import Flask

from backend.core.api import register_api


def init_app(app: Flask) -> None:
    """Open the room: its addresses and its housekeeping."""
    from backend.media import jobs  # noqa: F401 - registers the periodic work
    from backend.media.routes import blueprint

    register_api(app, blueprint)
