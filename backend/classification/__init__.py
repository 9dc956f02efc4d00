"""Classification: the running model, what it suggests, what people corrected, what it learns."""

from flask import Flask

from backend.core.api import register_api
from backend.core.metrics import register_reading


def init_app(app: Flask) -> None:
    """Open the room: its addresses, its jobs."""
    from backend.classification import jobs, privacy  # noqa: F401 - register work and erasure
    from backend.classification.measures import read_into_metrics
    from backend.classification.routes import blueprint

    register_api(app, blueprint)
    register_reading(read_into_metrics)
