"""The demo city with some of its reports and its invented people, as indicators see it."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask

from backend.core.db import db


def _lay_out(session: Any, most: int) -> None:
    from backend.city.service import import_pack
    from backend.classification.queries import component_codes
    from backend.cli import seeding
    from backend.cli.seeding_indicators import _give_people
    from backend.core.actor import SYSTEM
    from backend.indicators.demo import fill_demo

    import_pack(session, SYSTEM, seeding.PACK, component_codes())
    session.commit()
    seeding._tell_history(session, most, photos=False)
    fill_demo(session, SYSTEM)
    _give_people(session)
    session.commit()


@pytest.fixture
def demo(app: Flask) -> Flask:
    """The invented city with its newest reports; nothing is computed yet."""
    with app.app_context():
        _lay_out(db.session, 400)
    return app


@pytest.fixture
def computed(demo: Flask) -> Flask:
    """The same with its last two quarters and years computed."""
    from backend.core.actor import SYSTEM
    from backend.core.clock import utcnow
    from backend.indicators.periods import latest, period_of
    from backend.indicators.service.storing import compute_now

    with demo.app_context():
        zone = "Europe/Amsterdam"
        year = period_of(utcnow(), zone, quarterly=False)
        periods = [*latest(utcnow(), zone, 2), year, year.before]
        list(compute_now(db.session, SYSTEM, periods))
        db.session.commit()
    return demo
