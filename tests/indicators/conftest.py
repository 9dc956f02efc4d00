"""A small town of four districts with reports and people, as indicators see it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest
import yaml
from flask import Flask

from backend.core.actor import SYSTEM
from backend.core.clock import utcnow
from backend.core.db import db
from tests.city.conftest import SMALL

BANDS = ("15-24", "25-44", "45-64", "65-79", "80+")
COMPONENTS = ("MI2", "SM-IT", "MVI7", "SG-PS")
PEOPLE = {band: {"female": 200, "male": 190} for band in ("0-14", *BANDS)}


def _square(code: str, west: float, south: float) -> dict[str, Any]:
    ring = [[west, south], [west + 0.05, south], [west + 0.05, south + 0.05],
            [west, south + 0.05], [west, south]]  # fmt: skip
    return {
        "type": "Feature",
        "properties": {"code": code, "name": {"en": code.title()}, "population": PEOPLE},
        "geometry": {"type": "Polygon", "coordinates": [ring]},
    }


@pytest.fixture(scope="session")
def pack(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the town's pack."""
    folder = tmp_path_factory.mktemp("packs") / "smallville"
    folder.mkdir()
    services = [
        {"code": f"s-{c.lower()}", "group": "all", "component": c, "working_days": 5,
         "name": {"en": c}, "description": {"en": c}}
        for c in COMPONENTS
    ]  # fmt: skip
    parts = {
        **SMALL,
        "services.yaml": {"groups": [{"code": "all", "name": {"en": "All"}}], "services": services},
    }
    for name, content in parts.items():
        (folder / name).write_text(yaml.safe_dump(content, sort_keys=False), encoding="utf-8")
    squares = [_square("north", 25.0, 45.05), _square("east", 25.05, 45.0),
               _square("south", 25.0, 45.0), _square("west", 25.05, 45.05)]  # fmt: skip
    (folder / "districts.geojson").write_text(
        json.dumps({"type": "FeatureCollection", "features": squares}), encoding="utf-8"
    )
    return folder


def _lives(number: int) -> Iterator[Any]:
    from backend.reports.service.lives import LifeStep, ReportLife

    dice, until = Random(3), utcnow() - timedelta(days=1)
    moments = sorted(until - timedelta(days=dice.uniform(0, 300)) for _n in range(number))
    for at, n in zip(moments, range(number), strict=True):
        closed = min(until, at + timedelta(days=dice.uniform(1, 20)))
        done = dice.random() < 0.9
        steps = (LifeStep(closed, "resolved", "Done."),) if done else ()
        yield ReportLife(
            source_id=str(n), text=f"Something {n}", type=dice.choice(COMPONENTS),
            status="resolved" if done else "received", created_at=at, updated_at=closed,
            closed_at=closed if done else None, reason="Done." if done else None,
            place=(25.0 + dice.random() / 10.1, 45.0 + dice.random() / 10.1), kind="complaint",
            language="en", steps=steps,
            satisfaction=dice.randint(2, 5) if done and dice.random() < 0.4 else None,
        )  # fmt: skip


def _lay_out(session: Any, folder: Path) -> None:
    from backend.accounts.service.invented import Invented, make_invented_people
    from backend.city.queries import districts
    from backend.city.service import import_pack
    from backend.classification.queries import component_codes
    from backend.indicators.demo import fill_demo
    from backend.reports.service.invented import give_reporters
    from backend.reports.service.lives import record_lives

    import_pack(session, SYSTEM, folder, frozenset(component_codes()))
    session.commit()
    assert record_lives(session, SYSTEM, _lives(360), source="test").added == 360
    fill_demo(session, SYSTEM)
    dice, places = Random(4), [d.id for d in districts(session)]
    people = [
        Invented(dice.choices(places, (6, 3, 2, 1))[0], dice.choices(BANDS, (1, 6, 5, 3, 1))[0],
                 dice.choice(("female", "male")))
        for _n in range(170)
    ]  # fmt: skip
    keys = make_invented_people(session, people)
    keen = [dice.paretovariate(1.5) for _key in keys]
    give_reporters(session, SYSTEM, "test", lambda _d: dice.choices(keys, keen)[0])
    session.commit()


@pytest.fixture
def demo(app: Flask, pack: Path) -> Flask:
    """The town with its reports; nothing is computed yet."""
    with app.app_context():
        _lay_out(db.session, pack)
    return app


@pytest.fixture
def computed(demo: Flask) -> Flask:
    """The same with its last three quarters and years computed."""
    from backend.indicators.periods import latest, period_of
    from backend.indicators.service.storing import compute_now

    with demo.app_context():
        year = period_of(utcnow(), "Europe/Bucharest", quarterly=False)
        periods = [*latest(utcnow(), "Europe/Bucharest", 3), year, year.before]
        list(compute_now(db.session, SYSTEM, periods))
        db.session.commit()
    return demo
