"""The running model, loaded once per process and when another is promoted."""

import threading
import time
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import structlog
from flask import current_app
from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.classification.models import TrainedModel
from backend.core.metrics import DEGRADED

if TYPE_CHECKING:
    from ml.model import Model

log = structlog.get_logger(__name__)
_lock = threading.Lock()
LOOK_AGAIN = 30.0


@dataclass(frozen=True, slots=True)
class Place:
    """Where a promoted model lies, and the hash that it was promoted with."""

    path: str
    sha256: str


@dataclass(slots=True)
class _Serving:
    """What this process knows of one city's model."""

    looked_at: float = -LOOK_AGAIN
    place: Place | None = None
    model: "Model | None" = None  # the last one that loaded; it serves on when another is refused
    of: Place | None = None
    refused: Place | None = None


_serving: dict[str, _Serving] = {}


@lru_cache(maxsize=1)
def shipped_model() -> "Model":
    """The model that is part of the program."""
    from ml import load_model

    return load_model()


def load_from(place: Place) -> "Model":
    """Load a model file that must be the one on record."""
    from ml import load_model

    return load_model(Path(place.path), place.sha256)


def _here() -> _Serving:
    return _serving.setdefault(current_app.config["VOX"].database_url, _Serving())


def look_again() -> None:
    """Forget which model was promoted: the next use asks the database."""
    for known in _serving.values():
        known.looked_at, known.refused = -LOOK_AGAIN, None


def running_model(session: Session) -> "Model":
    """The model that serves.

    A promoted file that is missing, damaged or foreign is refused, and what served before serves
    on: the model this process had, else the one promoted before it, else the shipped one.
    """
    known = _here()
    if time.monotonic() - known.looked_at >= LOOK_AGAIN:
        row = session.execute(
            select(TrainedModel.path, TrainedModel.sha256)
            .where(TrainedModel.state == "running")
            .order_by(TrainedModel.id.desc())
            .limit(1)
        ).first()
        known.place = Place(row.path, row.sha256) if row else None
        known.looked_at, known.refused = time.monotonic(), None
    with _lock:
        if known.place is None:
            known.model, known.of = shipped_model(), None
        elif known.model is None or known.place not in (known.of, known.refused):
            _take(session, known, known.place)
        return known.model or shipped_model()


def _take(session: Session, known: _Serving, place: Place) -> None:
    try:
        known.model, known.of = load_from(place), place
    except (OSError, ValueError) as error:
        known.refused = place
        DEGRADED.labels("model").inc()
        log.error("model_refused", file=Path(place.path).name, error=type(error).__name__)
        if known.model is None:
            known.model, known.of = _former(session), None


def _former(session: Session) -> "Model":
    rows = session.execute(
        select(TrainedModel.path, TrainedModel.sha256)
        .where(TrainedModel.state == "retired")
        .order_by(TrainedModel.promoted_at.desc())
        .limit(3)
    )
    for row in rows:
        try:
            return load_from(Place(row.path, row.sha256))
        except (OSError, ValueError) as error:
            log.error("model_refused", file=Path(row.path).name, error=type(error).__name__)
    return shipped_model()
