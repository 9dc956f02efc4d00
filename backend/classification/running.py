"""The running model, loaded once per process and when another is promoted."""

import threading
import time
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import structlog
from flask import current_app
from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.classification.models import TrainedModel

if TYPE_CHECKING:
    from ml.model import Model

log = structlog.get_logger(__name__)
_lock = threading.Lock()
LOOK_AGAIN = 30.0
_looked: dict[str, tuple[float, str | None]] = {}


@lru_cache(maxsize=3)
def _loaded(path: str | None) -> "Model":
    from ml import load_model

    return load_model(Path(path)) if path else load_model()


def _path_of(session: Session) -> str | None:
    """Where the promoted model's file lies; None for the one that is shipped."""
    key = current_app.config["VOX"].database_url
    at, path = _looked.get(key, (-LOOK_AGAIN, None))
    if time.monotonic() - at >= LOOK_AGAIN:
        path = session.execute(
            select(TrainedModel.path).where(TrainedModel.state == "running").limit(1)
        ).scalar()
        _looked[key] = (time.monotonic(), path)
    return path


def look_again() -> None:
    """Forget which model was promoted: the next use asks the database."""
    _looked.clear()


def running_model(session: Session) -> "Model":
    """The model that serves; a damaged or missing file leaves the shipped one serving."""
    path = _path_of(session)
    with _lock:
        try:
            return _loaded(path)
        except Exception as error:
            if path is None:
                raise
            log.error("model_refused", file=Path(path).name, error=type(error).__name__)
            return _loaded(None)
