"""Finding the spot on the map for a report whose reporter gave an address alone."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.city.geocoder import FoundPlace, geocoder_for
from backend.core.actor import SYSTEM
from backend.core.geo import metres_between
from backend.core.settings import current_settings
from backend.reports.models import Report
from backend.reports.naming import lookup
from backend.reports.service.record import cells, chronicle, lock, named, save

SAME_SPOT = 100  # metres between two answers that still mean one place


def locate(session: Session, public_id: str) -> bool:
    """Put a report onto the map when its address means one house; the written address stays."""
    row = session.execute(
        select(Report.address, Report.language).where(
            Report.public_id == public_id, Report.place == "address", Report.cell.is_(None)
        )
    ).first()
    session.rollback()  # a geocoder elsewhere takes its time: nothing is held meanwhile
    if row is None or not row.address:
        return False
    geocoder = geocoder_for(session, current_settings(), row.language or "en")
    spot = _one_house(list(geocoder.search(row.address, 3)))
    session.rollback()
    if spot is None:
        return False
    found = lookup(session).facts.ground.check(spot.lon, spot.lat)
    if not found.inside:
        return False
    record = lock(session, public_id)
    if record.values["place"] != "address" or record.values["cell"] is not None:
        return False
    lon, lat = round(spot.lon, 6), round(spot.lat, 6)
    changes = {"lon": lon, "lat": lat, "district_id": found.district_id, **cells(lon, lat)}
    save(session, record, changes)
    chronicle(session, record, "located", named(SYSTEM), {"by": "address"})
    return True


def _one_house(found: list[FoundPlace]) -> FoundPlace | None:
    """The place, if the words can mean no other."""
    exact = [place for place in found if place.exact and place.number]
    if not exact:
        return None
    best = exact[0]
    others = (metres_between((best.lon, best.lat), (p.lon, p.lat)) for p in exact[1:])
    return best if all(distance <= SAME_SPOT for distance in others) else None
