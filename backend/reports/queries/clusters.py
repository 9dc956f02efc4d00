"""The map: how many reports lie where, from counts kept by cell; single reports when near."""

from collections import defaultdict
from dataclasses import dataclass
from functools import lru_cache
from math import atan, degrees, pi, sinh
from typing import Any

from sqlalchemy import case, func, select, union_all
from sqlalchemy.orm import InstrumentedAttribute, Session

from backend.core.actor import Actor
from backend.core.geo import STORED, Box, cells_of_box, parent_cell
from backend.core.i18n import _
from backend.core.policy import authorise
from backend.core.problems import Invalid
from backend.reports.models import Report, Tally, TallyChange
from backend.reports.naming import lookup
from backend.reports.queries.filters import AnySelect, Filters, clause, narrowing, others
from backend.reports.queries.listing import list_page
from backend.reports.queries.places import AREA, among, in_box

NEAR_ZOOM = 16
MOST_FINE, MOST_COARSE = 1500, 150
MOST_POINTS = 200
# Zoom of the map → size of the cells that are drawn as one mark.
SIZES = ((5, 4), (8, 5), (10, 6), (12, 7), (14, 8))


@dataclass(frozen=True, slots=True)
class Cluster:
    """A mark on the map: some reports close to each other, at the middle of their places."""

    cell: int
    number: int
    open_number: int
    lon: float
    lat: float

    def document(self) -> dict[str, Any]:
        """The mark as the API writes it."""
        return {
            "id": f"{self.cell:x}",
            "number": self.number,
            "open": self.open_number,
            "place": {"type": "Point", "coordinates": [round(self.lon, 6), round(self.lat, 6)]},
        }


@dataclass(frozen=True, slots=True)
class MapView:
    """What a piece of the map shows: marks, or single reports."""

    clusters: list[Cluster]
    reports: list[dict[str, Any]]


def size_for(zoom: int) -> int:
    """The size of the cells that are drawn as one mark."""
    return next((size for most, size in SIZES if zoom <= most), STORED)


def clusters(
    session: Session, actor: Actor, box: Box, zoom: int, filters: Filters | None = None
) -> MapView:
    """What a piece of the map shows of the public reports."""
    authorise(actor, "report.list")
    filters = filters or Filters()
    if zoom >= NEAR_ZOOM:
        wanted = Filters(**{**_fields(filters), "bbox": box})
        return MapView([], list_page(session, actor, wanted, limit=MOST_POINTS).items())
    size = size_for(zoom)
    level = AREA if size <= AREA else STORED
    cells = cells_of_box(box, level, MOST_FINE if level == STORED else MOST_COARSE)
    if cells is None and level == STORED:
        level, size = AREA, AREA
        cells = cells_of_box(box, AREA, MOST_COARSE)
    simple = filters == Filters(domains=filters.domains, is_open=filters.is_open)
    found = (
        _counted(session, level, cells, filters)
        if simple
        else _looked_up(session, actor, level, cells, Filters(**{**_fields(filters), "bbox": box}))
    )
    return MapView(_gathered(session.execute(found), size, level, box), [])


def _fields(filters: Filters) -> dict[str, Any]:
    return {name: getattr(filters, name) for name in Filters.__slots__}


def _counted(session: Session, level: int, cells: list[int] | None, filters: Filters) -> AnySelect:
    """From the kept counts and the changes that are not folded in yet."""
    kept = select(Tally.cell, Tally.is_open, Tally.number, Tally.lon_sum, Tally.lat_sum).where(
        Tally.level == level
    )
    place: InstrumentedAttribute[int] = TallyChange.area if level == AREA else TallyChange.cell
    n = TallyChange.number
    fresh = select(place, TallyChange.is_open, n, n * TallyChange.lon, n * TallyChange.lat)
    if cells is not None:
        kept = kept.where(among(session, Tally.cell, cells))
        fresh = fresh.where(among(session, place, cells))
    if filters.domains:
        kept = kept.where(Tally.domain.in_(filters.domains))
        fresh = fresh.where(TallyChange.domain.in_(filters.domains))
    if filters.is_open is not None:
        kept = kept.where(Tally.is_open.is_(filters.is_open))
        fresh = fresh.where(TallyChange.is_open.is_(filters.is_open))
    both = union_all(kept, fresh).subquery()
    cell, is_open, number, lon, lat = both.c
    still_open = func.sum(case((is_open, number), else_=0))
    return select(cell, func.sum(number), still_open, func.sum(lon), func.sum(lat)).group_by(cell)


def _looked_up(
    session: Session,
    actor: Actor,
    level: int,
    cells: list[int] | None,
    filters: Filters,
) -> AnySelect:
    """From the reports themselves, for filters that the counts do not know."""
    if filters.mine or filters.text or filters.near is not None:
        raise Invalid(errors={"filter": _("The map can not be narrowed by this. Use the list.")})
    place = Report.area if level == AREA else Report.cell
    still_open = func.sum(case((Report.closed_at.is_(None), 1), else_=0))
    conditions = [clause(c, v) for c, v in narrowing(actor, filters, lookup(session)).items()]
    conditions += [Report.visibility == "public", *others(filters)]
    if filters.bbox is not None:
        conditions += in_box(filters.bbox)
    if cells is not None:
        conditions.append(among(session, place, cells))
    return (
        select(place, func.count(), still_open, func.sum(Report.lon), func.sum(Report.lat))
        .where(*conditions)
        .group_by(place)
    )


@lru_cache(maxsize=65_536)
def _parent(cell: int, size: int) -> int:
    return parent_cell(cell, size)


def _gathered(rows: Any, size: int, level: int, box: Box) -> list[Cluster]:
    sums: dict[int, list[float]] = defaultdict(lambda: [0, 0, 0.0, 0.0])
    for cell, number, still_open, lon, lat in rows:
        # A cell belongs to the piece of the map that holds the middle of its reports.
        if number <= 0 or not (
            box.west <= lon / number < box.east and box.south <= lat / number < box.north
        ):
            continue
        total = sums[cell if size == level else _parent(cell, size)]
        total[0] += number
        total[1] += still_open
        total[2] += lon
        total[3] += lat
    return [
        Cluster(cell, int(n), int(is_open), lon / n, lat / n)
        for cell, (n, is_open, lon, lat) in sorted(sums.items())
    ]


def tile_box(z: int, x: int, y: int) -> Box:
    """The box of a map tile in the usual numbering (Web Mercator)."""
    if not (0 <= z <= 22 and 0 <= x < 2**z and 0 <= y < 2**z):
        raise Invalid(errors={"tile": _("There is no such tile.")})
    n = 2**z

    def latitude(row: int) -> float:
        return degrees(atan(sinh(pi * (1 - 2 * row / n))))

    return Box(x / n * 360 - 180, latitude(y + 1), (x + 1) / n * 360 - 180, latitude(y))
