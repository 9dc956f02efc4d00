"""The one row of the city and its stamp, which tells every process that something has changed."""

from typing import Any

from sqlalchemy import update
from sqlalchemy.orm import Session

from backend.city.models import THE_CITY, City
from backend.city.stamps import renewed
from backend.core.clock import utcnow
from backend.core.db import insert_ignore
from backend.core.ids import new_public_id

_EMPTY: dict[str, Any] = {
    "time_zone": "UTC",
    "profile": {},
    "hours": {},
    "emergency_phrases": {},
    "groups": [],
}


def lock_city(session: Session) -> None:
    """Make sure that the row is there and keep others from changing the city meanwhile."""
    now = utcnow()
    first = {"id": THE_CITY, "stamp": new_public_id(), "updated_at": now, **_EMPTY}
    insert_ignore(session, City, first, ["id"])
    renew_stamp(session)


def renew_stamp(session: Session, **values: Any) -> None:
    """Give the city a new stamp, and new values where they are given."""
    session.execute(
        update(City)
        .where(City.id == THE_CITY)
        .values(stamp=new_public_id(), updated_at=utcnow(), **values)
    )
    renewed(session)
