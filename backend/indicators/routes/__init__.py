"""Indicators over HTTP."""

from backend.indicators.routes import computing, reading, registers  # noqa: F401 - they register
from backend.indicators.routes.blueprint import blueprint

__all__ = ["blueprint"]
