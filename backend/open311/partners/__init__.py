"""Partners: departments that live elsewhere, reached by Open311 GeoReport v2."""

from flask import Flask

from backend.core.api import register_api


def init_app(app: Flask) -> None:
    """Open this part of the room: its rules, its work, its addresses and pages."""
    from backend.open311.partners import (  # noqa: F401 - they register themselves
        jobs,
        listening,
        models,
        policy,
    )
    from backend.open311.partners.pages import pages
    from backend.open311.partners.routes import blueprint

    register_api(app, blueprint)
    app.register_blueprint(pages)
