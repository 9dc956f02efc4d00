"""Wires the house: core first, then every room from the ground up; holds no rule."""

from importlib import import_module
from importlib.util import find_spec

from flask import Flask

from backend.core import idempotency, ledger, mail, pages  # noqa: F401 - their tables and jobs
from backend.core.api import init_api
from backend.core.crypto import use_keys
from backend.core.db import init_db
from backend.core.errors import init_errors
from backend.core.fastjson import FastProvider
from backend.core.health import init_health
from backend.core.http import VoxFlask, init_http
from backend.core.i18n import init_i18n
from backend.core.limits import init_limits
from backend.core.logs import init_logs
from backend.core.reference import init_reference
from backend.core.settings import Settings

ROOMS = (
    "city",
    "media",
    "accounts",
    "classification",
    "notifications",
    "reports",
    "ideas",
    "indicators",
    "web",
    "console",
    "open311",
    "opendata",
)


def create_app(settings: Settings | None = None) -> Flask:
    """The whole application for one set of settings."""
    settings = settings or Settings.from_env()
    init_logs(settings)
    use_keys(settings.secret_key, settings.secret_key_fallbacks)
    app = VoxFlask("backend", static_folder=None, template_folder=None)
    app.json = FastProvider(app)
    app.config["VOX"] = settings
    app.config["TESTING"] = settings.env == "test"
    init_db(app, settings)
    init_i18n(app)
    init_http(app, settings)
    init_limits(app, settings)
    init_api(app)
    init_errors(app)
    pages.init_app(app)
    init_health(app)
    init_reference(app)
    for room in ROOMS:
        _open(app, f"backend.{room}")
    return app


def _open(app: Flask, room: str) -> None:
    """Load a room's tables and rules, then let it register its addresses, jobs and listeners."""
    if not find_spec(room):
        return
    for part in ("models", "policy"):
        if find_spec(f"{room}.{part}"):
            import_module(f"{room}.{part}")
    module = import_module(room)
    if hasattr(module, "init_app"):
        module.init_app(app)
