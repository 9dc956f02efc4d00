"""The yearly competition: problems, ideas, jury, vote, results and what came of them."""

from flask import Flask


def init_app(app: Flask) -> None:
    """Open the room."""
    from backend.ideas.opening_votes import open_votes

    open_votes(app)
