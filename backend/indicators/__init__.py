"""The Smart Citizen indicators: computed from what happened, protected, kept by version."""

from flask import Flask


def init_app(app: Flask) -> None:
    """Open the room: its addresses, its jobs."""
    from backend.indicators import jobs  # noqa: F401 - registers the work
