"""Map tiles of public reports as vectors (MVT): marks for many, points for single ones."""

from math import asinh, pi, radians, tan
from typing import Any

import mapbox_vector_tile
from shapely.geometry import Point

from backend.reports.queries.clusters import MapView, tile_box

EXTENT = 4096
MIMETYPE = "application/vnd.mapbox-vector-tile"


def vector_tile(view: MapView, z: int, x: int, y: int) -> bytes:
    """What a piece of the map shows, with the layers `clusters` and `reports`."""
    marks = [
        _feature(mark.lon, mark.lat, (z, x, y),
                 {"cell": f"{mark.cell:x}", "number": mark.number, "open": mark.open_number})
        for mark in view.clusters
    ]  # fmt: skip
    box = tile_box(z, x, y)
    points = [
        _feature(*_place(item), (z, x, y), _told(item))
        for item in view.reports
        if item["place"] and box.contains(*_place(item))
    ]
    layers = [
        {"name": name, "features": features}
        for name, features in (("clusters", marks), ("reports", points))
        if features
    ]
    options = {"y_coord_down": True, "extents": EXTENT}
    found: bytes = mapbox_vector_tile.encode(layers, default_options=options)
    return found


def _place(item: dict[str, Any]) -> tuple[float, float]:
    lon, lat = item["place"]["coordinates"]
    return lon, lat


def _told(item: dict[str, Any]) -> dict[str, Any]:
    names = ("id", "kind", "status", "is_open", "service", "domain", "district")
    return {name: item[name] for name in names if item[name] is not None}


def _feature(
    lon: float, lat: float, tile: tuple[int, int, int], properties: dict[str, Any]
) -> dict[str, Any]:
    z, x, y = tile
    across = (lon + 180) / 360 * 2**z - x
    down = (1 - asinh(tan(radians(lat))) / pi) / 2 * 2**z - y
    return {
        "geometry": Point(round(across * EXTENT), round(down * EXTENT)),
        "properties": properties,
    }
