"""The yearly competition: problems, ideas, jury, vote, results and what came of them."""

from flask import Flask

from backend.core.api import register_api


def init_app(app: Flask) -> None:
    """Open the room: its addresses, jobs, news and what it listens to."""
    from backend.ideas import jobs, listening, news, privacy  # noqa: F401 - register themselves
    from backend.ideas.opening_votes import open_votes
    from backend.ideas.routes import BLUEPRINTS

    listening.introduce()
    news.introduce()
    for blueprint in BLUEPRINTS:
        register_api(app, blueprint)
    open_votes(app)
