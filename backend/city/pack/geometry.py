"""Checking a pack's shapes: districts that tile the city, layers that can be drawn."""

from typing import Any

import shapely
from shapely.errors import GEOSException
from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry

from backend.city.pack.reading import Feature

MOST_OVERLAP = 1e-4  # of the smaller district: what rounding of shared borders may leave


class ShapeFault(ValueError):
    """What is wrong with a shape, with its remedy."""


def read_shape(feature: Feature, kinds: tuple[str, ...]) -> BaseGeometry:
    """The shape of a feature, valid and in degrees; ShapeFault says what to mend."""
    geometry = feature.value.get("geometry") if isinstance(feature.value, dict) else None
    if not isinstance(geometry, dict) or geometry.get("type") not in kinds:
        raise ShapeFault(f"Give a geometry of type {' or '.join(kinds)}.")
    try:
        found = shape(geometry)
        bounds = found.bounds
    except (GEOSException, ValueError, TypeError, KeyError, IndexError, AttributeError) as error:
        raise ShapeFault("The coordinates cannot be read; write [longitude, latitude].") from error
    if found.is_empty or not _in_degrees(bounds):
        raise ShapeFault("Write coordinates in degrees, as [longitude, latitude] (WGS 84).")
    if not found.is_valid:
        raise ShapeFault(f"The outline is not valid: {shapely.is_valid_reason(found)}.")
    return found


def _in_degrees(bounds: tuple[float, ...]) -> bool:
    west, south, east, north = bounds
    return -180 <= west <= east <= 180 and -90 <= south <= north <= 90


def overlapping(shapes: dict[str, BaseGeometry]) -> list[tuple[str, str]]:
    """The pairs of districts that share ground."""
    codes, geometries = list(shapes), list(shapes.values())
    pairs = []
    tree = shapely.STRtree(geometries)
    for i, j in zip(*tree.query(geometries, predicate="intersects"), strict=True):
        if i < j:
            shared = geometries[i].intersection(geometries[j]).area
            if shared > MOST_OVERLAP * min(geometries[i].area, geometries[j].area):
                pairs.append((codes[i], codes[j]))
    return pairs


def gaps_between(shapes: dict[str, BaseGeometry]) -> list[tuple[float, float]]:
    """A (lon, lat) place in each hole that the districts leave between them."""
    whole = shapely.union_all(list(shapes.values()))
    own = [ring for s in shapes.values() for ring in _holes(s)]
    found = []
    for hole in _holes(whole):
        if hole.area <= MOST_OVERLAP * whole.area / max(1, len(shapes)):
            continue
        if not any(hole.equals(ring) for ring in own):  # a hole in one district is its own wish
            point = hole.representative_point()
            found.append((point.x, point.y))
    return found


def _holes(geometry: BaseGeometry) -> list[Any]:
    polygons = geometry.geoms if geometry.geom_type == "MultiPolygon" else [geometry]
    return [
        shapely.Polygon(ring)
        for polygon in polygons
        if polygon.geom_type == "Polygon"
        for ring in polygon.interiors
    ]
