"""The application as the commands use it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from flask import Flask
from sqlalchemy.orm import Session

from backend.core.settings import Settings


def open_app(settings: Settings | None = None) -> Flask:
    """The application for the settings of the environment."""
    from backend.app import create_app

    return create_app(settings)


def max_level(level: str) -> str:
    """The quieter of a log level and 'warning'."""
    return level if level.lower() == "error" else "warning"


@contextmanager
def open_session(*, commit: bool = True, reading: bool = False) -> Iterator[Session]:
    """A session of the application; committed at the end when nothing was raised."""
    from backend.core import db as database

    # A command talks to a person: only what went wrong belongs between its lines.
    settings = Settings.from_env()
    app = open_app(replace(settings, log_level=max_level(settings.log_level)))
    with app.app_context(), database.reading(reading):
        session = database.db.session
        yield session  # type: ignore[misc]
        if commit:
            session.commit()
