"""Fixtures of every test: both databases, the house on them, and its peers outside."""

from __future__ import annotations

import os

import pytest
from hypothesis import HealthCheck, settings

pytest_plugins = ["tests.support.databases", "tests.support.house", "tests.support.peers"]

# A database behind a property is reset by the test itself; slow machines are not failures.
settings.register_profile(
    "house",
    deadline=None,
    max_examples=int(os.environ.get("VOX_TEST_EXAMPLES", "50")),
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    print_blob=True,
)
settings.load_profile("house")


@pytest.fixture(autouse=True)
def _no_settings_of_the_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """A developer's own VOX_ variables must not reach the tests."""
    for name in list(os.environ):
        if name.startswith("VOX_") and not name.startswith("VOX_TEST_"):
            monkeypatch.delenv(name)
