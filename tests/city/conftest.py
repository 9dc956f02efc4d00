# ruff: noqa: E501, SIM905 - codes and coordinates
"""A loaded demo city, and small packs that can be broken on purpose."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from flask import Flask

from backend.city.pack import PACKS
from backend.city.service import import_pack
from backend.core.actor import SYSTEM
from backend.core.db import db

COMPONENTS = frozenset(
    "SM-TU SM-TP SM-IT SM-II SM-LO SM-AC SM-MA SM-TM EI1 EI2 EI3 EI4 EI5 CI1 CI2 CI3 CI4 CI5 "
    "SG-PI SG-TA SG-PS SG-GM SG-5 MVI1 MVI2 MVI3 MVI4 MVI5 MVI6 MVI7 MI1 MI2 MI3 MI4 MI5".split()
)
DEMO = PACKS / "vliermonde"
MARKET = (2.050112, 54.720842)


@pytest.fixture(scope="session")
def lighter_demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo pack with a fourth of its houses, so that many tests can import it."""
    folder = Path(shutil.copytree(DEMO, tmp_path_factory.mktemp("packs") / "vliermonde"))
    lines = (DEMO / "addresses.csv").read_text(encoding="utf-8").splitlines(keepends=True)
    (folder / "addresses.csv").write_text("".join(lines[:1] + lines[1::4]), encoding="utf-8")
    return folder


@pytest.fixture
def demo_city(session: Any, lighter_demo: Path) -> Any:
    """The demo city, imported and committed."""
    result = import_pack(session, SYSTEM, lighter_demo, COMPONENTS)
    session.commit()
    return result


@pytest.fixture
def open_city(app: Flask, lighter_demo: Path) -> None:
    """The demo city for tests that ask as clients: no context of the test's own stays open."""
    with app.app_context():
        import_pack(db.session(), SYSTEM, lighter_demo, COMPONENTS)
        db.session.commit()


SMALL: dict[str, Any] = {
    "city.yaml": {
        "format": 1,
        "slug": "smallville",
        "name": {"en": "Smallville"},
        "time_zone": "Europe/Bucharest",
        "languages": ["en"],
        "centre": {"lat": 45.05, "lon": 25.05},
        "emergency": {"number": "112", "message": {"en": "Call 112."}},
        "contact": {"name": "Town hall", "email": "town@small.example"},
    },
    "departments.yaml": {"departments": [{"code": "roads", "name": {"en": "Roads"}}]},
    "services.yaml": {
        "groups": [{"code": "all", "name": {"en": "Everything"}}],
        "services": [
            {
                "code": "pothole",
                "group": "all",
                "component": "SM-IT",
                "department": "roads",
                "name": {"en": "Pothole"},
                "description": {"en": "A hole."},
            },
            {"code": "lamp", "name": {"en": "Lamp"}, "description": {"en": "A lamp."}},
        ],
    },
    "calendar.yaml": {"hours": {"mon": "09:00-17:00"}},
    "emergency.yaml": {"phrases": {"en": ["on fire"]}},
}
SQUARE = """{"type": "FeatureCollection", "features": [
{"type": "Feature", "properties": {"code": "west", "name": {"en": "West"}},
 "geometry": {"type": "Polygon", "coordinates": [[[25.0,45.0],[25.1,45.0],[25.1,45.1],[25.0,45.1],[25.0,45.0]]]}},
{"type": "Feature", "properties": {"code": "east", "name": {"en": "East"}},
 "geometry": {"type": "Polygon", "coordinates": [[[25.1,45.0],[25.2,45.0],[25.2,45.1],[25.1,45.1],[25.1,45.0]]]}}
]}
"""


class SmallPack:
    """A pack in a folder whose files a test may rewrite."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir()
        for name, content in SMALL.items():
            self.write(name, yaml.safe_dump(content, sort_keys=False))
        self.write("districts.geojson", SQUARE)

    def write(self, name: str, text: str) -> None:
        """Put a file into the pack."""
        (self.folder / name).write_text(text, encoding="utf-8")

    def edit(self, name: str, change: Callable[[Any], None]) -> None:
        """Change the content of a YAML file."""
        content = yaml.safe_load((self.folder / name).read_text(encoding="utf-8"))
        change(content)
        self.write(name, yaml.safe_dump(content, sort_keys=False))


@pytest.fixture
def small_pack(tmp_path: Path) -> SmallPack:
    """A valid pack of two districts, one department and two services."""
    return SmallPack(tmp_path / "smallville")


@pytest.fixture
def demo_copy(tmp_path: Path) -> Path:
    """The demo pack in a folder of the test's own."""
    return Path(shutil.copytree(DEMO, tmp_path / "vliermonde"))
