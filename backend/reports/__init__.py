"""Reports: what people tell the city, and what came of it."""

from flask import Flask

from backend.core.api import register_api


def init_app(app: Flask) -> None:
    """Open the room: its tables, addresses, jobs and what it listens to."""
    from backend.reports import (  # noqa: F401 - they register themselves
        ddl,
        jobs,
        listening,
        news,
        policy,
        privacy,
        wording,
    )
    from backend.reports.routes import blueprint, returns
    from backend.reports.routes.known import shorten_lists

    listening.introduce()
    news.introduce()
    register_api(app, blueprint)
    register_api(app, returns)
    shorten_lists(app)
    app.jinja_env.globals.update(hue_of=wording.hue_of, title_of=wording.title_of)
