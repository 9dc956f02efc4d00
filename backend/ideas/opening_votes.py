"""Opens the part of the room in which people vote: its rules, addresses, jobs and news."""

from flask import Flask

from backend.core.api import register_api


def open_votes(app: Flask) -> None:
    """Let the votes register themselves."""
    from backend.ideas import (  # noqa: F401 - they register themselves
        suffrage,
        vote_jobs,
        vote_privacy,
    )
    from backend.ideas.routes import counts, vote_desk  # noqa: F401 - more addresses of votes
    from backend.ideas.routes.juries import blueprint as juries
    from backend.ideas.routes.votes import blueprint
    from backend.ideas.routes.winners import blueprint as winners
    from backend.ideas.service import after, reminding

    reminding.introduce()
    after.introduce()
    for part in (blueprint, juries, winners):
        register_api(app, part)
