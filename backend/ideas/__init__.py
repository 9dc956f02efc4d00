"""The yearly competition: problems, ideas, jury, vote, results and what came of them."""

from flask import Flask


def init_app(app: Flask) -> None:
    """Open the room."""
