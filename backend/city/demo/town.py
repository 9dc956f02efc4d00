"""The ground on which invented reports lie: real streets, parks and addresses of the pack."""

import json
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

import shapely
from shapely.geometry import LineString, Point, shape

from backend.city.pack.reading import Faults, read_csv

LEAST_STREET = 0.0006  # degrees: shorter ones are mere corners
NEAR = 0.0004  # degrees, some thirty metres


@dataclass(frozen=True, slots=True)
class Spot:
    """A place with the words for it."""

    lon: float
    lat: float
    street: str
    address: str | None


@dataclass(frozen=True, slots=True)
class _Street:
    name: str
    line: LineString
    weight: float


_CLASS_WEIGHT = {"primary": 1.6, "secondary": 1.5, "tertiary": 1.3}


class Town:
    """Streets by district, parks by class, and house addresses to name a place by."""

    def __init__(self, directory: Path) -> None:
        districts = _features(directory / "districts.geojson")
        self.codes = [str(f["properties"]["code"]) for f in districts]
        self.outlines = [shape(f["geometry"]) for f in districts]
        self.people = [
            sum(n for sexes in f["properties"]["population"].values() for n in sexes.values())
            for f in districts
        ]
        self.streets = self._streets(_features(directory / "streets.geojson"))
        self.parks = self._parks(_features(directory / "parks.geojson"))
        rows = list(
            read_csv(directory, "addresses.csv", ("street", "number", "lat", "lon"), Faults())
        )
        self._houses = [row.values for row in rows]
        self._places = shapely.points([(float(h["lon"]), float(h["lat"])) for h in self._houses])
        self._tree = shapely.STRtree(self._places)

    def _streets(self, features: list[Any]) -> dict[str, list[_Street]]:
        found: dict[str, list[_Street]] = defaultdict(list)
        for feature in features:
            name = feature["properties"].get("name")
            if not name or feature["geometry"]["type"] != "LineString":
                continue
            whole = shape(feature["geometry"])
            weight = _CLASS_WEIGHT.get(feature["properties"]["class"], 1.0)
            for code, outline in zip(self.codes, self.outlines, strict=True):
                part = whole.intersection(outline)
                for line in getattr(part, "geoms", [part]):
                    if line.geom_type == "LineString" and line.length > LEAST_STREET:
                        found[code].append(_Street(name, line, line.length * weight))
        return dict(found)

    def _parks(self, features: list[Any]) -> dict[str, dict[str, list[Any]]]:
        found: dict[str, dict[str, list[Any]]] = {
            "park": defaultdict(list),
            "beach": defaultdict(list),
        }
        for feature in features:
            kind = {"park": "park", "beach": "beach", "nature": "park"}.get(
                feature["properties"]["class"]
            )
            if kind is None:
                continue
            outline = shape(feature["geometry"])
            point = outline.representative_point()
            for code, district in zip(self.codes, self.outlines, strict=True):
                if district.intersects(point):
                    found[kind][code].append(outline)
        return found

    def spot(self, dice: Random, district: str, ground: str | None = None) -> Spot:
        """A place in a district: along a street, or on a park's or beach's ground."""
        while True:
            spot = self._somewhere(dice, district, ground)
            if self.district_at(spot.lon, spot.lat) == district:
                return spot

    def _somewhere(self, dice: Random, district: str, ground: str | None) -> Spot:
        outlines = self.parks.get(ground or "", {}).get(district)
        if outlines:
            point = _within(dice, dice.choice(outlines))
            return self._named(point.x, point.y, None)
        streets = self.streets[district]
        street = dice.choices(streets, [s.weight for s in streets])[0]
        point = street.line.interpolate(dice.random(), normalized=True)
        return self._named(point.x, point.y, street.name)

    def spot_near(self, dice: Random, lon: float, lat: float, spread: float = NEAR) -> Spot:
        """A place some steps away from another, still in the city."""
        for _ in range(20):
            x, y = round(dice.gauss(lon, spread), 6), round(dice.gauss(lat, spread * 0.58), 6)
            if self.district_at(x, y):
                return self._named(x, y, None)
        return self._named(lon, lat, None)

    def district_at(self, lon: float, lat: float) -> str | None:
        """The code of the district that holds a place."""
        point = Point(lon, lat)
        for code, outline in zip(self.codes, self.outlines, strict=True):
            if outline.intersects(point):
                return code
        return None

    def districts_with(self, ground: str | None) -> Sequence[str]:
        """The districts that have a park, or a beach; all when no ground is asked for."""
        if ground is None:
            return self.codes
        return [code for code in self.codes if self.parks[ground].get(code)]

    def _named(self, lon: float, lat: float, street: str | None) -> Spot:
        lon, lat = round(lon, 6), round(lat, 6)
        house = self._houses[int(self._tree.nearest(Point(lon, lat)))]
        address = f"{house['street']} {house['number']}, {house['postcode']}"
        if street and house["street"] != street:
            address = street
        return Spot(lon, lat, street or house["street"], address)


def _features(path: Path) -> list[Any]:
    features: list[Any] = json.loads(path.read_text(encoding="utf-8"))["features"]
    return features


def _within(dice: Random, outline: Any) -> Point:
    west, south, east, north = outline.bounds
    for _ in range(200):
        point = Point(dice.uniform(west, east), dice.uniform(south, north))
        if outline.contains(point):
            return point
    return outline.representative_point()
