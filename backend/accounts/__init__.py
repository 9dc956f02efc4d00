"""Accounts: who somebody is, what they may do, and how sure we are of it."""

from flask import Flask

from backend.accounts import models, policy  # noqa: F401 - tables and rules


def init_app(app: Flask) -> None:
    """Authenticate every request, choose the identity adapters, open the room's part of the API."""
    from backend.accounts import jobs, routes  # noqa: F401 - jobs register themselves
    from backend.accounts.authentication import init_authentication
    from backend.accounts.identity.registry import init_identity

    init_authentication(app)
    init_identity(app, app.config["VOX"])
    routes.register(app)
