"""Writers of an SQLite file take turns: threads by a lock, processes by a locked file beside it.

SQLite lets one write at a time and makes the others sleep, each time longer, without an order: a
third of the time nobody writes, and the unlucky wait a second. Here the next one begins when the
last one is done. The turn is a courtesy: SQLite's own lock guards the data, so who does not get a
turn in time, or uses another program, is refused or served by SQLite as ever.
"""

import fcntl
import os
import threading
import time
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, event

PATIENCE_SECONDS = 10.0
PAUSE_SECONDS = 0.0002
_TURN = "vox.turn"


class Turns:
    """The queue of one file in one process."""

    def __init__(self, database: str) -> None:
        self._path = Path(database + "-turn")
        self._thread = threading.Lock()
        self._file = -1

    def take(self) -> bool:
        """Wait for one's turn; False when it did not come in time."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        if not self._thread.acquire(timeout=PATIENCE_SECONDS):
            return False
        try:
            if self._file < 0:
                self._file = os.open(self._path, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
            while not self._locked():
                if time.monotonic() > deadline:
                    self._thread.release()
                    return False
                time.sleep(PAUSE_SECONDS)
        except OSError:  # a file system without locks: threads still take turns
            return True
        return True

    def _locked(self) -> bool:
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def give_back(self) -> None:
        """Let the next one write."""
        try:
            if self._file >= 0:
                fcntl.flock(self._file, fcntl.LOCK_UN)
        finally:
            self._thread.release()


def take_turns(engine: Engine) -> Turns | None:
    """Let this engine's writers queue; None for a database in memory, which has one connection."""
    database = engine.url.database
    if not database or database == ":memory:":
        return None
    turns = Turns(database)

    @event.listens_for(engine, "checkin")
    def back(_connection: Any, record: Any) -> None:
        if record.record_info.pop(_TURN, False):
            turns.give_back()

    return turns


def before_writing(turns: Turns | None, connection: Connection) -> None:
    """Take a turn that ends when the connection goes back to its pool."""
    held: Any = connection.connection
    if turns is not None and not held.record_info.get(_TURN):
        held.record_info[_TURN] = turns.take()
