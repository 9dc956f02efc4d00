"""The house under test: applications, sessions, clients, and a server for browsers."""

from __future__ import annotations

import os
import shutil
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.support.servers import free_port

KEPT = {"models"}
SECRET = "for-tests-only-0123456789-abcdefghijklmnop"
Maker = Callable[..., Flask]


def build(url: str, data_dir: Path, **settings: Any) -> Flask:
    """An application for tests; settings are named as in core.settings."""
    from backend import app as wiring
    from backend.core.settings import Settings

    # While one room is being rebuilt, the others can be tested without it.
    if only := os.environ.get("VOX_TEST_ROOMS"):
        wiring.ROOMS = tuple(room for room in wiring.ROOMS if room in only.split(","))
    chosen = {
        "env": "test",
        "database_url": url,
        "data_dir": data_dir,
        "secret_key": SECRET,
        "port": 0,
        "base_url": "http://localhost",
        "mail_from": "city@city.example",
    } | settings
    return wiring.create_app(Settings(**chosen).completed())


def dispose(app: Flask) -> None:
    """Close what the application holds open."""
    from backend.core.db import db

    with app.app_context():
        db.session.remove()
        for engine in db.engines.values():
            engine.dispose()


@pytest.fixture(scope="session")
def _houses(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], Flask]]:
    """One application for each engine: building the house takes longer than most tests."""
    built: dict[str, Flask] = {}

    def house(url: str) -> Flask:
        if url not in built:
            built[url] = build(url, tmp_path_factory.mktemp("data"))
        return built[url]

    yield house
    for app in built.values():
        dispose(app)


def _empty(folder: Path) -> None:
    for entry in folder.iterdir() if folder.exists() else ():
        if entry.name in KEPT:
            continue
        if entry.is_dir():
            shutil.rmtree(entry)
        else:
            entry.unlink()


def forget_limits(app: Flask) -> None:
    """Start every test with full rate limits."""
    from backend.core.limits import Limiter

    app.extensions["vox-limiter"] = Limiter(app.config["VOX"])


@pytest.fixture
def app(database_url: str, _houses: Callable[[str], Flask]) -> Iterator[Flask]:
    """The whole house on an empty database, once on each engine."""
    from backend.city.stamps import forget_stamps

    app = _houses(database_url)
    forget_limits(app)
    forget_stamps()
    yield app
    with app.app_context():
        from backend.core.db import db

        db.session.remove()
    _empty(app.config["VOX"].data_dir)


@pytest.fixture
def make_app(database_url: str, tmp_path: Path) -> Iterator[Maker]:
    """Build a house with other settings: `make_app(workers=2, redis_url=redis_url)`."""
    made: list[Flask] = []

    def make(**settings: Any) -> Flask:
        data_dir = settings.pop("data_dir", tmp_path / f"house{len(made)}")
        made.append(build(database_url, data_dir, **settings))
        return made[-1]

    yield make
    for app in made:
        dispose(app)


@pytest.fixture
def session(app: Flask) -> Iterator[Any]:
    """A session in the application's context. Commit before a client asks; it has its own."""
    from backend.core.db import db

    with app.app_context():
        yield db.session
        db.session.rollback()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A client with its own cookies."""
    return app.test_client()


@pytest.fixture
def live_server(app: Flask) -> Iterator[str]:
    """The address of the house, served for real browsers and other programs."""
    from werkzeug.serving import make_server

    server = make_server("127.0.0.1", free_port(), app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join(10)
    server.server_close()


@pytest.fixture
def add_noise() -> None:
    """Unrelated rows that a missing filter would find. A room's conftest overrides this."""


@pytest.fixture(autouse=True)
def _noise(request: pytest.FixtureRequest) -> None:
    if "app" in request.fixturenames:
        request.getfixturevalue("add_noise")
