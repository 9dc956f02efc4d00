"""Two thousand requests that nobody would send: none breaks the house or surprises a reader."""

from __future__ import annotations

import os

import pytest
from flask import Flask

from backend.core.db import db
from tests.support import people
from tests.support.hostile import hammer

CASES = int(os.environ.get("VOX_TEST_CASES", "2000"))
SENDERS = [None, (), ("triage",), ("administrator",)]


@pytest.mark.parametrize("roles", SENDERS)
def test_thousands_of_strange_requests(app: Flask, roles: tuple[str, ...] | None) -> None:
    headers = {}
    if roles is not None:
        with app.app_context():
            headers = people.signed_in(db.session, *roles)
            db.session.commit()
    sent, faults = hammer(app, CASES // len(SENDERS), headers)
    assert not faults, "\n\n".join(faults)
    assert sent >= CASES // len(SENDERS)
