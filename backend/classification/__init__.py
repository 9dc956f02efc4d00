"""Classification: the running model, what it suggests, what people corrected, what it learns."""

from flask import Flask

from backend.core.api import register_api


def init_app(app: Flask) -> None:
    """Open the room: its addresses, its jobs."""
    from backend.classification import jobs  # noqa: F401 - registers the work
    from backend.classification.routes import blueprint

    register_api(app, blueprint)
