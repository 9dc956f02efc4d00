"""Bars: a house that runs as an operator runs it, on a database of its own."""

import pytest

from tests.support import people
from tests.support.house import build, dispose
from tests.support.process import Served


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything in this folder is long."""
    for item in items:
        if "bars" in item.path.parts:
            item.add_marker(pytest.mark.bars)


@pytest.fixture
def served(bare_database_url, tmp_path):
    """A migrated house, not started yet."""
    house = Served(bare_database_url, tmp_path / "data")
    house.run("migrate")
    yield house
    house.stop()


@pytest.fixture
def machine(served, tmp_path) -> dict[str, str]:
    """The headers of a partner's machine, whose limits are wide."""
    from backend.core.db import db

    app = build(served.environ["VOX_DATABASE_URL"], tmp_path / "keys")
    with app.app_context():
        headers = people.machine(db.session)
        db.session.commit()
    dispose(app)
    return headers
