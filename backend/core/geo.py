"""Places: distances, boxes and hexagonal cells; longitude before latitude, as in GeoJSON."""

import math
from dataclasses import dataclass
from functools import lru_cache

import h3
import h3.api.basic_int as numbers

from backend.core.i18n import _
from backend.core.problems import Invalid

EARTH = 6_371_008.8
STORED = 9  # cells of about 175 m edge: near searches, lists within a box
COARSE = (4, 5, 6, 7, 8)  # for clusters on small scales


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle on the map."""

    west: float
    south: float
    east: float
    north: float

    def contains(self, lon: float, lat: float) -> bool:
        """Whether a place lies in the box."""
        return self.west <= lon <= self.east and self.south <= lat <= self.north


def metres_between(a: tuple[float, float], b: tuple[float, float]) -> float:
    """The distance of two (lon, lat) places along the ground, in metres."""
    lon1, lat1, lon2, lat2 = map(math.radians, (*a, *b))
    h = (
        math.sin((lat2 - lat1) / 2) ** 2
        + math.cos(lat1) * math.cos(lat2) * math.sin((lon2 - lon1) / 2) ** 2
    )
    return 2 * EARTH * math.asin(min(1.0, math.sqrt(h)))


def cell_of(lon: float, lat: float, resolution: int = STORED) -> int:
    """The H3 cell of a place as a signed 64-bit number, which both databases index."""
    return int(h3.str_to_int(h3.latlng_to_cell(lat, lon, resolution)))


def parent_cell(cell: int, resolution: int) -> int:
    """The coarser cell that holds a cell."""
    return int(h3.str_to_int(h3.cell_to_parent(h3.int_to_str(cell), resolution)))


@lru_cache(maxsize=4096)
def ring(cell: int, distance: int) -> tuple[int, ...]:
    """The cells exactly so many steps away."""
    return tuple(h3.str_to_int(c) for c in h3.grid_ring(h3.int_to_str(cell), distance))


@lru_cache(maxsize=4096)
def disk(cell: int, distance: int) -> tuple[int, ...]:
    """The cells at most so many steps away."""
    return tuple(h3.str_to_int(c) for c in h3.grid_disk(h3.int_to_str(cell), distance))


def cells_of_box(box: Box, resolution: int, most: int) -> list[int] | None:
    """The cells that touch a box; None when there would be more than `most`."""
    if box.east - box.west > 90:
        return None
    height = math.radians(box.north - box.south) * EARTH
    nearest_equator = min(abs(box.south), abs(box.north)) if box.south * box.north > 0 else 0.0
    width = math.radians(box.east - box.west) * EARTH * math.cos(math.radians(nearest_equator))
    area = height * width
    edge = h3.average_hexagon_edge_length(resolution, unit="m")
    if area / (2.598 * edge * edge) > most * 1.5:
        return None
    polygon = numbers.LatLngPoly(
        [(box.south, box.west), (box.south, box.east), (box.north, box.east), (box.north, box.west)]
    )
    inner = numbers.h3shape_to_cells(polygon, resolution)
    corners = [
        numbers.latlng_to_cell(lat, lon, resolution)
        for lat in (box.south, box.north)
        for lon in (box.west, box.east)
    ]
    touched = {n for c in (*inner, *corners) for n in numbers.grid_disk(c, 1)}
    return None if len(touched) > most else list(touched)


def box_around(lon: float, lat: float, metres: float) -> Box:
    """The box that holds everything within some metres of a place."""
    dlat = math.degrees(metres / EARTH)
    dlon = dlat / max(0.01, math.cos(math.radians(lat)))
    return Box(
        max(-180, lon - dlon), max(-90, lat - dlat), min(180, lon + dlon), min(90, lat + dlat)
    )


def parse_box(text: str) -> Box:
    """Read 'west,south,east,north'; names the field when it is wrong."""
    try:
        west, south, east, north = (float(part) for part in text[:200].split(","))
        if not (-180 <= west <= east <= 180 and -90 <= south <= north <= 90):
            raise ValueError
    except ValueError as error:
        raise Invalid(
            errors={"bbox": _("Give the box as west,south,east,north in degrees.")}
        ) from error
    return Box(west, south, east, north)


def parse_near(text: str) -> tuple[float, float]:
    """Read 'lon,lat'; names the field when it is wrong."""
    try:
        lon, lat = (float(part) for part in text[:100].split(","))
        if not (-180 <= lon <= 180 and -90 <= lat <= 90):
            raise ValueError
    except ValueError as error:
        raise Invalid(errors={"near": _("Give the place as longitude,latitude.")}) from error
    return lon, lat
