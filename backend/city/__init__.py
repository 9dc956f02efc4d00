"""The city: districts, departments, the service catalogue, calendars and addresses."""

from flask import Flask


def init_app(app: Flask) -> None:
    """Add the city to the house."""
    from backend.city.routes import blueprint
    from backend.core.api import register_api

    register_api(app, blueprint)
