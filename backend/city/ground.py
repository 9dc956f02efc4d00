"""The ground of the city: which district a place lies in, and the nearest place that does."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import shapely
from shapely.geometry import shape
from shapely.ops import nearest_points

STEP_INSIDE = 2e-5  # degrees, about two metres: a place on the border itself may round outside


def on_earth(lon: float, lat: float) -> bool:
    """Whether two numbers can be a place at all; false for NaN."""
    return -180 <= lon <= 180 and -90 <= lat <= 90


@dataclass(frozen=True)
class PlaceCheck:
    """What the city says of a place: inside, in which district, or where the nearest one is."""

    inside: bool
    district_id: int | None = None
    nearest: tuple[float, float] | None = None
    axes_swapped: bool = False


class Ground:
    """The outlines of the districts, prepared for many questions. Without any, all places count."""

    def __init__(self, districts: Sequence[tuple[int, Mapping[str, Any]]]) -> None:
        self.ids = [district_id for district_id, _ in districts]
        self.outlines = [shape(dict(geometry)) for _, geometry in districts]
        for outline in self.outlines:
            shapely.prepare(outline)
        self.tree = shapely.STRtree(self.outlines)
        self.whole = shapely.union_all(self.outlines) if self.outlines else None

    @property
    def is_unbounded(self) -> bool:
        """Whether no city is loaded, so that any place is inside."""
        return self.whole is None

    def district_at(self, lon: float, lat: float) -> int | None:
        """The id of the district that holds a place; on a border, the one listed first."""
        if self.is_unbounded or not on_earth(lon, lat):
            return None
        hits = self.tree.query(shapely.Point(lon, lat), predicate="intersects")
        return self.ids[min(hits)] if len(hits) else None

    def holds(self, lon: float, lat: float) -> bool:
        """Whether a place lies in the city."""
        if self.is_unbounded:
            return on_earth(lon, lat)
        return self.district_at(lon, lat) is not None

    def nearest(self, lon: float, lat: float) -> tuple[float, float] | None:
        """The place itself when it is inside, else the nearest one that is inside."""
        if not on_earth(lon, lat):
            return None
        if self.whole is None or self.holds(lon, lat):
            return lon, lat
        west, south, east, north = self.whole.bounds
        squeeze = max(0.01, math.cos(math.radians((south + north) / 2)))
        inner = self.whole.buffer(-STEP_INSIDE)
        target = self.whole if inner.is_empty else inner
        flat = shapely.transform(target, lambda c: c * [squeeze, 1.0])
        centre = (west + east) / 2
        near_lon = min((lon, lon + 360, lon - 360), key=lambda x: abs(x - centre))
        found, _ = nearest_points(flat, shapely.Point(near_lon * squeeze, lat))
        place = found.x / squeeze, found.y
        if self.holds(*place):
            return place
        fallback = target.representative_point()
        return fallback.x, fallback.y

    def check(self, lon: float, lat: float) -> PlaceCheck:
        """Everything about one place at once."""
        if self.is_unbounded:
            return PlaceCheck(inside=on_earth(lon, lat))
        district = self.district_at(lon, lat)
        if district is not None:
            return PlaceCheck(inside=True, district_id=district)
        swapped = self.holds(lat, lon)
        nearest = (lat, lon) if swapped else self.nearest(lon, lat)
        return PlaceCheck(inside=False, nearest=nearest, axes_swapped=swapped)

    @property
    def bounds(self) -> tuple[float, float, float, float] | None:
        """West, south, east, north of the whole city."""
        return None if self.whole is None else self.whole.bounds
