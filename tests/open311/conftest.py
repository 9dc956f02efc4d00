"""A small city as peers see it."""

from __future__ import annotations

from tests.reports.conftest import city, found_city, founded, make_people, send  # noqa: F401
