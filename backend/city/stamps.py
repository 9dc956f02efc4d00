"""The mark of the city's present state, asked for at most twice a second by each process.

A session that has changed the city reads its own mark; what it commits is known at once here, and
within half a second everywhere else.
"""

import time
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import Engine, event, select
from sqlalchemy.orm import Session

from backend.city.models import THE_CITY, City
from backend.core.db import engine_of

FRESH_SECONDS = 0.5
_RENEWED = "city.stamp.renewed"
_known: WeakKeyDictionary[Engine, tuple[str, float]] = WeakKeyDictionary()


def stamp_of(session: Session) -> str | None:
    """The mark of the city's present state; None while nothing was ever stored."""
    own = bool(session.info.get(_RENEWED))
    engine = engine_of(session)
    known = None if own else known_stamp(engine)
    if known is not None:
        return known
    asked = time.monotonic()
    stamp = session.execute(select(City.stamp).where(City.id == THE_CITY)).scalar()
    if stamp is not None and not own:
        _known[engine] = (stamp, asked + FRESH_SECONDS)
    return stamp


def known_stamp(engine: Engine) -> str | None:
    """The mark as this process knows it; None when it would have to ask."""
    known = _known.get(engine)
    return known[0] if known is not None and time.monotonic() < known[1] else None


def renewed(session: Session) -> None:
    """Say that this session has given the city a new mark."""
    session.info[_RENEWED] = True


def forget_stamps() -> None:
    """Ask anew at the next reading; for who changes the database behind the sessions' back."""
    _known.clear()


@event.listens_for(Session, "after_commit")
@event.listens_for(Session, "after_rollback")
def _ended(session: Session, *_rest: Any) -> None:
    if session.info.pop(_RENEWED, False):
        forget_stamps()
