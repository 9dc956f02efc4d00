"""Writers of an SQLite file take turns, and nobody waits for one who is gone."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from backend.core import turns
from backend.core.db import db, engine_of
from backend.core.turns import Turns

HOLDER = """
import sys, time
from backend.core.turns import Turns
assert Turns(sys.argv[1]).take()
print("taken", flush=True)
time.sleep(600)
"""


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A turn that does not come soon does not come."""
    monkeypatch.setattr(turns, "PATIENCE_SECONDS", 0.05)


def test_one_writes_at_a_time(tmp_path: Path, impatient: None) -> None:
    first, second = Turns(str(tmp_path / "a")), Turns(str(tmp_path / "a"))
    assert first.take()
    assert not first.take()  # another thread of the same process
    assert not second.take()  # another process: a lock of its own on the same file
    first.give_back()
    assert second.take()
    second.give_back()
    assert first.take()


def test_the_turn_of_a_killed_process_is_free(tmp_path: Path, impatient: None) -> None:
    path = str(tmp_path / "a")
    holder = subprocess.Popen([sys.executable, "-c", HOLDER, path], stdout=subprocess.PIPE)
    assert holder.stdout is not None
    assert holder.stdout.readline() == b"taken\n"
    assert not Turns(path).take()
    holder.send_signal(signal.SIGKILL)
    holder.wait()
    assert Turns(path).take()


def test_a_turn_ends_with_its_transaction(app: Any) -> None:
    with app.app_context():
        for ending in (db.session.commit, db.session.rollback, db.session.close):
            db.session.execute(text("CREATE TABLE IF NOT EXISTS turn_test (n INTEGER)"))
            ending()
        done = threading.Event()

        def write() -> None:
            with app.app_context(), db.engine.begin() as connection:
                connection.execute(text("DROP TABLE IF EXISTS turn_test"))
            done.set()

        thread = threading.Thread(target=write)
        thread.start()
        thread.join(20)
        assert done.is_set()


def test_writers_of_many_threads_all_get_through(app: Any) -> None:
    with app.app_context():
        engine = engine_of(db.session())
        with engine.begin() as connection:
            connection.execute(text("CREATE TABLE turn_test (n INTEGER)"))

        def write() -> None:
            for _ in range(25):
                with engine.begin() as connection:
                    connection.execute(text("INSERT INTO turn_test VALUES (1)"))

        threads = [threading.Thread(target=write) for _ in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        with engine.begin() as connection:
            assert connection.execute(text("SELECT sum(n) FROM turn_test")).scalar() == 150
            connection.execute(text("DROP TABLE turn_test"))
