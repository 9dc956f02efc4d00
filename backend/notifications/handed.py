"""What was handed over, noted in the data folder the moment the other side said yes.

A worker that dies before it can commit leaves this note, and the next try believes it instead of
sending twice. It need not survive a power cut, so nothing waits for the disk.
"""

import os
import time
from pathlib import Path

from flask import current_app

FOLDER = "handed"
KEPT_SECONDS = 6 * 3600


def _folder() -> Path:
    folder: Path = current_app.config["VOX"].data_dir / FOLDER
    return folder


def note(mark: str) -> None:
    """Note that something was handed over; where that fails, a double is the lesser harm."""
    path = _folder() / mark
    try:
        os.close(os.open(path, os.O_CREAT | os.O_WRONLY, 0o600))
    except FileNotFoundError:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(0o600)
    except OSError:
        return


def was_noted(mark: str) -> bool:
    """Whether something was handed over before."""
    return (_folder() / mark).exists()


def forget_notes() -> None:
    """Remove notes of long ago: what they spoke of is in the database since."""
    if not _folder().is_dir():
        return
    old = time.time() - KEPT_SECONDS
    with os.scandir(_folder()) as entries:
        for entry in entries:
            if entry.stat().st_mtime < old:
                Path(entry.path).unlink(missing_ok=True)
