"""Webhooks: news of public reports for systems that do not speak Open311, signed and retried."""

from flask import Flask

from backend.core.api import register_api


def init_app(app: Flask) -> None:
    """Open this part of the room: its rules, its work, its addresses and pages."""
    from backend.open311.webhooks import (  # noqa: F401 - they register themselves
        jobs,
        listening,
        models,
        policy,
    )
    from backend.open311.webhooks.pages import pages
    from backend.open311.webhooks.routes import blueprint

    register_api(app, blueprint)
    app.register_blueprint(pages)
