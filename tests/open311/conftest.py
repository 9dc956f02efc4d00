"""A small city as peers see it, and a partner's key."""

from __future__ import annotations

from typing import Any

import pytest

from tests.open311.reading import make_key
from tests.reports.conftest import add_noise, city, found_city, founded, send  # noqa: F401 - fixtures


@pytest.fixture
def key(session: Any) -> str:
    """A partner's key that may write."""
    found_city(session)
    return make_key(session, ("read", "write"))
